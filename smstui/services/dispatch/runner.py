"""One bind of a connection being dispatched by this process: its lease, its link, its sender, its books."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection as Transaction

from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageState
from smstui.services.control import cancel_next
from smstui.services.dispatch import hours, windows
from smstui.services.dispatch import lease as leases
from smstui.services.dispatch.journal import RETRY, Journal
from smstui.services.dispatch.lease import HEARTBEAT, LEASE_TIME, Lease, LeaseLost
from smstui.services.dispatch.outbound import Outbound, Voice
from smstui.services.health_records import BindSample, SampleMeter, record_sample
from smstui.services.inbound import forget_parts
from smstui.services.rate_meter import RateMeter
from smstui.services.receipt_ids import LearntForm
from smstui.services.receipts import forget_parked, learnt_form, resolve_parked
from smstui.smpp.errors import ConnectionDraining
from smstui.smpp.pair import Bind, bind_to
from smstui.smpp.traffic import Stats
from smstui.smpp.values import BindMode, BindSettings, BindState, BindStatus
from smstui.storage.columns import to_milliseconds
from smstui.storage.database import Database

POLL = 0.5
"""Seconds until work that another process has queued is seen."""
_log = logging.getLogger(__name__)


class BindKey(NamedTuple):
    """A bind of a connection."""

    connection_id: int
    bind: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class BindPlan:
    """How a bind is to be dispatched."""

    connection: str
    """Its name."""
    settings: BindSettings
    """With this bind's share of the contracted rate."""
    validity: int | None
    """Seconds that the SMSC tries, where a campaign says nothing else; None leaves it to the SMSC."""
    voice: Voice


@dataclass(frozen=True, slots=True)
class LiveBind:
    """How a bind that this process dispatches is doing."""

    connection: str
    bind: int
    status: BindStatus
    in_flight: int
    window: int
    stats: Stats
    """Counted from the present lease on."""
    receipts: Mapping[MessageState | None, int]
    """Committed under the present lease, by the state that they give; None for intermediate and unknown ones."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A bind that is ours."""

    lease: Lease
    link: Bind
    journal: Journal


