"""The product itself: a campaign in a database file, `smstui dispatch` in one process, the simulator in another.

What happened is read from the database file, and from the simulator: nothing is added to the dispatching process.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import DEADLINE, SimulatorProcess, ask, python, simulator_for, started

FILE = "smstui.db"
_AWAITING = "SELECT 1 FROM message_count WHERE campaign_id = ? AND messages > 0 AND state IN "
AWAITING_OUTCOME = f"{_AWAITING} ('queued')"
AWAITING_RECEIPT = f"{_AWAITING} ('queued', 'accepted')"
LOOK = 0.004
"""Seconds between two looks into the database."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a campaign took."""

    rate: float
    """Messages a second, from the first submit_sm to the commit of the last outcome, or of the last receipt and its
    acknowledgement, whichever is later."""
    memory: float
    """Megabytes above the idle dispatcher, at most."""
    longest_stall: float
    """Milliseconds; 0 unless the event loop ticked."""
    rare_stall: float
    """That of one tick in a thousand."""


class Queueing:
    """The process that queues messages into a database."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def prepare(self, port: int, window: int) -> None:
        """Make an account, and a connection to `port`."""
        ask(self._process, f"prepare {port} {window}")

    def send(self, name: str, count: int) -> int:
        """Queue a campaign; its id."""
        return int(ask(self._process, f"send {name} {count}"))


@contextmanager
def queueing(url: str) -> Iterator[Queueing]:
    """The queueing process over a database, which is created if there is none."""
    with started(python("workers.enqueue", url)) as process:
        yield Queueing(process)


class Product:
    """One database, in a folder."""

    def __init__(self, folder: Path, queue: Queueing) -> None:
        self.file = folder / FILE
        self.url = url_in(folder)
        self.queue = queue
        self.environment = {"SMSTUI_DATABASE_URL": self.url, "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    def look(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """Rows of the database."""
        database = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(query, parameters).fetchall()
        finally:
            database.close()

    def until(self, query: str, *parameters: object) -> float:
        """Wait until `query` finds nothing any more; that instant in seconds since 1970. Raises TimeoutError."""
        database = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
        deadline = time.monotonic() + DEADLINE
        try:
            while database.execute(query, parameters).fetchone():
                if time.monotonic() > deadline:
                    raise TimeoutError(query)
                time.sleep(LOOK)
            return time.time()
        finally:
            database.close()

    def until_bound(self) -> None:
        """Wait for the dispatcher."""
        self.until("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM lease WHERE bind_state = 'bound')")

    def until_final(self, campaign: int, receipts: bool) -> float:
        """Wait until all messages of a campaign have their outcome, and their receipt if there are."""
        return self.until(AWAITING_RECEIPT if receipts else AWAITING_OUTCOME, campaign)

    def check(self, campaign: int, count: int, receipts: bool) -> None:
        """Raise AssertionError unless everything went well."""
        found = self.look("SELECT state, count(*) FROM message WHERE campaign_id = ? GROUP BY state", campaign)
        assert found == [("delivered" if receipts else "accepted", count)], found


DISPATCH = [sys.executable, "-m", "smstui", "dispatch"]
"""The command of the dispatcher."""


def memory(pid: int, what: str) -> float:
    """`VmRSS` or `VmHWM` of a process in megabytes."""
    lines = Path("/proc", str(pid), "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(what))


@contextmanager
def product_in(folder: Path) -> Iterator[Product]:
    """A database in a folder."""
    with queueing(url_in(folder)) as queue:
        yield Product(folder, queue)


def url_in(folder: Path) -> str:
    """The address of the database in a folder."""
    return f"sqlite:///{folder / FILE}"


@contextmanager
def connected(
    window: int, simulated: AbstractContextManager[SimulatorProcess]
) -> Iterator[tuple[Product, SimulatorProcess]]:
    """A database whose connection leads to a simulator."""
    with TemporaryDirectory(prefix="smstui-bench-") as folder, product_in(Path(folder)) as product, simulated as smsc:
        product.queue.prepare(smsc.port, window)
        yield product, smsc


def send_campaign(count: int, window: int, receipts: bool, warm_up: int = 1000, ticking: bool = False) -> Run:
    """Send `count` messages after `warm_up` others."""
    with connected(window, simulator_for(receipts)) as (product, smsc):
        report = product.file.with_name("ticks.json")
        command = python("workers.ticking", str(report), "dispatch") if ticking else DISPATCH
        with started(command, product.environment) as dispatcher:
            product.until_bound()
            idle = memory(dispatcher.pid, "VmRSS")
            product.until_final(product.queue.send("warm-up", warm_up), receipts)
            if ticking:
                dispatcher.send_signal(signal.SIGUSR1)
            campaign = product.queue.send("measured", count)
            ended = product.until_final(campaign, receipts)
            if receipts:
                ended = max(ended, smsc.acknowledged(warm_up + count))
            used = memory(dispatcher.pid, "VmHWM") - idle
            product.check(campaign, count, receipts)
            dispatcher.terminate()
            dispatcher.communicate()
        ((began,),) = product.look("SELECT min(sent_at) FROM message WHERE campaign_id = ?", campaign)
        assert isinstance(began, int)
        ticks = json.loads(report.read_text()) if ticking else {"longest": 0.0, "p999": 0.0}
    return Run(count / (ended - began / 1000), used, ticks["longest"], ticks["p999"])
