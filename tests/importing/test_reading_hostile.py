"""Files that are damaged, or were made to harm."""

import itertools
import pickle
import struct
import zipfile
from collections.abc import Callable

import pytest

from smstui.formats import explain
from smstui.services.importing import foreign, refusals
from smstui.services.importing.compound import workbook_stream
from smstui.services.importing.files import read_sheet
from smstui.services.importing.refusals import (
    DamagedFile,
    EmptyFile,
    FileTooBig,
    HoldsMacros,
    PasswordProtected,
    TooManyCells,
    TooManyColumns,
    UnpacksTooBig,
    UnreadableFile,
    UnusualXml,
)
from smstui.services.importing.sheet import FILE_LIMIT
from tests.importing.files import (
    GUIDE_ROWS,
    bomb,
    excel_xlsx,
    raw_xlsx,
    sheet_xml,
    unzipped,
    with_claimed_size,
    xls,
    xlsx,
    zipped,
)

ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def test_size() -> None:
    with pytest.raises(EmptyFile):
        read_sheet(b"")
    with pytest.raises(FileTooBig) as refused:
        read_sheet(b"a" * (FILE_LIMIT + 1))
    assert refused.value.limit == 10
    line = b"Dupont".rjust(127) + b"\n"
    assert len(read_sheet(line * (FILE_LIMIT // len(line))).rows) == FILE_LIMIT // len(line)


def test_macros_are_refused() -> None:
    for part in ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"):
        with pytest.raises(HoldsMacros):
            read_sheet(raw_xlsx(sheet_xml(ONE_CELL), {part: b"<a/>"}))


def with_records(*each: tuple[int, bytes]) -> bytes:
    """The records of an XLS file, with others after the first one."""
    stream = workbook_stream(xls([["a"]]))
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    added = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in each)
    octets = bytearray(stream[:first] + added + stream[first:])
    sheet = octets.index(b"\x85\0", first + len(added)) + 4
    struct.pack_into("<I", octets, sheet, struct.unpack_from("<I", octets, sheet)[0] + len(added))
    return bytes(octets)


def test_passwords_and_macros_of_xls_files_are_refused() -> None:
    with pytest.raises(PasswordProtected):
        read_sheet(with_records((0x2F, b"\1\0\1\0")))
    with pytest.raises(HoldsMacros):
        read_sheet(with_records((0xD3, b"")))
    with pytest.raises(HoldsMacros):
        read_sheet(with_records((0x85, struct.pack("<IBBB", 0, 0, 1, 1) + b"\0a")))


def test_bombs_are_refused() -> None:
    octets = bomb(260 * 1024 * 1024)
    assert len(octets) < FILE_LIMIT // 30
    with pytest.raises(UnpacksTooBig):
        read_sheet(octets)


def test_sizes_that_lie_are_refused() -> None:
    for octets in (bomb(4 * 1024 * 1024), raw_xlsx(sheet_xml(ONE_CELL), {"xl/styles.xml": "<styleSheet/>"})):
        for size in (0, 5, 5_000_000):
            with pytest.raises(DamagedFile):
                read_sheet(with_claimed_size(octets, "xl/styles.xml", size))


@pytest.mark.parametrize(
    "sheet",
    [
        sheet_xml(ONE_CELL).replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        sheet_xml(ONE_CELL).replace("<worksheet", "<!doctype a><worksheet"),
        sheet_xml(ONE_CELL) + "<!ENTITY b 'c'>",
        sheet_xml(ONE_CELL).encode("utf-16"),
        sheet_xml(ONE_CELL).encode("utf-16-le"),
        sheet_xml(ONE_CELL).encode("utf-16-be"),
        sheet_xml(ONE_CELL).replace("UTF-8", "UTF-7"),
        sheet_xml("<row><c><v>1</v></c></row>" * 100_000) + "<!DOCTYPE a>",
    ],
    ids=itertools.count(),
)
def test_unsafe_xml_is_refused(sheet: str | bytes) -> None:
    for octets in (raw_xlsx(sheet), raw_xlsx(sheet_xml(ONE_CELL), {"docProps/app.xml": sheet})):
        with pytest.raises(UnusualXml):
            read_sheet(octets)


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>', TooManyColumns),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="CW1"><v>1</v></c></row>', TooManyColumns),
        ('<row r="1">' + "<c><v>1</v></c>" * 16_384 + "</row>", TooManyColumns),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="CV1048576"><v>1</v></c></row>', TooManyCells),
        ('<row r="1048576"><c r="CV1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>', TooManyCells),
        ('<row r="1"><c r="J999999"><v>1</v></c><c r="CV99999"><v>1</v></c></row>', TooManyCells),
        ('<row r="1"><c r="A9999999999"><v>1</v></c></row>', TooManyCells),
        ('<row r="1"><c r="ZZZZZZZZZZZZ9"><v>1</v></c></row>', TooManyColumns),
        ('<row r="1"><c r="$cw$1"><v>1</v></c></row>', TooManyColumns),
        ("<row r='1'><c s='>' r='XFD1'><v>1</v></c></row>", TooManyColumns),
        ('<row r="1"><c\n\tr = "XFD1"><v>1</v></c></row>', TooManyColumns),
        ('<row r="1048576"><c><v>1</v></c><c r="CV1"><v>1</v></c></row>', TooManyCells),
    ],
    ids=itertools.count(),
)
def test_cells_that_reach_too_far_are_refused(rows: str, refusal: type[UnreadableFile]) -> None:
    prefixed = rows.replace("<", "<x:").replace("<x:/", "</x:")
    for octets in (raw_xlsx(sheet_xml(rows)), raw_xlsx(sheet_xml(prefixed)), raw_xlsx(sheet_xml(rows), target="a.bin")):
        with pytest.raises(refusal):
            read_sheet(octets)


