"""Sending again what failed or is in doubt, as a campaign of its own.

Only a person decides that somebody may get a message twice.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Connection, Row, exists, func, insert, literal, select, update

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState, MessageState
from smstui.i18n import N_, _
from smstui.services.blocking import refuse_blocked
from smstui.services.credits import Cause, available, post
from smstui.services.following import CampaignSummary, own_campaign, summary_named
from smstui.services.message_counts import Moved, count_moves
from smstui.services.naming import unused_name
from smstui.services.outgoing import CAMPAIGN_PRIORITY
from smstui.services.ranges import country_ranges, in_order, offer_ranges
from smstui.storage.tables import ERASED, campaign, message, opt_out


class Resend(StrEnum):
    """What is to be sent again."""

    UNKNOWN = "unknown"
    """What may or may not have gone out."""
    FAILED = "failed"
    """What certainly did not arrive, whoever says so."""
    BOTH = "both"


_STATES: Final = {
    Resend.UNKNOWN: (MessageState.UNKNOWN,),
    Resend.FAILED: (
        MessageState.REJECTED,
        MessageState.REJECTED_BY_NETWORK,
        MessageState.UNDELIVERED,
        MessageState.EXPIRED,
    ),
}
_STATES[Resend.BOTH] = _STATES[Resend.UNKNOWN] + _STATES[Resend.FAILED]


_KEPT: Final = (
    "account_id",
    "type",
    "connection_id",
    "sender",
    "text",
    "segments",
    "price",
    "validity",
    "draft_id",
    "personal",
    "language",
    "hours_consent",
)
"""Columns of a campaign that its resend has too."""


def failed_states() -> tuple[MessageState, ...]:
    """The states of what certainly did not arrive."""
    return _STATES[Resend.FAILED]


@dataclass(eq=False)
class NothingInDoubt(Refusal):
    """No message of the campaign is in doubt, or all of them were sent again."""

    name: str
    sentence: ClassVar[str] = N_("No message of the campaign “{name}” is in doubt: there is nothing to send again.")


@dataclass(eq=False)
class NothingFailed(Refusal):
    """No message of the campaign has failed, or all that did were sent again."""

    name: str
    sentence: ClassVar[str] = N_("No message of the campaign “{name}” has failed: there is nothing to send again.")


@dataclass(frozen=True, slots=True)
class ResendPlan:
    """What sending again would do."""

    recipients: int
    opted_out: int
    """Of those meant, the numbers that want nothing any more."""
    cost: Credits
    balance: Credits


def resend_plan(tx: Connection, actor: Actor, campaign_id: int, what: Resend = Resend.UNKNOWN) -> ResendPlan:
    """What `resend` would do now. Raises UnknownCampaign, NothingInDoubt, NothingFailed."""
    row = own_campaign(tx, actor, campaign_id)
    meant = select(func.count()).select_from(message).where(*_meant(campaign_id, what))
    count = tx.execute(meant).scalar_one()
    if not count:
        raise _nothing(row, what)
    price = func.coalesce(message.c.price, row.price)
    wanted = select(func.count(), func.coalesce(func.sum(price), 0)).where(*_wanted(actor, campaign_id, what))
    recipients, cost = tx.execute(wanted).one()
    return ResendPlan(recipients, count - recipients, Credits(int(cost)), available(tx, actor.account_id))


def resend(
    tx: Connection, actor: Actor, campaign_id: int, now: datetime, what: Resend = Resend.UNKNOWN
) -> CampaignSummary:
    """Queue these messages once more, paid for, as a new campaign; none of them can be sent a third time.

    Raises AccountBlocked, UnknownCampaign, NothingInDoubt, NothingFailed, InsufficientCredits.
    """
    refuse_blocked(tx, actor)
    row = own_campaign(tx, actor, campaign_id)
    plan = resend_plan(tx, actor, campaign_id, what)
    if not plan.recipients:
        raise _nothing(row, what)
    name = unused_name(tx, actor.account_id, row.name, _(" (resend {number})"), first=1)
    resent = _copy(tx, row, name, plan, now)
    copied = ["campaign_id", "destination", "state", "text", "segments", "price"]
    again = select(
        literal(resent),
        message.c.destination,
        literal(MessageState.QUEUED.value),
        message.c.text,
        message.c.segments,
        message.c.price,
    ).where(*_wanted(actor, campaign_id, what))
    tx.execute(insert(message).from_select(copied, again.order_by(in_order(tx, message.c.destination))))
    post(tx, actor.account_id, -plan.cost, Cause.CAMPAIGN, str(resent), now)
    tx.execute(update(message).where(*_meant(campaign_id, what)).values(resent_by=resent))
    offer_ranges(tx, own_campaign(tx, actor, resent), row.connection_id, country_ranges(tx, resent))
    count_moves(tx, [Moved(resent, None, MessageState.QUEUED, plan.recipients)])
    return summary_named(tx, actor, name)


def _copy(tx: Connection, row: Row[Any], name: str, plan: ResendPlan, now: datetime) -> int:
    """The row of the new campaign; its id."""
    new = insert(campaign).values(
        **{column: getattr(row, column) for column in _KEPT},
        kind=CampaignKind.CAMPAIGN,
        name=name,
        state=CampaignState.SENDING,
        priority=CAMPAIGN_PRIORITY,
        recipients=plan.recipients,
        cost=plan.cost.milli,
        created_at=now,
    )
    return int(tx.execute(new.returning(campaign.c.id)).scalar_one())


def _meant(campaign_id: int, what: Resend) -> tuple[ColumnElement[bool], ...]:
    """Those of a number that was erased since can't be sent again."""
    return (
        message.c.campaign_id == campaign_id,
        message.c.state.in_(_STATES[what]),
        message.c.resent_by.is_(None),
        message.c.destination != ERASED,
    )


def _wanted(actor: Actor, campaign_id: int, what: Resend) -> tuple[ColumnElement[bool], ...]:
    """Those of them whose number may still be sent to."""
    unwanted = exists().where(opt_out.c.account_id == actor.account_id, opt_out.c.number == message.c.destination)
    return (*_meant(campaign_id, what), ~unwanted)


def _nothing(row: Row[Any], what: Resend) -> Refusal:
    return NothingInDoubt(row.name) if what is Resend.UNKNOWN else NothingFailed(row.name)
