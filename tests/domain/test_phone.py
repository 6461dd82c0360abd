"""Numbers, in the forms that people and spreadsheets give them."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui.domain.phone import (
    ForeignCharacters,
    InvalidNumber,
    Landline,
    NoDigits,
    NotMobile,
    NumberTooLong,
    NumberTooShort,
    RoundedNumber,
    SeveralNumbers,
    ShortNumber,
    SpecialRateNumber,
    UnknownCountryCode,
    parse_number,
)

MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


@pytest.mark.parametrize(
    "text",
    [
        "0601020304",
        "06 01 02 03 04",
        "06.01.02.03.04",
        "06-01-02-03-04",
        "06/01/02/03/04",
        "06\u00a001\u202f02\u00a003\u202f04",
        "06‑01‑02–03—04",
        "601020304",
        "601020304.0",
        "601020304,0",
        "6.01020304E8",
        "6,01020304E+08",
        "6.01020304e+8",
        "33601020304",
        "33601020304.0",
        "3,3601020304E+10",
        "+33601020304",
        "+33 6 01 02 03 04",
        "+33(0)601020304",
        "+33 (0)6 01 02 03 04",
        "0033601020304",
        "0033 (0) 6 01 02 03 04",
        "(06) 01 02 03 04",
        "\u202a+33 6 01 02 03 04\u202c",
        "\ufeff0601020304",
        "'0601020304",
        '"0601020304"',
        "\t0601020304\r\n",
        "０６０１０２０３０４",
        "٠٦٠١٠٢٠٣٠٤",
    ],
)
def test_forms_of_one_number(text: str) -> None:
    assert parse_number(text) == "+33601020304"


def test_the_sample_of_the_guide() -> None:
    assert parse_number("601010101") == "+33601010101"


def test_a_float_may_have_lost_the_zeros_at_its_end() -> None:
    assert parse_number("6.010101E8") == "+33601010100"


@pytest.mark.parametrize(
    ("dialled", "number"),
    [
        ("0690 12 34 56", "+590690123456"),
        ("0691 22 34 56", "+590691223456"),
        ("0694 12 34 56", "+594694123456"),
        ("0696 12 34 56", "+596696123456"),
        ("0697 12 34 56", "+596697123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0693 01 23 45", "+262693012345"),
        ("0639 01 23 45", "+262639012345"),
        ("0709 00 12 34", "+590709001234"),
        ("0709 10 12 34", "+596709101234"),
        ("0709 20 12 34", "+262709201234"),
        ("0709 30 12 34", "+594709301234"),
        ("0709 35 12 34", "+262709351234"),
        ("0708 40 12 34", "+508708401234"),
        ("690123456", "+590690123456"),
        ("690123456.0", "+590690123456"),
        ("+33 690 12 34 56", "+590690123456"),
        ("0033 (0)692 12 34 56", "+262692123456"),
        ("+590 690 12 34 56", "+590690123456"),
        ("00262 692 12 34 56", "+262692123456"),
    ],
)
def test_overseas_numbers_get_their_own_country_code(dialled: str, number: str) -> None:
    assert parse_number(dialled) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+32 470 12 34 56", "+32470123456"),
        ("0044 7911 123456", "+447911123456"),
        ("+1 202-555-0123", "+12025550123"),
        ("+49 (0)151 12345678", "+4915112345678"),
        ("+39 312 345 6789", "+393123456789"),
    ],
)
def test_mobiles_of_other_countries(text: str, number: str) -> None:
    assert parse_number(text) == number


def test_another_region_may_be_the_default() -> None:
    assert parse_number("0470 12 34 56", "BE") == "+32470123456"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("+336010304", NumberTooShort),
        ("06010203", NumberTooShort),
        ("06010203045", NumberTooLong),
        ("0701020304", InvalidNumber),
        ("0601020304 0602030405", SeveralNumbers),
        ("0601020304/0602030405", SeveralNumbers),
        ("0601020304 ou 0602030405", SeveralNumbers),
        ("601020304 602030405", SeveralNumbers),
        ("0601020304\n0602030405", SeveralNumbers),
        ("01 23 45 67 89", Landline),
        ("0262 12 34 56", Landline),
        ("09 12 34 56 78", Landline),
        ("+44 20 7946 0958", Landline),
        ("36034", ShortNumber),
        ("112", ShortNumber),
        ("0899 12 34 56", SpecialRateNumber),
        ("0801 02 03 04", SpecialRateNumber),
        ("+44 7012 345678", NotMobile),
        ("+999 123 456 789", UnknownCountryCode),
        ("6,01E+08", RoundedNumber),
        ("6.0102030401E8", InvalidNumber),
        ("1E99", RoundedNumber),
        ("9" * 5000 + "E10", SeveralNumbers),
        ("1." + "1" * 5000 + "E10", SeveralNumbers),
        ("06 01 02 03 04 (Marie)", ForeignCharacters),
        ("06O1020304", ForeignCharacters),
        ("++33601020304", ForeignCharacters),
        ("06+01020304", ForeignCharacters),
        ("60101010.0", NumberTooShort),
        ("Dupont", NoDigits),
        ("", NoDigits),
        ("\ud83d", NoDigits),
    ],
)
def test_refusals(text: str, refusal: type[InvalidNumber]) -> None:
    with pytest.raises(InvalidNumber) as refused:
        parse_number(text)
    assert type(refused.value) is refusal


def test_a_refusal_shows_foreign_text_safely_and_briefly() -> None:
    with pytest.raises(InvalidNumber) as refused:
        parse_number("\x1b[2J" + "x" * 1000)
    assert refused.value.text.startswith("␛[2Jxxx")
    assert len(refused.value.text) == 40


PREFIXES = st.sampled_from(
    ["", "0", "00", "33", "+33", "+33(0)", "0033", "00330", "330", "+", "+0", "+330", "+3306", "06"]
)
DIGITS = st.one_of(
    st.from_regex(r"[67][0-9]{8}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{7,9}", fullmatch=True),
    st.from_regex(r"[0-9]{6,16}", fullmatch=True),
)
OVERSEAS = ("690", "691", "692", "693", "694", "696", "697", "639", "7090", "7091", "7092", "7093", "7084", "7085")


def by_library(text: str) -> str | None:
    """The mobile of France, or of abroad with its code, that the library finds in `text`."""
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def by_us(text: str) -> str | None:
    try:
        return parse_number(text)
    except InvalidNumber:
        return None


@given(PREFIXES, DIGITS, st.sampled_from(["", " ", ".", "-", "\u00a0"]))
@example("0033", "0601020304", "")
@example("", "33601020304", "")
@example("", "0033601020304", " ")
@example("33", "0601020304", "")
def test_no_difference_with_the_library(prefix: str, digits: str, separator: str) -> None:
    text = prefix + separator.join(digits)
    found = by_us(text)
    if found is None or not found.startswith(("+590", "+594", "+596", "+262", "+508")):
        assert found == by_library(text)
    elif not text.lstrip("0+").startswith(found[1:4]):
        assert found[4:].startswith(OVERSEAS)


@given(st.text(st.one_of(st.sampled_from("0123456789+() .-,eE/x;#*'\u00a0\u202a"), st.characters()), max_size=30))
def test_whatever_is_accepted_is_a_valid_mobile_already_in_e164(text: str) -> None:
    found = by_us(text)
    if found is not None:
        assert by_library(found) == found
        assert parse_number(found) == found
