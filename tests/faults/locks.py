"""Locks that others may hold on a database, and what the server of a PostgreSQL database says of them."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow


def run(database_url: str, statement: str) -> list[TupleRow]:
    """The rows of a statement on PostgreSQL."""
    with psycopg.connect(database_url, autocommit=True) as session:
        return session.execute(statement.encode()).fetchall()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """As a process of ours takes it that writes to the SQLite file. Raises BlockingIOError when somebody has it."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def write_transaction(path: Path) -> Iterator[None]:
    """As a foreign program does, such as sqlite3. Raises sqlite3.OperationalError when somebody else writes."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def table_lock(database_url: str, table: str) -> Iterator[None]:
    """Nobody else may write to a table of a PostgreSQL database. Raises LockNotAvailable when somebody does."""
    with psycopg.connect(database_url) as session:
        session.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE NOWAIT".encode())
        yield


def is_entered(stack: ExitStack, lock: AbstractContextManager[None]) -> bool:
    """Whether nobody else had it; `stack` gives it back."""
    try:
        stack.enter_context(lock)
    except (BlockingIOError, sqlite3.OperationalError, psycopg.errors.LockNotAvailable):
        return False
    return True
