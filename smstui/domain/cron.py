"""Cron expressions: as people write them, and the wall times at which they come.

Days follow cron: with both a day of the month and a weekday, either is enough. A month without its 31st is left out.
Ranges may go over the end: 22-2, FRI-MON.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.domain.visible import excerpt
from smstui.i18n import N_

LONGEST_CRON: Final = 120
_MOST_YEARS: Final = 10
"""Between two dates: 29 February is eight years away at most, since 2100 is no leap year."""
_ANY_YEAR: Final = datetime(2024, 1, 1)  # noqa: DTZ001


@dataclass(eq=False)
class InvalidCron(Refusal):
    """No cron expression: the base of the more precise refusals."""

    text: str
    """What is wrong, made printable and shortened."""
    sentence: ClassVar[str] = N_("“{text}” can't be read: write it as 0 10 * * MON, every Monday at 10:00.")


@dataclass(eq=False)
class CronFieldCount(InvalidCron):
    """Seconds, a year, @daily, or a field missing."""

    sentence: ClassVar[str] = N_(
        "“{text}” must have five fields: minute, hour, day of the month, month, day of the week; as 0 10 * * MON."
    )


@dataclass(eq=False)
class CronMinute(InvalidCron):
    """No minute."""

    sentence: ClassVar[str] = N_("“{text}” is no minute: write 0 to 59, * for each, or */15 for every fifteenth.")


@dataclass(eq=False)
class CronHour(InvalidCron):
    """No hour."""

    sentence: ClassVar[str] = N_("“{text}” is no hour: write 0 to 23, * for each, or 9-18 for several.")


@dataclass(eq=False)
class CronDay(InvalidCron):
    """No day of the month."""

    sentence: ClassVar[str] = N_("“{text}” is no day of the month: write 1 to 31, * for each, or L for the last.")


@dataclass(eq=False)
class CronMonth(InvalidCron):
    """No month."""

    sentence: ClassVar[str] = N_("“{text}” is no month: write 1 to 12, JAN to DEC, or * for each.")


@dataclass(eq=False)
class CronWeekday(InvalidCron):
    """No day of the week."""

    sentence: ClassVar[str] = N_("“{text}” is no day of the week: write MON to SUN, 0 (Sunday) to 6, or * for each.")


@dataclass(eq=False)
class CronNever(InvalidCron):
    """30 February."""

    sentence: ClassVar[str] = N_("“{text}” never comes: no month it names has that day.")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five fields of an expression."""

    refusal: type[InvalidCron]
    first: int
    size: int
    """How many values it has."""
    names: tuple[str, ...] = ()
    """Of the values, from the first on."""
    special: str = "(?!)"
    """A pattern of what croniter alone understands."""
    again: int | None = None
    """Another number for the first value: Sunday is 0 and 7."""

    def spelled_out(self, written: str) -> str:
        """The list of its values, because croniter takes 5-5 for all of them; * when it has all, as */1 does.

        Raises the field's refusal.
        """
        items = written.split(",")
        special = [item for item in items if re.fullmatch(self.special, item)]
        values = {value for item in items if item not in special for value in self._values(item, written)}
        return "*" if len(values) == self.size else ",".join([*map(str, sorted(values)), *special])

    def _values(self, item: str, written: str) -> set[int]:
        match = _ITEM.fullmatch(item)
        if match is None:
            raise self.refusal(excerpt(item or written))
        step = int(match["step"] or 1)
        if not 1 <= step <= self.size:
            raise self.refusal(excerpt(item))
        low = self._value(match["low"], item) if match["low"] else self.first
        if match["high"]:
            high = self._value(match["high"], item)
            count = (high - low if high >= low else (high - low) % self.size) + 1
        elif match["low"] and not match["step"]:
            count = 1
        else:
            count = max(self.first + self.size - low, 1)
        return {self.first + (low - self.first + passed) % self.size for passed in range(0, count, step)}

    def _value(self, name: str, item: str) -> int:
        value = self.names.index(name) + self.first if name in self.names else int(name) if name.isdigit() else -1
        if not self.first <= value < self.first + self.size and value != self.again:
            raise self.refusal(excerpt(item))
        return value


_ITEM = re.compile(r"(?:\*|(?P<low>[0-9]{1,2}|[A-Z]{3})(?:-(?P<high>[0-9]{1,2}|[A-Z]{3}))?)(?:/(?P<step>[0-9]{1,2}))?")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NTH: Final = f"(?:[0-7]|{'|'.join(WEEKDAYS)})#[1-5]|L[0-7]"
_FIELDS: Final = (
    _Field(CronMinute, 0, 60),
    _Field(CronHour, 0, 24),
    _Field(CronDay, 1, 31, special="L"),
    _Field(CronMonth, 1, 12, _MONTHS),
    _Field(CronWeekday, 0, 7, WEEKDAYS, _NTH, again=7),
)


def check_cron(text: str) -> str:
    """The normal form of a cron expression: five fields, one space between them, names in capitals.

    Lists, ranges, steps, names of months and weekdays, L (the last day of the month), L5 (the last Friday) and FRI#2
    (the second Friday) can be read. Raises a subclass of InvalidCron, also when no date ever fits.
    """
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        raise CronFieldCount(excerpt(text))
    cron = " ".join(fields)
    if len(cron) > LONGEST_CRON or not cron.isascii():
        raise InvalidCron(excerpt(text))
    try:
        comes = next_walls(cron, _ANY_YEAR, 1)
    except ValueError:
        raise InvalidCron(excerpt(text)) from None
    if not comes:
        raise CronNever(excerpt(text))
    return cron


def next_walls(cron: str, after: datetime, count: int, last_day: date | None = None) -> tuple[datetime, ...]:
    """The first `count` wall times of a checked `cron` after a wall time, both naive; fewer when `last_day` is passed.

    Wall times know of no clock change, so that each comes once; `instant_of` says when that is.
    """
    from croniter import CroniterBadDateError, croniter

    walls: list[datetime] = []
    plain = " ".join(field.spelled_out(written) for field, written in zip(_FIELDS, cron.split(), strict=True))
    dates = croniter(plain, after, max_years_between_matches=_MOST_YEARS)
    while len(walls) < count:
        try:
            wall = dates.get_next(datetime)
        except CroniterBadDateError:
            break
        if last_day is not None and wall.date() > last_day:
            break
        walls.append(wall)
    return tuple(walls)
