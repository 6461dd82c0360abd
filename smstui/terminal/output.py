"""Bytes to a reader that may stop reading: whoever hands them over never waits."""

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import NamedTuple

BACKLOG = 64 * 1024
"""Bytes of frames that may wait behind the piece being written, before the reader counts as behind."""
CHUNK = 4096
"""Bytes of one write: what a slow reader takes shows as progress."""


class _Piece(NamedTuple):
    data: bytes
    is_frame: bool


class Output:
    """Writes to a file descriptor in a thread of its own.

    A frame is written whole or not at all. When the reader falls behind, the frames that wait are dropped and so are
    all further ones, until everything else has been read; then `caught_up` is called, in the thread, and has the whole
    screen painted. What is not a frame is never dropped.
    """

    def __init__(self, fd: int, caught_up: Callable[[], object]) -> None:
        self._fd = fd
        self._caught_up = caught_up
        self._pieces: deque[_Piece] = deque()
        self._changed = Condition()
        self._backlog = 0
        self._written = 0
        self._behind = False
        self._closing = False
        self._gone = False
        self._thread = Thread(target=self._run, name="smstui-output", daemon=True)
        self._thread.start()

    def frame(self, data: bytes) -> None:
        """Show `data`, unless the reader is behind."""
        with self._changed:
            if self._behind or self._closing or self._gone:
                return
            if self._backlog >= BACKLOG:
                self._behind = True
                self._drop_frames()
                return
            self._backlog += len(data)
            self._pieces.append(_Piece(data, is_frame=True))
            self._changed.notify()

    def keep(self, data: bytes) -> None:
        """Write `data`, after whatever waits."""
        with self._changed:
            if self._closing or self._gone:
                return
            self._pieces.append(_Piece(data, is_frame=False))
            self._changed.notify()

    def close(self, patience: float) -> bool:
        """Drop the frames that wait, and write the rest as long as something is read every `patience` seconds.

        Answers whether all of it was written, or the reader is gone; if not, it never will be.
        """
        with self._changed:
            self._closing = True
            self._drop_frames()
            self._changed.notify()
        before = -1
        while self._thread.is_alive() and before != self._written:
            before = self._written
            self._thread.join(patience)
        with self._changed:
            self._pieces.clear()
        return not self._thread.is_alive()

    def _drop_frames(self) -> None:
        self._pieces = deque(piece for piece in self._pieces if not piece.is_frame)
        self._backlog = 0

    def _run(self) -> None:
        try:
            while (data := self._next()) is not None:
                self._write(data)
        except OSError:
            with self._changed:
                self._gone = True
                self._pieces.clear()

    def _next(self) -> bytes | None:
        """What is to be written now, as soon as there is something; None at the end."""
        with self._changed:
            while not self._pieces:
                if self._closing:
                    return None
                if self._behind:
                    self._behind = False
                    self._caught_up()
                self._changed.wait()
            piece = self._pieces.popleft()
            if piece.is_frame:
                self._backlog -= len(piece.data)
            return piece.data

    def _write(self, data: bytes) -> None:
        """Raises OSError when nobody can read any more."""
        left = memoryview(data)
        while left:
            try:
                written = os.write(self._fd, left[:CHUNK])
            except BlockingIOError:  # another program has made the shared terminal non-blocking
                select.select([], [self._fd], [])
                continue
            left = left[written:]
            self._written += written
