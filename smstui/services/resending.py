"""Sending again what is in doubt, as a campaign of its own: only a person decides that somebody may get it twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import NAME_LIMIT
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.i18n import N_, _
from smstui.services.credits import Cause, available, post
from smstui.services.following import CampaignSummary, own_campaign, summary_named
from smstui.services.opt_outs import opted_out
from smstui.services.outgoing import CAMPAIGN_PRIORITY, NewCampaign, enqueue
from smstui.storage.tables import ERASED, campaign, message


@dataclass(eq=False)
class NothingInDoubt(Refusal):
    """No message of the campaign is in doubt, or all of them were sent again."""

    name: str
    sentence: ClassVar[str] = N_("No message of the campaign “{name}” is in doubt: there is nothing to send again.")


@dataclass(frozen=True, slots=True)
class ResendPlan:
    """What sending the messages in doubt again would do."""

    recipients: int
    opted_out: int
    """Of those in doubt, the numbers that want nothing any more."""
    cost: Credits
    balance: Credits


def resend_plan(tx: Connection, actor: Actor, campaign_id: int) -> ResendPlan:
    """What `resend` would do now. Raises UnknownCampaign, NothingInDoubt."""
    row = own_campaign(tx, actor, campaign_id)
    doubtful, wanted = _in_doubt(tx, actor, row)
    cost = Credits(row.price) * len(wanted)
    return ResendPlan(len(wanted), len(doubtful) - len(wanted), cost, available(tx, actor.account_id))


def resend(tx: Connection, actor: Actor, campaign_id: int, now: datetime) -> CampaignSummary:
    """Queue the messages in doubt once more, paid for, as a new campaign; none of them can be sent a third time.

    Raises UnknownCampaign, NothingInDoubt, InsufficientCredits.
    """
    row = own_campaign(tx, actor, campaign_id)
    _doubtful, wanted = _in_doubt(tx, actor, row)
    if not wanted:
        raise NothingInDoubt(row.name)
    new = NewCampaign(
        account_id=actor.account_id,
        kind=CampaignKind.CAMPAIGN,
        name=_free_name(tx, actor, row.name),
        type=MessageType(row.type),
        connection_id=row.connection_id,
        sender=row.sender,
        text=row.text,
        segments=row.segments,
        price=Credits(row.price),
        priority=CAMPAIGN_PRIORITY,
        at=now,
        validity=row.validity,
    )
    resent = enqueue(tx, new, wanted)
    post(tx, actor.account_id, -(new.price * len(wanted)), Cause.CAMPAIGN, str(resent), now)
    tx.execute(update(message).where(*_doubts(campaign_id)).values(resent_by=resent))
    return summary_named(tx, actor, new.name)


def _doubts(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Those of a number that was erased since can't be sent again."""
    unknown = message.c.state == MessageState.UNKNOWN
    return (
        message.c.campaign_id == campaign_id,
        unknown,
        message.c.resent_by.is_(None),
        message.c.destination != ERASED,
    )


def _in_doubt(tx: Connection, actor: Actor, row: Row[*tuple[Any, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers whose message is in doubt, and those of them that may still be sent to. Raises NothingInDoubt."""
    doubtful = select(message.c.destination).where(*_doubts(row.id)).order_by(message.c.id)
    numbers = tuple(tx.execute(doubtful).scalars())
    if not numbers:
        raise NothingInDoubt(row.name)
    unwanted = opted_out(tx, actor.account_id)
    return numbers, tuple(number for number in numbers if number not in unwanted)


def _free_name(tx: Connection, actor: Actor, name: str) -> str:
    """A name for the new campaign that the account has not used."""
    number = 1
    while True:
        suffix = _(" (resend {number})").format(number=number)
        wanted = name[: NAME_LIMIT - len(suffix)] + suffix
        taken = select(func.count()).where(campaign.c.account_id == actor.account_id, campaign.c.name == wanted)
        if not tx.execute(taken).scalar_one():
            return wanted
        number += 1
