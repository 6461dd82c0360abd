"""Times of day as people write them."""

import re
from dataclasses import dataclass
from datetime import time
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_

_HOURS: Final = 24
_MINUTES: Final = 60
_WRITTEN = re.compile(r"(\d{1,2})(?:\s*[:hH.]\s*(\d\d)?|(\d\d))?", re.ASCII)


class TimeMissing(Refusal):
    """Nothing is written where a time should stand."""

    sentence: ClassVar[str] = N_("Write a time, such as 14:15.")


@dataclass(eq=False)
class UnreadableTime(Refusal):
    """What is written is no time."""

    text: str
    sentence: ClassVar[str] = N_("“{text}” is not a time: write hours and minutes, such as 14:15 or 9h30.")


class NoSuchHour(Refusal):
    """25:00."""

    sentence: ClassVar[str] = N_("The hours of a day go from 0 to 23.")


class NoSuchMinute(Refusal):
    """9:75."""

    sentence: ClassVar[str] = N_("The minutes of an hour go from 00 to 59.")


def read_time(text: str) -> time:
    """The time that `text` writes, to the minute: "9", "930", "9h30", "9.30" and "09:30" are.

    Raises TimeMissing, UnreadableTime, NoSuchHour or NoSuchMinute.
    """
    if not text.strip():
        raise TimeMissing
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise UnreadableTime(text.strip())
    hour, minute = int(written[1]), int(written[2] or written[3] or 0)
    if hour >= _HOURS:
        raise NoSuchHour
    if minute >= _MINUTES:
        raise NoSuchMinute
    return time(hour, minute)
