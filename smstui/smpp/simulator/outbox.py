"""What waits to be delivered to an account: receipts and inbound messages, kept until they are acknowledged."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

from smstui.smpp.simulator.delayed import Delayed
from smstui.smpp.simulator.journal import AcknowledgedRecord, InboundRecord, Journal, ReceiptRecord

RETRY_DELAY = 1.0
"""Seconds before what the application refused is delivered again."""
LARGEST_WRITE = 200
"""deliver_sm in one write, at most."""


class Delivery:
    """The body of one deliver_sm. Slots and no checks: there is one for every receipt."""

    __slots__ = ("body", "record", "written_at")

    def __init__(self, body: bytes, record: ReceiptRecord | InboundRecord | None) -> None:
        self.body = body
        self.record = record
        """What the log says when it is first written, and when it is acknowledged; None when it says nothing."""
        self.written_at: float | None = None
        """Instant of the loop; None before the first write."""


class Receiver(Protocol):
    """A session that is bound to receive."""

    unacknowledged: dict[int, Delivery]
    """By sequence number, in the order they were written."""

    @property
    def is_writable(self) -> bool:
        """Whether its peer still reads what is written."""

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Write these, and remember them as unacknowledged."""


class Outbox:
    """The deliveries of one account, spread over its receivers."""

    def __init__(self, window: int, redeliver_after: float, journal: Journal) -> None:
        self._window = window
        self._redeliver_after = redeliver_after
        self._journal = journal
        self._waiting: deque[Delivery] = deque()
        self._refused = Delayed[Delivery](RETRY_DELAY, self._again)
        self._watch: asyncio.TimerHandle | None = None
        self.receivers: list[Receiver] = []
        self.acknowledged = 0
        """How many the application has taken."""

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Deliver these as soon as somebody is bound to receive them."""
        self._waiting.extend(deliveries)
        self.pump()

    def attach(self, receiver: Receiver) -> None:
        """`receiver` is bound from now on."""
        self.receivers.append(receiver)
        self.pump()

    def detach(self, receiver: Receiver) -> None:
        """`receiver` is gone: what it didn't acknowledge is delivered again."""
        if receiver in self.receivers:
            self.receivers.remove(receiver)
            self._waiting.extendleft(reversed(receiver.unacknowledged.values()))
            receiver.unacknowledged.clear()
            self.pump()

    def answer(self, receiver: Receiver, sequence: int, is_good: bool) -> None:
        """The response to one deliver_sm. The caller pumps when it has read them all."""
        delivery = receiver.unacknowledged.pop(sequence, None)
        if delivery is None:
            return
        if is_good:
            self.acknowledged += 1
            if delivery.record is not None:
                self._journal.add([AcknowledgedRecord(delivery.record)])
        else:
            self._refused.add(delivery)

    def pump(self) -> None:
        """Write as much as the windows of the receivers allow."""
        for receiver in self.receivers:
            while self._waiting and receiver.is_writable:
                room = min(self._window - len(receiver.unacknowledged), len(self._waiting), LARGEST_WRITE)
                if room <= 0:
                    break
                self._write(receiver, [self._waiting.popleft() for _ in range(room)])

    def close(self) -> None:
        """Deliver nothing more."""
        self._waiting.clear()
        self._refused.close()
        self.receivers.clear()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _write(self, receiver: Receiver, deliveries: list[Delivery]) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._journal.is_kept:
            new = [one.record for one in deliveries if one.record is not None and one.written_at is None]
            self._journal.add(new)
        for delivery in deliveries:
            delivery.written_at = now
        receiver.deliver(deliveries)
        if self._watch is None:
            self._watch = loop.call_later(self._redeliver_after, self._redeliver)

    def _again(self, delivery: Delivery) -> None:
        self.add([delivery])

    def _redeliver(self) -> None:
        """Take back what has been without an answer for too long."""
        self._watch = None
        loop = asyncio.get_running_loop()
        oldest = loop.time() - self._redeliver_after
        late: list[Delivery] = []
        for receiver in self.receivers:
            pending = receiver.unacknowledged
            overdue = [number for number, one in pending.items() if one.written_at is None or one.written_at <= oldest]
            late.extend(pending.pop(number) for number in overdue)
        self._waiting.extendleft(reversed(late))
        if any(receiver.unacknowledged for receiver in self.receivers):
            self._watch = loop.call_later(self._redeliver_after, self._redeliver)
        self.pump()
