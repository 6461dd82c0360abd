"""Campaigns: planned, sent, followed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.recipients import Recipients, RefusedLine, read_recipients
from smstui.domain.states import CampaignKind, CampaignState, MessageState
from smstui.domain.text import Measure
from smstui.services import control
from smstui.services.composing import CampaignNameTaken, Composition, Draft, compose
from smstui.services.credits import Cause, post
from smstui.services.following import (
    CampaignSummary,
    MessageRow,
    Progress,
    UnknownCampaign,
    message_rows,
    summaries,
    summary_and_counts,
    summary_named,
)
from smstui.services.outgoing import CAMPAIGN_PRIORITY, NewCampaign, enqueue
from smstui.services.rate_meter import RateMeter
from smstui.services.resending import ResendPlan, resend, resend_plan
from smstui.storage.database import Database
from smstui.storage.lanes import enter

__all__ = [
    "CampaignNameTaken",
    "CampaignSummary",
    "Campaigns",
    "Draft",
    "MessageRow",
    "Plan",
    "Progress",
    "ResendPlan",
    "UnknownCampaign",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """What sending a draft would do, in numbers, and what stands in its way."""

    recipients: int
    refused: tuple[RefusedLine, ...]
    duplicates: int
    opted_out: int
    text: str
    """As sent, with its STOP mention; "" while there is none."""
    measure: Measure | None
    """None when the text can't be sent."""
    sender: str | None
    """As the phone shows it; None when there is none."""
    cost: Credits
    balance: Credits
    connection: str | None
    """The name of the connection that would carry it."""
    problems: tuple[Refusal, ...]
    """Nothing can be sent before these are solved."""


