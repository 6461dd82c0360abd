"""The dispatcher of this process: a runner for each bind of the enabled connections, as the settings change."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection as Transaction
from sqlalchemy import select

from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.services.connection_rows import from_row
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.dispatch.outbound import Voice
from smstui.services.dispatch.runner import BindKey, BindPlan, LiveBind, Runner
from smstui.services.scheduler import Scheduler
from smstui.smpp.values import BindStatus
from smstui.storage.database import Database
from smstui.storage.tables import connection

LOOK = 1.0
"""Seconds until a new, changed or disabled connection is noticed."""
DRAIN = 10.0
"""Seconds given to the responses of a connection whose settings have changed."""
_RESTART = 5.0
_log = logging.getLogger(__name__)


class Dispatcher:
    """Sends what is due or queued over the binds that no other process holds, and books what comes back.

    `owner` names this process in the leases.
    """

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._runners: dict[BindKey, tuple[BindPlan, Runner]] = {}
        self._tasks: dict[BindKey, asyncio.Task[None]] = {}
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._timeout = 0.0
        self._scheduler = Scheduler(database, clock, self.wake)

    @property
    def is_ending(self) -> bool:
        """Whether it sends no more."""
        return self._ending.is_set()

    def binds(self) -> Sequence[LiveBind]:
        """The binds that this process dispatches or would."""
        return [runner.live for _, (_, runner) in sorted(self._runners.items())]

    def statuses(self) -> Mapping[str, BindStatus]:
        """The state of each connection's first bind in this process, by the connection's name."""
        return {one.connection: one.status for one in reversed(self.binds())}

    def wake(self) -> None:
        """There is something new to send: don't wait for the next look."""
        for _, runner in self._runners.values():
            runner.wake()

    async def run(self, only: str | None = None) -> None:
        """Dispatch until `stop` or `drain`, over all connections or over that named `only`.

        When cancelled, what is in flight stays in doubt for the next owner.
        """
        self._ended.clear()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._schedule())
                while not self._ending.is_set():
                    await self._look(tasks, only)
                    await self._pause()
                for _, runner in self._runners.values():
                    runner.drain(self._timeout)
        finally:
            self._ended.set()

    async def drain(self, timeout: float) -> None:
        """Send no more, wait at most `timeout` seconds for responses, give the binds back; then `run` ends."""
        self._timeout = timeout
        self._ending.set()
        await self._ended.wait()

    async def stop(self) -> None:
        """Drain without waiting for responses."""
        await self.drain(0.0)

    async def _look(self, tasks: asyncio.TaskGroup, only: str | None) -> None:
        """Start, replace and end runners as the connections say."""
        try:
            wanted = await self._database.read(lambda tx: _wanted(tx, only))
        except Refusal as refusal:
            _log.warning("the connections can't be read: %r", refusal)
            return
        for key, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[key], self._runners[key]
        for key, (plan, runner) in self._runners.items():
            if wanted.get(key) != plan:
                runner.drain(DRAIN)
        for key, plan in wanted.items():
            if key not in self._runners:
                runner = Runner(self._database, self._clock, self._owner, key, plan)
                self._runners[key] = (plan, runner)
                self._tasks[key] = tasks.create_task(self._own(runner))

    async def _own(self, runner: Runner) -> None:
        """Run a runner; an error that nothing foresaw is logged and the bind begun again after a pause."""
        try:
            await runner.run()
        except Exception as error:  # noqa: BLE001
            runner.failed(error)
            await self._pause(_RESTART)

    async def _schedule(self) -> None:
        """Prepare what is due; an error that nothing foresaw is logged, and sending goes on."""
        while not self._ending.is_set():
            try:
                await self._scheduler.run(self._ending)
            except Exception:  # noqa: BLE001
                _log.exception("the scheduler stopped")
                await self._pause(_RESTART)

    async def _pause(self, seconds: float = LOOK) -> None:
        """Wait, unless the end has come."""
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return


def _wanted(tx: Transaction, only: str | None) -> dict[BindKey, BindPlan]:
    """The binds that this process may dispatch."""
    enabled = select(connection).where(connection.c.enabled)
    rows = tx.execute(enabled if only is None else enabled.where(connection.c.name == only))
    return {
        BindKey(row.id, bind): _plan(settings)
        for row in rows
        for settings in [from_row(row)]
        for bind in range(1, settings.binds + 1)
    }


def _plan(settings: ConnectionSettings) -> BindPlan:
    """The plan of one of the binds: the contracted rate is shared between them."""
    rate = settings.bind.rate
    share = replace(settings.bind, rate=rate / settings.binds if rate else None)
    voice = Voice(settings.voice_service_type or "", settings.voice_tag)
    return BindPlan(settings.name, share, settings.validity, voice)
