"""The phases of a bind, as `esme` runs them: connecting, bound, waiting."""

import asyncio
import logging

from smstui.domain.clock import Clock
from smstui.smpp.backoff import Backoff
from smstui.smpp.errors import BindRefused, ConnectionRefusal
from smstui.smpp.link import Link, LinkLost
from smstui.smpp.session import Session
from smstui.smpp.traffic import Traffic
from smstui.smpp.values import BindSettings, BindState, BindStatus, Listener
from smstui.smpp.wire import Status

_log = logging.getLogger(__name__)


class BindLife:
    """Makes sessions, one after the other, and cleans up after each; tells the listener the state of the bind."""

    def __init__(
        self, settings: BindSettings, traffic: Traffic, listener: Listener, clock: Clock, backoff: Backoff | None
    ) -> None:
        self.session: Session | None = None
        """The bound session; None between two."""
        self.status = BindStatus(BindState.CLOSED)
        self._settings = settings
        self._traffic = traffic
        self._listener = listener
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._reason = ""
        self._last = False

    def end_soon(self) -> None:
        """There will be no other session than the present one."""
        self._last = True
        if self.session:
            self._tell(BindState.DRAINING)

    async def connect(self) -> None:
        """Open the link and bind. Raises ConnectionError when that fails."""
        self._tell(BindState.CONNECTING)
        try:
            link = await open_bound(self._settings)
        except ConnectionRefusal as refusal:
            self._reason = refusal.reason
            if isinstance(refusal, BindRefused) and refusal.status == Status.ALREADY_BOUND:
                self._backoff.already_bound()
            raise ConnectionError(refusal.reason) from refusal
        self._backoff.bound(self._clock.monotonic())
        self._reason = ""
        self.session = Session(link, self._settings, self._traffic, self._listener, self._clock)
        self._tell(BindState.BOUND)
        self._traffic.changed()

    async def receive(self) -> None:
        """Handle what comes, until the session ends."""
        await self._bound().receive()

    async def transmit(self) -> None:
        """Write what may leave, until the session ends."""
        await self._bound().transmit()

    async def keep_alive(self) -> None:
        """Watch over the link, until the session ends."""
        await self._bound().keep_alive()

    def _bound(self) -> Session:
        if self.session is None:
            raise LinkLost("not bound")
        return self.session

    def failed(self, error: BaseException) -> None:
        """A task of the session ended so: the first reason is kept, a defect of this program is logged."""
        if not isinstance(error, OSError):
            _log.error("an SMPP session ended by a defect", exc_info=error)
        if not self._reason:
            self._reason = str(error) or type(error).__name__

    async def pause(self) -> None:
        """Clean up after a session or a failed connect, and wait until it is time for the next."""
        session = self._settle()
        self._tell(BindState.WAITING)
        if session:
            await session.link.close()
        await asyncio.sleep(self._backoff.delay(self._clock.monotonic()))

    async def close(self) -> None:
        """Settle what is left, and close the link. To be called again does no harm."""
        if session := self._settle():
            await session.link.close()

    def _settle(self) -> Session | None:
        """Give every message its outcome; the session that was bound, whose link is to be closed."""
        session, self.session = self.session, None
        self._traffic.lose()
        return session

    def closed(self) -> None:
        """The life is over."""
        self._last = False
        self._tell(BindState.CLOSED)

    def _tell(self, state: BindState) -> None:
        if self._last and state is not BindState.DRAINING:
            return
        status = BindStatus(state, self._reason)
        if status != self.status:
            self.status = status
            self._listener.status(status)


async def open_bound(settings: BindSettings) -> Link:
    """A bound link, for the caller to close. Raises a `ConnectionRefusal`."""
    link = await Link.open(settings)
    try:
        await link.bind()
    except BaseException:
        await link.close()
        raise
    return link
