"""What phones sent back to an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind
from smstui.storage.database import Database
from smstui.storage.tables import campaign, inbound_message


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message from a phone."""

    id: int
    source: str
    """E.164, or as the SMSC wrote it when it is no full number."""
    destination: str
    """Our number."""
    text: str
    """Foreign text: show it through `printable`."""
    at: datetime
    campaign: str | None
    """The name of the campaign that it answers; None when it answers none."""


class Inbox:
    """The accounts' inboxes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, actor: Actor, limit: int = 1000) -> tuple[InboundMessage, ...]:
        """The newest `limit` messages to the account, the newest first.

        An administrator also sees those that answer nothing that was sent.
        """
        inbound = inbound_message.c
        statement = (
            select(inbound.id, inbound.source, inbound.destination, inbound.text, inbound.received_at, campaign.c.name)
            .select_from(with_campaign())
            .where(seen_by(actor))
            .order_by(inbound.received_at.desc(), inbound.id.desc())
            .limit(limit)
        )
        rows = await self._database.read(lambda tx: tx.execute(statement).all())
        return tuple(
            InboundMessage(row.id, row.source, row.destination, row.text, row.received_at, row.name) for row in rows
        )


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """In a query on `inbound_message`: those that the account sees; an administrator also those of no account."""
    mine = inbound_message.c.account_id == actor.account_id
    return or_(mine, inbound_message.c.account_id.is_(None)) if actor.is_admin else mine


def with_campaign() -> FromClause:
    """`inbound_message` beside the campaign that each one answers; an answer to an answer is to no campaign."""
    answered: Any = and_(campaign.c.id == inbound_message.c.campaign_id, campaign.c.kind == CampaignKind.CAMPAIGN)
    return inbound_message.outerjoin(campaign, answered)
