"""Administration › Company: who sells, as invoices say it, and the bank account that transfers go to."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, TextArea

from smstui.domain.company import (
    LONGEST_LINE,
    LONGEST_NAME,
    BankDetails,
    Company,
    bank_problems,
    company_problems,
)
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.text_field import TextField
from smstui.widgets.words import Words

_COMPANY: Final = {
    "name": (N_("Name"), LONGEST_NAME),
    "address": (N_("Address"), 0),
    "siret": (N_("SIRET or SIREN"), 20),
    "vat_number": (N_("VAT number"), 20),
    "email": (N_("E-mail address"), 254),
    "legal": (N_("Legal mentions"), 2 * LONGEST_LINE),
}
"""Fields, with their labels and the most characters of one line."""
_BANK: Final = {"holder": (N_("Account holder"), LONGEST_NAME), "iban": (N_("IBAN"), 50), "bic": (N_("BIC"), 15)}
_NOBODY: Final = Company("", (), "", "", "")
_NOWHERE: Final = BankDetails("", "")


class CompanyPage(Page):
    """Two parts of one form: each is saved when something is written in it."""

    DEFAULT_CSS = """
    CompanyPage {
        VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
        .part { color: $accent; text-style: bold; height: 1; }
        #bank-part { margin-top: 1; }
        #address { height: 4; width: 1fr; }
        .actions { height: 1; align-horizontal: right; margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), id="company.save", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._company: Company | None = None
        """What is stored, as far as it is read; nobody's when nothing is."""
        self._bank = _NOWHERE
        self._reading = Latest(self, self._read, group="company")
        self._bank_checking = Latest(self, self._check_bank, group="company-bank")

    def compose(self) -> ComposeResult:
        """The company, the bank account, and the button."""
        with VerticalScroll(can_focus=False):
            yield Words(_("The company, as invoices name it"), classes="part")
            for field, (label, longest) in _COMPANY.items():
                control = (
                    LineField(id=field, compact=True, max_length=longest).leading_to(NEXT)
                    if longest
                    else TextField(id=field, compact=True)
                )
                yield Labelled(_(label), control, id=f"{field}-row", classes="-wide")
            yield Words(_("The bank account that transfers go to"), classes="part", id="bank-part")
            for field, (label, longest) in _BANK.items():
                line = LineField(id=field, compact=True, max_length=longest)
                yield Labelled(_(label), line.leading_to(NEXT), id=f"{field}-row", classes="-wide")
        with Horizontal(classes="actions"):
            yield Button(_("Save"), id="save", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Say what may stay empty, and read."""
        self._row("vat_number").hint(_("Empty where no VAT is charged (CGI, article 293 B)."))
        self._row("legal").hint(_("Form, capital, register: SAS au capital de 1 000 €, RCS Paris."))
        self._row("email").hint(_("For questions about invoices."))
        self._row("bic").hint(_("May stay empty."))
        self._reading.ask()

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    def _text(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value

    @property
    def _written_company(self) -> Company:
        lines = self.query_one("#address", TextArea).text.splitlines()
        address = tuple(line.strip() for line in lines if line.strip())
        name, siret, vat_number, email, legal = map(self._text, ("name", "siret", "vat_number", "email", "legal"))
        return Company(name, address, siret, vat_number, email, legal)

    @property
    def _written_bank(self) -> BankDetails:
        return BankDetails(self._text("holder"), "".join(self._text("iban").split()), self._text("bic"))

    async def _read(self) -> None:
        settings = self.backend.company
        company, bank = await settings.company() or _NOBODY, await settings.bank() or _NOWHERE
        with self.prevent(Input.Changed, TextArea.Changed):
            for field in _COMPANY:
                if field != "address":
                    self.query_one(f"#{field}", Input).value = printable(getattr(company, field))
            self.query_one("#address", TextArea).text = printable("\n".join(company.address), keep_newlines=True)
            for field, value in (("holder", bank.holder), ("iban", bank.iban_in_groups), ("bic", bank.bic)):
                self.query_one(f"#{field}", Input).value = printable(value)
        self._company, self._bank = company, bank

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._company is not None:
            self._show(_COMPANY, self._company_problems())
            self._bank_checking.ask()

    def _company_problems(self) -> Mapping[str, Refusal]:
        """Nothing is wrong with a part in which nothing is written."""
        return {} if self._written_company == self._company else company_problems(self._written_company)

    async def _bank_problems(self) -> Mapping[str, Refusal]:
        written = self._written_bank
        return {} if written == self._bank else await asyncio.to_thread(bank_problems, written)

    async def _check_bank(self) -> None:
        self._show(_BANK, await self._bank_problems())

    def _show(self, fields: Mapping[str, object], problems: Mapping[str, Refusal], *, lenient: bool = True) -> None:
        """Say under each field what is wrong with it; `lenient` about those that are empty still."""
        for field in fields:
            refusal = problems.get(field)
            control = self.query_one(f"#{field}")
            is_empty = not (control.text if isinstance(control, TextArea) else self._text(field)).strip()
            self._row(field).fail("" if refusal is None or (lenient and is_empty) else explain(refusal))

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        if self._company is None or (self._written_company, self._written_bank) == (self._company, self._bank):
            return True
        return await self.ask(leave_question(_("What you wrote about the company is not saved.")))

    @on(Button.Pressed, "#save")
    @once_at_a_time("company-save")
    async def action_save(self) -> None:
        """Save what was changed, if all is right."""
        if self._company is None:
            return
        of_company, of_bank = self._company_problems(), await self._bank_problems()
        self._show(_COMPANY, of_company, lenient=False)
        self._show(_BANK, of_bank, lenient=False)
        if wrong := next(iter((*of_company, *of_bank)), None):
            self.query_one(f"#{wrong}").focus()
            return
        company, bank = self._written_company, self._written_bank
        try:
            if company != self._company:
                await self.backend.company.set_company(self.actor, company)
            if bank != self._bank:
                await self.backend.company.set_bank(self.actor, bank)
        except Refusal as refusal:
            self.say(refusal)
            return
        await self._read()
        self.notify(_("Saved."), markup=False)