class Runner:
    """Dispatches one bind whenever no other process does, until `drain`."""

    def __init__(self, database: Database, clock: Clock, owner: str, key: BindKey, plan: BindPlan) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._key = key
        self._plan = plan
        self._log = logging.LoggerAdapter(_log, {"connection": plan.connection, "bind": key.bind})
        self._work = asyncio.Event()
        self._draining = asyncio.Event()
        self._deadline = 0.0
        self._status = BindStatus(BindState.CLOSED)
        self._status_changed = asyncio.Event()
        self._held: _Held | None = None
        self._owned_until = 0.0
        self._hours: str | None = hours.NOT_READ
        """The stored setting of the sending hours, as it was last seen."""

    @property
    def live(self) -> LiveBind:
        """What the bind is doing; CLOSED while another process holds it."""
        held = self._held
        return LiveBind(
            connection=self._plan.connection,
            bind=self._key.bind,
            status=self._status,
            in_flight=held.link.in_flight if held else 0,
            window=self._plan.settings.window,
            stats=held.link.stats if held else Stats(),
            receipts=held.journal.receipts if held else {},
        )

    def wake(self) -> None:
        """There may be something to send."""
        self._work.set()

    def drain(self, timeout: float) -> None:
        """Send no more; `run` ends when what is in flight has its outcome, after `timeout` seconds at most."""
        self._deadline = self._clock.monotonic() + timeout
        self._draining.set()

    async def run(self) -> None:
        """Take the lease when it is free, and dispatch while it is ours."""
        while not self._draining.is_set():
            try:
                if not await self._take_turn():
                    await _wait(self._draining, HEARTBEAT)
            except* LeaseLost:
                self._log.warning("another dispatcher has taken over")
            except* Refusal as refusals:
                self._log.warning("%r", refusals.exceptions[0])
                await _wait(self._draining, RETRY)
            finally:
                self._held = None
                self._tell(BindStatus(BindState.CLOSED))

    async def _take_turn(self) -> bool:
        """Dispatch, if the lease is free, until it is lost or drained; whether it was."""
        connection_id, bind = self._key
        if not await self._database.read(lambda tx: leases.is_free(tx, connection_id, bind, self._clock)):
            return False
        self._own()
        taken = await self._database.write(self._take_over, lane=connection_id)
        if taken is None:
            return False
        await self._hold(*taken)
        return True

    def _own(self) -> None:
        """A lease that is taken or renewed from now on lasts at least until then."""
        self._owned_until = self._clock.monotonic() + LEASE_TIME

    def _owns(self) -> bool:
        """Whether no other process can have the lease by now: only then may anything leave."""
        return self._clock.monotonic() < self._owned_until

    def _take_over(self, tx: Transaction) -> tuple[Lease, LearntForm] | None:
        """Take the lease and settle what the former owner has left; None when another process holds it."""
        connection_id, bind = self._key
        lease = leases.acquire(tx, connection_id, bind, self._owner, self._clock)
        if lease is None:
            return None
        now = self._clock.now()
        doubtful = windows.recover(tx, connection_id, bind, to_milliseconds(now))
        forget_parked(tx, connection_id, now)
        forget_parts(tx, connection_id, now)
        learnt = learnt_form(tx, connection_id)
        if doubtful:
            self._log.warning("%d messages in doubt", doubtful)
            learnt = resolve_parked(tx, connection_id, learnt)
        return lease, learnt

    async def _hold(self, lease: Lease, learnt: LearntForm) -> None:
        """Dispatch under `lease` until drained. Raises LeaseLost in a group."""
        journal = Journal(self._database, self._clock, lease, learnt)
        link = bind_to(self._plan.settings, _Listener(self, journal), self._clock, self._owns)
        self._held = held = _Held(lease, link, journal)
        self._log.info("dispatched here")
        async with asyncio.TaskGroup() as tasks:
            heart = tasks.create_task(self._beat(held))
            writing = tasks.create_task(journal.run())
            binding = tasks.create_task(link.run())
            if self._plan.settings.mode is not BindMode.RECEIVER:
                tasks.create_task(self._send(held))
            await self._draining.wait()
            await link.drain(max(0.0, self._deadline - self._clock.monotonic()))
            await binding
            journal.finish()
            await writing
            heart.cancel()
        await self._database.write(lambda tx: self._release(tx, lease), lane=lease.connection_id)
        self._log.info("given back")

    def _release(self, tx: Transaction, lease: Lease) -> None:
        """Leave nothing in flight, and give the lease back. Raises LeaseLost."""
        leases.check(tx, lease)
        windows.recover(tx, lease.connection_id, lease.bind, to_milliseconds(self._clock.now()))
        leases.release(tx, lease)

    async def _beat(self, held: _Held) -> None:
        """Renew the lease, at once when the state of the bind has changed. Raises LeaseLost."""
        rates, samples = RateMeter(), SampleMeter(self._clock)
        lease, link = held.lease, held.link
        while True:
            self._status_changed.clear()
            rate = round(rates.rate(self._clock.monotonic(), link.stats.accepted))
            sample = samples.take(link.stats, link.in_flight, link.throttled_rate)
            renew = partial(self._renew, lease=lease, status=self._status, rate=rate, sample=sample)
            began = self._clock.monotonic()
            try:
                self._hours = await self._database.write(renew, lane=lease.connection_id)
                self._owned_until = began + LEASE_TIME
            except Refusal as refusal:
                self._log.warning("the lease was not renewed: %r", refusal)
                await asyncio.sleep(HEARTBEAT)
            await _wait(self._status_changed, HEARTBEAT)

    def _renew(
        self, tx: Transaction, *, lease: Lease, status: BindStatus, rate: int, sample: BindSample | None
    ) -> str | None:
        """The lease, and what comes with time; the stored setting of the sending hours."""
        now = self._clock.now()
        leases.renew(tx, lease, status, self._clock, rate)
        if sample is not None:
            record_sample(tx, lease.connection_id, lease.bind, sample, now)
        cancel_next(tx, lease.connection_id, now)
        return hours.reopen(tx, lease.connection_id, to_milliseconds(now), self._hours)

    async def _send(self, held: _Held) -> None:
        """Send windows as the connection has room for them, until it drains."""
        plan = self._plan
        outbound = Outbound(held.link, held.journal, plan.settings, plan.validity, plan.voice)
        while not self._draining.is_set():
            self._work.clear()
            try:
                if await self._database.read(lambda tx: windows.is_waiting(tx, self._key.connection_id)):
                    await outbound.send_all()
            except ConnectionDraining:
                return
            except Refusal as refusal:
                self._log.warning("%r", refusal)
                await _wait(self._draining, RETRY)
            await _wait(self._work, POLL)

    def _tell(self, status: BindStatus) -> None:
        """The bind is in another state: the next beat tells other processes, at once."""
        self._status = status
        self._status_changed.set()

    def bind_changed(self, status: BindStatus) -> None:
        """The link is in another state."""
        self._log.info("%s", ": ".join(filter(None, (status.state, status.reason))))
        self._tell(status)

    def failed(self, error: Exception) -> None:
        """`run` ended by an error that nothing foresaw."""
        self._log.error("stopped", exc_info=error)
        self._tell(BindStatus(BindState.WAITING, f"{type(error).__name__}: {error}"))


class _Listener:
    """Outcomes and deliveries go to the journal, the state of the bind to the runner."""

    def __init__(self, runner: Runner, journal: Journal) -> None:
        self.outcomes = journal.outcomes
        self.deliveries = journal.deliveries
        self.status = runner.bind_changed


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
