"""A PostgreSQL database through psycopg: many connections, and advisory locks that let writes go one by one."""

import logging
import select
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from smstui.storage.announcing import Announcer
from smstui.storage.failures import DatabaseOutcomeUnknown, DatabaseUnavailable, WrongEncoding
from smstui.storage.lanes import GENERAL, taking
from smstui.storage.postgresql_failures import perhaps_committed, reason, refusing, went_wrong_by_chance
from smstui.storage.schema import Schema, read_schema, run_migrations
from smstui.storage.store import InThread, Work

T = TypeVar("T")
LANES: Final = 8
READERS_KEPT, READERS_MORE = 2, 2
"""Connections for reading that stay open, and that don't."""
LOCK_TIMEOUT: Final = 10_000
STATEMENT_TIMEOUT: Final = 60_000
IDLE_TIMEOUT: Final = 30_000
"""Milliseconds: for a lock, for a statement, and for what a stopped process leaves open."""
TRIES: Final = 3
_CHANNEL: Final = "smstui"
_SESSION: Final = """
    SET lock_timeout = {lock};
    SET statement_timeout = {statement};
    SET idle_in_transaction_session_timeout = {idle};
    SET jit = off;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
"""What was committed must outlive the server: otherwise a message could leave twice."""
_WAY: Final = {
    "application_name": "smstui",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""Options of libpq, unless the address names others: a network that has gone is noticed within about ten seconds."""
_ANNOUNCE: Final = f"BEGIN; SET LOCAL synchronous_commit = off; NOTIFY {_CHANNEL}; COMMIT"
_log = logging.getLogger(__name__)


class PostgresqlStore:
    """The database at `url`, shown as `place`. A write waits for others, at most LOCK_TIMEOUT."""

    lanes = LANES

    def __init__(self, url: URL, place: str) -> None:
        self._place = place
        url = url.update_query_dict({name: value for name, value in _WAY.items() if name not in url.query})
        self._writing = _engine(url, LANES + 1, more=1)
        self._reading = _engine(url, READERS_KEPT, more=READERS_MORE)
        self._announcer = Announcer(self._announce)

    @property
    def place(self) -> str:
        """The address without its secrets."""
        return self._place

    def prepare(self) -> Schema:
        """Fill an empty database or upgrade it, alone among all processes; it isn't written unless it is ours."""
        schema = self.read(self._schema)
        return schema if schema.is_current else self.write(self._upgraded, GENERAL)

    def check(self) -> Schema:
        """The schema of the database; the server itself watches over pages and references."""
        return self.read(self._schema)

    def read(self, work: Work[T]) -> T:
        """In a REPEATABLE READ transaction."""
        return self._insist(lambda: self._read(work))

    def write(self, work: Work[T], lane: int | None) -> T:
        """In a READ COMMITTED transaction that begins by taking its lane: it sees all that was committed before."""
        begin = f"BEGIN; {taking(GENERAL if lane is None else lane)}"
        return self._insist(lambda: self._write(begin, work))

    async def commits(self, _in_thread: InThread) -> AsyncGenerator[None]:
        """Yield when any process, this one too, announces its commits."""
        _, options = self._reading.dialect.create_connect_args(self._reading.url)
        with refusing(self._place):
            listening = await psycopg.AsyncConnection.connect(**options, autocommit=True)
            try:
                await listening.execute(f"LISTEN {_CHANNEL}")
                yield
                async for _ in listening.notifies():
                    yield
            finally:
                await listening.close()

    def close(self) -> None:
        """Announce the last commits, and close all connections."""
        self._announcer.close()
        self._reading.dispose()
        self._writing.dispose()

    def _insist(self, attempt: Callable[[], T]) -> T:
        """The result of `attempt`, which is made again when its transaction came to nothing by bad luck."""
        with refusing(self._place):
            for tries_left in reversed(range(TRIES)):
                try:
                    return attempt()
                except _CameToNothing as nothing:
                    if not tries_left:
                        raise nothing.error from None
                    _log.info("a transaction is run again: %s", reason(nothing.error))
            raise AssertionError

    def _read(self, work: Work[T]) -> T:
        with self._reading.connect() as connection, _noticing_loss(connection):
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            result = work(connection)
            connection.commit()
            return result

    def _write(self, begin: str, work: Work[T]) -> T:
        with self._writing.connect() as connection, _noticing_loss(connection):
            connection.exec_driver_sql(begin)
            result = work(connection)
            self._commit(connection)
            return result

    def _commit(self, connection: Connection) -> None:
        """Commit, and announce it then or soon. Raises DatabaseOutcomeUnknown."""
        session = _session(connection)
        if session.pgconn.transaction_status == TransactionStatus.INERROR:
            raise RuntimeError("a statement failed and its error was passed over: nothing can be committed")
        announces = self._announcer.is_due()
        try:
            if announces:
                connection.exec_driver_sql(f"NOTIFY {_CHANNEL}; COMMIT")
            connection.commit()
        except DBAPIError as error:
            if session.closed and perhaps_committed(error):
                raise DatabaseOutcomeUnknown(self._place, reason(error)) from error
            raise
        if not announces:
            self._announcer.owe()

    def _announce(self) -> None:
        try:
            with refusing(self._place), self._writing.connect() as connection:
                connection.exec_driver_sql(_ANNOUNCE)
                connection.commit()
        except DatabaseUnavailable as refusal:
            _log.warning("commits were not announced to other processes: %r", refusal)

    def _schema(self, tx: Connection) -> Schema:
        return read_schema(tx, self._place)

    def _upgraded(self, tx: Connection) -> Schema:
        schema = self._schema(tx)
        if not schema.is_current:
            encoding = tx.exec_driver_sql("SHOW server_encoding").scalar_one()
            if encoding != "UTF8":
                raise WrongEncoding(self._place, encoding)
            tx.exec_driver_sql("SET LOCAL statement_timeout = 0")
            run_migrations(tx)
        return schema


