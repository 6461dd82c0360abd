"""Credits: an append-only ledger. The balance is the sum of its entries, and is never below zero.

`post` and `require` work inside the transaction of what causes them: a cause and its entry are committed together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, func, select

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, MessageState
from smstui.i18n import N_
from smstui.services.credit_history import (
    ALL,
    CAUSE_WORDS,
    Cause,
    Course,
    Entry,
    HistoryQuery,
    course,
    entries,
    entry_ids,
    newest_entry,
)
from smstui.storage.database import Database
from smstui.storage.tables import account, campaign, ledger_entry, message, message_count
from smstui.storage.upsert import insert

__all__ = [
    "CAUSE_WORDS", "Balance", "Cause", "Course", "Entry", "HistoryQuery", "InsufficientCredits", "Ledger", "available",
    "post", "require",
]  # fmt: skip


@dataclass(eq=False)
class InsufficientCredits(Refusal):
    """The balance does not cover what was asked."""

    needed: Credits
    available: Credits
    sentence: ClassVar[str] = N_(
        "Not enough credits (needed: {needed}, available: {available}): buy credits or send less."
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has."""

    available: Credits
    """What may still be spent."""
    reserved: Credits
    """Already taken from it, for messages that are still queued or in flight."""


def post(tx: Connection, account_id: int, amount: Credits, cause: Cause, reference: str, at: datetime) -> bool:
    """Add an entry; whether it was: a cause that already counted for this reference changes nothing.

    Raises InsufficientCredits when a negative `amount` is more than the balance.
    """
    if amount.milli < 0:
        if _counted(tx, cause, reference):
            return False
        require(tx, account_id, -amount)
    entry = insert(tx, ledger_entry).values(
        account_id=account_id, amount=amount.milli, cause=cause, reference=reference, created_at=at
    )
    return tx.execute(entry.on_conflict_do_nothing().returning(ledger_entry.c.id)).first() is not None


def require(tx: Connection, account_id: int, amount: Credits) -> None:
    """Raise InsufficientCredits unless the balance covers `amount`; it can't shrink before the transaction ends."""
    _lock(tx, account_id)
    balance = available(tx, account_id)
    if balance < amount:
        raise InsufficientCredits(needed=amount, available=balance)


def available(tx: Connection, account_id: int) -> Credits:
    """The balance: the sum of the account's entries."""
    total = select(func.coalesce(func.sum(ledger_entry.c.amount), 0)).where(ledger_entry.c.account_id == account_id)
    return Credits(int(tx.execute(total).scalar_one()))


def _counted(tx: Connection, cause: Cause, reference: str) -> bool:
    entry = select(ledger_entry.c.id).where(ledger_entry.c.cause == cause, ledger_entry.c.reference == reference)
    return tx.execute(entry).first() is not None


def _lock(tx: Connection, account_id: int) -> None:
    """Keep other transactions from spending; SQLite has a single writer anyway, and renders no FOR UPDATE."""
    tx.execute(select(account.c.id).where(account.c.id == account_id).with_for_update(key_share=True))


def _reserved(tx: Connection, account_id: int) -> Credits:
    """What was taken for messages that have not left: of campaigns that wait, and of those under way."""
    mine = campaign.c.account_id == account_id
    waits = campaign.c.state.in_((CampaignState.SCHEDULED, CampaignState.PREPARING)) | campaign.c.hold.is_not(None)
    under_way = campaign.c.state.in_((CampaignState.SENDING, CampaignState.PAUSED)) & campaign.c.hold.is_(None)
    alike = campaign.c.cost == campaign.c.price * campaign.c.recipients
    waiting = select(func.coalesce(func.sum(campaign.c.cost), 0)).where(mine, waits)
    counted = (
        select(func.coalesce(func.sum(campaign.c.price * message_count.c.messages), 0))
        .join_from(campaign, message_count, message_count.c.campaign_id == campaign.c.id)
        .where(mine, under_way, alike, message_count.c.state == MessageState.QUEUED)
    )
    each = (
        select(func.coalesce(func.sum(func.coalesce(message.c.price, campaign.c.price)), 0))
        .join_from(campaign, message, message.c.campaign_id == campaign.c.id)
        .where(mine, under_way, ~alike, message.c.state == MessageState.QUEUED)
    )
    return Credits(sum(int(tx.execute(part).scalar_one()) for part in (waiting, counted, each)))


class Ledger:
    """The account's own view of its credits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def available(self, actor: Actor) -> Credits:
        """What may still be spent; quicker than the whole balance."""
        return await self._database.read(lambda tx: available(tx, actor.account_id))

    async def balance(self, actor: Actor) -> Balance:
        """What the account has now."""
        return await self._database.read(
            lambda tx: Balance(available(tx, actor.account_id), _reserved(tx, actor.account_id))
        )

    async def history(self, actor: Actor, limit: int = 200, query: HistoryQuery = ALL) -> tuple[Entry, ...]:
        """The newest `limit` entries that `query` lets through, newest first."""
        return await self._database.read(lambda tx: entries(tx, actor, entry_ids(tx, actor, query, limit)))

    async def entry_ids(self, actor: Actor, query: HistoryQuery, limit: int | None = None) -> tuple[int, ...]:
        """The ids of the entries that `query` lets through, newest first."""
        return await self._database.read(lambda tx: entry_ids(tx, actor, query, limit))

    async def entries(self, actor: Actor, ids: Collection[int]) -> tuple[Entry, ...]:
        """Those of `ids` (a page of them) that are the account's, in that order."""
        return await self._database.read(lambda tx: entries(tx, actor, ids))

    async def newest(self, actor: Actor) -> int:
        """The id of the account's newest entry, 0 before the first: as long as it is the same, nothing has changed."""
        return await self._database.read(lambda tx: newest_entry(tx, actor))

    async def course(self, actor: Actor, since: datetime | None, until: datetime, steps: int) -> Course | None:
        """The balance over a time, from the first entry on when `since` is None; None when there is nothing yet."""
        return await self._database.read(lambda tx: course(tx, actor, since, until, steps))
