"""How campaigns are doing, as their account sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from smstui.domain.actor import Actor
from smstui.domain.counts import Counts
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignKind, CampaignState, HoldReason, MessageState, MessageType
from smstui.i18n import N_
from smstui.services.dispatch.hours import waiting
from smstui.services.message_counts import message_counts
from smstui.services.outgoing import may_have_left
from smstui.storage.columns import from_milliseconds
from smstui.storage.tables import batch, campaign, connection, message


@dataclass(eq=False)
class UnknownCampaign(Refusal):
    """The account has no such campaign."""

    name: str
    sentence: ClassVar[str] = N_("There is no campaign “{name}”.")


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign, without its messages."""

    id: int
    name: str
    type: MessageType
    state: CampaignState
    sender: str
    text: str
    """As sent, with its STOP mention."""
    connection: str
    """The name of the connection that carries it."""
    segments: int
    """Of one message."""
    recipients: int
    cost: Credits
    """Of all messages, before anything is given back."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    """When nothing was left to send; receipts may still come."""
    due_at: datetime | None
    """When its recipients are resolved, or were; of a series, when its next run is due."""
    cron: str
    """When a series recurs; "" of all others. A series is never sent itself."""
    runs_left: int | None
    """Of a series; None is without end."""
    series_id: int | None
    """The series that it is a run of."""
    hold: HoldReason | None
    """Why it waits for a person before its recipients were resolved."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queued messages of a campaign whose sending hours are closed."""

    country: str
    messages: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come."""

    summary: CampaignSummary
    counts: Counts
    rate: float
    """Messages a second over the last RATE_OVER seconds."""
    waiting: tuple[Waiting, ...] = ()
    """Queued messages whose sending hours are closed."""

    @property
    def percent(self) -> float:
        """The share of the messages that have left, or never will."""
        total = self.counts.total
        return 100.0 * (total - self.counts.remaining) / total if total else 100.0

    @property
    def remaining_seconds(self) -> float | None:
        """Until the last message leaves, at this rate; None when that can't be told."""
        if not self.counts.remaining:
            return 0.0
        return self.counts.remaining / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of a campaign."""

    id: int
    number: str
    state: MessageState
    smsc_id: str | None
    """As the SMSC wrote it; None for a message of several parts."""
    status: int | None
    """command_status of a refusal."""
    error: str | None
    """The SMSC's own words for a failure; foreign text."""
    sent_at: datetime | None
    answered_at: datetime | None
    final_at: datetime | None
    text: str | None = None
    """Its own, complete; None when it is the campaign's."""


def own_campaign(tx: Connection, actor: Actor, campaign_id: int) -> Row[*tuple[Any, ...]]:
    """The row of the account's campaign. Raises UnknownCampaign."""
    row = tx.execute(_own(actor).where(campaign.c.id == campaign_id)).first()
    if row is None:
        raise UnknownCampaign(str(campaign_id))
    return row


def summaries(tx: Connection, actor: Actor, limit: int) -> tuple[CampaignSummary, ...]:
    """The account's newest `limit` campaigns, the newest first."""
    return tuple(_summary(row) for row in tx.execute(_own(actor).order_by(campaign.c.id.desc()).limit(limit)))


def summary_named(tx: Connection, actor: Actor, name: str) -> CampaignSummary:
    """The account's campaign `name`. Raises UnknownCampaign."""
    row = tx.execute(_own(actor).where(campaign.c.name == name)).first()
    if row is None:
        raise UnknownCampaign(name)
    return _summary(row)


def summary_and_counts(tx: Connection, actor: Actor, campaign_id: int) -> Progress:
    """The account's campaign and the counts of its messages, of one instant. Raises UnknownCampaign."""
    row = own_campaign(tx, actor, campaign_id)
    in_flight = (
        select(func.count())
        .select_from(batch)
        .join(message, message.c.id.between(batch.c.first_id, batch.c.sent_upto))
        .where(
            batch.c.campaign_id == campaign_id,
            message.c.campaign_id == campaign_id,
            message.c.state == MessageState.QUEUED,
        )
    )
    counts = Counts.of(message_counts(tx, campaign_id), tx.execute(in_flight).scalar_one())
    waits = tuple(Waiting(country, count, from_milliseconds(at)) for country, count, at in waiting(tx, campaign_id))
    return Progress(_summary(row), counts, 0.0, waits)


def message_rows(
    tx: Connection, actor: Actor, campaign_id: int, after_id: int, limit: int, state: MessageState | None
) -> tuple[MessageRow, ...]:
    """Messages of the account's campaign, in the order of their ids. Raises UnknownCampaign."""
    own_campaign(tx, actor, campaign_id)
    rows = (
        select(message, shown_state().label("shown"))
        .where(message.c.campaign_id == campaign_id, message.c.id > after_id)
        .order_by(message.c.id)
        .limit(limit)
    )
    if state is MessageState.IN_FLIGHT:
        rows = rows.where(_in_flight())
    elif state is not None:
        rows = rows.where(message.c.state == state)
    if state is MessageState.QUEUED:
        rows = rows.where(~may_have_left())
    return tuple(_message_row(row) for row in tx.execute(rows))


def shown_state() -> ColumnElement[str]:
    """In a query on `message`: its state, as people read it."""
    return case((_in_flight(), MessageState.IN_FLIGHT.value), else_=message.c.state)


def _in_flight() -> ColumnElement[bool]:
    return and_(message.c.state == MessageState.QUEUED, may_have_left())


def _own(actor: Actor) -> Select[Any]:
    """The account's campaigns; what the platform sends for itself is not among them."""
    return (
        select(campaign, connection.c.name.label("connection_name"))
        .join_from(campaign, connection, connection.c.id == campaign.c.connection_id)
        .where(campaign.c.account_id == actor.account_id, campaign.c.kind == CampaignKind.CAMPAIGN)
    )


def _summary(row: Row[Any]) -> CampaignSummary:
    return CampaignSummary(
        id=row.id,
        name=row.name,
        type=MessageType(row.type),
        state=CampaignState(row.state),
        sender=row.sender,
        text=row.text,
        connection=row.connection_name,
        segments=row.segments,
        recipients=row.recipients,
        cost=Credits(row.cost),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        due_at=row.due_at,
        cron=row.cron or "",
        runs_left=row.runs_left,
        series_id=row.series_id,
        hold=HoldReason(row.hold) if row.hold else None,
    )


def _message_row(row: Row[Any]) -> MessageRow:
    return MessageRow(
        id=row.id,
        number=row.destination,
        state=MessageState(row.shown),
        smsc_id=row.smsc_id,
        status=row.status,
        error=row.error,
        sent_at=_instant(row.sent_at),
        answered_at=_instant(row.answered_at),
        final_at=_instant(row.final_at),
        text=row.text,
    )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_milliseconds(milliseconds)
