"""The books of one connection: everything that its dispatcher writes, in groups, in the order in which it happened.

Each turn is one transaction: outcomes that came in, receipts and inbound messages, and the next window. It checks the
lease first. What could not be written (a full disk, a busy database) stays and is tried again; deliveries are then left
to the SMSC to repeat.
"""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageState
from smstui.services import health_records
from smstui.services.dispatch import windows
from smstui.services.dispatch.flight import Flight, Settled
from smstui.services.dispatch.lease import Lease, check
from smstui.services.dispatch.outcomes import write_outcomes
from smstui.services.dispatch.windows import Window
from smstui.services.inbound import record_inbound
from smstui.services.receipt_ids import LearntForm
from smstui.services.receipts import record
from smstui.smpp.values import Delivery, Inbound, Outcome, Receipt
from smstui.storage.columns import from_milliseconds, to_milliseconds
from smstui.storage.database import Database

GROUP = 1000
"""Outcomes, and deliveries, written in one transaction, at most."""
NOTING = 0.5
"""Seconds between receipts that are shown: nobody reads all of them."""
RETRY = 1.0
"""Seconds between tries to write when the database refuses."""


@dataclass(frozen=True, slots=True)
class _Delivered:
    """Deliveries whose commit the connection awaits."""

    deliveries: Sequence[Delivery]
    committed: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A window that the sender awaits."""

    room: int
    taken: asyncio.Future[Window | None]


@dataclass(frozen=True, slots=True)
class _Written:
    """What a turn has committed."""

    window: Window | None
    learnt: LearntForm


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction writes."""

    lease: Lease
    learnt: LearntForm
    settled: Sequence[Settled]
    closed: Sequence[tuple[Window, Sequence[int]]]
    delivered: Sequence[_Delivered]
    receipts: Sequence[Receipt]
    """Those among the deliveries."""
    wanted: _Wanted | None
    in_doubt: Set[int] | None
    """After a turn that may or may not have been committed: the batches that are known to be in flight."""
    noting: bool
    """Whether the receipts are among those that are shown."""
    now: int

    def write(self, tx: Connection) -> _Written:
        """The transaction. Raises LeaseLost."""
        check(tx, self.lease)
        connection_id, at = self.lease.connection_id, from_milliseconds(self.now)
        if self.in_doubt is not None:
            windows.take_back(tx, self.lease, self.in_doubt)
        learnt = write_outcomes(tx, connection_id, self.settled, self.learnt, self.now)
        health_records.count_refusals(tx, connection_id, _refusals(self.settled), at)
        windows.close(tx, self.lease, self.closed, self.now)
        if self.receipts:
            learnt = record(tx, connection_id, self.receipts, learnt, at)
            if self.noting:
                health_records.note_receipts(tx, connection_id, self.receipts, at)
        for group in self.delivered:
            for one in group.deliveries:
                if isinstance(one, Inbound):
                    record_inbound(tx, connection_id, one, at)
        window = windows.take(tx, self.lease, self.wanted.room, self.now) if self.wanted else None
        return _Written(window, learnt)


def _refusals(settled: Sequence[Settled]) -> list[int]:
    """The command_status of each message that was refused."""
    refused = MessageState.REJECTED
    return [one.status for one in settled if one.state is refused]


