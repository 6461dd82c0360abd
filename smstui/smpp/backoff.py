"""How long to wait before the next bind."""

import random

_FIRST = 1.0
_LONGEST = 60.0
_STABLE = 30.0
"""Seconds after which a bind counts as a success; one that is dropped sooner is a failure like another."""


class Backoff:
    """1 second, doubled with each failure up to a minute, of which a random half is cut off. Instants are monotonic."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311
        self._failures = 0
        self._bound_at: float | None = None

    def bound(self, now: float) -> None:
        """A bind succeeded."""
        self._bound_at = now

    def already_bound(self) -> None:
        """The SMSC still holds an earlier bind: wait longer, past its own time-out in the end."""
        self._failures += 1

    def delay(self, now: float) -> float:
        """Seconds to wait after a bind was refused or lost at `now`."""
        if self._bound_at is not None and now - self._bound_at >= _STABLE:
            self._failures = 0
        self._bound_at = None
        longest = min(_LONGEST, _FIRST * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return longest * self._chance.uniform(0.5, 1.0)