class Campaigns:
    """The accounts' campaigns. `queued` is called when there is something new to send."""

    def __init__(self, database: Database, clock: Clock, queued: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._queued = queued
        self._meters: dict[int, RateMeter] = {}

    async def plan(self, actor: Actor, draft: Draft) -> Plan:
        """What sending `draft` would do now."""
        read = await asyncio.to_thread(_read, draft)
        return _plan(await self._database.read(lambda tx: compose(tx, actor, draft, read)))

    async def send_now(self, actor: Actor, draft: Draft) -> CampaignSummary:
        """Queue `draft`, paid for, in one transaction. Raises the first of its plan's problems."""
        read = await asyncio.to_thread(_read, draft)
        now = self._clock.now()
        sent = await self._database.write(lambda tx: _send(tx, actor, draft, read, now))
        self._queued()
        return sent

    async def pause(self, actor: Actor, campaign_id: int) -> None:
        """Let nothing more of a campaign leave for now. Raises UnknownCampaign, CampaignNotSending."""
        await self._control(actor, campaign_id, lambda tx: control.pause(tx, actor, campaign_id))

    async def resume(self, actor: Actor, campaign_id: int) -> None:
        """Let a paused campaign go on. Raises UnknownCampaign, CampaignNotPaused."""
        await self._control(actor, campaign_id, lambda tx: control.resume(tx, actor, campaign_id))
        self._queued()

    async def cancel(self, actor: Actor, campaign_id: int) -> None:
        """Cancel all of a campaign that has not left, and give its credits back. Raises UnknownCampaign, CampaignEnded.

        What is in flight still has its outcome later.
        """
        now = self._clock.now()
        connection_id = await self._control(actor, campaign_id, lambda tx: control.cancel(tx, actor, campaign_id, now))
        while await self._database.write(lambda tx: control.cancel_next(tx, connection_id, now), lane=connection_id):
            pass

    async def _control(self, actor: Actor, campaign_id: int, work: Callable[[Connection], None]) -> int:
        """Do `work` while no dispatcher books anything of the campaign's connection, whose id is returned."""

        def alone(tx: Connection) -> int:
            connection_id = control.connection_of(tx, actor, campaign_id)
            enter(tx, connection_id)
            work(tx)
            return connection_id

        return await self._database.write(alone)

    async def resend_plan(self, actor: Actor, campaign_id: int) -> ResendPlan:
        """What sending the campaign's messages in doubt again would do. Raises UnknownCampaign, NothingInDoubt."""
        return await self._database.read(lambda tx: resend_plan(tx, actor, campaign_id))

    async def resend_unknown(self, actor: Actor, campaign_id: int) -> CampaignSummary:
        """Send the campaign's messages in doubt again, as a new campaign: some phones may get it twice.

        Raises UnknownCampaign, NothingInDoubt, InsufficientCredits.
        """
        now = self._clock.now()

        def work(tx: Connection) -> CampaignSummary:
            enter(tx, control.connection_of(tx, actor, campaign_id))
            return resend(tx, actor, campaign_id, now)

        sent = await self._database.write(work)
        self._queued()
        return sent

    async def list(self, actor: Actor, limit: int = 1000) -> tuple[CampaignSummary, ...]:
        """The account's newest `limit` campaigns, the newest first."""
        return await self._database.read(lambda tx: summaries(tx, actor, limit))

    async def find(self, actor: Actor, name: str) -> CampaignSummary:
        """The account's campaign `name`. Raises UnknownCampaign."""
        return await self._database.read(lambda tx: summary_named(tx, actor, name))

    async def progress(self, actor: Actor, campaign_id: int) -> Progress:
        """How far the account's campaign has come. Raises UnknownCampaign."""
        summary, counts = await self._database.read(lambda tx: summary_and_counts(tx, actor, campaign_id))
        if summary.state is not CampaignState.SENDING:
            self._meters.pop(campaign_id, None)
            return Progress(summary, counts, 0.0)
        meter = self._meters.setdefault(campaign_id, RateMeter())
        return Progress(summary, counts, meter.rate(self._clock.monotonic(), counts.total - counts.remaining))

    async def messages(
        self, actor: Actor, campaign_id: int, after_id: int = 0, limit: int = 200, state: MessageState | None = None
    ) -> tuple[MessageRow, ...]:
        """The account's messages beyond `after_id`, those in `state` if given, by id. Raises UnknownCampaign."""
        return await self._database.read(lambda tx: message_rows(tx, actor, campaign_id, after_id, limit, state))


def _read(draft: Draft) -> Recipients:
    """The recipients of a draft, typed and given together."""
    typed = read_recipients(draft.numbers_text)
    together = tuple(dict.fromkeys((*draft.numbers, *typed.numbers)))
    repeated = len(draft.numbers) + len(typed.numbers) - len(together)
    return Recipients(together, typed.duplicates + repeated, typed.refused)


def _plan(composed: Composition) -> Plan:
    return Plan(
        recipients=len(composed.numbers),
        refused=composed.refused,
        duplicates=composed.duplicates,
        opted_out=composed.opted_out,
        text=composed.text or "",
        measure=composed.measure,
        sender=composed.sender,
        cost=composed.cost,
        balance=composed.balance,
        connection=composed.carrier.name if composed.carrier else None,
        problems=composed.problems,
    )


def _send(tx: Connection, actor: Actor, draft: Draft, read: Recipients, now: datetime) -> CampaignSummary:
    """The whole of a sending: checks, campaign, messages, batches, credits."""
    composed, validity = compose(tx, actor, draft, read), draft.validity
    if composed.problems:
        raise composed.problems[0]
    assert composed.carrier is not None
    assert composed.measure is not None
    assert composed.sender is not None
    assert composed.text is not None
    new = NewCampaign(
        account_id=actor.account_id,
        kind=CampaignKind.CAMPAIGN,
        name=composed.name,
        type=composed.type,
        connection_id=composed.carrier.id,
        sender=composed.sender,
        text=composed.text,
        segments=composed.measure.segments,
        price=composed.price,
        priority=CAMPAIGN_PRIORITY,
        at=now,
        validity=validity,
    )
    campaign_id = enqueue(tx, new, composed.numbers)
    post(tx, actor.account_id, -composed.cost, Cause.CAMPAIGN, str(campaign_id), now)
    return summary_named(tx, actor, composed.name)
