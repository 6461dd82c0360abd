"""The ledger of an account as it is shown: filtered and added up by the database, its entries read as they are seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Text, cast, func, or_, select, type_coerce

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.i18n import N_
from smstui.storage.columns import to_milliseconds
from smstui.storage.lists import listed_ids
from smstui.storage.tables import campaign, ledger_entry


class Cause(StrEnum):
    """Why an entry was made. A cause counts once for each reference, over all accounts."""

    CERTIFICATION = "certification"
    """Test credits; the reference is the number that earned them."""
    CAMPAIGN = "campaign"
    """The cost of a campaign at its confirmation; the reference is the campaign's id."""
    ADJUSTMENT = "adjustment"
    """Its cost at its time, less what was taken at its confirmation; the reference is the campaign's id."""
    REFUND = "refund"
    """What the SMSC never accepted of it; the reference is the campaign's id."""
    GRANT = "grant"
    """Given when the account was created on the command line; the reference is the account's id."""
    PURCHASE = "purchase"
    """Credits that were paid for; the reference is the order's."""
    REVERSAL = "reversal"
    """Those of money that was given back; the reference is the order's, with the cents given back by then."""
    ADMIN = "admin"
    """Given or taken back by an administrator; the reference is random."""


OF_CAMPAIGNS: Final = frozenset({Cause.CAMPAIGN, Cause.ADJUSTMENT, Cause.REFUND})
OF_ORDERS: Final = frozenset({Cause.PURCHASE, Cause.REVERSAL})
CAUSE_WORDS: Final = {
    Cause.CERTIFICATION: N_("Test credits"),
    Cause.CAMPAIGN: N_("Campaign"),
    Cause.ADJUSTMENT: N_("Campaign, at its final price"),
    Cause.REFUND: N_("Not accepted, given back"),
    Cause.GRANT: N_("Given with the account"),
    Cause.PURCHASE: N_("Purchase"),
    Cause.REVERSAL: N_("Payment given back"),
    Cause.ADMIN: N_("By an administrator"),
}
"""What each is called; to be translated where it is shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    id: int
    amount: Credits
    cause: Cause
    reference: str
    at: datetime
    balance: Credits
    """After it."""
    subject: str
    """Foreign text: the name of its campaign; "" of what has none."""

    @property
    def campaign_id(self) -> int | None:
        """The campaign that caused it, if one did."""
        return int(self.reference) if self.cause in OF_CAMPAIGNS and self.reference.isdecimal() else None

    @property
    def order(self) -> str | None:
        """The reference of the order that caused it, if one did."""
        return self.reference.partition("/")[0] if self.cause in OF_ORDERS else None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A part of the ledger; None and "" let everything through."""

    cause: Cause | None = None
    since: datetime | None = None
    """Aware."""
    until: datetime | None = None
    """Aware; what was entered at this moment is not in it any more."""
    search: str = ""
    """Words, each of which the reference or the name of the campaign holds."""


ALL: Final = HistoryQuery()


@dataclass(frozen=True, slots=True)
class Course:
    """How the balance went over a time."""

    since: datetime
    until: datetime
    balances: tuple[Credits, ...]
    """At the end of each of so many equal parts of it."""


def entry_ids(tx: Connection, actor: Actor, query: HistoryQuery, limit: int | None = None) -> tuple[int, ...]:
    """The ids of the entries that `query` lets through, newest first."""
    newest = _matching(actor, query).order_by(ledger_entry.c.id.desc()).limit(limit).subquery()
    joined = func.string_agg if tx.dialect.name == "postgresql" else func.group_concat
    text = tx.execute(select(joined(cast(newest.c.id, Text), ","))).scalar_one()
    return tuple(map(int, text.split(","))) if text else ()