class Journal:
    """Takes outcomes and deliveries from a connection, and gives windows to its sender."""

    def __init__(self, database: Database, clock: Clock, lease: Lease, learnt: LearntForm) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._learnt = learnt
        self._flight = Flight()
        self._settled: deque[Settled] = deque()
        self._closed: list[tuple[Window, Sequence[int]]] = []
        self._delivered: deque[_Delivered] = deque()
        self._wanted: _Wanted | None = None
        self._in_doubt = False
        self._noted_at = -math.inf
        self._receipts: Counter[MessageState | None] = Counter()
        self._news = asyncio.Event()
        self._finishing = False

    @property
    def receipts(self) -> Mapping[MessageState | None, int]:
        """How many receipts were committed, by the state that they give; None for an intermediate or unknown one."""
        return self._receipts

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """These were decided; they are written with the next turn."""
        landed = self._flight.land(outcomes)
        self._settled.extend(landed.messages)
        self._closed.extend(landed.windows)
        self._news.set()

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Return when these are committed. Raises the database's refusal when they can't be."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._delivered.append(_Delivered(deliveries, committed))
        self._news.set()
        await committed

    async def take(self, room: int) -> Window | None:
        """The next window, committed as perhaps sent; None when nothing waits. Raises the database's refusal."""
        taken: asyncio.Future[Window | None] = asyncio.get_running_loop().create_future()
        self._wanted = _Wanted(room, taken)
        self._news.set()
        return await taken

    def open(self, window: Window, parts: int) -> None:
        """The messages of `window` are about to leave, in `parts` submit_sm each."""
        self._flight.open(window, parts)

    def open_own(self, window: Window, parts: Sequence[int]) -> None:
        """The messages of `window`, which have texts of their own, are about to leave, in so many submit_sm each."""
        self._flight.open_own(window, parts)

    async def run(self) -> None:
        """Write until `finish`. Raises LeaseLost."""
        while not (self._finishing and not self._has_news()):
            await self._news.wait()
            await asyncio.sleep(0)  # what else has come in the same turn of the loop shares the transaction
            self._news.clear()
            while self._has_news():
                if not await self._write(self._turn()):
                    await asyncio.sleep(RETRY)

    def finish(self) -> None:
        """Write what there is; nothing more comes, and `run` ends."""
        self._finishing = True
        self._news.set()

    def _has_news(self) -> bool:
        return bool(self._settled or self._closed or self._delivered or self._wanted or self._in_doubt)

    def _turn(self) -> _Turn:
        """What comes next; a window is closed with the last of its outcomes."""
        settled = tuple(islice(self._settled, GROUP))
        complete = len(settled) == len(self._settled)
        delivered = self._next_deliveries() if complete else ()
        return _Turn(
            lease=self._lease,
            learnt=self._learnt,
            settled=settled,
            closed=tuple(self._closed) if complete else (),
            delivered=delivered,
            receipts=[one for group in delivered for one in group.deliveries if isinstance(one, Receipt)],
            wanted=self._wanted if complete else None,
            in_doubt=self._in_flight() if self._in_doubt else None,
            noting=self._clock.monotonic() - self._noted_at >= NOTING,
            now=to_milliseconds(self._clock.now()),
        )

    def _in_flight(self) -> Set[int]:
        """The batches whose window is out, or whose end is not yet written."""
        return self._flight.batches | {window.batch_id for window, _ in self._closed}

    def _next_deliveries(self) -> Sequence[_Delivered]:
        """Groups of deliveries until they are GROUP together, one group at least."""
        chosen: list[_Delivered] = []
        count = 0
        for group in self._delivered:
            if chosen and count + len(group.deliveries) > GROUP:
                break
            chosen.append(group)
            count += len(group.deliveries)
        return chosen

    async def _write(self, turn: _Turn) -> bool:
        """Whether the turn was committed."""
        for _ in turn.delivered:
            self._delivered.popleft()
        if turn.wanted:
            self._wanted = None
        try:
            written = await self._database.write(turn.write, lane=self._lease.connection_id)
        except BaseException as error:
            _fail(turn, error)
            if isinstance(error, Refusal):
                self._in_doubt = True
                return False
            raise
        self._in_doubt = False
        for _ in turn.settled:
            self._settled.popleft()
        del self._closed[: len(turn.closed)]
        self._learnt = written.learnt
        if turn.noting and turn.delivered:
            self._noted_at = self._clock.monotonic()
        self._receipts.update(receipt.state for receipt in turn.receipts)
        for group in turn.delivered:
            if not group.committed.done():
                group.committed.set_result(None)
        if turn.wanted and not turn.wanted.taken.done():
            if written.window:
                self._flight.expect(written.window)
            turn.wanted.taken.set_result(written.window)
        return True


def _fail(turn: _Turn, error: BaseException) -> None:
    """Tell those who await the turn that it was not committed."""
    waiting = [group.committed for group in turn.delivered] + ([turn.wanted.taken] if turn.wanted else [])
    for future in waiting:
        if not future.done():
            future.set_exception(error) if isinstance(error, Refusal) else future.cancel()
