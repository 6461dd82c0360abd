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
    ORDER_CONFIRMED = "order_confirmed"
    """An administrator says that its transfer has arrived."""
    PAYMENT_AFTER_CLOSE = "payment_after_close"
    """Of an order that was cancelled, or had expired: credited all the same."""
    REFUND_SHORT = "refund_short"
    """More money was given back than credits were left to take; with those that are missing."""
    BANK_STATEMENT_APPLIED = "bank_statement_applied"
    """An entry of it paid an order."""
    CHECKOUT_MISMATCH = "checkout_mismatch"
    """Stripe speaks of another amount or currency than the order."""
    CREDITS_ADJUSTED = "credits_adjusted"
    """By an administrator."""
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_UNBLOCKED = "account_unblocked"
    RIGHTS_CHANGED = "rights_changed"
    TARIFF_CHANGED = "tariff_changed"
    SETTINGS_CHANGED = "settings_changed"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (no secret)
    PREFERENCES_CHANGED = "preferences_changed"
    """Language, time zone, colours."""
    BILLING_CHANGED = "billing_changed"
    """Whom the invoices are for."""
    INVOICE_MAILED = "invoice_mailed"
    SESSION_ENDED = "session_ended"
    """From another session, or on the command line."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done."""

    at: datetime
    action: AuditAction
    subject: str
    """What it was done to; foreign text."""


def record(tx: Connection, actor: Actor, at: datetime, action: AuditAction, subject: str) -> None:
    """Keep that `actor` did it."""
    record_for(tx, actor.account_id, at, action, subject)


def record_for(tx: Connection, account_id: int, at: datetime, action: AuditAction, subject: str) -> None:
    """Keep that it happened to an account, whoever did it."""
    tx.execute(insert(audit_entry).values(account_id=account_id, at=at, action=action, subject=subject))


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
