"""A disk that is soon full."""

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.postgresql import Server


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own. Only root may mount it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "smstui-faults", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path: Path) -> None:
    """Leave no room on the disk of `path`, a file to delete."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


@contextmanager
def filled(disk: Path, database: Path, room: int = 0) -> Iterator[sqlite3.Connection]:
    """`room` octets are left on `disk`, and another program has a SQLite database there open: it still can read."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("SELECT 1 FROM account").fetchall()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        filling = disk / "other"
        fill(filling)
        os.truncate(filling, filling.stat().st_size - room)
        yield other
        filling.unlink()


@contextmanager
def moved_to(disk: Path, server: Server, database_url: str) -> Iterator[None]:
    """The PostgreSQL database has its files on `disk` meanwhile. Nobody may be connected to it before, nor after."""
    name = make_url(database_url).database
    (folder,) = server.run("SHOW data_directory")[0]
    os.chown(disk, Path(str(folder)).stat().st_uid, -1)
    server.run(f"CREATE TABLESPACE small LOCATION '{disk}'")
    server.run(f"ALTER DATABASE {name} SET TABLESPACE small")
    yield
    server.run(f"ALTER DATABASE {name} SET TABLESPACE pg_default")
    server.run("DROP TABLESPACE small")
