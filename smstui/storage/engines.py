"""The two engines of a SQLite file: one that writes, in immediate transactions, and one that only reads."""

import os
import sqlite3
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from smstui.storage.locks import FILE_MODE, FileLock

BUSY_TIMEOUT = 10.0
"""Seconds that a write waits for another process."""
FOLDER_MODE = 0o700
_PRAGMAS = (f"busy_timeout={int(BUSY_TIMEOUT * 1000)}", "temp_store=MEMORY")
_READING = (*_PRAGMAS, "query_only=ON")
_WRITING = (
    *_PRAGMAS,
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "wal_autocheckpoint=16000",
    f"journal_size_limit={64 * 1024 * 1024}",
)
"""recursive_triggers lets REPLACE fire the triggers that keep the ledger."""


def create_file(path: Path) -> None:
    """Make an empty file that only its owner can read, in a folder of the same kind, unless there is one."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))


def writing_engine(path: Path) -> Engine:
    """An engine of one connection; its transactions take SQLite's write lock when they begin."""
    return _engine(path, connections=1, begin="BEGIN IMMEDIATE", pragmas=_WRITING)


def reading_engine(path: Path, connections: int) -> Engine:
    """An engine that can't change anything; each transaction sees one state of the database."""
    return _engine(path, connections=connections, begin="BEGIN", pragmas=_READING)


def write_lock(path: Path) -> FileLock:
    """The lock to hold around every write to the database at `path`."""
    return FileLock(path.with_name(path.name + ".lock"))


def _translate(text: str, letters: str, others: str) -> str:
    """`text` with others in place of letters, one for one, as PostgreSQL's function of this name does."""
    return text.translate(_translation(letters, others))


@lru_cache(maxsize=16)
def _translation(letters: str, others: str) -> dict[int, int]:
    return str.maketrans(letters, others)


def _engine(path: Path, *, connections: int, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
        connection.create_function("translate", 3, _translate, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