def entries(tx: Connection, actor: Actor, ids: Collection[int]) -> tuple[Entry, ...]:
    """Those of `ids` that are the account's, in that order, with the balance after each."""
    if not ids:
        return ()
    mine, first = ledger_entry.c.account_id == actor.account_id, min(ids)
    before = select(func.coalesce(func.sum(ledger_entry.c.amount), 0)).where(mine, ledger_entry.c.id < first)
    balance = before.scalar_subquery() + func.sum(ledger_entry.c.amount).over(order_by=ledger_entry.c.id)
    between = select(ledger_entry, balance.label("balance")).where(mine, ledger_entry.c.id.between(first, max(ids)))
    each = between.subquery()
    rows = tx.execute(select(each).where(each.c.id.in_(listed_ids(tx, ids)))).all()
    names = _names(tx, actor, [int(row.reference) for row in rows if _is_of_campaign(row.cause, row.reference)])
    found = {
        row.id: Entry(
            id=row.id,
            amount=Credits(row.amount),
            cause=Cause(row.cause),
            reference=row.reference,
            at=row.created_at,
            balance=Credits(int(row.balance)),
            subject=names.get(row.reference, "") if row.cause in OF_CAMPAIGNS else "",
        )
        for row in rows
    }
    return tuple(found[each_id] for each_id in ids if each_id in found)


def newest_entry(tx: Connection, actor: Actor) -> int:
    """The id of the account's newest entry, 0 before the first."""
    newest = select(func.max(ledger_entry.c.id)).where(ledger_entry.c.account_id == actor.account_id)
    return int(tx.execute(newest).scalar_one() or 0)


def course(tx: Connection, actor: Actor, since: datetime | None, until: datetime, steps: int) -> Course | None:
    """The balance over a time, from the first entry on when `since` is None; None when there is nothing before its end.

    `steps` is in how many parts the time is cut.
    """
    mine = ledger_entry.c.account_id == actor.account_id
    first: datetime | None = tx.execute(select(func.min(ledger_entry.c.created_at)).where(mine)).scalar()
    if first is None or max(first, since or first) >= until:
        return None
    begin = since or first
    start, length = to_milliseconds(begin), to_milliseconds(until) - to_milliseconds(begin)
    total = func.coalesce(func.sum(ledger_entry.c.amount), 0)
    before = int(tx.execute(select(total).where(mine, ledger_entry.c.created_at < begin)).scalar_one())
    step = (type_coerce(ledger_entry.c.created_at, BigInteger) - start) * steps // length
    within = mine, ledger_entry.c.created_at >= begin, ledger_entry.c.created_at < until
    changes = tx.execute(select(step.label("step"), total.label("change")).where(*within).group_by("step"))
    found = {row.step: int(row.change) for row in changes}
    parts = (found.get(part, 0) for part in range(steps))
    return Course(begin, until, tuple(map(Credits, accumulate(parts, initial=before)))[1:])


def _matching(actor: Actor, query: HistoryQuery) -> Select[Any]:
    found = select(ledger_entry.c.id).where(ledger_entry.c.account_id == actor.account_id)
    if query.cause is not None:
        found = found.where(ledger_entry.c.cause == query.cause)
    if query.since is not None:
        found = found.where(ledger_entry.c.created_at >= query.since)
    if query.until is not None:
        found = found.where(ledger_entry.c.created_at < query.until)
    return found.where(*(_holds(actor, word) for word in query.search.split()))


def _holds(actor: Actor, word: str) -> ColumnElement[bool]:
    """In a query: whether the reference, or the name of the campaign that it means, holds `word`."""
    named = campaign.c.account_id == actor.account_id, campaign.c.name.icontains(word, autoescape=True)
    of_named = ledger_entry.c.reference.in_(select(cast(campaign.c.id, Text)).where(*named))
    by_name = ledger_entry.c.cause.in_(OF_CAMPAIGNS) & of_named
    by_reference = ledger_entry.c.cause.in_(OF_ORDERS) & ledger_entry.c.reference.icontains(word, autoescape=True)
    return or_(by_reference, by_name)


def _is_of_campaign(cause: str, reference: str) -> bool:
    return cause in OF_CAMPAIGNS and reference.isdecimal()


def _names(tx: Connection, actor: Actor, ids: Collection[int]) -> dict[str, str]:
    """The names of campaigns of the account, by their ids as references write them."""
    named = select(campaign.c.id, campaign.c.name).where(campaign.c.account_id == actor.account_id)
    rows = tx.execute(named.where(campaign.c.id.in_(listed_ids(tx, ids))))
    return {str(row.id): row.name for row in rows}
