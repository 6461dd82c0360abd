"""What a kind of database must be able to do; `Database` runs it in threads."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from smstui.storage.schema import Schema

T = TypeVar("T")
Work = Callable[[Connection], T]
"""Synchronous statements on a connection, in one transaction: SQLAlchemy Core, no waiting for anything else.

It may be run again from its start when its transaction came to nothing, so it changes nothing but the database.
"""
InThread = Callable[[Callable[[], int]], Awaitable[int]]
"""Runs in a thread what blocks."""


class Store(Protocol):
    """One database: its connections, its locks, and its failures as refusals. What is not async blocks."""

    @property
    def place(self) -> str:
        """Where it is, without secrets."""

    @property
    def lanes(self) -> int:
        """How many writes in lanes may go on at once; 0 when they are done one by one with all others."""

    def prepare(self) -> Schema:
        """Create the database or upgrade it; the schema that it had."""

    def check(self) -> Schema:
        """The schema of a database that is there and sound; changes nothing."""

    def read(self, work: Work[T]) -> T:
        """What `work` returns, in a transaction that sees one state of the database and can't change it."""

    def write(self, work: Work[T], lane: int | None) -> T:
        """What `work` returns, once committed."""

    def commits(self, in_thread: InThread) -> AsyncGenerator[None]:
        """Yield once when it listens, then whenever somebody may have committed something; it never ends by itself.

        Raises the refusals of `read` when the database is gone.
        """

    def close(self) -> None:
        """Close all connections."""
