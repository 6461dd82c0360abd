"""Access to the database: a few threads that write and read, and an event loop that never waits for a disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeVar

from smstui.storage.store import Store, Work
from smstui.storage.stores import store_at
from smstui.storage.watch import Changes, Watch

__all__ = ["Changes", "Database", "Work"]

T = TypeVar("T")
READERS: Final = 4


class Database:
    """An open database: a SQLite file, or a database of a PostgreSQL server.

    Writes are done in the order of their calls. A write that has begun is finished even if its caller is cancelled.
    """

    def __init__(self, store: Store, url: str = "") -> None:
        self._store = store
        self.url = url
        """By which another process opens it; may hold a password."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="smstui-writer")
        self._lanes = ThreadPoolExecutor(store.lanes, "smstui-lane") if store.lanes else self._writer
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="smstui-reader")
        self._watch = Watch(lambda: store.commits(self._in_reader))

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Open the database at `url`; create it if there is none, upgrade it if it is older than the program.

        Raises InvalidDatabaseUrl, UnsupportedDatabase, DatabaseUnavailable, DatabaseBusy, DatabaseFull,
        DatabaseCorrupt, DatabaseForeign, DatabaseTooNew.
        """
        database = cls(await asyncio.to_thread(store_at, url), url)
        try:
            await asyncio.get_running_loop().run_in_executor(database._writer, database._store.prepare)
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def place(self) -> str:
        """Where it is, to show to a person: the path of the file, or the server's address without secrets."""
        return self._store.place

    async def read(self, work: Work[T]) -> T:
        """What `work` returns, in a transaction that sees one state of the database and can't change it.

        Raises DatabaseUnavailable, DatabaseBusy when it takes longer than a read may, and whatever `work` raises.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._store.read, work)

    async def write(self, work: Work[T], *, lane: int | None = None) -> T:
        """What `work` returns, once committed, which a crash of the machine doesn't undo.

        All writes of all processes are done one after the other, so what `work` has read stays true until its commit.
        `lane`, a connection's id, is for a dispatcher: its writes wait for those of the same lane only (see
        `smstui.storage.lanes`), and are ordered among themselves only if the caller awaits one before the next.

        When it raises, nothing has changed and nothing will, but for DatabaseOutcomeUnknown: the connection broke
        during the commit, so all was saved or nothing. Whoever tries that again must find out first, or write so that
        doing it twice does it once. Raises DatabaseBusy when others hold the database for longer than a write may
        wait, DatabaseFull, DatabaseUnavailable, and whatever `work` raises. On PostgreSQL `work` may be run again from
        its start: after a deadlock, or when the connection turns out to be lost before the commit.
        """
        executor = self._writer if lane is None else self._lanes
        result = await asyncio.get_running_loop().run_in_executor(executor, self._store.write, work, lane)
        self._watch.tell()
        return result

    def watch(self) -> AbstractAsyncContextManager[Changes]:
        """`async with database.watch() as changes: await changes.wait(seconds)`: something was committed somewhere.

        Commits of this process are told at once, those of others within LOOK on SQLite, 0.1 s on PostgreSQL.
        """
        return self._watch.changes()

    async def close(self) -> None:
        """Finish the writes that were asked for, and close all connections. Nobody watches any more."""
        await asyncio.to_thread(self._close)

    async def _in_reader(self, look: Callable[[], int]) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._readers, look)

    def _close(self) -> None:
        self._writer.shutdown()
        self._lanes.shutdown()
        self._readers.shutdown()
        self._store.close()
