"""Campaigns: planned, sent, followed."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.contact import ContactDetails
from smstui.domain.states import CampaignState, MessageState
from smstui.services import control, scheduling
from smstui.services.blocking import refuse_blocked
from smstui.services.composing import CampaignNameTaken, Draft, compose
from smstui.services.confirming import confirm
from smstui.services.exclusions import ExcludedNumber, Exclusion
from smstui.services.following import (
    CampaignSummary,
    MessageRow,
    Progress,
    UnknownCampaign,
    message_rows,
    own_campaign,
    summaries,
    summary_and_counts,
    summary_named,
)
from smstui.services.planning import Plan, plan, read_numbers
from smstui.services.preparing import discard_cancelled
from smstui.services.rate_meter import RateMeter
from smstui.services.reckoning import excluded_numbers
from smstui.services.resending import Resend, ResendPlan, resend, resend_plan
from smstui.services.tariffs import current_tariff
from smstui.services.trial import samples, send_trial
from smstui.storage.database import Database
from smstui.storage.lanes import enter

__all__ = [
    "CampaignNameTaken",
    "CampaignSummary",
    "Campaigns",
    "Draft",
    "Exclusion",
    "MessageRow",
    "Plan",
    "Progress",
    "Resend",
    "ResendPlan",
    "UnknownCampaign",
]


class Campaigns:
    """The accounts' campaigns. `queued` is called when there is something new to send."""

    def __init__(self, database: Database, clock: Clock, queued: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._queued = queued
        self._meters: dict[int, RateMeter] = {}

    async def plan(self, actor: Actor, draft: Draft) -> Plan:
        """What sending `draft` would do now."""
        return await plan(self._database, actor, draft, self._clock.now())

    async def excluded(
        self, actor: Actor, draft: Draft, wanted: Exclusion | str, limit: int = 1000
    ) -> tuple[ExcludedNumber, ...]:
        """The first `limit` numbers left out for a reason, or those without a value for the merge field `wanted`."""
        read = await read_numbers(draft)
        composed = await self._database.read(lambda tx: compose(tx, actor, draft))
        tariff = await self._database.read(current_tariff)
        audience = draft.audience(read.numbers)
        return await excluded_numbers(self._database, actor, composed, audience, tariff, wanted, limit)

    async def samples(self, actor: Actor, draft: Draft, count: int) -> tuple[ContactDetails, ...]:
        """The first `count` contacts that `draft` is for, to show its text with; of the book when it names none."""
        return await self._database.read(lambda tx: samples(tx, actor, draft.audience(()), count))

    async def send(self, actor: Actor, draft: Draft, draft_id: int | None = None) -> CampaignSummary:
        """Send `draft` at once, or schedule it, as its `when` says; it was kept as `draft_id`.

        Raises the first of its plan's problems, CampaignBegun.
        """
        sent = await confirm(self._database, self._clock, actor, draft, draft_id)
        self._queued()
        return sent

    async def send_test(self, actor: Actor, draft: Draft) -> str:
        """Send the message of `draft` to the account's own certified number, which is returned.

        Raises NotCertified, InsufficientCredits, and the problems of the message.
        """
        now = self._clock.now()
        number = await self._database.write(lambda tx: send_trial(tx, actor, draft, now))
        self._queued()
        return number

    async def pause(self, actor: Actor, campaign_id: int) -> None:
        """Let nothing more of a campaign leave for now. Raises UnknownCampaign, CampaignNotSending."""
        await self._control(actor, campaign_id, lambda tx: control.pause(tx, actor, campaign_id))

    async def resume(self, actor: Actor, campaign_id: int) -> None:
        """Let a paused campaign go on, or one that waited for a person begin.

        Raises AccountBlocked, UnknownCampaign, CampaignNotPaused.
        """
        now = self._clock.now()

        def work(tx: Connection) -> None:
            refuse_blocked(tx, actor)
            row = own_campaign(tx, actor, campaign_id)
            if scheduling.waits(row) and row.state == CampaignState.PAUSED:
                scheduling.release(tx, row, now)
            else:
                control.resume(tx, actor, campaign_id)

        await self._control(actor, campaign_id, work)
        self._queued()

    async def cancel(self, actor: Actor, campaign_id: int) -> None:
        """Cancel all of a campaign that has not left, and give its credits back. Raises UnknownCampaign, CampaignEnded.

        What is in flight still has its outcome later. A series makes no more runs; those that were made go on.
        """
        now = self._clock.now()
        unsent = await self._database.write(lambda tx: self._cancel_unsent(tx, actor, campaign_id))
        if unsent:
            await discard_cancelled(self._database, campaign_id)
            return
        connection_id = await self._control(actor, campaign_id, lambda tx: control.cancel(tx, actor, campaign_id, now))
        while await self._database.write(lambda tx: control.cancel_next(tx, connection_id, now), lane=connection_id):
            pass

    def _cancel_unsent(self, tx: Connection, actor: Actor, campaign_id: int) -> bool:
        """Cancel a campaign none of whose messages was offered; whether it is one."""
        row = own_campaign(tx, actor, campaign_id)
        if not scheduling.waits(row) and row.state != CampaignState.PREPARING:
            return False
        scheduling.cancel_unsent(tx, row, self._clock.now())
        return True

    async def _control(self, actor: Actor, campaign_id: int, work: Callable[[Connection], None]) -> int:
        """Do `work` while no dispatcher books anything of the campaign's connection, whose id is returned."""

        def alone(tx: Connection) -> int:
            connection_id = control.connection_of(tx, actor, campaign_id)
            enter(tx, connection_id)
            work(tx)
            return connection_id

        return await self._database.write(alone)

    async def resend_plan(self, actor: Actor, campaign_id: int, what: Resend = Resend.UNKNOWN) -> ResendPlan:
        """What sending these messages again would do. Raises UnknownCampaign, NothingInDoubt, NothingFailed."""
        return await self._database.read(lambda tx: resend_plan(tx, actor, campaign_id, what))

    async def resend(self, actor: Actor, campaign_id: int, what: Resend = Resend.UNKNOWN) -> CampaignSummary:
        """Send these messages again, as a new campaign: of those in doubt, some phones may get it twice.

        Raises UnknownCampaign, NothingInDoubt, NothingFailed, InsufficientCredits.
        """
        now = self._clock.now()

        def work(tx: Connection) -> CampaignSummary:
            enter(tx, control.connection_of(tx, actor, campaign_id))
            return resend(tx, actor, campaign_id, now, what)

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
        progress = await self._database.read(lambda tx: summary_and_counts(tx, actor, campaign_id))
        if progress.summary.state is not CampaignState.SENDING:
            self._meters.pop(campaign_id, None)
            return progress
        meter = self._meters.setdefault(campaign_id, RateMeter())
        counts = progress.counts
        return replace(progress, rate=meter.rate(self._clock.monotonic(), counts.total - counts.remaining))

    async def messages(
        self, actor: Actor, campaign_id: int, after_id: int = 0, limit: int = 200, state: MessageState | None = None
    ) -> tuple[MessageRow, ...]:
        """The account's messages beyond `after_id`, those in `state` if given, by id. Raises UnknownCampaign."""
        return await self._database.read(lambda tx: message_rows(tx, actor, campaign_id, after_id, limit, state))
