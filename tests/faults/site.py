"""A platform of real processes: a database, a simulated SMSC behind a line that can be cut, and whatever dispatches."""

import asyncio
import json
import os
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url

from smstui.domain.actor import Actor
from smstui.domain.clock import SystemClock
from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignSummary, Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.smpp.values import BindSettings
from smstui.storage.database import Database
from tests.faults.books import Books, reader
from tests.faults.line import Line
from tests.faults.locks import file_lock, is_entered, run
from tests.faults.programs import LimitedProgram, Program, Terminal
from tests.faults.smsc_log import SmscLog
from tests.support import PASSWORD

DEADLINE = 60.0
"""Seconds until a condition must hold: the machine may be busy."""
LOOK = 0.02
"""Seconds between two looks at the log."""
LOOK_AT_BOOKS = 0.25
"""Seconds between two looks at the database."""
TAKEOVER = 15.0
"""Seconds until another dispatcher goes on; a lease runs out after 5, and the machine may be busy."""
LOG_DELAY = 2.0
"""Seconds until what the SMSC has answered is in its log."""
CREDITS = 100_000
REPLY_NUMBER = "33700000000"
STOP_CODE = "36034"
LATE = ("--response-delay", "0.05")
"""Of an SMSC that leaves time for something to happen between a submit_sm and its response."""
WRITING = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""
"""Sessions of PostgreSQL that hold a lane: each write takes one first."""
P = TypeVar("P", bound=Program)
T = TypeVar("T")


def numbers(count: int, first: int = 0) -> tuple[str, ...]:
    """`count` mobile numbers in E.164."""
    return tuple(f"+336{10000000 + first + index}" for index in range(count))


