"""What the pages of campaigns tell beside their progress: where and when, what came back, what would be given back."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.schedule import next_walls, wall_of
from smstui.domain.states import CampaignKind, CampaignState, MessageState
from smstui.services.composing import Draft
from smstui.services.credits import Cause
from smstui.services.draft_rows import confirmed_draft
from smstui.services.following import own_campaign
from smstui.services.outgoing import may_have_left
from smstui.services.resending import failed_states
from smstui.services.scheduling import zone_of
from smstui.storage.database import Database
from smstui.storage.tables import ERASED, campaign, ledger_entry, message

SHOWN_RUNS: Final = 5
"""Of a series: the dates that are told beforehand."""


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """What is known of a campaign beside its summary and its counts."""

    zone: ZoneInfo
    """Of its dates."""
    draft: Draft | None
    """As it was confirmed, in the place of the campaign itself; None of one that kept none."""
    is_personal: bool
    """Whether each message has a text of its own."""
    given_back: Credits
    coming: tuple[datetime, ...]
    """The next wall times of a series, SHOWN_RUNS at most."""
    last_day: date | None
    """Of a series; None is without end."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What cancelling a campaign would do."""

    messages: int
    """That have not left; of a campaign whose recipients are not resolved yet, those that it was confirmed for."""
    credits: Credits
    """Given back for them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Messages of a campaign that failed for the same reason, and were not sent again."""

    state: MessageState
    status: int | None
    """command_status of a refusal."""
    error: str | None
    """The SMSC's own words; foreign text."""
    messages: int


async def account_zone(database: Database, actor: Actor) -> ZoneInfo:
    """The account's time zone."""
    return await database.read(lambda tx: zone_of(tx, actor.account_id))


async def campaign_details(database: Database, actor: Actor, campaign_id: int, now: datetime) -> CampaignDetails:
    """The details of the account's campaign. Raises UnknownCampaign."""
    return await database.read(lambda tx: _details(tx, actor, campaign_id, now))


async def waiting_for_a_person(database: Database, actor: Actor) -> int:
    """How many campaigns of the account wait for a decision."""
    held = select(func.count()).where(
        campaign.c.account_id == actor.account_id,
        campaign.c.kind == CampaignKind.CAMPAIGN,
        campaign.c.state == CampaignState.PAUSED,
        campaign.c.hold.is_not(None),
    )
    return await database.read(lambda tx: int(tx.execute(held).scalar_one()))


async def withdrawal(database: Database, actor: Actor, campaign_id: int) -> Withdrawal:
    """What cancelling the account's campaign would do now. Raises UnknownCampaign."""
    return await database.read(lambda tx: _withdrawal(tx, actor, campaign_id))


async def failures(database: Database, actor: Actor, campaign_id: int) -> tuple[Failure, ...]:
    """Why messages of the account's campaign failed, the most frequent reason first. Raises UnknownCampaign."""
    count = func.count().label("messages")
    why = (message.c.state, message.c.status, message.c.error)
    found = (
        select(*why, count)
        .where(
            message.c.campaign_id == campaign_id,
            message.c.state.in_(failed_states()),
            message.c.resent_by.is_(None),
            message.c.destination != ERASED,
        )
        .group_by(*why)
        .order_by(count.desc(), *why)
    )

    def work(tx: Connection) -> tuple[Failure, ...]:
        own_campaign(tx, actor, campaign_id)
        return tuple(Failure(MessageState(row.state), *row[1:]) for row in tx.execute(found))

    return await database.read(work)


def _details(tx: Connection, actor: Actor, campaign_id: int, now: datetime) -> CampaignDetails:
    row = own_campaign(tx, actor, campaign_id)
    zone = ZoneInfo(row.zone) if row.zone else zone_of(tx, actor.account_id)
    draft = confirmed_draft(tx, row.draft_id) if row.draft_id else None
    if draft is not None:
        draft = replace(draft, name=row.name, replaces_id=row.id)
    last_day = draft.when.last_day if draft and row.cron else None
    return CampaignDetails(
        zone=zone,
        draft=draft,
        is_personal=row.personal,
        given_back=_given_back(tx, row),
        coming=_coming(row, zone, last_day, now),
        last_day=last_day,
    )


def _given_back(tx: Connection, row: Row[Any]) -> Credits:
    entry = select(ledger_entry.c.amount).where(
        ledger_entry.c.cause == Cause.REFUND, ledger_entry.c.reference == str(row.id)
    )
    amount = tx.execute(entry).scalar()
    return Credits(amount) if amount else NO_CREDITS


def _coming(row: Row[Any], zone: ZoneInfo, last_day: date | None, now: datetime) -> tuple[datetime, ...]:
    if not row.cron or row.state != CampaignState.SCHEDULED:
        return ()
    count = SHOWN_RUNS if row.runs_left is None else min(SHOWN_RUNS, row.runs_left)
    return next_walls(row.cron, wall_of(now, zone), count, last_day)


def _withdrawal(tx: Connection, actor: Actor, campaign_id: int) -> Withdrawal:
    row = own_campaign(tx, actor, campaign_id)
    if row.state in {CampaignState.SCHEDULED, CampaignState.PREPARING} or row.hold is not None:
        return Withdrawal(0 if row.cron else row.recipients, Credits(row.cost))
    price = func.coalesce(message.c.price, row.price)
    unsent = select(func.count(), func.coalesce(func.sum(price), 0)).where(
        message.c.campaign_id == campaign_id, message.c.state == MessageState.QUEUED, ~may_have_left()
    )
    messages, worth = tx.execute(unsent).one()
    return Withdrawal(messages, Credits(int(worth)))
