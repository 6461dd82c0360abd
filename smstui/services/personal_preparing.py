"""The messages of a campaign with merge fields, some recipients at a time, each time in one transaction.

What the database can write it writes; the texts that it can't are written one by one. The book may change between two
times: a number that moved from one contact to another gets one message all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, insert, literal, or_, select, update

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import METROPOLITAN
from smstui.domain.country import country_of
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import MessageState, MessageType
from smstui.domain.tariff import Tariff
from smstui.services.composing import Composition
from smstui.services.database_texts import UNWRITTEN, database_texts
from smstui.services.outgoing import OwnMessage, insert_own
from smstui.services.personal_texts import Written, contact_texts, number_texts, wanted_contacts
from smstui.services.ranges import Range, country_ranges, in_order, one_country
from smstui.storage.lists import listed_ids, listed_texts
from smstui.storage.statements import Statement
from smstui.storage.tables import contact, message

_WRITE: Final = Statement(
    "UPDATE message SET text = ?, segments = ?, price = ? WHERE id = ?",
    arrays="""
    UPDATE message SET text = new.text, segments = new.segments, price = new.price
    FROM unnest(?::text[], ?::int[], ?::bigint[], ?::bigint[]) AS new (text, segments, price, id)
    WHERE message.id = new.id
    """,
)


@dataclass(frozen=True, slots=True)
class Personal:
    """A campaign with merge fields that is being prepared."""

    campaign_id: int
    actor: Actor
    composed: Composition
    tariff: Tariff
    since: datetime
    """Before its recipients were chosen."""


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to it at one time."""

    ranges: tuple[Range, ...]
    cost: Credits
    segments: int
    """Of the longest message."""


def add_contacts(tx: Connection, campaign: Personal, ids: Sequence[int], after: int) -> Added:
    """Add messages to these contacts; `after` is the last message there is."""
    _insert(tx, campaign, ids)
    new = _new(tx, campaign, after)
    if new.least_segments == UNWRITTEN:
        _write(tx, campaign, ids, after)
        new = _new(tx, campaign, after)
    only = one_country(tx, new.first_id, new.last_id, new.messages)
    if only is not None and only.country == country_of(METROPOLITAN):
        return Added((only,), Credits(int(new.price)), new.segments)
    return _added(tx, campaign, _priced(tx, campaign, after), after)


def add_numbers(tx: Connection, campaign: Personal, numbers: Sequence[str], after: int) -> Added:
    """Add messages to these numbers, which no contact had; `after` is the last message there is."""
    there = select(message.c.destination).where(
        _by_number(campaign), message.c.destination.in_(listed_texts(tx, numbers))
    )
    met = frozenset(tx.execute(there).scalars())
    written = number_texts(tx, campaign.actor, campaign.composed, campaign.tariff, numbers).written
    ranges = _insert_written(tx, campaign, [one for one in written if one.number not in met], after)
    return _added(tx, campaign, ranges, after)


def _is_new(campaign: Personal) -> ColumnElement[bool]:
    """Of a contact: that no message goes to its number yet. Only one that was changed can have such a number."""
    met = exists().where(_by_number(campaign), message.c.destination == contact.c.mobile)
    never_changed = contact.c.updated_at == contact.c.created_at
    return or_(contact.c.updated_at < campaign.since, never_changed, ~met)


def _by_number(campaign: Personal) -> ColumnElement[bool]:
    """Of a message that is looked for by its number: that it is the campaign's, which has too many to look through."""
    return message.c.campaign_id + 0 == campaign.campaign_id


def _insert(tx: Connection, campaign: Personal, ids: Sequence[int]) -> None:
    """Add the messages, priced as those of metropolitan France; those that the database can't write are UNWRITTEN."""
    texts = database_texts(tx, campaign.composed)
    usual = campaign.tariff.price(country_of(METROPOLITAN), campaign.composed.type) or NO_CREDITS
    columns = {
        "campaign_id": literal(campaign.campaign_id),
        "destination": contact.c.mobile,
        "state": literal(MessageState.QUEUED.value),
        "text": texts.text,
        "segments": texts.segments,
        "price": texts.segments * usual.milli,
    }
    wanted = wanted_contacts(tx, campaign.actor, ids, *columns.values()).where(_is_new(campaign))
    if campaign.composed.type is MessageType.REPONSE:
        wanted = wanted.where(contact.c.mobile.startswith(METROPOLITAN))
    wanted = wanted.order_by(in_order(tx, contact.c.mobile))
    tx.execute(insert(message).from_select(list(columns), wanted))


def _write(tx: Connection, campaign: Personal, ids: Sequence[int], after: int) -> None:
    """Write the UNWRITTEN messages one by one; those that can't be sent are taken out."""
    found = select(message.c.destination, message.c.id).where(
        message.c.campaign_id == campaign.campaign_id, message.c.id > after, message.c.segments == UNWRITTEN
    )
    unwritten = dict(tx.execute(found).all())
    theirs = contact.c.mobile.in_(listed_texts(tx, unwritten))
    written = contact_texts(tx, campaign.actor, campaign.composed, campaign.tariff, ids, theirs).written
    _WRITE.run_each(tx, [(one.text, one.segments, one.price, unwritten.pop(one.number)) for one in written])
    tx.execute(delete(message).where(message.c.id.in_(listed_ids(tx, unwritten.values()))))


def _priced(tx: Connection, campaign: Personal, after: int) -> Sequence[Range]:
    """The new messages by country, each at its price; those to countries without tariff are taken out."""
    ranges = []
    for one in country_ranges(tx, campaign.campaign_id, after):
        these = (message.c.campaign_id == campaign.campaign_id, message.c.id.between(one.first_id, one.last_id))
        price = campaign.tariff.price(one.country, campaign.composed.type)
        if price is None:
            tx.execute(delete(message).where(*these))
            continue
        ranges.append(one)
        if one.country != country_of(METROPOLITAN):
            tx.execute(update(message).where(*these).values(price=message.c.segments * price.milli))
    return ranges


def _insert_written(tx: Connection, campaign: Personal, written: Sequence[Written], after: int) -> list[Range]:
    """A message for each text, those of a country together; where those of each are."""
    ranges = []
    for country, group in groupby(sorted(written, key=lambda one: one.country), lambda one: one.country):
        messages = [OwnMessage(one.number, one.text, one.segments, one.price) for one in group]
        insert_own(tx, campaign.campaign_id, messages)
        new = select(func.min(message.c.id), func.max(message.c.id)).where(
            message.c.campaign_id == campaign.campaign_id, message.c.id > after
        )
        first_id, after = tx.execute(new).one()
        ranges.append(Range(country, first_id, after, len(messages)))
    return ranges


def _added(tx: Connection, campaign: Personal, ranges: Sequence[Range], after: int) -> Added:
    """What the new messages come to, as they are stored."""
    new = _new(tx, campaign, after)
    return Added(tuple(ranges), Credits(int(new.price)), new.segments)


def _new(tx: Connection, campaign: Personal, after: int) -> Row[Any]:
    """The new messages: the first and the last, how many, what they cost, the segments of the shortest and longest."""
    id_, price, segments = message.c.id, message.c.price, message.c.segments
    found = select(
        func.min(id_).label("first_id"),
        func.max(id_).label("last_id"),
        func.count().label("messages"),
        func.coalesce(func.sum(price), 0).label("price"),
        func.min(segments).label("least_segments"),
        func.coalesce(func.max(segments), 0).label("segments"),
    )
    return tx.execute(found.where(message.c.campaign_id == campaign.campaign_id, id_ > after)).one()
