"""Numbers, amounts, times and refusals as the person at the screen reads them, in the current language.

babel is imported at the first number, not with this module: the first paint needs none.
"""

from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.i18n import _, current_language, ngettext

NARROW_NO_BREAK_SPACE = "\u202f"
_IDENTIFIERS = frozenset({"port"})
"""Fields that hold a number which is no quantity: their digits are not grouped."""
_ALMOST_A_SECOND = timedelta(milliseconds=999)
"""Rounds up: who waits until the second that is shown has waited enough."""
_zone: tzinfo | None = None
"""Of the person at the screen; the machine's when None."""
_MINUTE = 60
_HOUR = 3600


def number(value: float | Decimal) -> str:
    """`value` with the separators of the language: "12,430.5"; in French "12 430,5" with narrow no-break spaces."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=current_language()).replace("\u00a0", NARROW_NO_BREAK_SPACE)


def amount(value: Credits) -> str:
    """An amount of credits without its unit: "212.5"."""
    return number(value.decimal)


def credits_text(value: Credits) -> str:
    """An amount of credits with its unit: "212.5 credits". In French, 1.5 is singular."""
    magnitude = abs(value.decimal)
    whole = int(magnitude)
    count = whole if magnitude == whole or current_language() == "fr" else whole + 2
    return ngettext("{amount} credit", "{amount} credits", count).format(amount=amount(value))


def use_time_zone(name: str | None) -> None:
    """Show times by the clocks of this zone (IANA) from now on; by the machine's when None."""
    global _zone
    _zone = None if name is None else ZoneInfo(name)


def local(instant: datetime, zone: tzinfo | None = None) -> datetime:
    """An aware `instant` in `zone`, by default that of the person at the screen."""
    return instant.astimezone(zone or _zone)


def midnight(day: date) -> datetime:
    """When `day` begins for the person at the screen."""
    begin = datetime.combine(day, time(), _zone)
    return begin if _zone else begin.astimezone()


def date_time(instant: datetime, zone: tzinfo | None = None) -> str:
    """The day, month, hour and minute of an aware `instant`, see `local`: "22/11 14:15"."""
    return f"{local(instant, zone):%d/%m %H:%M}"


def clock_time(instant: datetime, zone: tzinfo | None = None) -> str:
    """The hour, minute and second of an aware `instant`, see `local`: "14:15:30"."""
    return f"{local(instant, zone):%H:%M:%S}"


def long_date(day: date) -> str:
    """A day in words: "Tuesday, December 1, 2026"; in French "mardi 1er décembre 2026"."""
    from babel.dates import format_date

    words = format_date(day, "full", current_language())
    return words.replace(" 1 ", " 1er ") if current_language() == "fr" else words


def duration(value: timedelta | float) -> str:
    """A length of time (seconds when a number), by its two largest units: "45 s", "2 min 05 s", "1 h 03 min"."""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < _MINUTE:
        text = f"{seconds} s"
    elif seconds < _HOUR:
        text = f"{seconds // _MINUTE} min {seconds % _MINUTE:02} s"
    else:
        text = f"{number(seconds // _HOUR)} h {seconds % _HOUR // _MINUTE:02} min"
    return text.replace(" ", NARROW_NO_BREAK_SPACE)


def rate_text(per_second: float) -> str:
    """How many messages a second: "42/s"."""
    return _("{count}/s").format(count=number(round(per_second)))


def explain(refusal: Refusal) -> str:
    """The refusal in one sentence, safe for a terminal. Instants are near ones: their time of day is enough."""
    names: list[str] = [item.name for item in fields(refusal)] if is_dataclass(refusal) else []
    values = {name: getattr(refusal, name) for name in names}
    shown = {name: str(value) if name in _IDENTIFIERS else _shown(value) for name, value in values.items()}
    return _(refusal.sentence).format(**shown)


def _shown(value: object) -> str:
    match value:
        case Refusal():
            return explain(value)
        case Credits():
            return amount(value)
        case datetime():
            return clock_time(value + _ALMOST_A_SECOND)
        case timedelta():
            return duration(value)
        case int() | float() | Decimal():
            return number(value)
        case tuple() | list() | frozenset():
            return ", ".join(map(_shown, value))
        case _:
            return printable(str(value))
