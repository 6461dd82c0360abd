"""How a message enters the queue: the rows from which the dispatcher sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

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
SYSTEM_PRIORITY: Final = 100
"""Of a code that a person is waiting for; campaigns come after."""
BATCH_SIZE: Final = 2000


class BatchState(StrEnum):
    """What may happen to a range of messages."""

    FREE = "free"
    """A dispatcher may take from it."""
    SENT = "sent"
    """A dispatcher has: all of it is in flight."""
    HELD = "held"
    """Its campaign is paused."""
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


def connection_for(tx: Connection, message_type: MessageType) -> ConnectionRow:
    """The oldest enabled connection that carries `message_type`. Raises NoConnection."""
    enabled = select(connection).where(connection.c.enabled, connection.c.bind_mode != BindMode.RECEIVER)
    for row in tx.execute(enabled.order_by(connection.c.id)):
        if message_type in types_of(row.types):
            return row
    raise NoConnection


def enqueue(tx: Connection, new: NewCampaign, numbers: Sequence[str]) -> int:
    """Queue a message to each of `numbers` (E.164), in batches that the dispatcher takes from; the campaign's id."""
    campaign_id = int(
        tx.execute(
            insert(campaign)
            .values(
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
                recipients=len(numbers),
                validity=new.validity,
                created_at=new.at,
            )
            .returning(campaign.c.id)
        ).scalar_one()
    )
    last_id = 0
    for start in range(0, len(numbers), BATCH_SIZE):
        rows = [(campaign_id, number) for number in numbers[start : start + BATCH_SIZE]]
        _INSERT_MESSAGE.run_each(tx, rows)
        last_id = _insert_batch(tx, campaign_id, new, after=last_id)
    count_moves(tx, [Moved(campaign_id, None, MessageState.QUEUED, len(numbers))])
    return campaign_id


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


def _insert_batch(tx: Connection, campaign_id: int, new: NewCampaign, after: int) -> int:
    """Offer the campaign's messages beyond `after` to the dispatcher; the last id."""
    offered = select(func.min(message.c.id), func.max(message.c.id)).where(
        message.c.campaign_id == campaign_id, message.c.state == MessageState.QUEUED, message.c.id > after
    )
    first_id, last_id = tx.execute(offered).one()
    row = free_batch(campaign_id, new.connection_id, new.priority, first_id, last_id)
    tx.execute(insert(batch).values(row))
    return int(last_id)


def free_batch(campaign_id: int, connection_id: int, priority: int, first_id: int, last_id: int) -> dict[str, object]:
    """The row that offers the campaign's messages `first_id` to `last_id` to the dispatcher."""
    return {
        "campaign_id": campaign_id,
        "connection_id": connection_id,
        "priority": priority,
        "first_id": first_id,
        "last_id": last_id,
        "sent_upto": first_id - 1,
        "state": BatchState.FREE,
    }


def may_have_left() -> Exists:
    """In a query on `message`: its batch says that its bytes may have left. A queued message is then in flight."""
    return exists().where(
        batch.c.campaign_id == message.c.campaign_id, message.c.id.between(batch.c.first_id, batch.c.sent_upto)
    )
