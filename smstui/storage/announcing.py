"""When a commit tells other processes: not each of them does, because NOTIFY makes commits wait for each other."""

import threading
import time
from collections.abc import Callable
from typing import Final

PACE: Final = 0.1
"""Seconds between two announcements. With one in each commit, four lanes together do half as many commits."""


class Announcer:
    """Lets a commit carry an announcement every PACE; `announce` makes up, in a thread, for those that carried none."""

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._mutex, self._paying = threading.Lock(), threading.Lock()
        self._announced_at = -PACE
        self._timer: threading.Timer | None = None

    def is_due(self) -> bool:
        """Whether the commit that comes now carries the announcement."""
        with self._mutex:
            now = time.monotonic()
            due = self._timer is None and now >= self._announced_at + PACE
            if due:
                self._announced_at = now
            return due

    def owe(self) -> None:
        """A commit was made without."""
        with self._mutex:
            if self._timer is None:
                wait = max(0.0, self._announced_at + PACE - time.monotonic())
                self._timer = threading.Timer(wait, self._pay)
                self._timer.name, self._timer.daemon = "smstui-announcer", True
                self._timer.start()

    def close(self) -> None:
        """Announce what is owed, and no more."""
        with self._mutex:
            if self._timer is not None:
                self._timer.cancel()
        self._pay()

    def _pay(self) -> None:
        with self._paying:
            with self._mutex:
                if self._timer is None:
                    return
                self._timer, self._announced_at = None, time.monotonic()
            self._announce()
