"""What a person prefers: the language, the colours of the screens, and the clocks that dates are meant by."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.domain.visible import excerpt
from smstui.i18n import LANGUAGES, N_

THEMES: Final = ("smstui", "smstui-light", "ansi-dark", "ansi-light")
"""The colours of the screens, by the names that Textual knows them by (`smstui.theme`)."""
UTC_KEY: Final = "UTC"
_REGIONS: Final = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
_OF_THIS_MACHINE: Final = frozenset({"localtime", "Factory"})
"""Names of some machines' data that mean nothing on another one."""


@dataclass(eq=False)
class UnknownLanguage(Refusal):
    """No language that the program speaks."""

    language: str
    sentence: ClassVar[str] = N_("“{language}” is no language of this program: choose fr or en.")


@dataclass(eq=False)
class UnknownTheme(Refusal):
    """No colours that the program has."""

    theme: str
    themes: tuple[str, ...] = THEMES
    sentence: ClassVar[str] = N_("“{theme}” is no choice of colours: choose one of {themes}.")


@dataclass(eq=False)
class UnknownTimeZone(Refusal):
    """No zone of the IANA database, or none that this machine knows."""

    time_zone: str
    sentence: ClassVar[str] = N_("“{time_zone}” is no time zone: write it as Europe/Paris or Indian/Reunion.")


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A time zone that can be chosen."""

    key: str
    """Its name in the IANA database."""
    place: str
    """Its city and country, in the language asked for."""


def check_language(language: str) -> str:
    """`language`, if the program speaks it. Raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(excerpt(language))
    return language


def check_theme(theme: str) -> str:
    """`theme`, if there is one of that name. Raises UnknownTheme."""
    if theme not in THEMES:
        raise UnknownTheme(excerpt(theme))
    return theme


def check_time_zone(key: str) -> str:
    """`key`, if it names a zone of the IANA database; slow: it looks at a folder. Raises UnknownTimeZone."""
    if key not in _available():
        raise UnknownTimeZone(excerpt(key))
    return key


@lru_cache(maxsize=2)
def time_zones(language: str) -> tuple[TimeZone, ...]:
    """The zones to choose from, each once under its newest name, by name; slow the first time."""
    from babel.core import get_global

    available, newest = _available(), get_global("zone_aliases")
    keys = {newest.get(key, key) for key in available if key.partition("/")[0] in _REGIONS} & available
    return tuple(TimeZone(key, _place(key, language)) for key in sorted(keys | {UTC_KEY}))


def _available() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(available_timezones()) - _OF_THIS_MACHINE


def _place(key: str, language: str) -> str:
    from babel.core import get_global
    from babel.dates import get_timezone_location

    from smstui.domain.country import name_of

    territory = get_global("zone_territories").get(key)
    if territory is None:
        return ""
    city, country = get_timezone_location(key, locale=language, return_city=True), name_of(territory, language)
    return city if city == country else f"{city}, {country}"