def _engine(url: URL, connections: int, *, more: int) -> Engine:
    """An engine whose transactions begin where their first statement says so."""
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        pool_size=connections,
        max_overflow=more,
        pool_use_lifo=True,
        pool_timeout=LOCK_TIMEOUT / 1000,
        use_native_hstore=False,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
        session = _SESSION.format(lock=LOCK_TIMEOUT, statement=STATEMENT_TIMEOUT, idle=IDLE_TIMEOUT)
        connection.execute(session.encode())
        connection.adapters.register_dumper(str, _TextDumper)

    @event.listens_for(engine, "checkout")
    def _look(connection: psycopg.Connection, _entry: ConnectionPoolEntry, _fairy: object) -> None:
        # A server says nothing on an idle connection, but for its end.
        if select.select([connection], [], [], 0)[0]:
            raise InvalidatePoolError

    return engine


class _TextDumper(StrDumperUnknown):
    """Text as PostgreSQL takes it: foreign text may hold NUL, which it refuses."""

    def dump(self, obj: str) -> bytes:
        return obj.replace("\0", "\N{REPLACEMENT CHARACTER}").encode()


class _CameToNothing(Exception):
    """A transaction that certainly changed nothing, and may do better the next time."""

    def __init__(self, error: DBAPIError) -> None:
        self.error = error


@contextmanager
def _noticing_loss(connection: Connection) -> Iterator[None]:
    """Raises _CameToNothing."""
    session = _session(connection)
    try:
        yield
    except DBAPIError as error:
        if lost := session.closed:
            connection.invalidate()
        if lost or went_wrong_by_chance(error):
            raise _CameToNothing(error) from error
        raise


def _session(connection: Connection) -> psycopg.Connection:
    session: object = connection.connection.driver_connection
    assert isinstance(session, psycopg.Connection)
    return session
