"""The audit trail of an account: what was done that someone may have to answer for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from smstui.domain.actor import Actor
from smstui.storage.database import Database
from smstui.storage.tables import audit_entry


class AuditAction(StrEnum):
    """What was done."""

    CONTACTS_IMPORTED = "contacts_imported"
    CONTACTS_EXPORTED = "contacts_exported"
    CONTACTS_DELETED = "contacts_deleted"
    MESSAGES_EXPORTED = "messages_exported"
    """Of a campaign, with their numbers."""
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    OPT_OUT_ADDED = "opt_out_added"
    """By a person; an inbound STOP is kept with its message."""
    OPT_OUT_REMOVED = "opt_out_removed"
    """With the reason that was given."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done."""

    at: datetime
    action: AuditAction
    subject: str
    """What it was done to; foreign text."""


def record(tx: Connection, actor: Actor, at: datetime, action: AuditAction, subject: str) -> None:
    """Keep that `actor` did it."""
    tx.execute(insert(audit_entry).values(account_id=actor.account_id, at=at, action=action, subject=subject))


class AuditTrail:
    """What accounts did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, actor: Actor, limit: int = 500) -> tuple[AuditEntry, ...]:
        """The account's newest entries, the newest first."""
        newest = (
            select(audit_entry)
            .where(audit_entry.c.account_id == actor.account_id)
            .order_by(audit_entry.c.id.desc())
            .limit(limit)
        )
        rows = await self._database.read(lambda tx: tx.execute(newest).all())
        return tuple(AuditEntry(row.at, AuditAction(row.action), row.subject) for row in rows)
