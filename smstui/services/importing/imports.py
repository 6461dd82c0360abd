"""Imports of contacts, and the proof that is kept of each."""

import asyncio
import contextlib
import errno
import hashlib
import json
import secrets
import stat
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Row, Select, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _, current_language
from smstui.services.free_fields import free_field_names
from smstui.services.importing.planning import NotCertified
from smstui.services.importing.process import outcome
from smstui.services.importing.refusals import FileTooBig
from smstui.services.importing.rejects import rejects_file, unpack
from smstui.services.importing.requests import ImportRequest, LookRequest, Request
from smstui.services.importing.sheet import FILE_LIMIT, MEGABYTE, ReadingOptions
from smstui.services.importing.values import (
    ContactFile,
    ImportCounts,
    ImportPlan,
    ImportProgress,
    ImportResult,
    Look,
    Reject,
)
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseOutcomeUnknown
from smstui.storage.tables import contact_import

_NO_FILE = N_("it is no file")
_REASONS = {
    errno.ENOENT: N_("there is no such file"),
    errno.EACCES: N_("you are not allowed to"),
    errno.EISDIR: N_("it is a folder"),
}
"""Message ids."""


@dataclass(eq=False)
class FileNotReadable(Refusal):
    """No such file, or not ours to read."""

    name: str
    reason: str
    sentence: ClassVar[str] = N_("The file {name} can't be read: {reason}.")


@dataclass(eq=False)
class UnknownImport(Refusal):
    """The account has no such import."""

    name: str
    sentence: ClassVar[str] = N_("There is no import “{name}”.")


class Imports:
    """The imports of accounts: each runs in a process of its own, and is written as one whole."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, path: Path) -> ContactFile:
        """The file at `path`, read whole. Raises FileNotReadable, FileTooBig."""
        return await asyncio.to_thread(read_file, path)

    async def look(self, actor: Actor, file: ContactFile, options: ReadingOptions) -> Look:
        """What `file` holds, with a guess for each column. Raises the refusals of `read_sheet` and `outcome`."""
        names = await self._database.read(lambda tx: free_field_names(tx, actor))
        found = await outcome(Request(current_language(), LookRequest(file, options, names)))
        assert isinstance(found, Look)
        return found

    async def run(
        self,
        actor: Actor,
        file: ContactFile,
        plan: ImportPlan,
        told: Callable[[ImportProgress], None] | None = None,
        cancelled: asyncio.Event | None = None,
    ) -> ImportResult | None:
        """Import `file` as `plan` says: all is written, or nothing. `told` hears how far it is.

        None when it was `cancelled` before it was written; one that is cancelled later than that has its result.
        Raises NotCertified and the refusals of `run_import` and `outcome`.
        """
        if not plan.certified_text:
            raise NotCertified
        token = secrets.token_hex(16)
        request = ImportRequest(self._database.url, actor, file, plan, token, self._clock.now())
        running = outcome(Request(current_language(), request), told)
        with contextlib.suppress(DatabaseOutcomeUnknown):  # the book itself tells
            await _done_or_cancelled(running, cancelled or asyncio.Event())
        this = _own(actor).where(contact_import.c.token == token)
        row = await self._database.read(lambda tx: tx.execute(this).first())
        return None if row is None else _result(row)

    async def get(self, actor: Actor, import_id: int) -> ImportResult:
        """One import. Raises UnknownImport."""
        return _result(await self._row(actor, import_id))

    async def list(self, actor: Actor, limit: int = 200) -> tuple[ImportResult, ...]:
        """The account's newest imports, the newest first."""
        newest = _own(actor).order_by(contact_import.c.id.desc()).limit(limit)
        rows = await self._database.read(lambda tx: tx.execute(newest).all())
        return tuple(map(_result, rows))

    async def rejects(self, actor: Actor, import_id: int, limit: int | None = None) -> tuple[Reject, ...]:
        """The first lines that an import left out, in the order of the file. Raises UnknownImport."""
        row = await self._row(actor, import_id)
        return await asyncio.to_thread(unpack, row.rejects, limit)

    async def rejects_file(self, actor: Actor, import_id: int) -> bytes:
        """The CSV file of the lines that an import left out, to correct and import again. Raises UnknownImport."""
        row = await self._row(actor, import_id)
        return await asyncio.to_thread(rejects_file, row.rejects)

    async def _row(self, actor: Actor, import_id: int) -> Row[Any]:
        own = _own(actor).where(contact_import.c.id == import_id)
        row = await self._database.read(lambda tx: tx.execute(own).first())
        if row is None:
            raise UnknownImport(str(import_id))
        return row


def read_file(path: Path) -> ContactFile:
    """The file at `path`. Raises FileNotReadable, FileTooBig."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileNotReadable(path.name, _(_REASONS[errno.EISDIR] if path.is_dir() else _NO_FILE))
        with path.open("rb") as stream:
            octets = stream.read(FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = _REASONS.get(error.errno or 0) if isinstance(error, OSError) else None
        raise FileNotReadable(path.name, _(reason) if reason else str(error)) from None
    return received_file(path.name, octets)


def received_file(name: str, octets: bytes) -> ContactFile:
    """A file that came by another way than a path. Raises FileTooBig."""
    if len(octets) > FILE_LIMIT:
        raise FileTooBig(FILE_LIMIT // MEGABYTE)
    return ContactFile(name, octets, hashlib.sha256(octets).hexdigest())


async def _done_or_cancelled(work: Coroutine[object, object, object], cancelled: asyncio.Event) -> None:
    """Wait for `work`, or for its end once it was `cancelled`. Raises what it raises."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(cancelled.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        was_done = working.done()
        working.cancel()
        await asyncio.wait({working})
    if was_done:
        working.result()


def _own(actor: Actor) -> Select[Any]:
    return select(contact_import).where(contact_import.c.account_id == actor.account_id)


def _result(row: Row[Any]) -> ImportResult:
    return ImportResult(
        id=row.id,
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        certified_by=row.certified_by,
        certified_at=row.certified_at,
        groups=tuple(json.loads(row.groups)),
        finished_at=row.finished_at,
        counts=ImportCounts(
            rows=row.rows,
            created=row.created,
            updated=row.updated,
            unchanged=row.unchanged,
            duplicates=row.duplicates,
            opted_out=row.opted_out,
            refused=row.refused,
            incomplete=row.incomplete,
        ),
    )
