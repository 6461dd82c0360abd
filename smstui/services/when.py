"""When a campaign goes out, as a person has written it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class When:
    """Now, once at a wall time, or again and again. Wall times are naive, in the account's time zone."""

    wall: datetime | None = None
    """None is now, or is given by `cron`; aware when it was given exactly, on the command line."""
    cron: str = ""
    """Five fields: when it recurs; empty when it doesn't."""
    last_day: date | None = None
    """Of the recurrence; None is without end."""
    runs: int | None = None
    """Of the recurrence, at most; None is any number."""

    @property
    def is_now(self) -> bool:
        """Whether it goes out at once."""
        return self.wall is None and not self.cron

    @property
    def recurs(self) -> bool:
        """Whether it goes out again and again."""
        return bool(self.cron)


NOW: Final = When()
