"""Runs seeds."""

import asyncio
import atexit
import hashlib
import random
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

import smstui.smpp.life
from smstui.domain.actor import Actor
from smstui.domain.clock import SystemClock
from smstui.domain.credits import Credits
from smstui.domain.hours import SendingHours
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.smpp.backoff import Backoff
from smstui.storage.database import Database
from tests.simulation.books import keep_history
from tests.simulation.disk import SimulatedStore
from tests.simulation.events import happen
from tests.simulation.extras import ALWAYS, extended
from tests.simulation.loop import Stuck, run
from tests.simulation.plan import STORM, Plan
from tests.simulation.verdict import judge, unsettled
from tests.simulation.world import PATIENCE, World
from tests.support import PASSWORD

MEMORY = Path("/dev/shm")
BALANCE = 100_000


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a simulation."""

    plan: Plan
    violations: tuple[str, ...]
    trace: tuple[str, ...]
    seconds: float
    """Virtual ones."""

    @property
    def digest(self) -> str:
        """The same for the same course of events."""
        return hashlib.blake2b("\n".join(self.trace).encode(), digest_size=8).hexdigest()


class Laboratory:
    """A database file in memory, made as at its first start and put back before every simulation."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="smstui-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._path = self._folder / "smstui.db"
        self.actors = asyncio.run(self._prepare())
        keep_history(self._path)
        self._pristine = sqlite3.connect(":memory:")
        with sqlite3.connect(self._path) as connection:
            connection.backup(self._pristine)
        connection.close()
        self._stores: dict[str, SimulatedStore] = {}

    async def _prepare(self) -> list[Actor]:
        database = await Database.open(f"sqlite:///{self._path}")
        try:
            backend = Backend(database, SystemClock())
            await backend.platform.set_sending_hours(None, SendingHours(always=True))
            return [await backend.accounts.create(_new(login)) for login in ("shop", "rival")]
        finally:
            await database.close()

    def database(self, name: str) -> Database:
        """That of a process. Its store is kept from simulation to simulation: it knows its statements compiled."""
        if name not in self._stores:
            self._stores[name] = SimulatedStore(self._path)
        return Database(self._stores[name])

    def simulate(self, plan: Plan) -> Result:
        """Let `plan` happen, and judge."""
        with sqlite3.connect(self._path) as connection:
            self._pristine.backup(connection)
        connection.close()
        chance = random.Random(f"backoff {plan.seed}")
        random.seed(plan.seed)
        former, smstui.smpp.life.Backoff = smstui.smpp.life.Backoff, lambda: Backoff(chance)  # type: ignore
        world = World(plan, self._path, self.database, self.actors)
        try:
            with world.listening():
                run(world.loop, lambda: _live(world))
                for error in world.loop.unseen_errors():
                    world.blame(f"nobody looked at {error}")
        except Stuck as stuck:
            world.blame(str(stuck))
        finally:
            smstui.smpp.life.Backoff = former
            world.loop.bury()
            world.books.close()
        return Result(plan, tuple(world.violations), tuple(world.trace), world.loop.time())


def _new(login: str) -> NewAccount:
    return NewAccount(
        login=login, email=f"{login}@example.com", password=PASSWORD, language="en", credits=Credits.of(BALANCE)
    )


async def _live(world: World) -> None:
    """The storm, the calm after it, the judgement."""
    world.trace.extend(world.plan.lines())
    await world.open()
    async with asyncio.TaskGroup() as tasks:
        for at, action in world.plan.actions:
            await asyncio.sleep(max(0.0, at - world.loop.time()))
            tasks.create_task(happen(world, action))
        await asyncio.sleep(max(0.0, STORM - world.loop.time()))
        world.heal()
    world.heal()
    await world.set_hours(ALWAYS)
    until = world.loop.time() + PATIENCE
    while (reasons := unsettled(world)) and world.loop.time() < until and not world.violations:  # noqa: ASYNC110
        await asyncio.sleep(1.0)
    for reason in reasons:
        world.blame(f"{world.loop.time() - STORM:.0f} seconds after the last fault, {reason}")
    await asyncio.sleep(2.0)
    await world.close()
    judge(world)


def simulate(seed: int, laboratory: Laboratory) -> Result:
    """One seed."""
    return laboratory.simulate(extended(seed))
