"""A platform in one thread and in virtual time: dispatchers, SMSCs, phones and a person, and all that befalls them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignNameTaken, Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.dispatch.dispatcher import Dispatcher
from smstui.services.dispatch.lease import LeaseLost
from smstui.services.platform_settings import SENDING_HOURS, put_setting
from smstui.smpp.simulator import Simulator, SimulatorSettings
from smstui.smpp.values import BindSettings
from smstui.storage.database import Database
from tests.simulation.books import Books
from tests.simulation.disk import Disk
from tests.simulation.extras import hours_of
from tests.simulation.loop import Node, VirtualLoop
from tests.simulation.network import End, Network, Weather
from tests.simulation.phones import PhoneJournal, Phones
from tests.simulation.plan import ConnectionPlan, Death, Kill, Plan
from tests.support import START

REPLY_NUMBER = "33700000000"
STOP_CODE = "36034"
PATIENCE = 400.0
"""Seconds after the end of all faults in which everything has to come right."""
_FORESEEN = (Refusal, LeaseLost, OSError, TimeoutError)


class VirtualClock(Clock):
    """The time of the loop."""

    machine = "simulated"

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.offset = 0.0
        """Seconds by which the clock on the wall was set."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time() + self.offset)

    def monotonic(self) -> float:
        return 1000.0 + self._loop.time()


