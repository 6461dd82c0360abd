"""Resolving the recipients of a campaign at its time: its messages, its batches, what it costs in the end.

Nothing leaves before the last transaction: it settles the credits and offers the batches to the dispatcher. A campaign
whose message is the same for all is prepared in one; one with merge fields in many, by whoever holds its token. Another
process begins anew when that one has said nothing for PREPARING_TIME.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, literal, select, update

from smstui.domain.actor import Actor, Role
from smstui.domain.clock import Clock
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import CampaignState, MessageState, MessageType
from smstui.domain.tariff import Tariff
from smstui.services.audience import Audience, members, recipients, wants_nothing
from smstui.services.composing import Composition, Draft, compose
from smstui.services.credits import Cause, post
from smstui.services.draft_rows import confirmed_draft
from smstui.services.message_counts import Moved, count_moves
from smstui.services.personal_preparing import Added, Personal, add_contacts, add_numbers
from smstui.services.personal_texts import chunks
from smstui.services.platform_settings import check_recipient_count
from smstui.services.ranges import Range, country_ranges, in_order, offer_ranges
from smstui.services.tariffs import current_tariff
from smstui.storage.columns import to_milliseconds
from smstui.storage.database import Database
from smstui.storage.statements import Statement
from smstui.storage.tables import account, campaign, message

PREPARING_TIME: Final = timedelta(seconds=30)
"""After which whoever prepares a campaign is taken for dead, if it has written nothing of it."""
_CLOCKS_APART: Final = timedelta(minutes=5)
"""By how much the clocks of two processes may differ."""
_DISCARDED: Final = 20_000
"""Messages deleted in one transaction."""
_DISCARD: Final = Statement(
    "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE campaign_id = ? ORDER BY id LIMIT ?)"
)


class PreparationLost(Exception):
    """The campaign was cancelled, or another process prepares it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A campaign that this process may prepare."""

    campaign_id: int
    token: str


@dataclass(slots=True)
class Prepared:
    """What the messages of a campaign have come to."""

    ranges: list[Range] = field(default_factory=list)
    cost: Credits = NO_CREDITS
    segments: int = 0
    """Of the longest message."""

    def add(self, added: Added) -> None:
        """Some more messages."""
        self.ranges += added.ranges
        self.cost += added.cost
        self.segments = max(self.segments, added.segments)

    @property
    def last_id(self) -> int:
        """Of the messages; 0 when there is none."""
        return max((one.last_id for one in self.ranges), default=0)

    @property
    def recipients(self) -> int:
        """How many messages there are."""
        return sum(one.messages for one in self.ranges)


def claimed(token: str, now: datetime) -> dict[str, object]:
    """The columns of a campaign that the holder of `token` prepares from now on."""
    return {
        "state": CampaignState.PREPARING,
        "preparing_token": token,
        "preparing_until": to_milliseconds(now + PREPARING_TIME),
        "hold": None,
    }


def actor_of(tx: Connection, account_id: int) -> Actor:
    """The account that a campaign acts for."""
    row = tx.execute(select(account).where(account.c.id == account_id)).one()
    return Actor(row.id, row.login, Role(row.role), row.language, time_zone=row.time_zone)


def prepare_uniform(
    tx: Connection, actor: Actor, row: Row[Any], composed: Composition, draft: Draft, now: datetime
) -> None:
    """Queue the campaign of `row`, whose message is the same for all. Raises NoRecipients, InsufficientCredits, …"""
    tariff = current_tariff(tx)
    _insert_uniform(tx, actor, row, composed, draft.audience(draft.numbers))
    prepared = _price_uniform(tx, row.id, composed, tariff)
    offer(tx, row, composed, prepared, now)


def offer(tx: Connection, row: Row[Any], composed: Composition, prepared: Prepared, now: datetime) -> None:
    """Settle what the campaign costs, and give its messages to the dispatcher. Raises InsufficientCredits, …"""
    check_recipient_count(tx, prepared.recipients)
    assert composed.carrier is not None
    settle(tx, row, prepared.cost, now)
    offer_ranges(tx, row, composed.carrier.id, prepared.ranges)
    values = {
        "state": CampaignState.SENDING,
        "preparing_token": None,
        "hold": None,
        "connection_id": composed.carrier.id,
        "sender": composed.sender,
        "text": composed.text,
        "segments": prepared.segments,
        "recipients": prepared.recipients,
        "cost": prepared.cost.milli,
    }
    tx.execute(update(campaign).where(campaign.c.id == row.id).values(values))
    count_moves(tx, [Moved(row.id, None, MessageState.QUEUED, prepared.recipients)])


def settle(tx: Connection, row: Row[Any], cost: Credits, now: datetime) -> None:
    """Take what the campaign costs, or give and take the difference to what was taken. Raises InsufficientCredits."""
    difference = cost - Credits(row.cost)
    if not row.cost:
        post(tx, row.account_id, -cost, Cause.CAMPAIGN, str(row.id), now)
    elif difference:
        post(tx, row.account_id, -difference, Cause.ADJUSTMENT, str(row.id), now)


def _insert_uniform(tx: Connection, actor: Actor, row: Row[Any], composed: Composition, audience: Audience) -> None:
    """A message for each number that may be sent to, in the order of the numbers: those of a country are together."""
    chosen = recipients(tx, actor, audience)
    wanted = select(literal(row.id), chosen.c.number, literal(MessageState.QUEUED.value)).where(
        ~wants_nothing(actor, chosen)
    )
    if composed.type is MessageType.REPONSE:
        wanted = wanted.where(chosen.c.number.like("+33%"))
    tx.execute(
        insert(message).from_select(
            ["campaign_id", "destination", "state"], wanted.order_by(in_order(tx, chosen.c.number))
        )
    )


def _price_uniform(tx: Connection, campaign_id: int, composed: Composition, tariff: Tariff) -> Prepared:
    """The messages of each country in their order, priced; those of countries without tariff are taken out."""
    assert composed.measure is not None
    segments = composed.measure.segments
    ranges, prices = [], {}
    for one in country_ranges(tx, campaign_id):
        price = tariff.price(one.country, composed.type)
        if price is None:
            these = (message.c.campaign_id == campaign_id, message.c.id.between(one.first_id, one.last_id))
            tx.execute(delete(message).where(*these))
        else:
            ranges.append(one)
            prices[one.country] = price * segments
    _write_prices(tx, campaign_id, ranges, prices)
    cost = sum((prices[one.country] * one.messages for one in ranges), NO_CREDITS)
    return Prepared(ranges, cost, segments)


def _write_prices(tx: Connection, campaign_id: int, ranges: Sequence[Range], prices: dict[str, Credits]) -> None:
    """The price of most messages is the campaign's; the others have their own."""
    if not ranges:
        return
    usual = prices[max(ranges, key=lambda one: one.messages).country]
    tx.execute(update(campaign).where(campaign.c.id == campaign_id).values(price=usual.milli))
    for one in ranges:
        if prices[one.country] != usual:
            these = (message.c.campaign_id == campaign_id, message.c.id.between(one.first_id, one.last_id))
            tx.execute(update(message).where(*these).values(price=prices[one.country].milli))


