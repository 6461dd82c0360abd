"""A disk that is soon full."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
