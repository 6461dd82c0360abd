"""The way of responses and bytes out of a session, with the detours that the hazards ask for."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from random import Random

from smstui.smpp.simulator.delayed import Delayed
from smstui.smpp.simulator.hazards import Hazards

AFTER_RECEIPT = 0.05
"""Seconds that a response waits for its receipt to go first."""
GROUP_WAIT = 0.05
"""Seconds that an incomplete group of shuffled responses waits for more."""

Write = Callable[[bytes], None]


class Answers:
    """Responses to submit_sm: late, twice or out of order when the hazards say so, else at once."""

    def __init__(self, hazards: Hazards, random: Random, write: Write) -> None:
        self._random = random
        self._write = write
        self._copies = 2 if hazards.response_twice else 1
        self._group = hazards.response_shuffle
        self._held: list[bytes] = []
        self._group_timer: asyncio.TimerHandle | None = None
        delay = max(hazards.response_delay, AFTER_RECEIPT if hazards.receipt_first else 0.0)
        self._late = Delayed[Sequence[bytes]](delay, self._leave) if delay else None
        self._late_count = 0

    @property
    def waiting(self) -> int:
        """How many responses are still to be written."""
        return len(self._held) + self._late_count

    def send(self, responses: Sequence[bytes]) -> None:
        """Write `responses`, now or when their time has come."""
        if self._late is None:
            self._pass(responses)
        else:
            self._late_count += len(responses)
            self._late.add(responses)

    def release(self) -> None:
        """Write at once what is still to be written."""
        if self._late is not None:
            self._late.release()
        self._put(self._held)
        self.close()

    def close(self) -> None:
        """Forget what is still to be written."""
        self._held.clear()
        if self._late is not None:
            self._late.close()
        if self._group_timer is not None:
            self._group_timer.cancel()
            self._group_timer = None

    def _leave(self, responses: Sequence[bytes]) -> None:
        self._late_count -= len(responses)
        self._pass(responses)

    def _pass(self, responses: Sequence[bytes]) -> None:
        if self._group <= 1:
            self._put(responses)
            return
        self._held.extend(responses)
        while len(self._held) >= self._group:
            group, self._held = self._held[: self._group], self._held[self._group :]
            self._put(self._shuffled(group))
        if self._held and self._group_timer is None:
            self._group_timer = asyncio.get_running_loop().call_later(GROUP_WAIT, self._leave_group)

    def _leave_group(self) -> None:
        self._group_timer = None
        group, self._held = self._held, []
        self._put(self._shuffled(group))

    def _shuffled(self, group: list[bytes]) -> list[bytes]:
        """`group` in another order, never the same one."""
        shuffled = self._random.sample(group, len(group))
        return shuffled if shuffled != group else group[::-1]

    def _put(self, responses: Sequence[bytes]) -> None:
        if not responses:
            return
        if self._copies == 1:
            self._write(b"".join(responses))
        else:
            self._write(b"".join(one for response in responses for one in [response] * self._copies))


class Dribble:
    """Writes one byte a turn of the event loop."""

    def __init__(self, write: Write, done: Callable[[], None]) -> None:
        self._write = write
        self._done = done
        self._bytes: deque[int] = deque()
        self._turn: asyncio.Handle | None = None
        self._is_last = False

    def add(self, data: bytes) -> None:
        """Write `data`, after what waits."""
        self._bytes.extend(data)
        if self._turn is None:
            self._go_on()

    def finish(self) -> None:
        """Call `done` when everything is written."""
        self._is_last = True
        if self._turn is None:
            self._done()

    def close(self) -> None:
        """Forget what waits."""
        self._bytes.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _go_on(self) -> None:
        self._turn = asyncio.get_running_loop().call_soon(self._step) if self._bytes else None

    def _step(self) -> None:
        self._write(bytes([self._bytes.popleft()]))
        self._go_on()
        if self._turn is None and self._is_last:
            self._done()