class Process:
    """A dispatcher that is started again whenever it has died. It is another node each time."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.starts = 0
        self.restart_after = 1.0
        self.node: Node
        self.dispatcher: Dispatcher
        self.running: asyncio.Task[None]

    def start(self) -> None:
        """Start the process, unless the world has it running."""
        if self.world.is_closing:
            return
        self.starts += 1
        world, name = self.world, f"{self.name}{self.starts}"
        self.node = world.node(name)
        self.node.on_death = self.die
        self.dispatcher = Dispatcher(world.databases(self.name), world.clock, name)
        self.running = world.loop.start(self.node, self.dispatcher.run())
        world.note(f"{name} starts")

    def die(self) -> None:
        """The process is killed, and started again later."""
        if not self.node.alive:
            return
        self.node.alive, self.node.killed = False, True
        self.world.note(f"{self.node.name} dies")
        self.world.network.bury(self.node)
        self.world.books.check_coverage()
        self.world.loop.call_later(self.restart_after, self.start, context=self.world.context)

    def kill(self, how: Kill) -> None:
        """Let it die there."""
        self.restart_after = how.restart_after
        match how.death:
            case Death.AT_ONCE:
                self.die()
            case Death.IN_A_CALLBACK:
                self.node.step_of_death = self.node.steps + how.nth
            case Death.BEFORE_A_COMMIT:
                self.world.disk(self.name).commits_to_crash = how.nth
            case Death.AFTER_A_COMMIT:
                self.world.disk(self.name).commits_to_last = how.nth
            case Death.AFTER_A_WRITE:
                self.world.writes_to_last[self.node] = how.nth

    async def drain(self, timeout: float, restart_after: float) -> None:
        """End in good order, and start again."""
        node = self.node
        if not node.alive:
            return
        draining = self.world.loop.start(node, self.dispatcher.drain(timeout))
        await asyncio.wait({draining}, timeout=timeout + 60)
        if not node.alive:
            return
        if not self.running.done():
            self.world.blame(f"{node.name} does not end when it drains")
            self.die()
            return
        self.world.note(f"{node.name} has drained")
        node.alive = False
        await asyncio.sleep(restart_after)
        self.start()


class Smsc:
    """The other end of a connection."""

    def __init__(self, world: "World", plan: ConnectionPlan) -> None:
        self.plan = plan
        self.node = world.node(f"smsc-{plan.name}")
        settings = SimulatorSettings(
            hazards=plan.hazards, receipt_delay=plan.receipt_delay, redeliver_after=5.0, seed=world.plan.seed
        )
        self.simulator = Simulator(settings, world.clock)
        self.simulator._smsc.journal = PhoneJournal(plan.name, world.phones)  # type: ignore[assignment]

    def settings(self) -> ConnectionSettings:
        """As an administrator enters it."""
        plan = self.plan
        bind = BindSettings(
            "127.0.0.1",
            self.simulator.port,
            plan.name,
            "secret",
            mode=plan.mode,
            window=plan.window,
            rate=plan.rate,
            long_messages=plan.long_messages,
            response_timeout=plan.response_timeout,
            enquire_link_interval=plan.enquire_link_interval,
        )
        types = frozenset((*plan.types, MessageType.VOIX))
        return ConnectionSettings(
            plan.name, bind, types, REPLY_NUMBER, STOP_CODE, binds=plan.binds, voice_service_type="VOIX"
        )


class World:
    """Everything. `violations` is what must not be; `trace` what happened."""

    def __init__(self, plan: Plan, path: Path, databases: Callable[[str], Database], actors: Sequence[Actor]) -> None:
        self.plan = plan
        self.trace: list[str] = []
        self.violations: list[str] = []
        self.loop = VirtualLoop()
        self.clock = VirtualClock(self.loop)
        if plan.hours:
            self.clock.offset = 60.0 - plan.hours.at
        self.weather = Weather(Random(f"weather {plan.seed}"))
        self.network = self.loop.network = Network(self.loop, self.weather, self.note)
        self.network.wrote = self._wrote
        self.writes_to_last: dict[Node, int] = {}
        self.context = _outside()
        self.books = Books(path, self.note, self.blame)
        self.books.window = plan.widest_window
        self.is_closing = False
        self.phones = Phones(self.books, self.note, self.blame)
        self.books.has_accepted = self.phones.has_accepted
        self.actors = actors
        self.databases = databases
        self.smscs = {one.name: Smsc(self, one) for one in plan.connections}
        self.processes = {name: Process(self, name) for name in plan.nodes}
        self.person = self.node("person")
        self.backend = Backend(databases("person"), self.clock)

    def note(self, text: str) -> None:
        """This has happened."""
        self.trace.append(f"{self.loop.time():.6f} {self.loop.steps} {text}")

    def blame(self, text: str) -> None:
        """This must not be."""
        self.violations.append(text)
        self.note(f"VIOLATION: {text}")

    def node(self, name: str) -> Node:
        """A process whose jobs are watched."""
        disk = Disk(Random(f"disk {name} {self.plan.seed}"))
        disk.observe = lambda: self.books.observe(name)
        return Node(name, disk)

    def disk(self, name: str) -> Disk:
        """That of a dispatcher, or of the person."""
        node = self.person if name == self.person.name else self.processes[name].node
        assert isinstance(node.jobs, Disk)
        return node.jobs

    async def open(self) -> None:
        """Start the SMSCs and the dispatchers, and enter the connections and the hours."""
        if self.plan.hours:
            await self.set_hours(hours_of(self.plan.hours))
        for smsc in self.smscs.values():
            await self.loop.start(smsc.node, smsc.simulator.start())
            await self.as_person(lambda smsc=smsc: self.backend.connections.add(None, smsc.settings()))
        for process in self.processes.values():
            process.start()

    async def close(self) -> None:
        """End in good order what still runs."""
        for process in self.processes.values():
            if process.node.alive and process.running.done():
                self.blame(f"{process.node.name} has ended by itself")
        self.is_closing = True
        for process in self.processes.values():
            if process.node.alive:
                await process.drain(10.0, 0.0)
        for smsc in self.smscs.values():
            await self.loop.start(smsc.node, smsc.simulator.close())

    async def as_person(self, ask: Callable[[], Awaitable[Any]], node: Node | None = None) -> Any:
        """What the platform answers a person, who asks again while the database refuses."""
        for _ in range(20):
            task = self.loop.start(node or self.person, ask())
            await asyncio.wait({task}, timeout=60)
            if not task.done():
                return None
            error = task.exception()
            if error is None:
                return task.result()
            self.note(f"a person is refused: {type(error).__name__}")
            if not type(error).__name__.startswith("Database"):
                raise error
            await asyncio.sleep(0.5)
        return None

    def mortal(self, commits: int) -> Node:
        """A process of a person, that dies after its N-th commit; 0 is never."""
        if not commits:
            return self.person
        node = self.node("mortal")

        def die() -> None:
            node.alive, node.killed = False, True
            self.note("mortal dies")

        node.on_death = die
        assert isinstance(node.jobs, Disk)
        node.jobs.commits_to_last = commits
        return node

    def wake(self) -> None:
        """Tell the dispatcher of the first process, as the application does with its own."""
        first = self.processes[self.plan.nodes[0]]
        if first.node.alive and not first.node.stopped:
            first.dispatcher.wake()

    async def send(self, draft: Draft, account: int) -> None:
        """Confirm a campaign; one that was committed although the database didn't say so is there."""
        try:
            await self.as_person(lambda: self.backend.campaigns.send(self.actors[account], draft))
        except CampaignNameTaken:
            return

    async def set_hours(self, setting: str) -> None:
        """An administrator sets the sending hours."""
        database = self.backend.database
        await self.as_person(lambda: database.write(lambda tx: put_setting(tx, SENDING_HOURS, setting)))

    def heal(self) -> None:
        """All faults end; what is dead is started, what is stopped goes on."""
        self.note("all faults end")
        self.weather.calm()
        self.network.down.clear()
        self.writes_to_last.clear()
        for smsc in self.smscs.values():
            self.go_on(smsc.node)
            smsc.node.context.run(smsc.simulator.use, smsc.plan.calm)
        self.disk("person").calm()
        for process in self.processes.values():
            self.disk(process.name).calm()
            process.node.step_of_death = 0
            self.go_on(process.node)

    def go_on(self, node: Node) -> None:
        """A stopped process continues."""
        if node.stopped:
            self.note(f"{node.name} goes on")
            self.loop.go_on(node)

    def _wrote(self, end: End, _data: bytes) -> None:
        node = end.node
        if node is None or node not in self.writes_to_last:
            return
        self.writes_to_last[node] -= 1
        if not self.writes_to_last[node]:
            del self.writes_to_last[node]
            self.loop.call_soon(node.on_death, context=self.context)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Errors that the program logs, and those that nobody caught, are violations unless foreseen."""
        handler = _Log(self)
        logger = logging.getLogger("smstui")
        level = logger.level
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        self.loop.set_exception_handler(lambda _, context: self._caught(context))
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)

    def _caught(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.blame(f"an error that nobody caught: {context.get('message')}: {error!r}")

    def replaced(self, name: str, window: int, *, enabled: bool) -> ConnectionSettings:
        """The settings of a connection after a change."""
        settings = self.smscs[name].settings()
        return replace(settings, bind=replace(settings.bind, window=window), enabled=enabled)


class _Log(logging.Handler):
    """Puts what the program logs into the trace."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        self._world.note(f"log {record.levelname}: {record.getMessage()}")
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, _FORESEEN):
            self._world.blame(f"a defect was logged: {record.msg}: {error!r}")


def _outside() -> Any:
    import contextvars

    return contextvars.Context()
