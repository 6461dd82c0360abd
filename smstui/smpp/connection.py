"""A bind to an SMSC that keeps itself alive, and through which messages are sent."""

import asyncio
from collections.abc import Callable, Sequence

from smstui.domain.clock import Clock
from smstui.smpp.backoff import Backoff
from smstui.smpp.errors import ConnectionDraining, ReceiverCannotSend
from smstui.smpp.esme import Esme
from smstui.smpp.life import BindLife, open_bound
from smstui.smpp.submit import Submit
from smstui.smpp.traffic import Stats, Traffic
from smstui.smpp.values import BindMode, BindSettings, BindStatus, Listener


class Connection:
    """One bind, made again after each loss; outcomes and deliveries go to its listener.

    Every part of every message handed to `send` gets exactly one `Outcome`, whatever happens to the link: UNKNOWN when
    it was written and no answer came, NOT_SENT when it certainly did not go out. It lives once: `run` is not run again.
    """

    def __init__(
        self,
        settings: BindSettings,
        listener: Listener,
        clock: Clock,
        *,
        may_send: Callable[[], bool] = lambda: True,
        backoff: Backoff | None = None,
    ) -> None:
        """`may_send` is asked before every write of submit_sm: none leaves as long as it says no."""
        self._settings = settings
        self._traffic = Traffic(settings, listener, clock, may_send)
        self._life = BindLife(settings, self._traffic, listener, clock, backoff)
        self._running: asyncio.Task[None] | None = None
        self._ending = asyncio.Lock()
        self._closing = False

    @property
    def status(self) -> BindStatus:
        """The state of the bind."""
        return self._life.status

    @property
    def in_flight(self) -> int:
        """PDUs whose response is awaited."""
        return self._traffic.in_flight

    @property
    def stats(self) -> Stats:
        """Counts of PDUs since the start."""
        return self._traffic.stats

    @property
    def throttled_rate(self) -> float | None:
        """PDUs a second that the SMSC's throttling has taught; None as long as it never throttled."""
        return self._traffic.throttled_rate

    async def run(self) -> None:
        """Connect, bind, keep alive and bind again with a growing pause, until drained, stopped or cancelled."""
        try:
            if not self._closing:
                self._running = asyncio.create_task(Esme(self._settings, self._life).start())
                await self._running
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not self._closing or (current and current.cancelling()):
                raise
        finally:
            self._close_to_messages()
            await self._life.close()
            self._life.closed()

    async def room(self, parts: int) -> int:
        """Wait until bound and until a submit is allowed; how many messages of `parts` parts may be sent now.

        At least 1, even when the window is smaller than a message: `send` then paces its parts; at most 256.
        Raises `ConnectionDraining`, `ReceiverCannotSend`.
        """
        self._require_sender()
        while True:
            self._require_open()
            bound = self._life.session is not None
            count = self._traffic.room(parts) if bound else 0
            if count:
                return count
            await self._traffic.wait(self._traffic.room_delay() if bound else None)

    async def send(self, submit: Submit, recipients: Sequence[tuple[int, str]]) -> None:
        """Send one text to each of `recipients`: pairs of the owner's key and the E.164 number. See `send_each`."""
        await self.send_each([(key, number, submit) for key, number in recipients])

    async def send_each(self, messages: Sequence[tuple[int, str, Submit]]) -> None:
        """Send `messages`: of each the owner's key, the E.164 number, and its PDUs.

        Returns when the last PDU is written, or nothing more can be: without a bind, all are NOT_SENT at once.
        Raises `ConnectionDraining` (what was not written is NOT_SENT), `ReceiverCannotSend`.
        """
        self._require_sender()
        session = self._life.session
        if self._closing or session is None:
            self._traffic.refuse(messages)
            self._require_open()
            return
        job = self._traffic.submit(messages)
        session.write()
        try:
            await asyncio.sleep(0)
            await job.written
        except asyncio.CancelledError:
            self._traffic.withdraw(job)
            raise

    async def drain(self, timeout: float) -> None:
        """Take no more, wait at most `timeout` seconds for responses, give up on the rest, unbind; `run` ends."""
        async with self._ending:
            self._close_to_messages()
            self._life.end_soon()
            await self._traffic.emptied(timeout)
            self._traffic.lose()
            if self._life.session:
                await self._life.session.unbind()
            if self._running:
                self._running.cancel()
                await asyncio.wait({self._running})

    async def stop(self) -> None:
        """Drain without waiting for responses."""
        await self.drain(0.0)

    def _close_to_messages(self) -> None:
        if not self._closing:
            self._closing = True
            self._traffic.close(ConnectionDraining())

    def _require_open(self) -> None:
        if self._closing:
            raise ConnectionDraining

    def _require_sender(self) -> None:
        if self._settings.mode is BindMode.RECEIVER:
            raise ReceiverCannotSend(self._settings.host, self._settings.port)


async def try_bind(settings: BindSettings) -> None:
    """Bind and unbind. Raises a `ConnectionRefusal`: `SmscUnreachable`, `TlsRefused`, `BindRefused`, ..."""
    link = await open_bound(settings)
    await link.unbind()
    await link.close()
