"""Accounts that an administrator has blocked.

An open session keeps its Actor: what it may do is looked up again wherever that matters, in the same transaction.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, Connection, Exists, exists, select, update

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState
from smstui.i18n import N_
from smstui.services.outgoing import BatchState
from smstui.storage.lanes import enter
from smstui.storage.statements import Statement
from smstui.storage.tables import account, batch, campaign

HELD_KINDS: Final = frozenset({CampaignKind.CAMPAIGN, CampaignKind.REPLY, CampaignKind.TEST})
"""What a blocked account sends; the platform's own messages, such as the confirmation of a STOP, leave all the same."""
_HOLD = Statement(
    "UPDATE batch SET state = 'held', not_before = NULL WHERE campaign_id = ? AND state IN ('free', 'waiting')"
)


@dataclass(eq=False)
class AccountBlocked(Refusal):
    """An administrator has blocked the account."""

    reason: str
    """The administrator's words."""
    sentence: ClassVar[str] = N_("This account is blocked ({reason}): ask an administrator of this platform.")


def refuse_blocked(tx: Connection, actor: Actor) -> None:
    """That the account may send and spend. Raises AccountBlocked."""
    mine = select(account.c.blocked_at, account.c.blocked_reason).where(account.c.id == actor.account_id)
    row = tx.execute(mine).first()
    if row is not None and row.blocked_at is not None:
        raise AccountBlocked(row.blocked_reason or "")


def is_blocked(account_id: ColumnElement[int]) -> Exists:
    """In a query: whether that account is blocked."""
    return exists().where(account.c.id == account_id, account.c.blocked_at.is_not(None))


def hold_queued(tx: Connection, campaign_id: int) -> None:
    """Offer nothing of a campaign to the dispatcher any more, until `offer_held`."""
    _HOLD.run(tx, campaign_id)


def offer_held(tx: Connection, account_id: int) -> None:
    """Offer again what was held of an account; what is paused or cancelled stays so.

    Nobody may take windows of its connections meanwhile, lest one be held after this.
    """
    under_way = select(campaign.c.id).where(
        campaign.c.account_id == account_id,
        campaign.c.state == CampaignState.SENDING,
        campaign.c.finished_at.is_(None),
    )
    connections = select(campaign.c.connection_id).where(campaign.c.id.in_(under_way)).distinct()
    enter(tx, *tx.execute(connections).scalars())
    held = update(batch).where(batch.c.campaign_id.in_(under_way), batch.c.state == BatchState.HELD)
    tx.execute(held.values(state=BatchState.FREE))