async def prepare(database: Database, clock: Clock, claim: Claim) -> None:
    """Prepare a campaign that was claimed.

    Raises PreparationLost, and what keeps it from being sent: then `discard` takes away what there is of it.
    """
    await discard(database, claim)
    actor, draft, composed = await database.read(lambda tx: _begun(tx, claim))
    if composed.merge is not None and composed.merge.is_personal:
        await _prepare_personal(database, clock, claim, actor, draft, composed)
        return

    def work(tx: Connection) -> None:
        prepare_uniform(tx, actor, _held(tx, claim, clock.now()), composed, draft, clock.now())

    await database.write(work)


async def discard(database: Database, claim: Claim) -> None:
    """Delete the messages of a campaign in preparation, which were never offered."""

    def work(tx: Connection) -> int:
        _check_ours(tx, claim)
        return _DISCARD.run(tx, claim.campaign_id, _DISCARDED)

    while await database.write(work) == _DISCARDED:
        pass


async def discard_cancelled(database: Database, campaign_id: int) -> None:
    """Delete the messages of a campaign that was cancelled while it was prepared."""
    while await database.write(lambda tx: _DISCARD.run(tx, campaign_id, _DISCARDED)) == _DISCARDED:
        pass


def _begun(tx: Connection, claim: Claim) -> tuple[Actor, Draft, Composition]:
    """All that the preparation needs. Raises PreparationLost, and the first problem of the message."""
    row = tx.execute(select(campaign).where(campaign.c.id == claim.campaign_id)).one()
    actor = actor_of(tx, row.account_id)
    draft = replace(confirmed_draft(tx, row.draft_id), name=row.name, replaces_id=row.id)
    composed = compose(tx, actor, draft)
    if composed.problems:
        raise composed.problems[0]
    return actor, draft, composed


def _ours(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        campaign.c.id == claim.campaign_id,
        campaign.c.state == CampaignState.PREPARING,
        campaign.c.preparing_token == claim.token,
    )


def _check_ours(tx: Connection, claim: Claim) -> None:
    """Raise PreparationLost when the campaign is not ours to prepare any more."""
    if tx.execute(select(campaign.c.id).where(*_ours(claim))).first() is None:
        raise PreparationLost


def _held(tx: Connection, claim: Claim, now: datetime) -> Row[Any]:
    """The row of a campaign that is still ours to prepare, for some more time. Raises PreparationLost."""
    longer = update(campaign).where(*_ours(claim)).values(preparing_until=to_milliseconds(now + PREPARING_TIME))
    row = tx.execute(longer.returning(campaign)).first()
    if row is None:
        raise PreparationLost
    return row


async def _prepare_personal(
    database: Database, clock: Clock, claim: Claim, actor: Actor, draft: Draft, composed: Composition
) -> None:
    since = clock.now() - _CLOCKS_APART
    tariff = await database.read(current_tariff)
    chosen = await database.read(lambda tx: members(tx, actor, draft.audience(draft.numbers)))
    personal, prepared = Personal(claim.campaign_id, actor, composed, tariff, since), Prepared()
    works = [
        *(partial(add_contacts, campaign=personal, ids=ids) for ids in chunks(chosen.contact_ids)),
        *(partial(add_numbers, campaign=personal, numbers=numbers) for numbers in chunks(chosen.numbers)),
    ]
    for work in works:

        def add(tx: Connection, work: Callable[..., Added] = work) -> Added:
            _held(tx, claim, clock.now())
            return work(tx, after=prepared.last_id)

        prepared.add(await database.write(add))

    def end(tx: Connection) -> None:
        offer(tx, _held(tx, claim, clock.now()), composed, prepared, clock.now())

    await database.write(end)
