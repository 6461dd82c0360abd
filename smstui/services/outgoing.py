"""How a message enters the queue: the rows from which the dispatcher sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from sqlalchemy import Connection, Exists, exists, func, insert, select

from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState, MessageState, MessageType
from smstui.domain.text import measure
from smstui.i18n import N_
from smstui.services.connection_rows import ConnectionRow, types_of
from smstui.services.message_counts import Moved, count_moves
from smstui.smpp.values import BindMode
from smstui.storage.statements import Statement
from smstui.storage.tables import batch, campaign, connection, message

SYSTEM_SENDER: Final = "smstui"
CAMPAIGN_PRIORITY: Final = 0
PERSON_PRIORITY: Final = 50
"""Of a message to one phone that a person wants to leave now: an answer, a test."""
SYSTEM_PRIORITY: Final = 100
"""Of a code that a person is waiting for; campaigns come after."""
BATCH_SIZE: Final = 2000
"""Messages of one batch, at most."""


class BatchState(StrEnum):
    """What may happen to a range of messages."""

    FREE = "free"
    """A dispatcher may take from it."""
    SENT = "sent"
    """A dispatcher has: all of it is in flight."""
    WAITING = "waiting"
    """The sending hours of its country are closed: it is free again when they open."""
    HELD = "held"
    """Its campaign is paused, or its account blocked."""
    VOID = "void"
    """Its campaign is cancelled: its messages are about to be."""


class NoConnection(Refusal):
    """No enabled connection carries this type of message."""

    sentence: ClassVar[str] = N_("No SMSC connection can carry this message: add one in Settings › Connections.")


_INSERT_MESSAGE: Final = Statement(
    "INSERT INTO message (campaign_id, destination, state) VALUES (?, ?, 'queued')",
    arrays="""
    INSERT INTO message (campaign_id, destination, state)
    SELECT new.campaign_id, new.number, 'queued' FROM unnest(?::bigint[], ?::text[]) AS new (campaign_id, number)
    """,
)
_INSERT_OWN: Final = Statement(
    "INSERT INTO message (campaign_id, destination, state, text, segments, price) VALUES (?, ?, 'queued', ?, ?, ?)",
    arrays="""
    INSERT INTO message (campaign_id, destination, state, text, segments, price)
    SELECT new.campaign_id, new.number, 'queued', new.text, new.segments, new.price
    FROM unnest(?::bigint[], ?::text[], ?::text[], ?::int[], ?::bigint[])
        AS new (campaign_id, number, text, segments, price)
    """,
)


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A sending about to be queued."""

    account_id: int
    kind: CampaignKind
    name: str
    type: MessageType
    connection_id: int
    sender: str
    """As on the wire."""
    text: str
    """Complete, with its STOP mention."""
    segments: int
    """Of one message."""
    price: Credits
    """Of one message."""
    priority: int
    at: datetime
    validity: int | None = None
    """Seconds that the SMSC tries; None is the connection's."""
    language: str | None = None
    """Of SMS Voix."""


class OwnMessage(NamedTuple):
    """A message whose text is its own."""

    number: str
    """E.164."""
    text: str
    """Complete."""
    segments: int
    price: int
    """Thousandths of a credit."""


def connection_for(tx: Connection, message_type: MessageType) -> ConnectionRow:
    """The oldest enabled connection that carries `message_type`. Raises NoConnection."""
    enabled = select(connection).where(connection.c.enabled, connection.c.bind_mode != BindMode.RECEIVER)
    for row in tx.execute(enabled.order_by(connection.c.id)):
        if message_type in types_of(row.types):
            return row
    raise NoConnection


def enqueue(tx: Connection, new: NewCampaign, numbers: Sequence[str]) -> int:
    """Queue a message to each of `numbers` (E.164), in batches that the dispatcher takes from; the campaign's id."""
    campaign_id = _insert_campaign(tx, new, len(numbers), new.price.milli * len(numbers))
    for start in range(0, len(numbers), BATCH_SIZE):
        _INSERT_MESSAGE.run_each(tx, [(campaign_id, number) for number in numbers[start : start + BATCH_SIZE]])
    _offer(tx, campaign_id, new, len(numbers))
    return campaign_id


def enqueue_own(tx: Connection, new: NewCampaign, messages: Sequence[OwnMessage]) -> int:
    """Queue `messages`, each with its own text, segments and price; the campaign's id. See `enqueue`."""
    campaign_id = _insert_campaign(tx, new, len(messages), sum(one.price for one in messages), personal=True)
    insert_own(tx, campaign_id, messages)
    _offer(tx, campaign_id, new, len(messages))
    return campaign_id


