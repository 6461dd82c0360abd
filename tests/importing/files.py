"""Files of contacts as programs write them, and as nobody should.

python -m tests.importing.files   writes the two samples of the guide into tests/data/import
"""

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt

DATA = Path(__file__).parents[1] / "data" / "import"
GUIDE_HEADER = ("Nom", "Prénom", "Email", "Mobile")
GUIDE_ROWS = (
    ("Dupont", "Hugo", "tech@smsmode.com", 601010101),
    ("Leduc", "Marie", "tech@smsmode.com", 602020202),
    ("Desmoineau", "Claude", "tech@smsmode.com", 603030303),
    ("Henry", "Francis", "tech@smsmode.com", 604040404),
)
GUIDE_CSV = """\
Dupont,Hugo,tech@smsmode.com,601010101
Leduc,Marie,tech@smsmode.com,602020202
Desmoineaux,Claude,tech@smsmode.com,603030303
Henry,Franis,tech@smsmode.com,604040404
"""

Value = str | int | float | bool | date | datetime | None

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = (
    f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of `parts`."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return octets.getvalue()


def unzipped(octets: bytes) -> dict[str, bytes]:
    """The parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_claimed_size(octets: bytes, name: str, size: int) -> bytes:
    """The archive, with the claim that `name` unpacks to as many octets."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        start = archive.start_dir
    changed = bytearray(octets)
    entry = changed.index(name.encode(), start) - 46
    struct.pack_into("<I", changed, entry + 24, size)
    return bytes(changed)


def sheet_xml(rows: str, before: str = "", root: str = "worksheet") -> str:
    """A sheet whose rows are given as XML."""
    return f"{XML}<{root} {_MAIN}>{before}<sheetData>{rows}</sheetData></{root}>"


def raw_xlsx(
    sheet: str | bytes, parts: Mapping[str, str | bytes] | None = None, target: str = "worksheets/sheet1.xml"
) -> bytes:
    """A workbook with one sheet, whose XML is given, and more or other `parts`."""
    relationship = f'<Relationship Id="rId1" Type="{_DOCUMENT}/'
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": f'{XML}<Relationships {_PACKAGE}>{relationship}officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": f'{XML}<workbook {_MAIN} xmlns:r="{_DOCUMENT}"><sheets>'
            '<sheet name="Feuil1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{XML}<Relationships {_PACKAGE}>{relationship}worksheet" Target="{target}"/>'
            f'<Relationship Id="rId2" Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            target.lstrip("/") if target.startswith("/") else f"xl/{target}": sheet,
        }
        | dict(parts or {})
    )


def excel_xlsx(rows: Iterable[Sequence[str | int]]) -> bytes:
    """As Excel writes it: shared strings, a dimension, spans, and an absolute path in the relations."""
    strings: list[str] = []
    written = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for letter, value in zip("ABCDEFGH", row, strict=False):
            if isinstance(value, str):
                strings.append(value)
                cells.append(f'<c r="{letter}{number}" s="1" t="s"><v>{len(strings) - 1}</v></c>')
            else:
                cells.append(f'<c r="{letter}{number}"><v>{value}</v></c>')
        written.append(f'<row r="{number}" spans="1:{len(cells)}" x14ac:dyDescent="0.25">{"".join(cells)}</row>')
    shared = "".join(f'<si><t xml:space="preserve">{escape(each)}</t></si>' for each in strings)
    return raw_xlsx(
        sheet_xml("".join(written), f'<dimension ref="A1:D{len(written)}"/>').replace(
            "<worksheet ", '<worksheet xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" ', 1
        ),
        {"xl/sharedStrings.xml": f'{XML}<sst {_MAIN} count="{len(strings)}">{shared}</sst>'},
        target="/xl/worksheets/sheet1.xml",
    )


def xlsx(*sheets: Iterable[Sequence[Value]], hidden: Sequence[int] = ()) -> bytes:
    """A workbook by openpyxl; `hidden` are the places of hidden sheets, from 0."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for index, rows in enumerate(sheets):
        sheet = workbook.create_sheet(f"Feuille {index + 1}")
        sheet.sheet_state = "hidden" if index in hidden else "visible"
        for row in rows:
            sheet.append(row)
    octets = io.BytesIO()
    workbook.save(octets)
    return octets.getvalue()


def xls(*sheets: Iterable[Sequence[Value | xlwt.Formula]], hidden: Sequence[int] = ()) -> bytes:
    """A workbook by xlwt; `hidden` are the places of hidden sheets, from 0."""
    workbook = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for index, rows in enumerate(sheets):
        sheet = workbook.add_sheet(f"Feuille {index + 1}")
        sheet.visibility = int(index in hidden)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                style = (day,) if isinstance(value, date) else ()
                sheet.write(number, column, value, *style)
    octets = io.BytesIO()
    workbook.save(octets)
    return octets.getvalue()


def csv_text(rows: Iterable[Sequence[object]], separator: str = ";", line_end: str = "\r\n") -> str:
    """The text of a CSV file. Python leaves a line end that it doesn't use itself unquoted, unless all is quoted."""
    text = io.StringIO()
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue()


def bomb(octets: int) -> bytes:
    """A small workbook, one part of which unpacks to as many spaces."""
    return raw_xlsx(sheet_xml(""), {"xl/styles.xml": b" " * octets})


def write_samples() -> None:
    """The two samples of the guide."""
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "modele-1.xlsx").write_bytes(xlsx([GUIDE_HEADER, *GUIDE_ROWS]))
    (DATA / "modele-2.csv").write_text(GUIDE_CSV, encoding="utf-8", newline="")


if __name__ == "__main__":
    write_samples()
