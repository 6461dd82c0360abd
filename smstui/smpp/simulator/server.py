"""The simulated SMSC as a server on a port."""

import asyncio
import errno
import os
from types import TracebackType
from typing import Self

from smstui.domain.clock import Clock, SystemClock
from smstui.smpp.simulator.handsets import Handsets
from smstui.smpp.simulator.hazards import Hazards
from smstui.smpp.simulator.session import Session
from smstui.smpp.simulator.settings import CannotListen, PortTaken, SimulatorSettings
from smstui.smpp.simulator.smsc import Smsc, Stats

CLOSE_DEADLINE = 5.0
"""Seconds that connections have to end."""


class Simulator:
    """An SMSC for SMPP 3.4 that plays every fault on demand. Lives in the running event loop."""

    def __init__(self, settings: SimulatorSettings | None = None, clock: Clock | None = None) -> None:
        self._settings = settings or SimulatorSettings()
        self._smsc = Smsc(self._settings, clock or SystemClock())
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen. Raises PortTaken, CannotListen or LogNotWritable."""
        host, port = self._settings.host, self._settings.port
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Session(self._smsc), host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(host, port) from error
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
            raise CannotListen(host, port, reason) from error
        try:
            await self._smsc.journal.open()
        except BaseException:
            self._server.close()
            raise

    async def close(self) -> None:
        """Stop listening, end all connections and write the rest of the log. Raises LogNotWritable."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        await self._end_sessions()
        await self._smsc.close()

    async def hang_up(self) -> None:
        """Drop all connections at once, and go on listening."""
        await self._end_sessions()

    async def _end_sessions(self) -> None:
        sessions = [one for one in self._smsc.sessions if isinstance(one, Session)]
        for session in sessions:
            session.abort()
        if sessions:
            await asyncio.wait([session.closed for session in sessions], timeout=CLOSE_DEADLINE)

    def use(self, hazards: Hazards) -> None:
        """Play `hazards` from now on, on the connections that are open too."""
        self._smsc.use(hazards)

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self._settings.host

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        assert self._server is not None, "not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def handsets(self) -> Handsets:
        """The phones of its network."""
        return self._smsc.handsets

    @property
    def stats(self) -> Stats:
        """What has happened since the start."""
        return self._smsc.stats

    @property
    def acknowledged(self) -> int:
        """How many receipts and inbound messages (or their parts) applications have taken."""
        return self._smsc.acknowledged

    @property
    def has_receiver(self) -> bool:
        """Whether somebody is bound to receive."""
        return self._smsc.has_receiver