def test_a_tag_that_never_ends_is_refused() -> None:
    with pytest.raises(DamagedFile):
        read_sheet(raw_xlsx("<worksheet><sheetData><row><c" + " " * 5_000_000 + 'r="XFD1"><v>1</v></c>'))


def test_far_cells_of_xls_files_are_refused() -> None:
    with pytest.raises(TooManyColumns):
        read_sheet(xls([["a", *[""] * 254, "b"]]))
    with pytest.raises(TooManyColumns):
        read_sheet(with_records((0x203, struct.pack("<HHHd", 65_535, 0xFFFF, 0, 1.0))))


def test_claims_of_an_xls_file_are_not_believed() -> None:
    octets = with_records((0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)))
    assert read_sheet(octets).rows[0].cells == ("a",)
    with pytest.raises(DamagedFile):
        read_sheet(with_records((0xFC, struct.pack("<II", 1, 0x7FFFFFFF))))


def test_a_sheet_that_starts_within_other_data_is_refused() -> None:
    stream = bytearray(workbook_stream(xls([["a"]])))
    sheet = stream.index(b"\x85\0")
    struct.pack_into("<I", stream, sheet + 4, struct.unpack_from("<I", stream, sheet + 4)[0] + 2)
    with pytest.raises(DamagedFile):
        read_sheet(bytes(stream))


def loop_in_directory(octets: bytearray) -> None:
    table, directory = (512 * (1 + struct.unpack_from("<I", octets, at)[0]) for at in (76, 48))
    sector = directory // 512 - 1
    struct.pack_into("<I", octets, table + 4 * sector, sector)


def loop_in_tables(octets: bytearray) -> None:
    struct.pack_into("<II", octets, 68, 2, 1)
    struct.pack_into("<I", octets, 512 * 3 + 508, 2)


def test_an_endless_directory_of_a_compound_file_ends() -> None:
    octets = bytearray(xls(GUIDE_ROWS))
    loop_in_directory(octets)
    assert len(read_sheet(bytes(octets)).rows) == len(GUIDE_ROWS)


def test_an_endless_table_of_a_compound_file_ends() -> None:
    octets = bytearray(xls(GUIDE_ROWS))
    loop_in_tables(octets)
    with pytest.raises(DamagedFile):
        read_sheet(bytes(octets))


@pytest.mark.parametrize("make", [xlsx, xls])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_files_are_damaged(make: Callable[..., bytes], share: float) -> None:
    octets = make(GUIDE_ROWS)
    with pytest.raises(DamagedFile):
        read_sheet(octets[: int(len(octets) * share)])


def test_damaged_parts() -> None:
    parts = unzipped(excel_xlsx(GUIDE_ROWS))
    del parts["xl/sharedStrings.xml"]
    with pytest.raises(DamagedFile):
        read_sheet(zipped(parts))
    octets = bytearray(excel_xlsx(GUIDE_ROWS))
    octets[octets.index(b"PK\1\2") + 17] ^= 1
    with pytest.raises(DamagedFile):
        read_sheet(bytes(octets))


def test_a_method_of_compression_that_no_workbook_has_is_refused() -> None:
    octets = bytearray(excel_xlsx(GUIDE_ROWS))
    struct.pack_into("<H", octets, octets.index(b"PK\1\2") + 10, zipfile.ZIP_LZMA)
    with pytest.raises(DamagedFile):
        read_sheet(bytes(octets))


EXAMPLES: dict[type, tuple[object, ...]] = {
    refusals.UncomputedFormula: ("B2",),
    refusals.UndecodableText: ("utf-8", 1200),
    refusals.BrokenLine: (1200,),
    refusals.SeveralSheets: (("A", "B"),),
    refusals.SeveralSheetsSomeHidden: (("A", "B"), ("B",)),
    refusals.UnusualXml: ("xl/a.xml",),
    refusals.FileTooBig: (10,),
    refusals.UnpacksTooBig: (256,),
    refusals.TooManyColumns: (100,),
    refusals.TooManyRows: (1_048_576,),
    refusals.TooManyCells: (10_000_000,),
    foreign.OtherSpreadsheet: ("ODS",),
    foreign.DataFile: ("XML",),
}


def all_refusals(base: type[UnreadableFile]) -> set[type[UnreadableFile]]:
    return set(base.__subclasses__()).union(*map(all_refusals, base.__subclasses__()))


@pytest.mark.parametrize("refusal", sorted(all_refusals(UnreadableFile), key=lambda each: each.__name__))
def test_refusals_go_from_one_process_to_another(refusal: type[UnreadableFile]) -> None:
    made = refusal(*EXAMPLES.get(refusal, ()))
    received = pickle.loads(pickle.dumps(made))
    assert type(received) is refusal
    assert explain(received) == explain(made)
