"""The country of a number, its clocks and its names."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumberType,
    example_number_for_type,
    is_valid_number,
    parse,
    region_code_for_number,
)

from smstui.domain.country import PREFIX, country_of, name_of, zones_of
from smstui.domain.phone import InvalidNumber, parse_number

REGIONS = sorted({region for regions in COUNTRY_CODE_TO_REGION_CODE.values() for region in regions} - {"001"})
COUNTED_AS = {"BL": "GP", "MF": "GP", "EH": "MA", "AX": "FI", "VA": "IT", "SJ": "NO", "CC": "AU", "CX": "AU"}
"""Their mobile numbers look like those of their neighbour."""
SHARED = sorted(regions for regions in COUNTRY_CODE_TO_REGION_CODE.values() if len(regions) > 1)


def mobiles(region: str) -> st.SearchStrategy[str]:
    """Mobile numbers of a region, in E.164."""
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata.mobile
    digits = st.from_regex(metadata.mobile.national_number_pattern.replace("\\d", "[0-9]"), fullmatch=True)
    return digits.map(lambda national: f"+{metadata.country_code}{national}")


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("06 12 34 56 78", "FR"),
        ("07 56 12 34 56", "FR"),
        ("0690 12 34 56", "GP"),
        ("0696 12 34 56", "MQ"),
        ("0694 12 34 56", "GF"),
        ("0692 12 34 56", "RE"),
        ("0639 10 34 56", "YT"),
        ("07093 5 12 34", "YT"),
        ("07092 1 12 34", "RE"),
        ("0708 45 12 34", "PM"),
        ("+687 75 12 34", "NC"),
        ("+689 87 12 34 56", "PF"),
        ("+681 82 12 34", "WF"),
        ("+32 470 12 34 56", "BE"),
        ("+44 7400 123456", "GB"),
        ("+44 7797 712345", "JE"),
        ("+44 7911 123456", "GG"),
        ("+44 7911 223456", "GB"),
        ("+44 7624 412345", "IM"),
        ("+1 212 555 1234", "US"),
        ("+1 613 555 1234", "CA"),
        ("+1 787 234 5678", "PR"),
        ("+7 701 123 4567", "KZ"),
        ("+7 916 123 4567", "RU"),
        ("+599 9 561 1234", "CW"),
        ("+383 43 123 456", "XK"),
    ],
)
def test_the_country_of_a_number(written: str, country: str) -> None:
    assert country_of(parse_number(written)) == country


@pytest.mark.parametrize("number", ["", "+", "+999123456789", "+870773111632", "+0612345678", "33"])
def test_numbers_of_no_country(number: str) -> None:
    assert country_of(number) == ""


@pytest.mark.parametrize(
    ("number", "country"), [("+18005551234", "US"), ("+262639123456", "RE"), ("+447011234567", "GB")]
)
def test_numbers_of_nobody_are_of_the_main_country_of_their_code(number: str, country: str) -> None:
    assert country_of(number) == country


@pytest.mark.parametrize("region", REGIONS)
def test_every_country_has_its_mobiles_and_its_clocks(region: str) -> None:
    number = example_number_for_type(region, PhoneNumberType.MOBILE)
    if number is not None and region_code_for_number(number) == region:
        assert country_of(f"+{number.country_code}{number.national_number}") == COUNTED_AS.get(region, region)
    assert zones_of(region)
    assert all(datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset() is not None for zone in zones_of(region))
    assert len(name_of(region, "fr")) > 2
    assert len(name_of(region, "en")) > 2


@given(st.sampled_from(REGIONS).filter(lambda region: region != "TA").flatmap(mobiles))
def test_any_mobile_that_the_book_may_hold_is_of_the_country_that_the_library_says(number: str) -> None:
    try:
        assume(parse_number(number) == number)
    except InvalidNumber:
        assume(False)
    region = region_code_for_number(parse(number))
    assert country_of(number) == COUNTED_AS.get(region, region)


@given(st.sampled_from(sum(SHARED, ())).filter(lambda region: region != "TA").flatmap(mobiles), st.data())
def test_numbers_that_begin_alike_are_of_the_same_country(number: str, data: st.DataObject) -> None:
    end = data.draw(st.text("0123456789", min_size=len(number) - PREFIX, max_size=len(number) - PREFIX))
    other = number[:PREFIX] + end
    assume(is_valid_number(parse(number)) and is_valid_number(parse(other)))
    countries = {COUNTED_AS.get(region, region) for region in map(region_code_for_number, map(parse, (number, other)))}
    assert {country_of(number), country_of(other)} == countries
    assert len(countries) == 1


def test_the_largest_countries_have_several_clocks() -> None:
    assert {zone.key for zone in zones_of("FR")} == {"Europe/Paris"}
    assert {zone.key for zone in zones_of("RE")} == {"Indian/Reunion"}
    assert {"America/New_York", "Pacific/Honolulu"} <= {zone.key for zone in zones_of("US")}
    assert zones_of("") == zones_of("XX") == ()


def test_countries_are_called_in_the_language_of_the_person() -> None:
    assert (name_of("DE", "fr"), name_of("DE", "en")) == ("Allemagne", "Germany")
    assert (name_of("RE", "fr"), name_of("RE", "en")) == ("La Réunion", "Réunion")
    assert (name_of("", "fr"), name_of("??", "en")) == ("", "??")
