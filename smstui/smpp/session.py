"""One bound session: what comes is answered or handed on, what may leave is written, the link is kept alive."""

import asyncio
from contextlib import suppress

from smstui.domain.clock import Clock
from smstui.smpp.acknowledger import Acknowledger
from smstui.smpp.framing import Frame
from smstui.smpp.link import UNBIND_TIMEOUT, Link, LinkLost
from smstui.smpp.traffic import Traffic
from smstui.smpp.values import BindSettings, Listener
from smstui.smpp.wire import RESPONSE, Command, Status, pdu

_SUBMIT_SM_RESP = int(Command.SUBMIT_SM_RESP)
_DELIVERIES = frozenset(map(int, (Command.DELIVER_SM, Command.DATA_SM)))
_BATCHED = _DELIVERIES | {_SUBMIT_SM_RESP}
"""What is handled in bulk."""


class Session:
    """A link from its bind to its end. `receive`, `transmit` and `keep_alive` run side by side until one raises."""

    def __init__(self, link: Link, settings: BindSettings, traffic: Traffic, listener: Listener, clock: Clock) -> None:
        self.link = link
        self._settings = settings
        self._traffic = traffic
        self._clock = clock
        self._acknowledger = Acknowledger(listener, link, settings)
        self._heard_at = clock.monotonic()
        self._enquired_at: float | None = None
        self._unbound_by_peer = False
        self._unbind_answered = asyncio.Event()
        """Set too when no answer can come any more."""

    async def receive(self) -> None:
        """Handle what comes, until the link is lost. Raises `LinkLost`, OSError."""
        acknowledging = asyncio.create_task(self._acknowledger.run())
        try:
            while not self._unbound_by_peer:
                self._handle_chunk(await self.link.receive())
                await self.link.drain()
                await asyncio.sleep(0)
        finally:
            self._unbind_answered.set()
            acknowledging.cancel()
            await asyncio.wait({acknowledging})
        raise LinkLost("the SMSC unbound")

    def _handle_chunk(self, frames: list[Frame]) -> None:
        self._heard_at = self._clock.monotonic()
        self._enquired_at = None
        responses = [frame for frame in frames if frame[0] == _SUBMIT_SM_RESP]
        if responses:
            self._traffic.answers(responses)
        if len(responses) < len(frames):
            self._acknowledger.take([frame for frame in frames if frame[0] in _DELIVERIES])
            for command, status, sequence, _ in frames:
                if command not in _BATCHED:
                    self._handle(command, status, sequence)
        self._traffic.settled()

    def _handle(self, command: int, status: int, sequence: int) -> None:
        match command:
            case Command.ENQUIRE_LINK:
                self.link.write(pdu(Command.ENQUIRE_LINK_RESP, sequence))
            case Command.GENERIC_NACK:
                self._traffic.answers([(command, status or Status.INVALID_COMMAND_ID, sequence, b"")])
            case Command.UNBIND:
                self.link.write(pdu(Command.UNBIND_RESP, sequence))
                self._unbound_by_peer = True
            case Command.UNBIND_RESP:
                self._unbind_answered.set()
            case Command.ALERT_NOTIFICATION | Command.OUTBIND:
                return
            case _ if not command & RESPONSE:
                self.link.write(pdu(Command.GENERIC_NACK, sequence, status=Status.INVALID_COMMAND_ID))

    def write(self) -> bool:
        """Write what may leave at once; whether there was something. `transmit` writes what is left."""
        octets = self._traffic.take() if self.link.is_writable else b""
        if octets:
            self.link.write(octets)
        self._traffic.announce()
        return bool(octets)

    async def transmit(self) -> None:
        """Write what may leave, as window and pace allow. Raises `LinkLost`, OSError."""
        while True:
            if self.write() or not self.link.is_writable:
                await self.link.drain()
                await asyncio.sleep(0)
            else:
                await self._traffic.wait_for_work()

    async def keep_alive(self) -> None:
        """Enquire when nothing was heard, and give up on responses that are overdue. Raises `LinkLost`."""
        settings = self._settings
        while True:
            now = self._clock.monotonic()
            self._traffic.expire(now - settings.response_timeout)
            if self._enquired_at is None and now - self._heard_at >= settings.enquire_link_interval:
                self._enquired_at = now
                self.link.write(pdu(Command.ENQUIRE_LINK, self._traffic.sequence.next()))
            elif self._enquired_at is not None and now - self._enquired_at >= settings.response_timeout:
                raise LinkLost("no answer to enquire_link")
            await asyncio.sleep(max(self._next_alarm(now) - now, 0.001))

    def _next_alarm(self, now: float) -> float:
        """When something may be due; what is heard or written after `now` puts its own instant off beyond these."""
        settings = self._settings
        oldest = self._traffic.oldest
        overdue = (now if oldest is None else oldest) + settings.response_timeout
        if self._enquired_at is None:
            return min(overdue, self._heard_at + settings.enquire_link_interval)
        return min(overdue, self._enquired_at + settings.response_timeout, now + settings.enquire_link_interval)

    async def unbind(self) -> None:
        """Acknowledge what came, unbind, and wait for the answer; at most a few seconds, and never fails."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(UNBIND_TIMEOUT):
                await self._acknowledger.flushed()
                self.link.write(pdu(Command.UNBIND, self._traffic.sequence.next()))
                await self._unbind_answered.wait()
