"""What is true of all tables, and of all octets."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smstui.domain.spreadsheet_text import guarded
from smstui.services.importing.compound import with_workbook, workbook_stream
from smstui.services.importing.files import read_sheet
from smstui.services.importing.refusals import NoFilledRow, UnreadableFile
from smstui.services.importing.sheet import ReadingOptions, TextEncoding
from tests.importing.files import GUIDE_HEADER, GUIDE_ROWS, csv_text, excel_xlsx, unzipped, xls, xlsx, zipped

LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc",))
CELL = st.text(st.one_of(st.sampled_from("'\"=+-@;,\t|\r\n "), LETTERS), max_size=6)
TABLE = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5)
)
CODECS = {
    TextEncoding.UTF_8: ("utf-8", b""),
    TextEncoding.CP1252: ("cp1252", b""),
    TextEncoding.UTF_16: ("utf-16-be", codecs.BOM_UTF16_BE),
}
WORKBOOKS = [
    xlsx([GUIDE_HEADER, *GUIDE_ROWS]),
    excel_xlsx([GUIDE_HEADER, *GUIDE_ROWS]),
    xls([GUIDE_HEADER, *GUIDE_ROWS]),
]
PARTS = unzipped(WORKBOOKS[1])
STREAM = workbook_stream(WORKBOOKS[2])


def tidy(table: list[list[str]]) -> list[list[str]]:
    """What is kept of a table: without spaces around cells, blank rows, nor blank columns at the right."""
    kept = [row for row in ([cell.strip() for cell in row] for row in table) if any(row)]
    width = max((index + 1 for row in kept for index, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in kept]


@given(TABLE, st.sampled_from(";,\t|"), st.sampled_from(list(CODECS)), st.sampled_from(["\r\n", "\n", "\r"]))
def test_a_table_comes_back_from_csv(
    table: list[list[str]], separator: str, encoding: TextEncoding, line_end: str
) -> None:
    wanted = tidy(table)
    written = csv_text([[guarded(cell.strip()) for cell in row] for row in table], separator, line_end)
    codec, start = CODECS[encoding]
    octets = start + written.encode(codec)
    assume(not written.lower().startswith(("sep=", '"sep=')))
    if not wanted:
        with pytest.raises(NoFilledRow):
            read_sheet(octets, ReadingOptions(encoding, separator))
        return
    sheet = read_sheet(octets, ReadingOptions(encoding, separator))
    assert [list(row.cells) for row in sheet.rows] == wanted


NAME = st.text("abcéèçœ’ -", min_size=1, max_size=8).map(lambda text: f"x{text}y")


@given(
    st.lists(st.tuples(NAME, NAME, NAME), min_size=1, max_size=8),
    st.sampled_from(";,\t|"),
    st.sampled_from(list(CODECS)),
)
def test_of_names_separator_and_encoding_are_found(
    table: list[tuple[str, ...]], separator: str, encoding: TextEncoding
) -> None:
    codec, start = CODECS[encoding]
    sheet = read_sheet(start + csv_text(table, separator).encode(codec))
    assert sheet.separator == separator
    assert [row.cells for row in sheet.rows] == table


XML_CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=6)


@given(st.lists(st.lists(XML_CELL, min_size=3, max_size=3), min_size=1, max_size=4))
def test_a_table_comes_back_from_a_workbook(table: list[list[str]]) -> None:
    wanted = tidy(table)
    for octets in (excel_xlsx(table), xls(table)):
        if wanted:
            assert [list(row.cells) for row in read_sheet(octets).rows] == wanted
        else:
            with pytest.raises(NoFilledRow):
                read_sheet(octets)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: text.encode("utf-16"))))
@settings(max_examples=300)
def test_arbitrary_octets_are_read_or_refused(octets: bytes) -> None:
    with suppress(UnreadableFile):
        read_sheet(octets)


@st.composite
def damaged(draw: st.DrawFn, octets: bytes) -> bytes:
    """`octets` with some of them changed, maybe cut short."""
    changed = bytearray(octets)
    for place in draw(st.lists(st.integers(0, len(octets) - 1), max_size=5)):
        changed[place] = draw(st.one_of(st.sampled_from([0, 255, 1, 128]), st.integers(0, 255)))
    return bytes(changed[: draw(st.one_of(st.just(len(octets)), st.integers(0, len(octets))))])


@given(st.sampled_from(WORKBOOKS).flatmap(damaged))
@settings(max_examples=300)
def test_damaged_workbooks_are_read_or_refused(octets: bytes) -> None:
    with suppress(UnreadableFile):
        read_sheet(octets)


@given(damaged(STREAM))
@settings(max_examples=300)
def test_damaged_records_are_read_or_refused(stream: bytes) -> None:
    with suppress(UnreadableFile):
        read_sheet(with_workbook(stream))


@given(st.sampled_from(sorted(PARTS)).flatmap(lambda name: st.tuples(st.just(name), damaged(PARTS[name]))))
@settings(max_examples=300)
def test_damaged_parts_are_read_or_refused(part: tuple[str, bytes]) -> None:
    name, content = part
    with suppress(UnreadableFile):
        read_sheet(zipped(PARTS | {name: content}))
