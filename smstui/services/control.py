"""Pausing, resuming and cancelling a campaign.

A window that was taken before goes on; nothing else of the campaign leaves. What a cancelled campaign had queued is
cancelled batch by batch, so that no transaction is long; whoever comes upon the rest goes on with it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, MessageState
from smstui.i18n import N_
from smstui.services.dispatch.finishing import finish
from smstui.services.following import own_campaign
from smstui.services.message_counts import Moved, count_moves
from smstui.services.outgoing import BatchState
from smstui.storage.columns import to_milliseconds
from smstui.storage.statements import Statement
from smstui.storage.tables import batch, campaign

_CANCEL_MESSAGES = Statement(
    """
    UPDATE message SET state = 'cancelled', final_at = ?
    WHERE campaign_id + 0 = ? AND id BETWEEN ? AND ? AND COALESCE(state, '') = 'queued'
    """
)
_PAUSABLE: Final = frozenset({CampaignState.SENDING})
_RESUMABLE: Final = frozenset({CampaignState.PAUSED})
_CANCELLABLE: Final = frozenset({CampaignState.SENDING, CampaignState.PAUSED})


@dataclass(eq=False)
class CampaignNotSending(Refusal):
    """Only what is being sent can be paused."""

    name: str
    sentence: ClassVar[str] = N_("The campaign “{name}” is not being sent: there is nothing to pause.")


@dataclass(eq=False)
class CampaignNotPaused(Refusal):
    """Only what is paused can be resumed."""

    name: str
    sentence: ClassVar[str] = N_("The campaign “{name}” is not paused: there is nothing to resume.")


@dataclass(eq=False)
class CampaignEnded(Refusal):
    """What has ended can't be cancelled."""

    name: str
    sentence: ClassVar[str] = N_("The campaign “{name}” has ended already: there is nothing left to cancel.")


def connection_of(tx: Connection, actor: Actor, campaign_id: int) -> int:
    """The connection that carries the account's campaign. Raises UnknownCampaign."""
    return int(own_campaign(tx, actor, campaign_id).connection_id)


def pause(tx: Connection, actor: Actor, campaign_id: int) -> None:
    """No window is taken from the campaign any more. Raises UnknownCampaign, CampaignNotSending."""
    row = own_campaign(tx, actor, campaign_id)
    if row.state not in _PAUSABLE:
        raise CampaignNotSending(row.name)
    _become(tx, campaign_id, CampaignState.PAUSED)
    _move(tx, campaign_id, (BatchState.FREE, BatchState.WAITING), BatchState.HELD)


def resume(tx: Connection, actor: Actor, campaign_id: int) -> None:
    """A paused campaign goes on, where sending hours allow it. Raises UnknownCampaign, CampaignNotPaused."""
    row = own_campaign(tx, actor, campaign_id)
    if row.state not in _RESUMABLE:
        raise CampaignNotPaused(row.name)
    _become(tx, campaign_id, CampaignState.SENDING)
    _move(tx, campaign_id, (BatchState.HELD,), BatchState.FREE)


def cancel(tx: Connection, actor: Actor, campaign_id: int, now: datetime) -> None:
    """Nothing of the campaign that has not left yet will. Raises UnknownCampaign, CampaignEnded.

    `cancel_next` then cancels its messages.
    """
    row = own_campaign(tx, actor, campaign_id)
    if row.state not in _CANCELLABLE:
        raise CampaignEnded(row.name)
    _become(tx, campaign_id, CampaignState.CANCELLED)
    _move(tx, campaign_id, (BatchState.FREE, BatchState.WAITING, BatchState.HELD), BatchState.VOID)
    finish(tx, {campaign_id}, to_milliseconds(now))


def cancel_next(tx: Connection, connection_id: int, now: datetime) -> bool:
    """Cancel the messages of one void batch of the connection; whether there was one."""
    void = select(batch.c.id, batch.c.campaign_id, batch.c.first_id, batch.c.last_id).where(
        batch.c.connection_id == connection_id, batch.c.state == BatchState.VOID
    )
    row = tx.execute(void.limit(1)).first()
    if row is None:
        return False
    at = to_milliseconds(now)
    cancelled = _CANCEL_MESSAGES.run(tx, at, row.campaign_id, row.first_id, row.last_id)
    count_moves(tx, [Moved(row.campaign_id, MessageState.QUEUED, MessageState.CANCELLED, cancelled)])
    tx.execute(batch.delete().where(batch.c.id == row.id))
    finish(tx, {row.campaign_id}, at)
    return True


def _become(tx: Connection, campaign_id: int, state: CampaignState) -> None:
    tx.execute(update(campaign).where(campaign.c.id == campaign_id).values(state=state))


def _move(tx: Connection, campaign_id: int, before: Collection[BatchState], after: BatchState) -> None:
    these = update(batch).where(batch.c.campaign_id == campaign_id, batch.c.state.in_(before))
    tx.execute(these.values(state=after, not_before=None))
