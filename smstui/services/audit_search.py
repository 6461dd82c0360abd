"""The audit trail of all accounts, as administrators search it and take it out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, Select, select

from smstui.domain.actor import Actor
from smstui.i18n import N_, translated
from smstui.services.accounts import fold
from smstui.services.audit import AuditAction
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.tables import CsvTable, new_table
from smstui.services.platform_settings import require_administrator
from smstui.storage.database import Database
from smstui.storage.tables import account, audit_entry

_PAGE: Final = 500
"""Entries read and written at a time."""
LABELS: Final = (N_("Date (UTC)"), N_("Account"), N_("Action"), N_("Subject"))
"""Message ids of the columns."""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A part of the trail; None and "" let everything through."""

    account: str = ""
    """A login, in whatever case."""
    action: AuditAction | None = None
    text: str = ""
    """Words of the subject, all of which must be found."""
    since: datetime | None = None
    """Aware."""
    until: datetime | None = None
    """Aware; what was done at this moment is not in it any more."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing done."""

    id: int
    at: datetime
    login: str
    action: AuditAction
    subject: str
    """What it was done to; foreign text."""


class AuditSearch:
    """The audit trail of all accounts. Where an actor is None, whoever may open the database looks.

    All methods raise AdministratorsOnly.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(
        self, actor: Actor | None, query: AuditQuery, limit: int = _PAGE, before_id: int | None = None
    ) -> tuple[AuditLine, ...]:
        """The newest `limit` entries that `query` lets through, the newest first; older than `before_id`, if given."""

        def work(tx: Connection) -> tuple[AuditLine, ...]:
            require_administrator(tx, actor)
            found = _matching(query)
            if before_id is not None:
                found = found.where(audit_entry.c.id < before_id)
            rows = tx.execute(found.order_by(audit_entry.c.id.desc()).limit(limit))
            return tuple(AuditLine(row.id, row.at, row.login, AuditAction(row.action), row.subject) for row in rows)

        return await self._database.read(work)

    async def export(self, actor: Actor | None, query: AuditQuery, path: Path, *, overwrite: bool = False) -> int:
        """Write what `query` lets through to a .csv or .xlsx file, the newest first; how many entries.

        Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile, TooBigForWorkbook.
        """
        first, count = await self.lines(actor, query), 0
        async with new_table(path, _header(actor), overwrite=overwrite) as append:
            async for rows in self._pages(actor, query, first):
                await append(rows)
                count += len(rows)
        return count

    async def stream(self, actor: Actor | None, query: AuditQuery, stream: BinaryIO) -> int:
        """Write the same as CSV to a stream; how many entries. Raises OSError."""
        first, count, table = await self.lines(actor, query), 0, CsvTable(stream)
        await off_loop(table.begin, _header(actor))
        async for rows in self._pages(actor, query, first):
            await off_loop(table.append, rows)
            count += len(rows)
        await off_loop(stream.flush)
        return count

    async def _pages(
        self, actor: Actor | None, query: AuditQuery, lines: tuple[AuditLine, ...]
    ) -> AsyncIterator[Sequence[Sequence[str]]]:
        """The cells of `lines`, then of all that is older."""
        while lines:
            yield [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.login, one.action, one.subject) for one in lines]
            lines = await self.lines(actor, query, before_id=lines[-1].id)


def _header(actor: Actor | None) -> Sequence[str]:
    return [translated(label, actor.language) if actor else label for label in LABELS]


def _matching(query: AuditQuery) -> Select[Any]:
    columns = (audit_entry.c.id, audit_entry.c.at, account.c.login, audit_entry.c.action, audit_entry.c.subject)
    found = select(*columns).join_from(audit_entry, account, account.c.id == audit_entry.c.account_id)
    if query.account:
        found = found.where(account.c.login_key == fold(query.account))
    if query.action is not None:
        found = found.where(audit_entry.c.action == query.action)
    if query.since is not None:
        found = found.where(audit_entry.c.at >= query.since)
    if query.until is not None:
        found = found.where(audit_entry.c.at < query.until)
    return found.where(*(audit_entry.c.subject.icontains(word, autoescape=True) for word in query.text.split()))
