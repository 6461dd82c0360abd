"""What a client is asked to do, and how it answers: the same for all."""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

SOURCE: Final = "SENDER"
TEXT: Final = "Hello Alice, your code is 123456. Reply STOP to opt out. Thanks!"
"""64 characters of GSM 03.38."""
SYSTEM_ID: Final = "bench"
PASSWORD: Final = "bench"


@dataclass(frozen=True, slots=True)
class Task:
    """Send `count` messages with at most `window` unanswered, after `warm_up` others that don't count."""

    port: int
    count: int
    window: int
    receipts: bool
    """Whether the end is the acknowledgement of the last receipt, not the last submit_sm_resp."""
    warm_up: int

    @property
    def total(self) -> int:
        """All messages."""
        return self.warm_up + self.count

    def as_json(self) -> str:
        """As the client's argument."""
        return json.dumps(asdict(self))


def number(index: int) -> str:
    """A mobile number of its own for each message, without "+"."""
    return f"336{10_000_000 + index}"


class Tally:
    """Counts the answers and receipts of a task, and keeps the time."""

    def __init__(self, task: Task, warm: Callable[[], None], done: Callable[[], None]) -> None:
        self._task = task
        self._warm, self._done = warm, done
        self._goal = task.warm_up
        self.submitted = self.answered = self.receipted = 0
        self._began = 0.0
        self.seconds = 0.0

    @property
    def may_submit(self) -> bool:
        """Whether another message may leave in this phase."""
        return self.submitted < self._goal and self.submitted - self.answered < self._task.window

    def submit(self) -> int:
        """The index of the next message, which leaves now."""
        if self.submitted == self._task.warm_up:
            self._began = time.perf_counter()
        self.submitted += 1
        return self.submitted - 1

    def answer(self) -> None:
        """A submit_sm_resp came."""
        self.answered += 1
        self._look()

    def receipt(self) -> None:
        """A receipt came."""
        self.receipted += 1
        self._look()

    def _look(self) -> None:
        if self.answered < self._goal or (self._task.receipts and self.receipted < self._goal):
            return
        if self._goal == self._task.total:
            self.seconds = time.perf_counter() - self._began
            self._done()
        else:
            self._goal = self._task.total
            gc.collect()
            self._warm()

    def report(self) -> None:
        """Print the rate in messages a second."""
        print(json.dumps({"rate": self._task.count / self.seconds}), flush=True)


def task_of_this_process() -> Task:
    """The task given as the last argument."""
    return Task(**json.loads(sys.argv[-1]))
