"""Where the messages of each country are among those of a campaign: they are queued in the order of their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from smstui.domain.country import PREFIX, country_of
from smstui.domain.hours import HoursConsent
from smstui.domain.states import MessageType
from smstui.services.outgoing import insert_batches
from smstui.storage.tables import message


@dataclass(frozen=True, slots=True)
class Range:
    """Messages of one country, by their ids."""

    country: str
    first_id: int
    last_id: int
    messages: int


def beginning_of(number: ColumnElement[Any]) -> ColumnElement[Any]:
    """In a query: of a number, what says its country."""
    is_french = func.substr(number, 1, 3) == "+33"
    return case((is_french, "+33"), else_=func.substr(number, 1, PREFIX))


def in_order(tx: Connection, number: ColumnElement[Any]) -> ColumnElement[Any]:
    """In a query: what to order numbers by, so that those of a country are together."""
    return number.collate("C") if tx.dialect.name == "postgresql" else number


def country_ranges(tx: Connection, campaign_id: int, after: int = 0) -> list[Range]:
    """The ranges of a campaign's messages after the id `after`, which are in the order of their numbers."""
    if all_of_one := _one_country(tx, campaign_id, after):
        return [all_of_one]
    found = (
        select(func.min(message.c.destination), func.min(message.c.id), func.max(message.c.id), func.count())
        .where(message.c.campaign_id == campaign_id, message.c.id > after)
        .group_by(beginning_of(message.c.destination))
        .order_by(func.min(message.c.id))
    )
    rows = tx.execute(found)
    pieces = [Range(country_of(number), first_id, last_id, count) for number, first_id, last_id, count in rows]
    joined = []
    for country, group in groupby(pieces, lambda one: one.country):
        run = list(group)
        joined.append(Range(country, run[0].first_id, run[-1].last_id, sum(one.messages for one in run)))
    return joined


def _one_country(tx: Connection, campaign_id: int, after: int) -> Range | None:
    these = (message.c.campaign_id == campaign_id, message.c.id > after)
    first_id, last_id, count = tx.execute(
        select(func.min(message.c.id), func.max(message.c.id), func.count()).where(*these)
    ).one()
    return one_country(tx, first_id, last_id, count)


def one_country(tx: Connection, first_id: int | None, last_id: int | None, count: int) -> Range | None:
    """The only range of these messages, when the first and the last number begin alike: then all in between do."""
    if first_id is None or last_id is None:
        return None
    ends = select(message.c.destination, beginning_of(message.c.destination)).where(
        message.c.id.in_((first_id, last_id))
    )
    numbers = tx.execute(ends).all()
    if len({beginning for _, beginning in numbers}) > 1:
        return None
    return Range(country_of(numbers[0][0]), first_id, last_id, count)


def offer_ranges(tx: Connection, row: Row[Any], connection_id: int, ranges: Iterable[Range]) -> None:
    """Give these messages of the campaign of `row` to the dispatcher, with the sending hours that they keep.

    No consent moves those of voice messages, which are law.
    """
    is_free = row.hours_consent == HoursConsent.ANYTIME and row.type != MessageType.VOIX
    for one in ranges:
        country = None if is_free else one.country
        insert_batches(tx, row.id, connection_id, row.priority, one.first_id, one.last_id, country)
