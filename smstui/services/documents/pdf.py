"""Invoices as PDF, on A4. Blocks: to be called in a thread."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

import smstui
from smstui.domain.company import Billing, Company
from smstui.domain.visible import printable
from smstui.i18n import N_
from smstui.services.documents import words
from smstui.services.documents.document import Document
from smstui.services.documents.words import Say

_FONTS: Final = Path(smstui.__file__).parent / "data" / "fonts"
_FAMILY: Final = "DejaVu"
_MARGIN: Final = 18
_HALF: Final = 87
"""Millimetres: as all that follow."""
_ROW: Final = 5
_WIDTHS: Final = (62, 26, 34, 20, 32)
_LABEL: Final = 142
_BODY, _SMALL, _LARGE = 9.5, 8, 17
"""Points."""
_GREY: Final = 235
_MISSING: Final = "\N{REPLACEMENT CHARACTER}"
_SIREN: Final = 9
"""Digits; a SIRET has more."""


def invoice_pdf(document: Document, language: str) -> bytes:
    """The document in `language` ("fr" or "en"): the same octets each time."""
    say = words.saying(language)
    page = _Page(language)
    page.set_title(printable(words.title(document, say)))
    page.set_creation_date(datetime.combine(document.issued_on, time(), UTC))
    page.add_page()
    page.parties(document, say)
    page.large(words.title(document, say))
    page.lines(words.dates(document, say, language))
    page.gap()
    page.row(words.heading(say), bold=True)
    page.row(words.line(document, say, language))
    page.gap()
    page.totals(words.totals(document, say, language))
    page.gap()
    page.lines([words.payment(document, say, language)])
    page.gap()
    page.lines(words.mentions(document, say), size=_SMALL)
    return bytes(page.output())


class _Page(FPDF):
    """The page, filled from its top. What it is given is text, never markup."""

    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self.set_margin(_MARGIN)
        self.set_lang(language)
        self.set_producer("smstui")
        self.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
        self.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")

    def parties(self, document: Document, say: Say) -> None:
        """Who sells at the left, who buys at the right."""
        top = self.get_y()
        self._block(_MARGIN, top, _seller(document.seller, say))
        left_end = self.get_y()
        self._block(_MARGIN + _HALF, top, _buyer(document.buyer, document.buyer_email, say))
        self.set_y(max(left_end, self.get_y()) + 2 * _ROW)

    def large(self, text: str) -> None:
        """A heading."""
        self._use(_LARGE, bold=True)
        self.multi_cell(0, 2 * _ROW, self._known(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def lines(self, texts: Sequence[str], size: float = _BODY) -> None:
        """Paragraphs over the whole width."""
        self._use(size)
        for text in texts:
            self.multi_cell(0, _ROW, self._known(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """A row of the table: the first cell at the left, amounts at the right."""
        self._use(_SMALL if bold else _BODY, bold=bold)
        self.set_fill_color(_GREY)
        for place, (width, text) in enumerate(zip(_WIDTHS, cells, strict=True)):
            self.cell(width, 1.6 * _ROW, self._known(text), border="B", align="R" if place else "L", fill=bold)
        self.ln()

    def totals(self, rows: Sequence[tuple[str, str]]) -> None:
        """Labels and amounts at the right, the last one in bold."""
        for place, (label, amount) in enumerate(rows, 1):
            self._use(_BODY, bold=place == len(rows))
            self.cell(_LABEL, 1.2 * _ROW, self._known(label), align="R")
            self.cell(_WIDTHS[-1], 1.2 * _ROW, self._known(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def gap(self) -> None:
        """Room between two parts."""
        self.ln(_ROW)

    def _block(self, left: float, top: float, texts: Sequence[str]) -> None:
        self.set_xy(left, top)
        for place, text in enumerate(texts):
            self._use(_BODY, bold=not place)
            self.set_x(left)
            self.multi_cell(_HALF - 4, _ROW, self._known(text), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)

    def _known(self, text: str) -> str:
        """`text` made printable; what the font has no picture of is seen to be missing."""
        font = self.current_font
        assert isinstance(font, TTFFont)
        return "".join(each if ord(each) in font.cmap else _MISSING for each in printable(text))

    def _use(self, size: float, *, bold: bool = False) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)


def _seller(company: Company, say: Say) -> list[str]:
    vat = [say(N_("VAT number: {number}")).format(number=company.vat_number)] if company.vat_number else []
    legal = [company.legal] if company.legal else []
    return [company.name, *company.address, *legal, _register(company.siret), *vat, company.email]


def _buyer(billing: Billing, email: str, say: Say) -> list[str]:
    vat = [say(N_("VAT number: {number}")).format(number=billing.vat_number)] if billing.vat_number else []
    siret = [_register(billing.siret)] if billing.siret else []
    return [billing.name, *billing.address, *siret, *vat, email]


def _register(number: str) -> str:
    return f"SIREN {number}" if len(number) == _SIREN else f"SIRET {number}"
