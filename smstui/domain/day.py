"""Days as people write them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.domain.visible import excerpt
from smstui.i18n import N_

_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


@dataclass(eq=False)
class UnreadableDay(Refusal):
    """What is written is no day."""

    text: str
    """Made printable."""
    sentence: ClassVar[str] = N_("“{text}” is not a day: write day, month and year, such as 31/12/2026.")


def read_day(text: str) -> date:
    """The day that `text` writes: "31/12/2026", "1.2.2026" and "2026-12-31" are. Raises UnreadableDay."""
    written = text.strip()
    if found := _DAY_FIRST.fullmatch(written):
        day, month, year = map(int, found.groups())
    elif found := _YEAR_FIRST.fullmatch(written):
        year, month, day = map(int, found.groups())
    else:
        raise UnreadableDay(excerpt(text))
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableDay(excerpt(text)) from None
