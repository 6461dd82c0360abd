"""Pieces that tests of several parts share."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from smstui.services.platform_settings import SENDING_HOURS, put_setting
from smstui.storage.migrate import upgrade
from smstui.storage.stores import store_at

START = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)
"""A Sunday afternoon."""

PASSWORD = "Correct-Horse7"
"""Follows the five rules."""


class FakeClock:
    """A clock that moves only when a test says so."""

    machine = "fake"

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float | timedelta) -> None:
        """Let `seconds` pass."""
        passed = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        self._now += passed
        self._monotonic += passed.total_seconds()


def prepare_template(url: str) -> None:
    """Make the schema at `url`, and let campaigns go out at all hours."""
    upgrade(url)
    always = json.dumps({"opens": "08:00", "closes": "20:00", "always": True})
    store = store_at(url)
    store.write(lambda tx: put_setting(tx, SENDING_HOURS, always), None)
    store.close()


def run_together(programs: list[str], timeout: float = 100) -> list[str]:
    """What each of several Python programs, run at the same time, prints; all of them must succeed."""
    processes = [subprocess.Popen([sys.executable, "-c", each], stdout=subprocess.PIPE, text=True) for each in programs]
    try:
        outputs = [process.communicate(timeout=timeout)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * len(programs)
    return outputs
