"""Files of other kinds, told by their first octets or by the names of what they hold."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from smstui.i18n import N_
from smstui.services.importing.refusals import UnreadableFile


@dataclass(eq=False)
class PdfFile(UnreadableFile):
    """A document to print."""

    sentence: ClassVar[str] = N_(
        "This is a PDF: export the contacts as XLSX or CSV from the program that made it, and import that file."
    )


@dataclass(eq=False)
class TextDocument(UnreadableFile):
    """Word, OpenDocument text, RTF."""

    sentence: ClassVar[str] = N_(
        "This is a text document, not a spreadsheet: copy its table into a spreadsheet, save it as XLSX, and import it."
    )


@dataclass(eq=False)
class Presentation(UnreadableFile):
    """PowerPoint, Impress."""

    sentence: ClassVar[str] = N_("This is a presentation, not a spreadsheet: choose an XLSX, XLS or CSV file.")


@dataclass(eq=False)
class Picture(UnreadableFile):
    """A photograph or screenshot, perhaps of a table."""

    sentence: ClassVar[str] = N_("This is a picture, not a spreadsheet: choose an XLSX, XLS or CSV file.")


@dataclass(eq=False)
class Archive(UnreadableFile):
    """Files packed together."""

    sentence: ClassVar[str] = N_("This is an archive: unpack it first, and import the XLSX, XLS or CSV file in it.")


@dataclass(eq=False)
class OtherSpreadsheet(UnreadableFile):
    """ODS, XLSB, Numbers, XML Spreadsheet 2003, Excel 4: a spreadsheet in a format that is not read."""

    format: str
    """Its usual name."""
    sentence: ClassVar[str] = N_(
        "This is a spreadsheet in the format {format}: save it as XLSX or CSV, and import that file."
    )


@dataclass(eq=False)
class WebPage(UnreadableFile):
    """HTML, which many programs give out as XLS."""

    sentence: ClassVar[str] = N_(
        "This is a web page named like a spreadsheet: open it in your spreadsheet program, save it as XLSX, and import "
        "that file."
    )


@dataclass(eq=False)
class DataFile(UnreadableFile):
    """XML, JSON, a data base: made for programs."""

    format: str
    """Its usual name."""
    sentence: ClassVar[str] = N_("This is a file in the format {format}: export the contacts as XLSX or CSV instead.")


@dataclass(eq=False)
class VisitingCards(UnreadableFile):
    """Contacts of a phone or a mail program."""

    sentence: ClassVar[str] = N_(
        "These are contacts as visiting cards (vCard): export them as CSV from your phone or mail program instead."
    )


@dataclass(eq=False)
class Program(UnreadableFile):
    """Something to run."""

    sentence: ClassVar[str] = N_("This is a program, not a spreadsheet: choose an XLSX, XLS or CSV file.")


_Maker = Callable[[], UnreadableFile]

_SIGNATURES: Final[tuple[tuple[bytes, _Maker], ...]] = (
    (b"%PDF-", PdfFile),
    (rb"{\rtf", TextDocument),
    (b"\x89PNG\r\n", Picture),
    (b"\xff\xd8\xff", Picture),
    (b"GIF8", Picture),
    (b"II*\0", Picture),
    (b"MM\0*", Picture),
    (b"\x1f\x8b", Archive),
    (b"7z\xbc\xaf\x27\x1c", Archive),
    (b"Rar!\x1a", Archive),
    (b"BZh9", Archive),
    (b"\xfd7zXZ", Archive),
    (b"\x7fELF", Program),
    (b"SQLite format 3\0", partial(DataFile, "SQLite")),
    (b"\x09\x00\x04\x00", partial(OtherSpreadsheet, "Excel 2")),
    (b"\x09\x02\x06\x00", partial(OtherSpreadsheet, "Excel 3")),
    (b"\x09\x04\x06\x00", partial(OtherSpreadsheet, "Excel 4")),
)
_WITHIN: Final[tuple[tuple[int, re.Pattern[bytes], _Maker], ...]] = (
    (0, re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL), Picture),
    (0, re.compile(rb"RIFF.{4}WEBP", re.DOTALL), Picture),
    (4, re.compile(rb"ftyp(?:hei|mif|avif)"), Picture),
    (0, re.compile(rb"MZ.*This program", re.DOTALL), Program),
    (257, re.compile(rb"ustar"), Archive),
)
_HEAD: Final = 1024
"""Octets or characters looked at."""


def refuse_signature(octets: bytes) -> None:
    """Raise what says of which other format the file is, when its first octets tell."""
    head = octets[:_HEAD]
    for signature, refusal in _SIGNATURES:
        if head.startswith(signature):
            raise refusal()
    for offset, pattern, refusal in _WITHIN:
        if pattern.match(head, offset):
            raise refusal()


_PARTS: Final[tuple[tuple[re.Pattern[str], _Maker], ...]] = (
    (re.compile(r"xl/workbook\.bin"), partial(OtherSpreadsheet, "XLSB")),
    (re.compile(r"word/.+\.xml"), TextDocument),
    (re.compile(r"ppt/.+\.xml"), Presentation),
    (re.compile(r"index/.+\.iwa|index\.zip"), partial(OtherSpreadsheet, "Numbers")),
)
_OPEN_DOCUMENTS: Final[dict[str, _Maker]] = {
    "application/vnd.oasis.opendocument.spreadsheet": partial(OtherSpreadsheet, "ODS"),
    "application/vnd.oasis.opendocument.text": TextDocument,
    "application/vnd.oasis.opendocument.presentation": Presentation,
}


def foreign_archive(names: Collection[str], media_type: str) -> UnreadableFile:
    """What a zip archive that is no XLSX is, from its members and the text of the one called mimetype ("" if none)."""
    if media_type in _OPEN_DOCUMENTS:
        return _OPEN_DOCUMENTS[media_type]()
    for pattern, refusal in _PARTS:
        if any(pattern.fullmatch(name.lower()) for name in names):
            return refusal()
    return Archive()


_TEXTS: Final = (
    (re.compile(r"<\?mso-application|<Workbook\b|schemas-microsoft-com:office:spreadsheet"), "XML Spreadsheet 2003"),
    (re.compile(r"<office:document\b"), "Flat ODS"),
)
_WEB_PAGE: Final = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE)


def refuse_markup(text: str) -> None:
    """Raise what says of which other format a text is, when its first characters tell."""
    head = text[:_HEAD].lstrip()
    if head.startswith("<"):
        for pattern, name in _TEXTS:
            if pattern.search(head):
                raise OtherSpreadsheet(name)
        if _WEB_PAGE.search(head):
            raise WebPage
        if head.startswith(("<?xml", "<!DOCTYPE")):
            raise DataFile("XML")
    if re.match(r"MIME-Version:", head):
        raise WebPage
    if head.startswith("BEGIN:VCARD"):
        raise VisitingCards
    if re.match(r"""\[?\s*\{\s*["}]""", head):
        raise DataFile("JSON")