class Site:
    """What one test starts, over the database at `database_url`. `seed` chooses the moments of its faults."""

    def __init__(
        self, folder: Path, database_url: str, seed: int, window: int = 10, binds: int = 1, response_timeout: float = 5
    ) -> None:
        self.folder = folder
        self.database_url = database_url
        self.seed = seed
        self.reader = reader(database_url)
        self.kind = database_url.partition(":")[0]
        self.chance = random.Random(seed)
        self.line = Line()
        self.log = SmscLog()
        self.crashes = 0
        """How many windows may have been in doubt so far: kills, cuts, and time-outs of the SMSC."""
        self.window = window * binds
        """submit_sm in flight at most."""
        bind = BindSettings("127.0.0.1", 0, "site", "secret", window=window, response_timeout=response_timeout)
        types = frozenset({MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE})
        self._connection = ConnectionSettings("main", bind, types, REPLY_NUMBER, STOP_CODE, binds=binds)
        self._programs: list[Program] = []
        self._hazards: tuple[str, ...] = ()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "LANG": "en_US.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONFAULTHANDLER": "1",
            "TEXTUAL_ANIMATIONS": "none",
            "SMSTUI_DATABASE_URL": database_url,
            "SMSTUI_ACCOUNT": "shop",
        }
        """Of the programs that are started from now on."""

    async def open(self, *hazards: str) -> None:
        """An account and a connection; the SMSC gets these options of `smstui simulator`."""
        await self.line.open()
        settings = replace(self._connection, bind=replace(self._connection.bind, port=self.line.port))

        async def set_up(backend: Backend) -> None:
            await backend.connections.add(None, settings)
            await backend.accounts.create(
                NewAccount("shop", "shop@example.com", PASSWORD, language="en", credits=Credits.of(CREDITS))
            )

        await self.with_backend(set_up)
        self._hazards = hazards

    async def close(self) -> None:
        """Kill whatever still runs."""
        for program in self._programs:
            program.kill()
        await self.line.close()

    # What runs.

    async def start_smsc(self) -> Program:
        """A simulator, the first or the next; the line leads to it."""
        log = str(self.log.new_file(self.folder))
        life = len(self.log.files)
        options = ("--port", "0", "--json", "--stdin", "--seed", str(self.seed + life), "--log", log, *self._hazards)
        program = self._start(Program, f"smsc-{life}", "simulator", *options)
        await self.until(lambda: "\n" in program.printed())
        self.line.smsc_port = json.loads(program.printed())["port"]
        self.smsc = program
        return program

    def dispatch(self) -> Program:
        """`smstui dispatch`."""
        return self._start(Program, "dispatch", "dispatch")

    def limited_dispatch(self, pages: int) -> Program:
        """`smstui dispatch`, whose database may not have more than `pages` pages."""
        return self._start(LimitedProgram, "dispatch", str(pages), "dispatch")

    def application(self) -> Program:
        """`smstui` at a terminal, which dispatches too."""
        return self._start(Terminal, "application")

    def command(self, *arguments: str) -> Program:
        """Any other command, as the account "shop"."""
        return self._start(Program, f"command-{len(self._programs)}", *arguments)

    def _start(self, kind: type[P], name: str, *arguments: str) -> P:
        program = kind(list(arguments), self.environment, self.folder / f"{name}.out")
        self._programs.append(program)
        return program

    def owner(self) -> Program | None:
        """The running program that holds the lease of the connection, or held it last."""
        by_pid = {program.pid: program for program in self._programs if program.is_running}
        return next((by_pid[one.pid] for one in self.books().leases if one.pid in by_pid), None)

    def kill(self, program: Program) -> None:
        """SIGKILL; a window may be in doubt."""
        if program is self.smsc:
            self.line.smsc_port = None
        program.kill()
        self.crashes += 1

    async def stop(self, program: Program, *, while_writing: bool = False) -> None:
        """SIGSTOP, at a moment when it holds the database, or doesn't; a window may be in doubt."""
        end = time.monotonic() + DEADLINE
        program.stop()
        while self.is_locked() is not while_writing:
            assert time.monotonic() < end, self.state()
            program.resume()
            await asyncio.sleep(self.chance.uniform(0, LOOK))
            program.stop()
        self.crashes += 1

    def is_locked(self) -> bool:
        """Whether somebody is writing to the database."""
        if self.kind == "postgresql":
            return bool(run(self.database_url, WRITING))
        with ExitStack() as held:
            return not is_entered(held, file_lock(self.path))

    # What people do.

    async def send(self, name: str, to: tuple[str, ...], text: str = "Hello") -> CampaignSummary:
        """Queue a campaign."""

        async def queue(backend: Backend) -> CampaignSummary:
            return await backend.campaigns.send(await self.actor(backend), Draft(name=name, text=text, numbers=to))

        return await self.with_backend(queue)

    def file_of(self, to: tuple[str, ...]) -> Path:
        """A file of numbers."""
        path = self.folder / "numbers.txt"
        path.write_text("\n".join(to))
        return path

    def say_stop(self, number: str) -> None:
        """The phone `number` answers STOP."""
        self.smsc.write(f"{number} {STOP_CODE} STOP\n")

    async def actor(self, backend: Backend) -> Actor:
        """The account "shop"."""
        return await backend.accounts.find("shop")

    async def with_backend(self, work: Callable[[Backend], Awaitable[T]]) -> T:
        """What the services do for people, in this process."""
        database = await Database.open(self.database_url)
        try:
            return await work(Backend(database, SystemClock()))
        finally:
            await database.close()

    # What is seen.

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(str(make_url(self.database_url).database))

    def log_size(self) -> int:
        """Octets of SQLite's write-ahead log."""
        return Path(f"{self.path}-wal").stat().st_size

    def pages(self) -> int:
        """How many pages the SQLite file has; none of them is free."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("VACUUM")
            return int(connection.execute("PRAGMA page_count").fetchone()[0])

    def logged(self) -> str:
        """What the programs have written to their log file."""
        path = self.folder / "smstui" / "smstui.log"
        return path.read_text() if path.exists() else ""

    def books(self) -> Books:
        """The database now."""
        return Books.read(self.reader)

    @property
    def phoned(self) -> int:
        """How many submit_sm the SMSC has accepted."""
        return len(self.log.follow().phoned)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for `condition`."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, self.state()
            await asyncio.sleep(LOOK)

    async def until_books(self, condition: Callable[[Books], object]) -> Books:
        """Wait for books that meet `condition`."""
        end = time.monotonic() + DEADLINE
        while not condition(books := self.books()):
            assert time.monotonic() < end, self.state()
            await asyncio.sleep(LOOK_AT_BOOKS)
        return books

    async def phoned_more(self, least: int, most: int) -> None:
        """Wait until the SMSC has accepted some more, a random number of them."""
        goal = self.phoned + self.chance.randint(least, most)
        await self.until(lambda: self.phoned >= goal)

    def resolvable(self, books: Books) -> set[str]:
        """The numbers whose message is unknown, and that have got it all the same."""
        return {one.number for one in books.messages if one.state == "unknown"} & {
            one.number for one in self.log.phoned
        }

    def longest_silence(self, since: int) -> float:
        """The most seconds between two submit_sm that the SMSC accepted, from the `since`-th on."""
        instants = [datetime.fromisoformat(one.at) for one in self.log.phoned[max(0, since - 1) :]]
        silence = max((later - earlier).total_seconds() for earlier, later in pairwise(instants))
        print(f"\n{self.kind}: {silence:.1f} s without a message")  # noqa: T201
        return silence

    async def done(self) -> Books:
        """Wait until everything has left."""
        return await self.until_books(lambda books: books.is_done)

    async def settled(self) -> Books:
        """Wait until nothing more is awaited."""
        return await self.until_books(lambda books: books.is_settled)

    async def receipted(self) -> Books:
        """Wait until every message at a phone has its receipt acknowledged, and nothing more is awaited."""
        await self.until(lambda: len(self.log.follow().receipted) >= len(self.log.phoned))
        return await self.settled()

    async def audit(self) -> Books:
        """The books, which must agree with the log of the SMSC."""
        before, end = self.log.follow().copy(), time.monotonic() + LOG_DELAY
        books = self.books()
        while (faults := books.faults(before, self.log.follow())) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)
        assert not faults, "\n".join([*faults[:20], self.state()])
        assert books.counts["unknown"] + books.counts["in_flight"] <= self.window * (self.crashes + 1), self.state()
        return books

    def state(self) -> str:
        """Where things are, for the message of a failed assertion."""
        books = self.books()
        tails = [f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in self.folder.glob("*.out")]
        return "\n".join(
            [
                f"seed {self.seed}, {self.crashes} crashes, {self.phoned} at the SMSC, {self.folder}",
                f"{dict(books.counts)}, {books.open_batches} batches, {books.leases}",
                *map(str, self.line.sessions),
                *tails,
                self.logged()[-3000:],
            ]
        )
