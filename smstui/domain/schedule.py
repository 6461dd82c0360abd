"""When a campaign recurs: in words where words fit, and at which instants its wall times are.

The cron expressions that say it are found here too.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple
from zoneinfo import ZoneInfo

from smstui.domain.cron import (
    WEEKDAYS,
    CronDay,
    CronFieldCount,
    CronHour,
    CronMinute,
    CronMonth,
    CronNever,
    CronWeekday,
    InvalidCron,
    check_cron,
    next_walls,
)
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _

__all__ = [
    "Choice",
    "CronDay",
    "CronFieldCount",
    "CronHour",
    "CronMinute",
    "CronMonth",
    "CronNever",
    "CronWeekday",
    "InvalidCron",
    "NoSuchDay",
    "NoWeekday",
    "Recurrence",
    "check_cron",
    "cron_for",
    "instant_of",
    "next_walls",
    "read_cron",
    "wall_of",
    "words",
]

_WHOLE_WEEK: Final = 7
_LONGEST_MONTH: Final = 31
_IN_EVERY_MONTH: Final = 28
_HOURS: Final = 24
_MINUTES: Final = 60
_FIELD_COUNT: Final = 5


class Choice(StrEnum):
    """How a person says when a campaign recurs."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    """Monday to Friday."""
    WEEKLY = "weekly"
    """On chosen days of the week."""
    MONTHLY_DAY = "monthly_day"
    MONTHLY_LAST = "monthly_last"
    CRON = "cron"
    """By an expression of their own."""


class Recurrence(NamedTuple):
    """A recurrence in words: what `cron_for` takes."""

    choice: Choice
    at: time
    weekdays: frozenset[int] = frozenset()
    """Of WEEKLY. Monday is 0."""
    day: int = 1
    """Of MONTHLY_DAY."""


class NoWeekday(Refusal):
    """A weekly recurrence without a day."""

    sentence: ClassVar[str] = N_("Choose at least one day of the week.")


class NoSuchDay(Refusal):
    """A day that no month has."""

    sentence: ClassVar[str] = N_("A day of the month is between 1 and 31.")


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, aware and in UTC, at which clocks of `zone` show a naive wall time.

    The first of two on the night that they go back; on the night that they go forward, a time that is left out comes as
    much later as they are put forward (02:30 at 03:30).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What clocks of `zone` show at an aware instant, naive."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def cron_for(choice: Choice, at: time, weekdays: Collection[int] = (), day: int = 1) -> str:
    """The expression of a recurrence in words; Monday is 0. Raises NoWeekday, NoSuchDay.

    CRON is no choice of words: ValueError.
    """
    clock = f"{at.minute} {at.hour}"
    match choice:
        case Choice.DAILY:
            return f"{clock} * * *"
        case Choice.WEEKDAYS:
            return f"{clock} * * 1-5"
        case Choice.WEEKLY:
            if not weekdays:
                raise NoWeekday
            return f"{clock} * * {','.join(str((each + 1) % _WHOLE_WEEK) for each in sorted(set(weekdays)))}"
        case Choice.MONTHLY_DAY:
            if not 1 <= day <= _LONGEST_MONTH:
                raise NoSuchDay
            return f"{clock} {day} * *"
        case Choice.MONTHLY_LAST:
            return f"{clock} L * *"
        case Choice.CRON:
            raise ValueError("a cron expression is its own")


def read_cron(cron: str) -> Recurrence | None:
    """The choice of words that says what `cron` does; None when none does."""
    fields = cron.upper().split()
    if len(fields) != _FIELD_COUNT:
        return None
    minute, hour, day, month, weekday = fields
    if not (minute.isdecimal() and hour.isdecimal() and month == "*"):
        return None
    if int(minute) >= _MINUTES or int(hour) >= _HOURS:
        return None
    at = time(int(hour), int(minute))
    if weekday == "*":
        return _monthly(at, day)
    if day != "*":
        return None
    if weekday in ("1-5", "MON-FRI"):
        return Recurrence(Choice.WEEKDAYS, at)
    weekdays = _weekdays(weekday)
    return Recurrence(Choice.WEEKLY, at, weekdays) if weekdays else None


def words(cron: str) -> str:
    """What `cron` does, in the current language: "on Mondays at 10:00"; the expression itself when words don't fit."""
    read = read_cron(cron)
    if read is None:
        return cron
    at = f"{read.at:%H:%M}"
    match read.choice:
        case Choice.DAILY:
            return _("every day at {time}").format(time=at)
        case Choice.WEEKDAYS:
            return _("from Monday to Friday at {time}").format(time=at)
        case Choice.WEEKLY:
            return _("on {weekdays} at {time}").format(weekdays=_listed(read.weekdays), time=at)
        case Choice.MONTHLY_LAST:
            return _("on the last day of each month at {time}").format(time=at)
        case _:
            return _day_in_words(read.day).format(day=read.day, time=at)


def _day_in_words(day: int) -> str:
    if day == 1:
        return _("on the first of each month at {time}")
    if day <= _IN_EVERY_MONTH:
        return _("on day {day} of each month at {time}")
    return _("on day {day} of the months that have it, at {time}")


_WEEKDAYS: Final = (
    N_("Mondays"),
    N_("Tuesdays"),
    N_("Wednesdays"),
    N_("Thursdays"),
    N_("Fridays"),
    N_("Saturdays"),
    N_("Sundays"),
)
"""Message ids, after "on"."""


def _listed(weekdays: Collection[int]) -> str:
    *others, last = (_(_WEEKDAYS[each]) for each in sorted(weekdays))
    return _("{weekdays} and {last}").format(weekdays=", ".join(others), last=last) if others else last


def _monthly(at: time, day: str) -> Recurrence | None:
    if day == "*":
        return Recurrence(Choice.DAILY, at)
    if day == "L":
        return Recurrence(Choice.MONTHLY_LAST, at)
    if day.isdecimal() and 1 <= int(day) <= _LONGEST_MONTH:
        return Recurrence(Choice.MONTHLY_DAY, at, day=int(day))
    return None


def _weekdays(written: str) -> frozenset[int]:
    """The weekdays of a list of them, Monday 0; none when there is more to it than a list."""
    items = written.split(",")
    if not all(re.fullmatch("[0-7]", item) or item in WEEKDAYS for item in items):
        return frozenset()
    values = (WEEKDAYS.index(item) if item in WEEKDAYS else int(item) for item in items)
    return frozenset((value - 1) % _WHOLE_WEEK for value in values)
