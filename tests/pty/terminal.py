"""A terminal, or a page of a browser, of a test's own, with the program in it; it is read only when the test says."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence

import pyte

DEADLINE = 60.0
"""Seconds: the machine may be busy."""
PROGRAM = ("-m", "smstui")
COLUMNS, LINES = 80, 24


class Viewer:
    """What shows the program's screen; `_fd` is where its bytes come from."""

    pid: int
    _fd: int

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status: int | None = None

    def type(self, keys: bytes) -> None:
        """Press keys."""
        raise NotImplementedError

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as a person does by the window's corner."""
        raise NotImplementedError

    def take(self, data: bytes) -> None:
        """What the program wrote."""
        self.raw += data
        self._stream.feed(data)

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, condition: Callable[[], object]) -> None:
        """Read until `condition` holds."""
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < deadline, self.text()
            self._read()

    def until_ended(self) -> int:
        """Read until the program has ended; its exit code, negative for a signal."""
        self.until(self._ended)
        while self._read():
            pass
        assert self.status is not None
        return self.status

    def until_ended_unread(self) -> int:
        """Wait until the program has ended, without reading; its exit code."""
        deadline = time.monotonic() + DEADLINE
        while not self._ended():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert self.status is not None
        return self.status

    def press_unread(self, keys: bytes, times: int) -> None:
        """Press keys again and again without reading what they change, at the pace of a keyboard's repetition."""
        for _ in range(times):
            self.type(keys)
            time.sleep(0.025)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._fd >= 0:
            os.close(self._fd)

    def _ended(self) -> bool:
        if self.status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def _read(self) -> bool:
        if self._fd < 0:
            time.sleep(0.01)
            return False
        ready, _, _ = select.select([self._fd], [], [], 0.1)
        try:
            data = os.read(self._fd, 65536) if ready else b""
        except OSError:
            return False
        self.take(data)
        return bool(data)


class Terminal(Viewer):
    """A pseudo-terminal."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str], program: Sequence[str] = PROGRAM) -> None:
        super().__init__()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, *program, *arguments], environment)
        self._size(COLUMNS, LINES)

    def _size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, and tell the program."""
        self.screen.resize(lines, columns)
        self._size(columns, lines)
        os.kill(self.pid, signal.SIGWINCH)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._fd)
        self._fd = -1

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def until_stopped(self) -> None:
        """Wait until SIGSTOP has stopped the program, without reading."""
        deadline = time.monotonic() + DEADLINE
        while True:
            assert time.monotonic() < deadline
            time.sleep(0.01)
            stopped, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if stopped:
                assert os.WIFSTOPPED(status)
                return


class Page(Viewer):
    """What `smstui serve` is to a session: packets through pipes (textual/drivers/web_driver.py)."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str], program: Sequence[str] = PROGRAM) -> None:
        super().__init__()
        driver = "textual.drivers.web_driver:WebDriver"
        self._process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            env=environment | {"TEXTUAL_DRIVER": driver, "COLUMNS": str(COLUMNS), "ROWS": str(LINES)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.pid, self._fd = self._process.pid, self._process.stdout.fileno()
        self._input = self._process.stdin.fileno()
        self._begun = False
        self._pending = b""

    def take(self, data: bytes) -> None:
        """Unpack what the program wrote; only frames are shown."""
        self._pending += data
        if not self._begun:
            _, mark, rest = self._pending.partition(b"__GANGLION__\n")
            if not mark:
                return
            self._begun, self._pending = True, rest
        while len(self._pending) >= 5:
            kind, size = self._pending[:1], int.from_bytes(self._pending[1:5], "big")
            assert kind in {b"D", b"M", b"P"}, self._pending[:80]
            if len(self._pending) < 5 + size:
                return
            payload, self._pending = self._pending[5 : 5 + size], self._pending[5 + size :]
            if kind == b"D":
                super().take(payload)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        self._send(b"D", keys)

    def resize(self, columns: int, lines: int) -> None:
        """Tell the program the new size."""
        self.screen.resize(lines, columns)
        self._send(b"M", b'{"type": "resize", "width": %d, "height": %d}' % (columns, lines))

    def _send(self, kind: bytes, payload: bytes) -> None:
        os.write(self._input, kind + len(payload).to_bytes(4, "big") + payload)

    def close(self) -> None:
        """Leave nothing behind."""
        if not self._ended():
            self._process.kill()
            self._process.wait()
            self.status = self._process.returncode
        self._process.returncode = self.status
        self._fd = -1
        for end in (self._process.stdin, self._process.stdout):
            assert end is not None
            end.close()
