"""XLSX and XLS files as programs write them."""

import struct
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
import xlwt

from smstui.services.importing.cells import CellValue, cell_text
from smstui.services.importing.compound import workbook_stream
from smstui.services.importing.files import read_sheet
from smstui.services.importing.refusals import (
    NoFilledRow,
    SeveralSheets,
    SeveralSheetsSomeHidden,
    TooManyColumns,
    UncomputedFormula,
)
from smstui.services.importing.sheet import FileKind, Sheet
from tests.importing.files import DATA, GUIDE_HEADER, GUIDE_ROWS, Value, excel_xlsx, raw_xlsx, sheet_xml, xls, xlsx

GUIDE_TEXTS = [GUIDE_HEADER, *((*row[:3], str(row[3])) for row in GUIDE_ROWS)]


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        ((DATA / "modele-1.xlsx").read_bytes(), FileKind.XLSX),
        (excel_xlsx([GUIDE_HEADER, *GUIDE_ROWS]), FileKind.XLSX),
        (xls([GUIDE_HEADER, *GUIDE_ROWS]), FileKind.XLS),
        (workbook_stream(xls([GUIDE_HEADER, *GUIDE_ROWS])), FileKind.XLS),
    ],
    ids=["openpyxl", "excel", "xlwt", "without container"],
)
def test_the_first_sample_of_the_guide(octets: bytes, kind: FileKind) -> None:
    sheet = read_sheet(octets)
    assert (sheet.kind, sheet.encoding, sheet.separator, sheet.width) == (kind, None, None, 4)
    assert cells(sheet) == GUIDE_TEXTS
    assert [row.line for row in sheet.rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (601010101.0, "601010101"),
        (33601010101.0, "33601010101"),
        (1e20, "100000000000000000000"),
        (1e30, "1e+30"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (5e-7, "0.0000005"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (42, "42"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(1990, 12, 31), "1990-12-31"),
        (datetime(1990, 12, 31), "1990-12-31"),  # noqa: DTZ001
        (datetime(1990, 12, 31, 13, 5), "1990-12-31 13:05:00"),  # noqa: DTZ001
        (time(13, 5), "13:05:00"),
        (timedelta(hours=1), "1:00:00"),
        (" a\0b ", "ab"),
        ("", ""),
    ],
)
def test_cells_as_texts(value: CellValue, text: str) -> None:
    assert cell_text(value) == text


VALUES: Sequence[Value] = ("  Zoë ", 601010101.0, date(1990, 12, 31), True, 0.5, "06 01\n02", "'=1")
TEXTS = ("Zoë", "601010101", "1990-12-31", "TRUE", "0.5", "06 01\n02", "'=1")


def test_values_of_an_xlsx_file() -> None:
    assert cells(read_sheet(xlsx([VALUES]))) == [TEXTS]


def test_values_of_an_xls_file() -> None:
    assert cells(read_sheet(xls([VALUES, ["a\0b"]]))) == [TEXTS, ("ab", *[""] * 6)]


def test_errors_in_cells_are_blank() -> None:
    sheet = read_sheet(raw_xlsx(sheet_xml('<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><v>1</v></c></row>')))
    assert cells(sheet) == [("", "1")]


def test_rich_and_preserved_texts() -> None:
    row = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Du</t></r><r><t>pont</t></r></is></c>'
        '<c r="B1" t="inlineStr"><is><t xml:space="preserve"> L&amp;M </t></is></c></row>'
    )
    assert cells(read_sheet(raw_xlsx(sheet_xml(row)))) == [("Dupont", "L&M")]


def test_blank_rows_are_left_out_and_lines_are_those_of_the_sheet() -> None:
    rows: list[list[Value]] = [[], ["", "a"], ["  "], [None, "b", None], [], [None, None, " "]]
    for octets in (xlsx(rows), xls(rows)):
        assert read_sheet(octets).rows == ((2, ("", "a")), (4, ("", "b")))


def test_formatted_rows_down_to_the_last_one_are_no_rows() -> None:
    rows = '<row r="3"><c r="B3" s="1"><v>7</v></c></row>' + "".join(
        f'<row r="{number}" s="1" customFormat="1"><c r="A{number}" s="1"/><c r="CZ{number}" s="1"/></row>'
        for number in (4, 900_000, 1_048_576)
    )
    sheet = read_sheet(raw_xlsx(sheet_xml(rows, '<dimension ref="A1:XFD1048576"/>')))
    assert sheet.rows == ((3, ("", "7")),)


def test_a_far_cell_is_read_when_the_rows_are_few() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>'
    assert read_sheet(raw_xlsx(sheet_xml(rows))).rows == ((1, ("1", "")), (1_048_576, ("", "2")))


@pytest.mark.parametrize(
    ("sheet", "texts"),
    [
        (sheet_xml("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>"), [(1, "1"), (2, "3")]),
        (sheet_xml("<row r='2'><c s=\">\" r = 'A2'><v>1</v></c></row>"), [(2, "1")]),
        (
            '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
            '<x:row r="5"><x:c r="A5"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>',
            [(5, "3")],
        ),
    ],
    ids=["without references", "odd quotes", "prefixed"],
)
def test_sheets_of_unusual_writers(sheet: str, texts: list[tuple[int, str]]) -> None:
    assert [(row.line, row.cells[0]) for row in read_sheet(raw_xlsx(sheet)).rows] == texts


