"""CSV files and their kin: encodings, separators, line ends, quotes."""

import codecs
import itertools

import pytest

from smstui.domain.spreadsheet_text import guarded
from smstui.services.importing.files import read_sheet
from smstui.services.importing.refusals import (
    BinaryFile,
    BrokenLine,
    NoFilledRow,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    UndecodableText,
)
from smstui.services.importing.sheet import FileKind, ReadingOptions, Sheet, TextEncoding
from tests.importing.files import DATA, GUIDE_CSV, csv_text

ACCENTED = [["Nom", "Prénom", "Mobile"], ["Lœuf", "Zoë", "601010101"], ["D’Haÿ", "Noël", "602020202"]]


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row.cells) for row in sheet.rows]


def read(text: str, **options: TextEncoding | str) -> Sheet:
    return read_sheet(text.encode(), ReadingOptions(**options))  # type: ignore[arg-type]


def test_the_second_sample_of_the_guide() -> None:
    octets = (DATA / "modele-2.csv").read_bytes()
    assert octets == GUIDE_CSV.encode()
    sheet = read_sheet(octets)
    assert (sheet.kind, sheet.encoding, sheet.separator) == (FileKind.CSV, TextEncoding.UTF_8, ",")
    assert [row.line for row in sheet.rows] == [1, 2, 3, 4]
    assert sheet.rows[3].cells == ("Henry", "Franis", "tech@smsmode.com", "604040404")


@pytest.mark.parametrize(
    ("codec", "start", "encoding"),
    [
        ("utf-8", b"", TextEncoding.UTF_8),
        ("utf-8-sig", b"", TextEncoding.UTF_8),
        ("cp1252", b"", TextEncoding.CP1252),
        ("utf-16-le", codecs.BOM_UTF16_LE, TextEncoding.UTF_16),
        ("utf-16-be", codecs.BOM_UTF16_BE, TextEncoding.UTF_16),
        ("utf-16-le", b"", TextEncoding.UTF_16),
        ("utf-16-be", b"", TextEncoding.UTF_16),
    ],
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators(codec: str, start: bytes, encoding: TextEncoding, separator: str) -> None:
    sheet = read_sheet(start + csv_text(ACCENTED, separator).encode(codec))
    assert (sheet.encoding, sheet.separator) == (encoding, separator)
    assert cells(sheet) == ACCENTED


def test_text_of_an_old_macintosh_has_letters_where_windows_has_none() -> None:
    rows = [["Prénom", "Mobile"], ["Hélène", "601010101"], ["François", "602020202"]]
    sheet = read_sheet(csv_text(rows, line_end="\r").encode("mac-roman"))
    assert sheet.encoding is TextEncoding.MAC_ROMAN
    assert cells(sheet) == rows


def test_an_encoding_that_was_chosen_is_used() -> None:
    octets = csv_text([["prix", "10 €"]]).encode("iso8859-15")
    assert read_sheet(octets).rows[0].cells == ("prix", "10 ¤")
    assert read_sheet(octets, ReadingOptions(encoding=TextEncoding.LATIN_9)).rows[0].cells == ("prix", "10 €")


def test_a_wrong_encoding_is_refused_with_the_line() -> None:
    octets = "Nom;Mobile\r\nDupont;601010101\r\nZoé;602020202".encode("cp1252")
    with pytest.raises(UndecodableText) as refused:
        read_sheet(octets, ReadingOptions(encoding=TextEncoding.UTF_8))
    assert (refused.value.encoding, refused.value.line) == ("utf-8", 3)


def test_broken_text_after_a_byte_order_mark_is_refused_with_the_line() -> None:
    with pytest.raises(UndecodableText) as refused:
        read_sheet(codecs.BOM_UTF8 + b"a;b\n\xe9;c")
    assert refused.value.line == 2
    with pytest.raises(UndecodableText) as refused:
        read_sheet(codecs.BOM_UTF16_LE + "a;b\nc;d\ne".encode("utf-16-le")[:-1])
    assert refused.value.line == 3


@pytest.mark.parametrize(
    "octets",
    [
        b"Nom;Mobile\nDupont\0;601010101",
        b"a;b\n" * 2000 + b"\0;c",
        bytes(range(1, 256)) * 10,
        b"\x05\x01\x02;abc",
        b"\0\0\0\0",
        b"\0",
        b"a\0b\0" * 10 + b"\0\0",
    ],
    ids=itertools.count(),
)
def test_binary_octets_are_refused(octets: bytes) -> None:
    with pytest.raises(BinaryFile):
        read_sheet(octets)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("601010101\n602020202\n", ""),
        ("Mobile\n601010101", ""),
        ("6,01010101E+08\n6,02020202E+08", ""),
        ("Dupont;6,01010101E+08\nLeduc;6,02020202E+08", ";"),
        ("Dupont\t601010101,0\nLeduc\t602020202,0", "\t"),
        ("1,5;2,5;3,5\n1,5;2,5;3,5", ";"),
        ("nom;adresse\nDupont;12, rue de la Paix, 75002, Paris\nLeduc;3, rue Monge, 75005, Paris", ";"),
        ("Nom,Tags,Mobile\nDupont,a;b,601010101\nLeduc,c;d,602020202", ","),
        ("Dupont,Hugo,601010101", ","),
        ("601010101,602020202\n603030303,604040404", ","),
        ("Nom;Mobile;\nDupont;601010101\nLeduc;602020202\nHenry;603030303", ";"),
        ('"Dupont; fils",Hugo,1\n"Leduc; fille",Marie,2', ","),
        ('"a","b;c;d"\n"e","f;g;h"', ","),
        ("un texte, puis\nun autre\nsans rien", ""),
    ],
)
def test_the_separator_is_found_by_consistency(text: str, separator: str) -> None:
    assert read(text).separator == separator


