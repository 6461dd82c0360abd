"""Which messages a campaign has, by id only: what a table of any length needs to be scrolled anywhere at once."""

from array import array
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind, MessageState
from smstui.services.outgoing import may_have_left
from smstui.storage.database import Database
from smstui.storage.tables import campaign, message

_CHUNK = 2000


async def message_ids(
    database: Database, actor: Actor, campaign_id: int, state: MessageState | None = None
) -> Sequence[int]:
    """The ids of the account's messages in that campaign, those in `state` if given, in order.

    Empty for a campaign that is not the account's.
    """
    return await database.read(lambda tx: _message_ids(tx, actor, campaign_id, state))


def _message_ids(tx: Connection, actor: Actor, campaign_id: int, state: MessageState | None) -> Sequence[int]:
    of_campaign = message.c.campaign_id == campaign.c.id
    own = (
        campaign.c.id == campaign_id,
        campaign.c.account_id == actor.account_id,
        campaign.c.kind == CampaignKind.CAMPAIGN,
    )
    if state is None:
        first, last = (
            select(edge).where(of_campaign).correlate(campaign).scalar_subquery()
            for edge in (func.min(message.c.id), func.max(message.c.id))
        )
        row = tx.execute(select(campaign.c.recipients, first, last).where(*own)).first()
        if row is None or row[1] is None:
            return ()
        if row[2] - row[1] + 1 == row[0]:
            return range(row[1], row[2] + 1)
    statement = select(message.c.id).join_from(campaign, message, of_campaign).where(*own, *_in_state(state))
    ids = array("q")
    for chunk in tx.execute(statement.order_by(message.c.id)).scalars().partitions(_CHUNK):
        ids.extend(chunk)
    return ids


def _in_state(state: MessageState | None) -> tuple[ColumnElement[bool], ...]:
    match state:
        case None:
            return ()
        case MessageState.IN_FLIGHT:
            return (message.c.state == MessageState.QUEUED, may_have_left())
        case MessageState.QUEUED:
            return (message.c.state == MessageState.QUEUED, ~may_have_left())
        case _:
            return (message.c.state == state,)
