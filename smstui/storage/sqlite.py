"""A SQLite file: one writer over all processes, a few readers that can't write."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from smstui.storage.engines import BUSY_TIMEOUT, create_file, reading_engine, write_lock, writing_engine
from smstui.storage.failures import DatabaseBusy, DatabaseCorrupt, DatabaseUnavailable, refusing
from smstui.storage.locks import LockTimeout
from smstui.storage.schema import Schema, read_schema, run_migrations
from smstui.storage.store import InThread, Work

T = TypeVar("T")
READERS = 4
LOOK = 0.25
"""Seconds between two looks for what other processes have committed."""


class SqliteStore:
    """The file at `path`. A write waits for other processes, at most BUSY_TIMEOUT."""

    lanes = 0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = writing_engine(path)
        self._reading = reading_engine(path, READERS)
        self._watching = reading_engine(path, connections=1)
        self._lock = write_lock(path)

    @property
    def place(self) -> str:
        """The path."""
        return str(self._path)

    def prepare(self) -> Schema:
        """Create the file or upgrade it, alone among all processes; it isn't written before it is known to be ours."""
        with refusing(self._path):
            create_file(self._path)
        schema = self.read(self._schema)
        return schema if schema.is_current else self.write(self._upgraded, None)

    def check(self) -> Schema:
        """The schema of an existing file, whose pages and references are read and found sound."""
        if not self._path.exists():
            raise DatabaseUnavailable(self.place, "no such file")
        return self.read(self._checked)

    def read(self, work: Work[T]) -> T:
        """In a deferred transaction."""
        with refusing(self._path), self._reading.begin() as connection:
            return work(connection)

    def write(self, work: Work[T], lane: int | None) -> T:
        """In an immediate transaction, under the lock that all processes take; lanes are all one."""
        try:
            with refusing(self._path), self._lock.held(BUSY_TIMEOUT), self._writing.begin() as connection:
                return work(connection)
        except LockTimeout:
            raise DatabaseBusy(self.place) from None

    async def commits(self, in_thread: InThread) -> AsyncGenerator[None]:
        """Yield when another connection, of this process or another one, has changed the file."""
        seen: int | None = None
        while True:
            version = await in_thread(self._data_version)
            if version != seen:
                yield
            seen = version
            await asyncio.sleep(LOOK)

    def close(self) -> None:
        """Close the file."""
        for engine in (self._watching, self._reading, self._writing):
            engine.dispose()

    def _schema(self, tx: Connection) -> Schema:
        return read_schema(tx, self.place)

    def _upgraded(self, tx: Connection) -> Schema:
        schema = self._schema(tx)
        if not schema.is_current:
            run_migrations(tx)
        return schema

    def _checked(self, tx: Connection) -> Schema:
        schema = self._schema(tx)
        sound = tx.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
        if not sound or tx.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise DatabaseCorrupt(self.place)
        return schema

    def _data_version(self) -> int:
        with refusing(self._path), self._watching.begin() as connection:
            return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())