@pytest.mark.parametrize("rows", [[], [[" "]], [[None, ""]]])
def test_a_workbook_without_filled_row_is_refused(rows: list[list[Value]]) -> None:
    for octets in (xlsx(rows), xls(rows)):
        with pytest.raises(NoFilledRow):
            read_sheet(octets)


def test_several_sheets_are_refused_with_their_names() -> None:
    for octets in (xlsx([[1]], []), xls([[1]], [])):
        with pytest.raises(SeveralSheets) as refused:
            read_sheet(octets)
        assert refused.value.names == ("Feuille 1", "Feuille 2")
        assert not isinstance(refused.value, SeveralSheetsSomeHidden)


def test_hidden_sheets_count() -> None:
    for octets in (xlsx([[1]], [[2]], [[3]], hidden=(1,)), xls([[1]], [[2]], [[3]], hidden=(1,))):
        with pytest.raises(SeveralSheetsSomeHidden) as refused:
            read_sheet(octets)
        assert refused.value.names == ("Feuille 1", "Feuille 2", "Feuille 3")
        assert refused.value.hidden == ("Feuille 2",)


def test_of_very_many_sheets_some_are_named() -> None:
    with pytest.raises(SeveralSheets) as refused:
        read_sheet(xlsx(*[[[1]]] * 12))
    assert refused.value.names == (*(f"Feuille {number}" for number in range(1, 11)), "…")


def test_a_formula_counts_as_its_saved_result() -> None:
    row = (
        '<row r="1"><c r="A1"><f>600000000+1</f><v>600000001</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="str"><f>""</f><v/></c>'
        '<c r="E1"><f t="shared" si="0"/><v>3</v></c><c r="F1"><v>4</v></c></row>'
    )
    assert cells(read_sheet(raw_xlsx(sheet_xml(row)))) == [("600000001", "a", "", "", "3", "4")]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B7"><f>1+1</f></c>',
        '<c r="B7"><f>1+1</f><v/></c>',
        '<c r="B7"><f>1+1</f><v></v></c>',
        '<c r="B7" s="1">\n<f>1+1</f>\n<v />\n</c>',
        '<c r="B7"><f t="shared" si="0"/></c>',
        '<c r="B7"><f t="shared" ref="B7:B9" si="0">A7&lt;2</f><v></v></c>',
        '<c r="B7" t="str"><f>"a"</f></c>',
    ],
)
def test_a_formula_without_result_is_refused_with_its_cell(cell: str) -> None:
    rows = f'<row r="1"><c r="A1"><f>1</f><v>1</v></c></row><row r="7"><c r="A7"><v>7</v></c>{cell}</row>'
    for octets in (raw_xlsx(sheet_xml(rows)), raw_xlsx(sheet_xml(rows.replace("<", "<x:").replace("<x:/", "</x:")))):
        with pytest.raises(UncomputedFormula) as refused:
            read_sheet(octets)
        assert refused.value.cell == "B7"


def test_formulas_of_openpyxl_and_xlwt_have_no_result() -> None:
    for octets in (xlsx([["a"], ["b", "=1+1"]]), xls([["a"], ["b", xlwt.Formula("1+1")]])):
        with pytest.raises(UncomputedFormula) as refused:
            read_sheet(octets)
        assert refused.value.cell == "B2"


def test_a_formula_without_result_in_a_far_block_is_found() -> None:
    cell = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    rows = [f'<row r="{number}">{cell.format(number, "x" * 1000)}</row>' for number in range(1, 3000)]
    rows[2500] = '<row r="2501"><c r="A2501"><f>1</f></c></row>'
    with pytest.raises(UncomputedFormula) as refused:
        read_sheet(raw_xlsx(sheet_xml("".join(rows))))
    assert refused.value.cell == "A2501"


def test_the_result_of_a_formula_of_an_xls_file_is_read() -> None:
    stream = bytearray(workbook_stream(xls([["a", xlwt.Formula("1+1")]])))
    formula = stream.index(struct.pack("<HHHH", 6, 29, 0, 1))
    struct.pack_into("<d", stream, formula + 4 + 6, 601010101.0)
    assert cells(read_sheet(bytes(stream))) == [("a", "601010101")]


def test_the_column_limit_of_both_formats() -> None:
    wide = [["a"] * 100]
    for make in (xlsx, xls):
        assert read_sheet(make(wide)).width == 100
        with pytest.raises(TooManyColumns):
            read_sheet(make([["a"] * 101]))


def test_a_large_xls_file_is_read_whole() -> None:
    rows = [[f"Nom{number}", f"nom{number}@example.com", 600_000_000 + number] for number in range(30_000)]
    sheet = read_sheet(xls(rows))
    assert cells(sheet) == [(name, email, str(mobile)) for name, email, mobile in rows]


def test_a_large_xlsx_file_is_read_whole() -> None:
    rows = [(f"Nom{number}", f"nom{number}@example.com", 600_000_000 + number) for number in range(30_000)]
    sheet = read_sheet(excel_xlsx(rows))
    assert cells(sheet) == [(name, email, str(mobile)) for name, email, mobile in rows]
