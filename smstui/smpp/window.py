"""Submissions on the wire whose response is awaited."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from smstui.smpp.submit import Submit
from smstui.smpp.wire import MAX_SEQUENCE


class Submission(NamedTuple):
    """One submit_sm: part `part` (from 1) of the message `key`."""

    key: int
    part: int
    submit: Submit
    destination: bytes
    attempt: int = 0
    """How often it was throttled."""
    written_at: float = 0.0
    """The monotonic instant when it was last put in flight."""


class SequenceNumbers:
    """1 to 0x7FFFFFFF, then 1 again (SMPP 3.4, section 5.1.4)."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self) -> int:
        """The next number."""
        self.last = self.last + 1 if self.last < MAX_SEQUENCE else 1
        return self.last


class Window:
    """What is in flight, by sequence number, in the order of the writes; at most `size` at once."""

    def __init__(self, size: int, sequence: SequenceNumbers) -> None:
        self.size = size
        self._sequence = sequence
        self._in_flight: dict[int, Submission] = {}
        self.settle = self._in_flight.pop
        """`settle(sequence, None)` takes what `sequence` answers; None when nothing with it is in flight."""

    def __len__(self) -> int:
        return len(self._in_flight)

    def register(self, submissions: Sequence[Submission]) -> Sequence[int]:
        """Put `submissions` in flight before they are written; their sequence numbers, none of which was in flight."""
        first = self._sequence.last + 1
        numbers: Sequence[int] = range(first, first + len(submissions))
        if first + len(submissions) > MAX_SEQUENCE or not self._in_flight.keys().isdisjoint(numbers):
            numbers = [self._free_number() for _ in submissions]
        else:
            self._sequence.last += len(submissions)
        self._in_flight.update(zip(numbers, submissions, strict=True))
        return numbers

    def _free_number(self) -> int:
        while (number := self._sequence.next()) in self._in_flight:
            pass
        return number

    def oldest(self) -> float | None:
        """When the oldest in flight was written."""
        for submission in self._in_flight.values():
            return submission.written_at
        return None

    def expire(self, before: float) -> Iterator[Submission]:
        """Take all that were written at `before` or earlier."""
        while (oldest := self.oldest()) is not None and oldest <= before:
            yield self._in_flight.pop(next(iter(self._in_flight)))

    def clear(self) -> list[Submission]:
        """Take all."""
        submissions = list(self._in_flight.values())
        self._in_flight.clear()
        return submissions
