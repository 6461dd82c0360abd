"""Countries: that of a number, their time zones, their names (ITU-T E.164, ISO 3166, CLDR).

The French overseas territories are countries of their own here: each has its code, its time zone and its holidays.
"""

import re
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from smstui.domain.phone import FRANCE

PREFIX: Final = 9
"""So many first characters of an E.164 number, "+" included, say its country: numbers can be counted by them."""
_FRENCH_CODE: Final = "+33"
_LONGEST_CODE: Final = 3
_KEPT: Final = 1 << 16
_WORLD: Final = "001"
"""What phonenumbers calls the region of codes that belong to no country, such as +870 of ships."""
_ZONES: Final = {"XK": "Europe/Belgrade", "AC": "Atlantic/St_Helena", "TA": "Atlantic/St_Helena"}
"""Of territories with a code that CLDR gives no zone."""
_NO_ZONE: Final = "Etc/Unknown"


def country_of(number: str) -> str:
    """The country of an E.164 `number`, as ISO 3166 alpha-2; "" when no country has its code.

    Countries whose mobile numbers can't be told apart count as the largest of them: Saint-Barthélemy and Saint-Martin
    as Guadeloupe (GP), Western Sahara as Morocco, Åland as Finland, Vatican City as Italy, Svalbard as Norway.
    """
    return FRANCE if number.startswith(_FRENCH_CODE) else _country_of_beginning(number[:PREFIX])


def zones_of(country: str) -> tuple[ZoneInfo, ...]:
    """The time zones of a country; none when it is unknown."""
    return _zones_of(country)


@lru_cache(maxsize=1024)
def name_of(country: str, language: str) -> str:
    """How a country is called in `language` ("fr", "en"); its code when it has no name."""
    from babel import Locale

    return str(Locale.parse(language).territories.get(country, country))


@cache
def _zones_of(country: str) -> tuple[ZoneInfo, ...]:
    from babel.core import get_global

    names = get_global("territory_zones").get(country, [_ZONES[country]] if country in _ZONES else [])
    return tuple(ZoneInfo(name) for name in names if name != _NO_ZONE)


@lru_cache(maxsize=_KEPT)
def _country_of_beginning(beginning: str) -> str:
    countries = _countries_by_code()
    for length in range(1, _LONGEST_CODE + 1):
        if sharing := countries.get(beginning[1 : 1 + length]):
            return sharing[0] if len(sharing) == 1 else _owner(sharing, beginning[1 + length :])
    return ""


def _owner(countries: tuple[str, ...], national: str) -> str:
    """Which of the countries that share a code has mobile numbers that begin with `national`; else the main one."""
    for country in countries:
        pattern, lengths = _mobiles(country)
        if any(pattern.fullmatch(national.ljust(length, "0")) for length in lengths):
            return country
    return countries[0]


@cache
def _countries_by_code() -> dict[str, tuple[str, ...]]:
    """The countries of each calling code, the main one first."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return {str(code): regions for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if _WORLD not in regions}


@cache
def _mobiles(country: str) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """What the mobile numbers of a country look like after its code, and how many digits they may have."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(country)
    mobile = metadata and metadata.mobile
    if not mobile or not mobile.national_number_pattern:
        return re.compile("(?!)"), ()
    return re.compile(mobile.national_number_pattern, re.ASCII), tuple(mobile.possible_length)