def insert_own(tx: Connection, campaign_id: int, messages: Sequence[OwnMessage]) -> None:
    """Add messages with texts of their own to a campaign; they are offered to nobody yet."""
    for start in range(0, len(messages), BATCH_SIZE):
        _INSERT_OWN.run_each(tx, [(campaign_id, *one) for one in messages[start : start + BATCH_SIZE]])


def enqueue_reply(
    tx: Connection,
    *,
    account_id: int,
    carrier: ConnectionRow,
    destination: str,
    sender: str,
    text: str,
    segments: int,
    price: Credits,
    at: datetime,
) -> int:
    """Queue an answer to the phone `destination` (E.164), before all campaigns; its id. The caller posts its price."""
    new = NewCampaign(
        account_id=account_id,
        kind=CampaignKind.REPLY,
        name=str(CampaignKind.REPLY),
        type=MessageType.REPONSE,
        connection_id=carrier.id,
        sender=sender,
        text=text,
        segments=segments,
        price=price,
        priority=PERSON_PRIORITY,
        at=at,
    )
    return enqueue(tx, new, [destination])


def enqueue_system(
    tx: Connection,
    *,
    account_id: int,
    kind: CampaignKind,
    destination: str,
    text: str,
    at: datetime,
    carrier: ConnectionRow | None = None,
    sender: str | None = None,
    validity: int | None = None,
) -> None:
    """Queue a message of the platform's own, free of charge, before all campaigns; `validity` in seconds.

    Over `carrier` from `sender` when they are given, else over the connection for SMS Pro. Raises NoConnection.
    """
    carrier = carrier or connection_for(tx, MessageType.PRO)
    new = NewCampaign(
        account_id=account_id,
        kind=kind,
        name=str(kind),
        type=MessageType.PRO,
        connection_id=carrier.id,
        sender=sender or carrier.reply_number or SYSTEM_SENDER,
        text=text,
        segments=measure(text).segments,
        price=Credits(0),
        priority=SYSTEM_PRIORITY,
        at=at,
        validity=validity,
    )
    enqueue(tx, new, [destination])


def insert_batches(
    tx: Connection,
    campaign_id: int,
    connection_id: int,
    priority: int,
    first_id: int,
    last_id: int,
    country: str | None,
) -> None:
    """Offer the campaign's messages `first_id` to `last_id` to the dispatcher, which may send them from now on.

    They keep the sending hours of `country` (ISO 3166 alpha-2); None keeps none. What lies in the range and is another
    campaign's is left alone; two ranges of one campaign must not overlap.
    """
    rows = [
        {
            "campaign_id": campaign_id,
            "connection_id": connection_id,
            "priority": priority,
            "first_id": first,
            "last_id": min(first + BATCH_SIZE - 1, last_id),
            "sent_upto": first - 1,
            "state": BatchState.FREE,
            "country": country,
        }
        for first in range(first_id, last_id + 1, BATCH_SIZE)
    ]
    if rows:
        tx.execute(insert(batch), rows)


def _insert_campaign(tx: Connection, new: NewCampaign, recipients: int, cost: int, *, personal: bool = False) -> int:
    """The row of a campaign that is being sent; its id. `cost` in thousandths of a credit."""
    row = insert(campaign).values(
        account_id=new.account_id,
        kind=new.kind,
        name=new.name,
        type=new.type,
        state=CampaignState.SENDING,
        connection_id=new.connection_id,
        sender=new.sender,
        text=new.text,
        segments=new.segments,
        price=new.price.milli,
        priority=new.priority,
        recipients=recipients,
        validity=new.validity,
        language=new.language,
        cost=cost,
        personal=personal,
        created_at=new.at,
    )
    return int(tx.execute(row.returning(campaign.c.id)).scalar_one())


def _offer(tx: Connection, campaign_id: int, new: NewCampaign, messages: int) -> None:
    """Offer the `messages` of a new campaign to the dispatcher."""
    count_moves(tx, [Moved(campaign_id, None, MessageState.QUEUED, messages)])
    if messages:
        ends = select(func.min(message.c.id), func.max(message.c.id)).where(message.c.campaign_id == campaign_id)
        first_id, last_id = tx.execute(ends).one()
        insert_batches(tx, campaign_id, new.connection_id, new.priority, first_id, last_id, None)


def may_have_left() -> Exists:
    """In a query on `message`: its batch says that its bytes may have left. A queued message is then in flight."""
    return exists().where(
        batch.c.campaign_id == message.c.campaign_id, message.c.id.between(batch.c.first_id, batch.c.sent_upto)
    )
