"""What PostgreSQL and psycopg say, as refusals."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from smstui.domain.errors import Refusal
from smstui.storage.failures import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseUnavailable,
    ServerCorrupt,
    ServerCrowded,
    ServerUnavailable,
)

_BUSY = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialization failure, deadlock, lock and statement timeouts (PostgreSQL, appendix A)."""
_AGAIN = frozenset({"40001", "40P01"})
_CLOSED_BEFORE = "25P03"
"""The server had closed the connection for its silence before it read any further."""
_REFUSING = frozenset({"08", "25", "28", "3D", "3F", "42501", "53", "57", "58"})
"""Classes, and one code, of failures that are the server's and not of our statements."""
_CROWDED = re.compile("too many|connection slots")
"""In the words of a server that refuses a connection: libpq gives no code for those."""
_REASON = 300


def went_wrong_by_chance(error: DBAPIError) -> bool:
    """Whether the server gave the transaction up for the sake of another one."""
    return _code(error) in _AGAIN


def perhaps_committed(error: DBAPIError) -> bool:
    """Whether a COMMIT whose connection was lost may have been done all the same."""
    return _code(error) != _CLOSED_BEFORE


def reason(error: BaseException) -> str:
    """The server's or the driver's words, on one line; not the statement, nor the row that it was about."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    words = driver.diag.message_primary if isinstance(driver, psycopg.Error) else None
    return " ".join((words or str(driver)).split())[:_REASON]


@contextmanager
def refusing(place: str) -> Iterator[None]:
    """Turn what the server at `place` and the way to it say into refusals; other errors pass unchanged."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        driver = error.orig if isinstance(error, DBAPIError) else error
        refusal = _refusal(driver, place) if isinstance(driver, psycopg.Error) else None
        if refusal is None:
            raise
        raise refusal from error


def _code(error: DBAPIError) -> str | None:
    return error.orig.sqlstate if isinstance(error.orig, psycopg.Error) else None


def _refusal(error: psycopg.Error, place: str) -> Refusal | None:
    code = error.sqlstate
    if code is None:
        return _unreachable(error, place)
    if code in _BUSY:
        return DatabaseBusy(place)
    if code == "53100":
        return DatabaseFull(place)
    if code == "53300":
        return ServerCrowded(place, reason(error))
    if code in ("XX001", "XX002"):
        return ServerCorrupt(place)
    if code in _REFUSING or code[:2] in _REFUSING:
        return ServerUnavailable(place, reason(error))
    return None


def _unreachable(error: psycopg.Error, place: str) -> DatabaseUnavailable | None:
    """What libpq could not do, of which there is no code."""
    if not isinstance(error, psycopg.OperationalError | psycopg.ProgrammingError):
        return None
    kind = ServerCrowded if _CROWDED.search(str(error)) else ServerUnavailable
    return kind(place, reason(error))
