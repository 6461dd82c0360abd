"""The end of a campaign: nothing of it is queued or in flight, and what was never accepted is given back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from smstui.domain.credits import Credits
from smstui.domain.states import REFUNDED_STATES, CampaignState
from smstui.services.credits import Cause, post
from smstui.storage.columns import from_milliseconds
from smstui.storage.statements import Statement
from smstui.storage.tables import campaign, message

_ANY_BATCH = Statement("SELECT id FROM batch WHERE campaign_id = ? LIMIT 1")


_ENDED = case(
    (campaign.c.state == CampaignState.CANCELLED, CampaignState.CANCELLED.value), else_=CampaignState.DONE.value
)


def finish(tx: Connection, campaign_ids: Collection[int], now: int) -> None:
    """Those of these campaigns that have nothing left to send have ended: done, or cancelled if they were.

    `now` is in milliseconds since 1970.
    """
    at = from_milliseconds(now)
    for campaign_id in sorted(campaign_ids):
        if _ANY_BATCH.first(tx, campaign_id) is not None:
            continue
        ended = (
            update(campaign)
            .where(campaign.c.id == campaign_id, campaign.c.finished_at.is_(None))
            .values(state=_ENDED, finished_at=at)
        )
        if tx.execute(ended).rowcount:
            _refund(tx, campaign_id, at)


def _refund(tx: Connection, campaign_id: int, at: datetime) -> None:
    """Give back, once, the parts that the SMSC certainly never accepted."""
    paid = tx.execute(
        select(campaign.c.account_id, campaign.c.price, campaign.c.segments).where(campaign.c.id == campaign_id)
    ).one()
    lost = select(func.count(), func.coalesce(func.sum(message.c.accepted_parts), 0)).where(
        message.c.campaign_id == campaign_id, message.c.state.in_(REFUNDED_STATES)
    )
    messages, accepted_parts = tx.execute(lost).one()
    amount = Credits(paid.price * (messages * paid.segments - accepted_parts) // paid.segments)
    if amount:
        post(tx, paid.account_id, amount, Cause.REFUND, str(campaign_id), at)
