"""The programs of the project as processes of their own, and the signals that they get."""

import asyncio
import fcntl
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

PATIENCE = 30.0
"""Seconds to the end of a process that was told to end: the machine may be busy."""
SCREEN = struct.pack("HHHH", 24, 80, 0, 0)
LIMITED_DATABASE = """
import sqlite3.dbapi2, sys
from smstui.__main__ import main

connect, pages = sqlite3.dbapi2.connect, sys.argv.pop(1)

def limited(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.execute("PRAGMA max_page_count = " + pages).close()
    return connection

sqlite3.dbapi2.connect = limited
sys.exit(main())
"""
"""Runs the program with databases that may not grow beyond the number of pages in its first argument."""


class Program:
    """`smstui` with `arguments`, started at once. What it prints goes to `output`."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        with output.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *self._command(), *arguments], env=environment, stdin=subprocess.PIPE,
                stdout=out, stderr=out,
            )  # fmt: skip

    def _command(self) -> list[str]:
        return ["-m", "smstui"]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def printed(self) -> str:
        """All that it printed so far."""
        return self.output.read_text(errors="replace")

    def write(self, text: str) -> None:
        """Give it `text` on standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def stop(self) -> None:
        """SIGSTOP; returns when it has come to rest."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def limit_files(self, octets: int | None) -> None:
        """Files that it writes may not grow beyond `octets`; None lifts the limit."""
        limit = resource.RLIM_INFINITY if octets is None else octets
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def kill(self) -> None:
        """SIGKILL, in whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._close()

    async def end(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        try:
            return await asyncio.to_thread(self._process.wait, PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)  # faulthandler prints where it hangs
            self._process.wait()
            raise AssertionError(f"pid {self.pid} did not end:\n{self.printed()}") from None
        finally:
            self.kill()

    def _close(self) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()


class LimitedProgram(Program):
    """The same with databases that may not grow beyond the number of pages in the first argument."""

    def _command(self) -> list[str]:
        return ["-c", LIMITED_DATABASE]


class Terminal(Program):
    """`smstui` at a terminal of its own, whose screen nobody looks at. To be made in the event loop."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, SCREEN)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "smstui", *arguments], env=environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._master, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._master)
        with self.output.open("ab") as out:
            out.write(data)

    def _close(self) -> None:
        if self._master >= 0:
            self._loop.remove_reader(self._master)
            os.close(self._master)
            self._master = -1
