"""Lists of numbers, typed, pasted or read."""

from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.phone import Landline, NoDigits, NumberTooShort, SeveralNumbers
from smstui.domain.recipients import Recipients, read_recipients


def test_nothing() -> None:
    assert read_recipients(" \n\n,;\t\ufeff\n") == Recipients((), 0, ())


def test_separators_separate_and_spaces_do_not() -> None:
    found = read_recipients("0601020304, 0602030405;06 03 04 05 06\t+33 6 04 05 06 07\r\n0605060708\r0606070809\n")
    assert found.numbers == tuple(
        f"+33{number}"
        for number in (
            601020304,
            602030405,
            603040506,
            604050607,
            605060708,
            606070809,
        )
    )
    assert (found.duplicates, found.refused) == (0, ())


def test_duplicates_are_told_by_number_not_by_form() -> None:
    found = read_recipients("0601020304\n+33 6 01 02 03 04\n601020304\n0602030405")
    assert found.numbers == ("+33601020304", "+33602030405")
    assert found.duplicates == 2


def test_floats_with_a_decimal_comma_are_one_number() -> None:
    found = read_recipients('6,01020304E+08,6,02030405E+08\n603040506,0;"6,04050607E+08"\n0605060708,0606070809')
    assert found.refused == ()
    assert [number[-9:] for number in found.numbers] == [
        "601020304",
        "602030405",
        "603040506",
        "604050607",
        "605060708",
        "606070809",
    ]


def test_what_is_refused_is_listed_with_its_line_and_reason() -> None:
    found = read_recipients(
        "Nom;Mobile\nDupont;0601020304\n\n0123456789\r\n+336010304, 0602030405\n0601020304 0602030405"
    )
    assert [(line.line, line.text, type(line.reason)) for line in found.refused] == [
        (1, "Nom", NoDigits),
        (1, "Mobile", NoDigits),
        (2, "Dupont", NoDigits),
        (4, "0123456789", Landline),
        (5, "+336010304", NumberTooShort),
        (6, "0601020304 0602030405", SeveralNumbers),
    ]
    assert found.numbers == ("+33601020304", "+33602030405")


@given(st.text(st.one_of(st.sampled_from("0123456789 ,;\t\n\r+E."), st.characters())))
def test_any_text_is_read_and_every_field_accounted_for(text: str) -> None:
    found = read_recipients(text)
    assert len(set(found.numbers)) == len(found.numbers)
    again = read_recipients("\n".join(found.numbers))
    assert again == Recipients(found.numbers, 0, ())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(refused.text in lines[refused.line - 1] for refused in found.refused)


@given(st.lists(st.integers(600_000_000, 609_999_999).map(lambda number: f"0{number}"), max_size=20))
def test_numbers_and_duplicates_add_up(written: list[str]) -> None:
    found = read_recipients(" ; ".join(written))
    assert len(found.numbers) + found.duplicates + len(found.refused) == len(written)
    assert found.numbers == tuple(dict.fromkeys(f"+33{number[1:]}" for number in written))
