"""What goes wrong with a database, as refusals: one sentence each instead of a driver's traceback."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from smstui.domain.errors import Refusal
from smstui.i18n import N_


@dataclass(eq=False)
class DatabaseUnavailable(Refusal):
    """The file or its folder can't be opened, created, read or written; or the server can't be reached or refuses."""

    place: str
    reason: str
    """The operating system's or the driver's own words."""
    sentence: ClassVar[str] = N_(
        "The database {place} can't be used ({reason}): check the path and your rights on the folder and the file."
    )


@dataclass(eq=False)
class ServerUnavailable(DatabaseUnavailable):
    """The server can't be reached, or refuses: its own words say why."""

    sentence: ClassVar[str] = N_(
        "The database {place} can't be used ({reason}): check its address, your rights there, and that its server runs."
    )


@dataclass(eq=False)
class ServerCrowded(DatabaseUnavailable):
    """The server has as many connections as it takes."""

    sentence: ClassVar[str] = N_(
        "The server of the database {place} takes no more connections ({reason}): close other programs, "
        "or raise its max_connections."
    )


@dataclass(eq=False)
class WrongEncoding(DatabaseUnavailable):
    """The server stores the database's texts in an encoding (the reason) that lacks characters."""

    sentence: ClassVar[str] = N_("The database {place} has the encoding {reason}: create one with the encoding UTF8.")


@dataclass(eq=False)
class DatabaseOutcomeUnknown(DatabaseUnavailable):
    """The answer to a commit was lost: all of the transaction was saved, or nothing of it."""

    sentence: ClassVar[str] = N_(
        "The database {place} was lost while it was saving ({reason}): look whether it was saved before you try again."
    )


@dataclass(eq=False)
class DatabaseBusy(Refusal):
    """Others kept the database locked for longer than a write may wait, or a read took longer than it may."""

    place: str
    sentence: ClassVar[str] = N_(
        "The database {place} stayed locked by another program: nothing was saved, try again in a moment."
    )


@dataclass(eq=False)
class DatabaseFull(Refusal):
    """There is no room left to write."""

    place: str
    sentence: ClassVar[str] = N_(
        "The disk that holds the database {place} is full: nothing was saved, free some space and try again."
    )


@dataclass(eq=False)
class DatabaseCorrupt(Refusal):
    """The file is not a database, or is damaged."""

    place: str
    sentence: ClassVar[str] = N_(
        "The file {place} is not a database or is damaged: restore it from a backup, or choose another file."
    )


@dataclass(eq=False)
class ServerCorrupt(DatabaseCorrupt):
    """The server found its files damaged."""

    sentence: ClassVar[str] = N_("The database {place} is damaged: restore it from a backup.")


_UNAVAILABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_PRIMARY_CODE = 0xFF
"""The primary part of an extended result code (sqlite.org/rescode.html)."""


def _refusal(error: sqlite3.Error, place: str) -> Refusal | None:
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & _PRIMARY_CODE
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(place)
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return DatabaseFull(place)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DatabaseCorrupt(place)
    if extended == sqlite3.SQLITE_IOERR_FSYNC:
        return DatabaseOutcomeUnknown(place, str(error))
    if code in _UNAVAILABLE:
        return DatabaseUnavailable(place, str(error))
    return None


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the disk and SQLite say about the file at `path` into refusals; other errors pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        refusal = _refusal(error.orig, str(path)) if isinstance(error.orig, sqlite3.Error) else None
        if refusal is None:
            raise
        raise refusal from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DatabaseFull(str(path)) from error
        raise DatabaseUnavailable(str(path), error.strerror or str(error)) from error
