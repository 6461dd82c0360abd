"""Time, as an argument: nothing below the screens asks the machine what time it is."""

import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Where the time comes from."""

    @property
    def machine(self) -> str:
        """Names the clock behind `monotonic`: processes that read the same name can compare their instants."""

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, for durations and deadlines."""


class SystemClock:
    """The machine's own time."""

    def __init__(self) -> None:
        self._machine = _boot()

    @property
    def machine(self) -> str:
        """This boot of this host; the host's name where the boot has none."""
        return self._machine

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back, for durations and deadlines."""
        return time.monotonic()


def _boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return platform.node()[:64] or "unnamed"