def test_a_separator_that_was_chosen_is_used() -> None:
    assert cells(read("a,b;c", separator=",")) == [["a", "b;c"]]
    assert cells(read("a,b;c", separator="")) == [["a,b;c"]]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
def test_the_separator_may_be_announced(first: str) -> None:
    sheet = read(f"{first}\r\nDupont, Hugo;601010101\r\n")
    assert sheet.separator == ";"
    assert sheet.rows == ((2, ("Dupont, Hugo", "601010101")),)


def test_the_announced_separator_may_be_overruled_but_is_no_row() -> None:
    assert cells(read("sep=;\na,b;c", separator=",")) == [["a", "b;c"]]


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_line_ends(line_end: str) -> None:
    sheet = read(line_end.join(["a;b", "", ' "";', "c;d"]))
    assert sheet.rows == ((1, ("a", "b")), (3, ('""', "")), (4, ("c", "d")))


def test_mixed_line_ends_and_lines_within_quotes_keep_the_numbers_of_lines() -> None:
    sheet = read('a;b\r"c\r\nd\ne";f\ng;h\r\n;\r\n\u2028i;j')
    assert [(row.line, row.cells[0]) for row in sheet.rows] == [(1, "a"), (2, "c\r\nd\ne"), (5, "g"), (7, "i")]


def test_rows_get_the_same_width_and_blank_columns_at_the_right_go() -> None:
    assert cells(read("a;b;;;\nc\n;;;;;;;\nd;;e;", separator=";")) == [["a", "b", ""], ["c", "", ""], ["d", "", "e"]]


def test_spaces_around_cells_go() -> None:
    assert cells(read("\ufeff a ; b\u00a0\n c;\td", separator=";")) == [["a", "b"], ["c", "d"]]


def test_guards_against_formulas_are_taken_away() -> None:
    rows = [["=1+1", "+33601020304"], ["-x", "'=1"], ["@a", "it's"]]
    assert cells(read(csv_text([list(map(guarded, row)) for row in rows]))) == rows
    assert cells(read("'+33601020304;'\t=1")) == [["+33601020304", "=1"]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b\nc;"d\ne;f\n', 2),
        ('a;b\n"c"d;e\n', 2),
        ('a;b\n"x\ny";z\nc;"d', 4),
        ('sep=;\na;"b', 2),
        ("a;b\n" + "x" * 200_000, 2),
    ],
    ids=itertools.count(),
)
def test_a_line_with_broken_quotes_is_refused(text: str, line: int) -> None:
    with pytest.raises(BrokenLine) as refused:
        read(text, separator=";")
    assert refused.value.line == line


@pytest.mark.parametrize("text", ["\n\n", " ; ;\n;;", "\ufeff", "sep=;\n", '"";""'])
def test_a_text_without_filled_row_is_refused(text: str) -> None:
    with pytest.raises(NoFilledRow):
        read(text, separator=";")


def test_limits() -> None:
    assert read(";" * 1_000_000 + "\na;b", separator=";").width == 2
    assert read(";" * 99 + "a", separator=";").width == 100
    with pytest.raises(TooManyColumns):
        read(";" * 100 + "a", separator=";")
    with pytest.raises(TooManyRows):
        read("a\n" * 1_048_577)
    with pytest.raises(TooManyCells):
        read(";" * 99 + "a\n" + "b\n" * 200_000, separator=";")
