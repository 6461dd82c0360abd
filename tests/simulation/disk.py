"""The database as a node meets it: slow, busy, full, or gone at the worst moment."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import TypeVar

from sqlalchemy import Connection

from smstui.storage.failures import DatabaseBusy, DatabaseFull, DatabaseOutcomeUnknown
from smstui.storage.sqlite import SqliteStore
from smstui.storage.store import Work
from tests.simulation.loop import Crashed, this_node

T = TypeVar("T")
_FAST = ((0.00001, 0.0003), (0.00005, 0.002))
_SLOW = ((0.001, 0.4), (0.001, 0.3))


class Disk:
    """What happens to the jobs of one node."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.is_slow = False
        self.failing_share = 0.0
        self.stuck_for = 0.0
        """Seconds that the next job waits."""
        self.commits_to_crash = 0
        """The node dies inside its N-th transaction from now on, before the commit; 0 is never."""
        self.commits_to_last = 0
        """The node dies right after its N-th commit from now on; 0 is never."""
        self.observe: Callable[[], None] = lambda: None
        """Called after each job."""
        self._committed = False

    def calm(self) -> None:
        """Nothing bad happens from now on."""
        self.is_slow, self.failing_share, self.stuck_for = False, 0.0, 0.0
        self.commits_to_crash = self.commits_to_last = 0

    def delays(self) -> tuple[float, float]:
        """Seconds until a job runs, and from then until its result is seen."""
        before, after = _SLOW if self.is_slow else _FAST
        stuck, self.stuck_for = self.stuck_for, 0.0
        return self._chance.uniform(*before) + stuck, self._chance.uniform(*after)

    def begin(self) -> None:
        """A transaction begins. Raises DatabaseBusy."""
        if self._fails():
            raise DatabaseBusy("simulated")

    def runs_twice(self) -> bool:
        """Whether the first transaction comes to nothing, and its work is done again from the start."""
        return self._fails()

    def commit(self) -> None:
        """A transaction is about to be committed. Raises DatabaseFull, Crashed."""
        if self._fails():
            raise DatabaseFull("simulated")
        if self.commits_to_crash:
            self.commits_to_crash -= 1
            if not self.commits_to_crash:
                raise Crashed
        self._committed = True

    def confirm(self) -> None:
        """The answer to the commit is on its way back. Raises DatabaseOutcomeUnknown."""
        if self._fails():
            raise DatabaseOutcomeUnknown("simulated", "the connection was lost")

    def finished(self) -> None:
        """A job has run. Raises Crashed."""
        self.observe()
        committed, self._committed = self._committed, False
        if committed and self.commits_to_last:
            self.commits_to_last -= 1
            if not self.commits_to_last:
                raise Crashed

    def _fails(self) -> bool:
        return bool(self.failing_share) and self._chance.random() < self.failing_share / 4


class _AgainFromTheStart(Exception):
    """The transaction came to nothing, as a deadlock would end it."""


class SimulatedStore(SqliteStore):
    """The real database file, on the disk of the node that uses it."""

    def write(self, work: Work[T], lane: int | None) -> T:
        """As `SqliteStore.write`; the disk may refuse before the commit, or lose the answer to it."""
        node = this_node()
        disk = node.jobs if node is not None else None
        if not isinstance(disk, Disk):
            return super().write(work, lane)
        return self._write_on(disk, work, lane)

    def _write_on(self, disk: Disk, work: Work[T], lane: int | None) -> T:
        def attempt(tx: Connection) -> T:
            result = work(tx)
            disk.commit()
            return result

        def futile(tx: Connection) -> T:
            work(tx)
            raise _AgainFromTheStart

        disk.begin()
        if disk.runs_twice():
            with suppress(_AgainFromTheStart):
                super().write(futile, lane)
        result = super().write(attempt, lane)
        disk.confirm()
        return result
