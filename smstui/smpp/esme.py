"""The seams of aiosmpplib 0.7.4 that this program leans on; no other module touches a private name of it.

The library keeps the life of a connection: connect, run a receiver, a sender and a keeper side by side until one ends,
wait, connect again. What happens in each of these phases is a `Life`'s.
"""

import asyncio
import logging
from typing import Protocol

from aiosmpplib import ESME, AbstractRetryTimer  # type: ignore[import-untyped]
from aiosmpplib.state import SmppSessionState  # type: ignore[import-untyped]

from smstui.smpp.values import BindSettings


class Life(Protocol):
    """What a connection does in each phase of its life."""

    async def connect(self) -> None:
        """Open the link and bind. Raises ConnectionError when that fails."""

    async def receive(self) -> None:
        """Handle what comes, until the session ends."""

    async def transmit(self) -> None:
        """Write what is to be sent, until the session ends."""

    async def keep_alive(self) -> None:
        """Watch over the link, until the session ends."""

    def failed(self, error: BaseException) -> None:
        """One of the three ended so."""

    async def pause(self) -> None:
        """Clean up after a session or a failed connect, and wait until it is time for the next."""

    async def close(self) -> None:
        """Clean up: the life is being cancelled."""


class _Pause(AbstractRetryTimer):  # type: ignore[misc]
    """The library's retry timer; resetting it at each bind, as it does, would make bind-then-drop a busy loop."""

    def __init__(self, life: Life) -> None:
        self._life = life

    async def wait(self) -> None:
        await self._life.pause()

    def reset(self) -> None:
        """Nothing: the life knows itself when a bind was worth something."""

    def next_delay(self) -> float:
        """Asked only to be logged."""
        return 0.0


class Esme(ESME):  # type: ignore[misc]
    """aiosmpplib's client with a `Life` in its phases. `start` runs until it is cancelled."""

    def __init__(self, settings: BindSettings, life: Life) -> None:
        super().__init__(
            smsc_host=settings.host,
            smsc_port=settings.port,
            system_id="",
            password="",
            log_level=logging.CRITICAL,
            log_handler=logging.NullHandler(),
            retry_timer=_Pause(life),
        )
        self._life = life

    async def connect(self) -> None:
        """Open the link and bind."""
        await self._life.connect()
        self._session_state: SmppSessionState = self.bind_mode.session_state

    async def _receive_data(self) -> None:
        await self._life.receive()

    async def _dequeue_messages(self) -> None:
        await self._life.transmit()

    async def _connection_keeper(self) -> None:
        await self._life.keep_alive()

    async def _end_task(self, task: asyncio.Task[None]) -> None:
        """End one of the three at once; the library would wait half a second for each."""
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()):
            self._life.failed(error)

    async def _disconnect(self) -> None:
        await self._life.close()
