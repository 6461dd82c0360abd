"""Things that are due after a fixed delay: one timer for all of them, however many."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Delayed(Generic[T]):
    """A first-in, first-out queue whose items leave `delay` seconds after they came."""

    def __init__(self, delay: float, leave: Callable[[T], None]) -> None:
        self._delay = delay
        self._leave = leave
        self._queue: deque[tuple[float, T]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, item: T) -> None:
        """Let `item` leave after the delay."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._delay
        self._queue.append((due, item))
        if self._timer is None:
            self._timer = loop.call_at(due, self._ring)

    def release(self) -> None:
        """Let all items leave now."""
        queue = [item for _, item in self._queue]
        self.close()
        for item in queue:
            self._leave(item)

    def close(self) -> None:
        """Forget what hasn't left."""
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        """Let the oldest item leave; the others come one a turn of the loop, so that none of them stalls it."""
        self._timer = None
        _, item = self._queue.popleft()
        self._leave(item)
        if self._queue and self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._queue[0][0], self._ring)
