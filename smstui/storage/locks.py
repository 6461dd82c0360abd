"""One writer at a time over all processes: a kernel lock on a file beside the database.

SQLite's own lock is polled, so a write may wait for seconds while others pass it; a waiter of flock(2) is woken by the
kernel. flock has no deadline of its own, so the wait happens in a thread that can be given up.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_MODE = 0o600


class LockTimeout(Exception):
    """The lock was not free before the deadline."""


class _Wait:
    """A wait for the lock of `descriptor` in a thread of its own, which closes it when nobody wants it any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._taken = threading.Event()
        self._given_up = False
        self._mutex = threading.Lock()
        threading.Thread(target=self._wait, name="smstui-lock", daemon=True).start()

    def _wait(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._mutex:
            self._taken.set()
            if self._given_up:
                os.close(self._descriptor)

    def finish(self, seconds: float) -> bool:
        """Whether the lock was taken within `seconds`; if not, the descriptor belongs to the thread."""
        if self._taken.wait(seconds):
            return True
        with self._mutex:
            self._given_up = not self._taken.is_set()
        return not self._given_up


class FileLock:
    """An exclusive lock on the file at `path`, between threads and between processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the lock. Raises LockTimeout after `timeout` seconds of waiting, OSError without rights on the file."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _Wait(descriptor).finish(timeout):
                raise LockTimeout from None
        except OSError:
            os.close(descriptor)
            raise
        try:
            yield
        finally:
            os.close(descriptor)
