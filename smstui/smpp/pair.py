"""A transmitter and a receiver bound side by side, for SMSCs that offer no transceiver."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from smstui.domain.clock import Clock
from smstui.smpp.connection import Connection
from smstui.smpp.submit import Submit
from smstui.smpp.traffic import Stats
from smstui.smpp.values import BindMode, BindSettings, BindState, BindStatus, Delivery, Listener, Outcome

_WORST_FIRST = (BindState.CLOSED, BindState.WAITING, BindState.CONNECTING, BindState.DRAINING, BindState.BOUND)


class Bind(Protocol):
    """What a `Connection` and a `Pair` both are: a way to an SMSC and back that keeps itself alive."""

    @property
    def in_flight(self) -> int:
        """PDUs whose response is awaited."""

    @property
    def stats(self) -> Stats:
        """Counts of PDUs since the start."""

    @property
    def throttled_rate(self) -> float | None:
        """PDUs a second that the SMSC's throttling has taught; None as long as it never throttled."""

    async def run(self) -> None:
        """Bind, keep alive and bind again, until drained, stopped or cancelled."""

    async def room(self, parts: int) -> int:
        """How many messages of `parts` parts may be sent now; waits until it is one at least."""

    async def send(self, submit: Submit, recipients: Sequence[tuple[int, str]]) -> None:
        """Send one text to each of `recipients`: pairs of the owner's key and the E.164 number."""

    async def send_each(self, messages: Sequence[tuple[int, str, Submit]]) -> None:
        """Send `messages`: of each the owner's key, the E.164 number, and its PDUs."""

    async def drain(self, timeout: float) -> None:
        """Take no more, wait at most `timeout` seconds for responses, unbind; `run` ends."""


def bind_to(settings: BindSettings, listener: Listener, clock: Clock, may_send: Callable[[], bool]) -> Bind:
    """The bind of `settings`: a `Pair` in the mode of that name, else a `Connection`."""
    if settings.mode is BindMode.PAIR:
        return Pair(settings, listener, clock, may_send)
    return Connection(settings, listener, clock, may_send=may_send)


class _Side:
    """The listener of one of the two: all goes to the owner, but the state, which is told for both together."""

    def __init__(self, listener: Listener, told: Callable[[], None]) -> None:
        self._listener = listener
        self._told = told

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """To the owner."""
        self._listener.outcomes(outcomes)

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """To the owner."""
        await self._listener.deliveries(deliveries)

    def status(self, status: BindStatus) -> None:
        """The state of the pair may have changed."""
        self._told()


class Pair:
    """Messages leave by the transmitter; receipts and messages of phones come by the receiver."""

    def __init__(self, settings: BindSettings, listener: Listener, clock: Clock, may_send: Callable[[], bool]) -> None:
        side = _Side(listener, self._tell)
        self._listener = listener
        self._transmitter = Connection(replace(settings, mode=BindMode.TRANSMITTER), side, clock, may_send=may_send)
        self._receiver = Connection(replace(settings, mode=BindMode.RECEIVER), side, clock)
        self._status = BindStatus(BindState.CLOSED)

    @property
    def in_flight(self) -> int:
        """PDUs whose response is awaited."""
        return self._transmitter.in_flight

    @property
    def stats(self) -> Stats:
        """Counts of PDUs since the start."""
        return self._transmitter.stats

    @property
    def throttled_rate(self) -> float | None:
        """PDUs a second that the SMSC's throttling has taught; None as long as it never throttled."""
        return self._transmitter.throttled_rate

    async def run(self) -> None:
        """Keep both alive, until drained, stopped or cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._transmitter.run())
            tasks.create_task(self._receiver.run())

    async def room(self, parts: int) -> int:
        """As `Connection.room` of the transmitter."""
        return await self._transmitter.room(parts)

    async def send(self, submit: Submit, recipients: Sequence[tuple[int, str]]) -> None:
        """As `Connection.send` of the transmitter."""
        await self._transmitter.send(submit, recipients)

    async def send_each(self, messages: Sequence[tuple[int, str, Submit]]) -> None:
        """As `Connection.send_each` of the transmitter."""
        await self._transmitter.send_each(messages)

    async def drain(self, timeout: float) -> None:
        """Drain the transmitter, then the receiver, which keeps receipts coming until then."""
        await self._transmitter.drain(timeout)
        await self._receiver.drain(timeout)

    def _tell(self) -> None:
        """Tell the owner the worse of the two states."""
        both = (self._transmitter.status, self._receiver.status)
        status = min(both, key=lambda one: _WORST_FIRST.index(one.state))
        if status != self._status:
            self._status = status
            self._listener.status(status)
