"""The STOP list of an account as it is shown: searched, filtered and sorted by the database, its rows read as seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, and_, func, or_, select
from sqlalchemy import cast as sql_cast

from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind
from smstui.services.contact_query import search_words
from smstui.storage.lists import listed_texts
from smstui.storage.tables import campaign, inbound_message, opt_out

_FRANCE: Final = "+33"


class OptOutSource(StrEnum):
    """How a number came to the list."""

    SMS = "sms"
    """An inbound STOP."""
    MANUAL = "manual"
    IMPORT = "import"
    REPLY = "reply"
    """By hand too, from the page of replies: the phone asked for it in words that are no STOP."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number on an account's list."""

    number: str
    """E.164."""
    source: OptOutSource
    at: datetime
    campaign: str | None = None
    """The name of the campaign that it answered STOP to, if that is known."""


class OptOutSort(StrEnum):
    """By what the list is sorted."""

    NUMBER = "number"
    SOURCE = "source"
    AT = "at"


@dataclass(frozen=True, slots=True)
class OptOutQuery:
    """A part of the list."""

    search: str = ""
    """Pieces of numbers, each of which must be found; in France they may be written from their 0."""
    source: OptOutSource | None = None
    sort: OptOutSort = OptOutSort.AT
    descending: bool = True


def opted_out_numbers(tx: Connection, actor: Actor, query: OptOutQuery, limit: int | None = None) -> tuple[str, ...]:
    """The numbers that `query` lets through, in its order."""
    chosen = _matching(actor, query, opt_out.c.number).order_by(*_order(query)).limit(limit).subquery()
    joined = func.string_agg if tx.dialect.name == "postgresql" else func.group_concat
    text = tx.execute(select(joined(sql_cast(chosen.c.number, Text), ","))).scalar_one()
    return tuple(text.split(",")) if text else ()


def count_opt_outs(tx: Connection, actor: Actor) -> int:
    """How many numbers are on the account's list."""
    return int(tx.execute(_matching(actor, OptOutQuery(), func.count())).scalar_one())


def opt_out_rows(tx: Connection, actor: Actor, numbers: Collection[str]) -> tuple[OptOut, ...]:
    """Those of `numbers` that are on the account's list, in that order."""
    own = _with_campaign(actor).where(opt_out.c.number.in_(listed_texts(tx, numbers)))
    rows = {row.number: _opt_out(row) for row in tx.execute(own)}
    return tuple(rows[number] for number in numbers if number in rows)


def all_opt_outs(tx: Connection, actor: Actor) -> tuple[OptOut, ...]:
    """The account's list, the newest first."""
    rows = tx.execute(_with_campaign(actor).order_by(*_order(OptOutQuery())))
    return tuple({row.number: _opt_out(row) for row in rows}.values())


def _matching(actor: Actor, query: OptOutQuery, *columns: Any) -> Select[Any]:
    chosen = select(*columns).select_from(opt_out).where(opt_out.c.account_id == actor.account_id)
    if query.source is not None:
        chosen = chosen.where(opt_out.c.source == query.source)
    return chosen.where(*map(_contains, search_words(query.search)))


def _contains(word: str) -> ColumnElement[bool]:
    found = opt_out.c.number.contains(word, autoescape=True)
    national = opt_out.c.number.startswith(_FRANCE + word[1:], autoescape=True)
    return or_(found, national) if word.startswith("0") else found


def _with_campaign(actor: Actor) -> Select[Any]:
    """The rows of the list; a STOP was recorded at the very moment that it came."""
    stop = and_(
        opt_out.c.source == OptOutSource.SMS,
        inbound_message.c.account_id == opt_out.c.account_id,
        inbound_message.c.received_at == opt_out.c.at,
        inbound_message.c.source == opt_out.c.number,
    )
    answered = and_(campaign.c.id == inbound_message.c.campaign_id, campaign.c.kind == CampaignKind.CAMPAIGN)
    return (
        select(opt_out.c.number, opt_out.c.source, opt_out.c.at, campaign.c.name)
        .select_from(opt_out)
        .outerjoin(inbound_message, stop)
        .outerjoin(campaign, answered)
        .where(opt_out.c.account_id == actor.account_id)
    )


def _opt_out(row: Row[Any]) -> OptOut:
    return OptOut(row.number, OptOutSource(row.source), row.at, row.name)


def _order(query: OptOutQuery) -> tuple[ColumnElement[Any], ...]:
    column = opt_out.c[query.sort.value]
    return (column.desc() if query.descending else column.asc(), opt_out.c.number)
