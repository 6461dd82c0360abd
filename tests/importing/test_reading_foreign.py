"""Files that are no tables of contacts, and what is said of them."""

import codecs
import struct

import pytest

from smstui.services.importing.compound import with_workbook
from smstui.services.importing.files import read_sheet
from smstui.services.importing.foreign import (
    Archive,
    DataFile,
    OtherSpreadsheet,
    PdfFile,
    Picture,
    Presentation,
    Program,
    TextDocument,
    VisitingCards,
    WebPage,
)
from smstui.services.importing.refusals import BinaryFile, HoldsMacros, PasswordProtected, UnreadableFile
from tests.importing.files import zipped


def compound(name: str) -> bytes:
    """A compound file whose only stream has this name."""
    entry, changed = (
        each.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(each) + 2) for each in ("Workbook", name)
    )
    return with_workbook(b"\x09\x08" * 3000).replace(entry, changed)


@pytest.mark.parametrize(
    ("octets", "refusal"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", PdfFile),
        (rb"{\rtf1\ansi Dupont}", TextDocument),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Picture),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Picture),
        (b"GIF89a\1\0", Picture),
        (b"BM\x36\0\x0c\0\0\0\0\0\x36\0", Picture),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Picture),
        (b"\0\0\0\x18ftypheic", Picture),
        (b"\x1f\x8b\x08\0", Archive),
        (b"7z\xbc\xaf\x27\x1c\0\4", Archive),
        (b"Rar!\x1a\x07\x01\0", Archive),
        (b"name".ljust(257, b"\0") + b"ustar\0", Archive),
        (b"MZ\x90\0" + b"\0" * 60 + b"This program cannot be run in DOS mode.", Program),
        (b"\x7fELF\2\1\1", Program),
        (b"SQLite format 3\0\x10", DataFile),
        (b"\x09\x04\x06\0\0\4\x10\0", OtherSpreadsheet),
        (b"<html><table><tr><td>Dupont</td></tr></table></html>", WebPage),
        (b"\xef\xbb\xbf\r\n  <!DOCTYPE HTML PUBLIC>", WebPage),
        (codecs.BOM_UTF16_LE + "<table>".encode("utf-16-le"), WebPage),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", WebPage),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', OtherSpreadsheet),
        (b'<?xml version="1.0"?><office:document office:version="1.2">', OtherSpreadsheet),
        (b'<?xml version="1.0"?><contacts/>', DataFile),
        (b'[{"nom": "Dupont"}]', DataFile),
        (b"BEGIN:VCARD\r\nVERSION:3.0", VisitingCards),
        (zipped({"word/document.xml": "<w/>"}), TextDocument),
        (zipped({"ppt/presentation.xml": "<p/>"}), Presentation),
        (zipped({"xl/workbook.bin": b"\0"}), OtherSpreadsheet),
        (zipped({"Index/Document.iwa": b"\0"}), OtherSpreadsheet),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), OtherSpreadsheet),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), TextDocument),
        (zipped({"contacts.csv": "a;b"}), Archive),
        (zipped({}), Archive),
        (compound("WordDocument"), TextDocument),
        (compound("PowerPoint Document"), Presentation),
        (compound("EncryptedPackage"), PasswordProtected),
        (compound("_VBA_PROJECT"), HoldsMacros),
        (compound("Something"), BinaryFile),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_files_of_other_kinds_are_told_apart(octets: bytes, refusal: type[UnreadableFile]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_sheet(octets)
    assert type(refused.value) is refusal


def test_texts_that_only_look_like_other_kinds_are_read() -> None:
    for text in ("<marie@example.com>;601010101", "MZ;601010101", "BM;1", "GIF;1", "{a};1", "%PDF;1"):
        assert read_sheet(text.encode()).rows[0].cells[0] == text.partition(";")[0]
