"""The end of a campaign: nothing of it is queued or in flight, and what was never accepted is given back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, case, update

from smstui.domain.credits import Credits
from smstui.domain.states import REFUNDED_STATES, CampaignState
from smstui.services.credits import Cause, post
from smstui.storage.columns import from_milliseconds
from smstui.storage.statements import Statement, as_list, with_list
from smstui.storage.tables import campaign

_ANY_BATCH = Statement("SELECT id FROM batch WHERE campaign_id = ? LIMIT 1")
_LOST = with_list(
    """
    SELECT campaign.account_id, SUM(
        COALESCE(message.price, campaign.price) / COALESCE(message.segments, campaign.segments)
        * (COALESCE(message.segments, campaign.segments) - message.accepted_parts)
    )
    FROM campaign JOIN message ON message.campaign_id = campaign.id
    WHERE campaign.id = ? AND message.state IN {texts}
    GROUP BY campaign.account_id
    """
)
"""A price is a whole number of thousandths for each segment, so nothing is lost in the division."""
_UNDER_WAY = (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.CANCELLED)
_ENDED = case(
    (campaign.c.state == CampaignState.CANCELLED, CampaignState.CANCELLED.value), else_=CampaignState.DONE.value
)


def finish(tx: Connection, campaign_ids: Collection[int], now: int) -> None:
    """Those of these campaigns that have nothing left to send have ended: done, or cancelled if they were.

    One whose recipients are still to be resolved has not begun. `now` is in milliseconds since 1970.
    """
    at = from_milliseconds(now)
    for campaign_id in sorted(campaign_ids):
        if _ANY_BATCH.first(tx, campaign_id) is not None:
            continue
        ended = (
            update(campaign)
            .where(campaign.c.id == campaign_id, campaign.c.finished_at.is_(None), campaign.c.state.in_(_UNDER_WAY))
            .values(state=_ENDED, finished_at=at)
        )
        if tx.execute(ended).rowcount:
            _refund(tx, campaign_id, at)


def _refund(tx: Connection, campaign_id: int, at: datetime) -> None:
    """Give back, once, the parts that the SMSC certainly never accepted."""
    for account_id, lost in _LOST.rows(tx, campaign_id, as_list(sorted(REFUNDED_STATES))):
        if lost:
            post(tx, account_id, Credits(int(lost)), Cause.REFUND, str(campaign_id), at)
