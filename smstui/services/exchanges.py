"""One conversation in full: what went to a phone from one of our numbers, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select

from smstui.domain.actor import Actor
from smstui.domain.addresses import e164
from smstui.domain.states import CampaignKind, MessageState
from smstui.services.inbox import seen_by
from smstui.services.outgoing import may_have_left
from smstui.storage.columns import from_milliseconds
from smstui.storage.tables import campaign, inbound_message, message

NEWEST: Final = 200
"""Messages of each direction that are shown."""
_LOOKED_AT: Final = 1000
"""Messages to a phone among which those of one conversation are looked for, the newest first."""
_SHOWN: Final = (CampaignKind.CAMPAIGN, CampaignKind.REPLY, CampaignKind.CONFIRMATION)
_NEVER_LEFT: Final = (MessageState.SUPPRESSED, MessageState.CANCELLED)


class Pair(NamedTuple):
    """Who speaks with whom: one of our numbers and a phone, as the SMSC wrote them."""

    ours: str
    theirs: str
    """In E.164 where it is a full number."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One message of a conversation."""

    at: datetime
    """When it came, or left, or was queued."""
    text: str
    """Foreign text when it came from the phone."""
    state: MessageState | None
    """Of a message to the phone; None when it came from there."""
    sender: str = ""
    """Of a message to the phone: what it shows."""
    campaign: str = ""
    """Of a message to the phone: the name of its campaign; "" for an answer by a person, and for the platform's own."""


def of_pair(actor: Actor, pair: Pair) -> ColumnElement[bool]:
    """In a query on `inbound_message`: those of the account's conversation."""
    inbound = inbound_message.c
    return and_(seen_by(actor), inbound.source == pair.theirs, inbound.destination == pair.ours)


def exchanged(tx: Connection, actor: Actor, pair: Pair) -> tuple[Exchanged, ...]:
    """The newest messages of the account's conversation, the oldest first.

    Ours are those that left from the number of the pair, those that are answered in it, and the answers by a person
    over its connection.
    """
    inbound = inbound_message.c
    newest = select(inbound_message).where(of_pair(actor, pair)).order_by(inbound.received_at.desc(), inbound.id.desc())
    rows = tx.execute(newest.limit(NEWEST)).all()
    received = [Exchanged(row.received_at, row.text, None) for row in reversed(rows)]
    return tuple(sorted([*received, *_sent(tx, actor, pair, rows)], key=lambda each: each.at))


def _sent(tx: Connection, actor: Actor, pair: Pair, received: Sequence[Row[Any]]) -> list[Exchanged]:
    """What the account sent to the phone, as far as it belongs to the conversation, the oldest first."""
    answered, connections = {row.campaign_id for row in received}, {row.connection_id for row in received}
    ours = e164(pair.ours)

    def belongs(row: Row[Any]) -> bool:
        by_person = row.kind == CampaignKind.REPLY and row.connection_id in connections
        return by_person or row.campaign_id in answered or e164(row.sender) == ours

    rows = [row for row in tx.execute(_sent_to(actor, pair.theirs)) if belongs(row)][:NEWEST]
    return [_ours(row) for row in reversed(rows)]


def _sent_to(actor: Actor, number: str) -> Any:
    """The newest messages of the account to a number, the newest first; not those that never left, but for answers."""
    in_flight = and_(message.c.state == MessageState.QUEUED, may_have_left())
    return (
        select(
            message.c.campaign_id,
            message.c.sent_at,
            func.coalesce(message.c.text, campaign.c.text).label("text"),
            case((in_flight, MessageState.IN_FLIGHT.value), else_=message.c.state).label("shown"),
            campaign.c.kind,
            campaign.c.name,
            campaign.c.sender,
            campaign.c.connection_id,
            campaign.c.created_at,
        )
        .join_from(message, campaign, campaign.c.id == message.c.campaign_id)
        .where(
            message.c.destination == number,
            campaign.c.account_id == actor.account_id,
            campaign.c.kind.in_(_SHOWN),
            or_(campaign.c.kind == CampaignKind.REPLY, message.c.state.not_in(_NEVER_LEFT)),
        )
        .order_by(message.c.id.desc())
        .limit(_LOOKED_AT)
    )


def _ours(row: Row[Any]) -> Exchanged:
    return Exchanged(
        at=row.created_at if row.sent_at is None else from_milliseconds(row.sent_at),
        text=row.text,
        state=MessageState(row.shown),
        sender=row.sender,
        campaign=row.name if row.kind == CampaignKind.CAMPAIGN else "",
    )
