"""A terminal with the application in it."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyte

from benchmarks.processes import DEADLINE, ROOT

COLUMNS, LINES = 120, 40
AGAIN = 3.0
_QUIET = 0.2


@dataclass(frozen=True, slots=True)
class Painted:
    """What the application wrote, and when it was read."""

    data: bytes
    at: float


class Terminal:
    """A pseudo-terminal that reads at once whatever is written to it."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, *command], os.environ | environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def press(self, keys: bytes) -> float:
        """Press keys; when."""
        at = time.perf_counter()
        os.write(self._fd, keys)
        return at

    def read(self, seconds: float) -> Painted | None:
        """What comes next, within `seconds`."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return None
        data = os.read(self._fd, 1 << 20)
        return Painted(data, time.perf_counter())

    def until(self, shown: Callable[[str], object], again: bytes = b"") -> None:
        """Read until `shown` says so of the text on the screen, and nothing else comes for a moment.

        `again` is pressed whenever that lasts for AGAIN seconds: a key may come before the page that it is for.
        Raises TimeoutError.
        """
        began = pressed = time.monotonic()
        while painted := self.read(_QUIET) or not shown(self.text()):
            if isinstance(painted, Painted):
                self._stream.feed(painted.data)
            now = time.monotonic()
            if again and now - pressed > AGAIN:
                self.press(again)
                pressed = now
            if now - began > DEADLINE:
                raise TimeoutError(self.text())

    def text(self) -> str:
        """The screen, as `until` has last read it."""
        return "\n".join(self._screen.display)

    def close(self) -> None:
        """End the application, and wait for its end."""
        os.kill(self.pid, signal.SIGTERM)
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            try:
                self.read(0.05)
            except OSError:
                time.sleep(0.01)
        os.close(self._fd)
