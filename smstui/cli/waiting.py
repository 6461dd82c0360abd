"""Waiting for a campaign on the command line, and dispatching it meanwhile."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import click

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, MessageType
from smstui.i18n import N_, _
from smstui.smpp.values import BindState

if TYPE_CHECKING:
    from smstui.services.backend import Backend
    from smstui.services.campaigns import CampaignSummary, Progress

_UNBEGUN = frozenset({CampaignState.SCHEDULED, CampaignState.PREPARING})
LOOK = 0.2
"""Seconds between two looks at the campaign."""
DRAIN = 5.0
"""Seconds given to the last responses."""


@dataclass(eq=False)
class NotFinalInTime(Refusal):
    """Messages without a final state when the time was over."""

    pending: int
    recipients: int
    seconds: float
    sentence: ClassVar[str] = N_(
        "After {seconds} s, {pending} of {recipients} messages have no final state yet: "
        "follow them with `smstui campaign show`."
    )


@dataclass(eq=False)
class NotFinalUnbound(Refusal):
    """Messages without a final state when the time was over, and no bind to the SMSC."""

    pending: int
    recipients: int
    seconds: float
    connection: str
    reason: str
    sentence: ClassVar[str] = N_(
        "After {seconds} s, {pending} of {recipients} messages have no final state yet: "
        "the connection “{connection}” is not bound ({reason}); they stay queued."
    )


@dataclass(eq=False)
class WaitsForHours(Refusal):
    """Messages whose sending hours stay closed for longer than the command waits."""

    pending: int
    opens: str
    sentence: ClassVar[str] = N_(
        "{pending} messages wait for the sending hours, which open on {opens}: "
        "--outside-hours consents to send before that."
    )


@dataclass(eq=False)
class WaitsForVoiceHours(WaitsForHours):
    """The same of voice messages, whose hours are law: no consent moves them."""

    sentence: ClassVar[str] = N_(
        "{pending} voice messages wait for the hours that the law allows them, which open on {opens}: "
        "wait longer with --timeout, or leave the sending to `smstui dispatch`."
    )


@dataclass(eq=False)
class NeverInHours(Refusal):
    """Messages to countries with time zones so far apart that their sending hours never open."""

    pending: int
    sentence: ClassVar[str] = N_(
        "{pending} messages go to countries where no moment is within the sending hours everywhere: "
        "--outside-hours consents to send at any time."
    )


@dataclass(eq=False)
class WaitsForDate(Refusal):
    """A campaign that begins later than the command waits."""

    name: str
    begins: str
    sentence: ClassVar[str] = N_(
        "The campaign “{name}” begins on {begins}, later than --timeout: follow it then with `smstui campaign show`."
    )


@dataclass(eq=False)
class WaitsForDecision(Refusal):
    """The campaign could not begin by itself."""

    name: str
    reason: str
    sentence: ClassVar[str] = N_(
        "The campaign “{name}” waits for a decision ({reason}): `smstui campaign resume` or `cancel` it."
    )


async def until_final(backend: "Backend", actor: Actor, summary: "CampaignSummary", timeout: float) -> Refusal | None:
    """Dispatch until every message has a final state, or for `timeout` seconds; why some have none then."""
    dispatching = asyncio.create_task(backend.dispatcher.run(only=summary.connection))
    try:
        return await _follow(backend, actor, summary, timeout, dispatching)
    finally:
        _end_show()
        await backend.dispatcher.drain(DRAIN)
        await dispatching


async def _follow(
    backend: "Backend", actor: Actor, summary: "CampaignSummary", timeout: float, dispatching: "asyncio.Task[None]"
) -> Refusal | None:
    """Wait; None when every message has a final state."""
    deadline = backend.clock.monotonic() + timeout
    while True:
        progress = await backend.campaigns.progress(actor, summary.id)
        _show(progress)
        pending, left = progress.counts.total - progress.counts.final, deadline - backend.clock.monotonic()
        if not pending and progress.summary.state not in _UNBEGUN:
            return None
        if progress.summary.hold is not None:
            return WaitsForDecision(summary.name, progress.summary.hold)
        until = backend.clock.now() + timedelta(seconds=left)
        if (later := _opening(progress, pending, until) or _beginning(progress, until)) is not None:
            return await _later(backend, actor, progress, later)
        if left <= 0:
            return await _why(backend, summary, pending or summary.recipients, timeout)
        await asyncio.wait({dispatching}, timeout=min(LOOK, left))
        if dispatching.done():
            await dispatching


def _opening(progress: "Progress", pending: int, until: datetime) -> datetime | None:
    """When sending hours open for all that is left, if only after `until`."""
    waiting = sum(one.messages for one in progress.waiting)
    if not waiting or waiting < pending:
        return None
    opens = min(one.until for one in progress.waiting)
    return opens if opens >= until else None


def _beginning(progress: "Progress", until: datetime) -> datetime | None:
    """When a scheduled campaign begins, if only after `until`."""
    due = progress.summary.due_at if progress.summary.state is CampaignState.SCHEDULED else None
    return due if due is not None and due >= until else None


async def _later(backend: "Backend", actor: Actor, progress: "Progress", later: datetime) -> Refusal:
    """That nothing more happens before `later`."""
    from smstui import formats
    from smstui.domain.hours import NEVER
    from smstui.services.campaign_details import account_zone

    moment = formats.date_time(later, await account_zone(backend.database, actor))
    if progress.summary.state is CampaignState.SCHEDULED:
        return WaitsForDate(progress.summary.name, moment)
    pending = sum(one.messages for one in progress.waiting)
    if progress.summary.type is MessageType.VOIX:
        return WaitsForVoiceHours(pending, moment)
    return NeverInHours(pending) if later == NEVER else WaitsForHours(pending, moment)


async def _why(backend: "Backend", summary: "CampaignSummary", pending: int, timeout: float) -> Refusal:
    """Why there are messages without a final state."""
    statuses = {status.name: status for status in await backend.connections.statuses()}
    status = statuses.get(summary.connection)
    if status is None or status.state is BindState.BOUND:
        return NotFinalInTime(pending, summary.recipients, timeout)
    return NotFinalUnbound(pending, summary.recipients, timeout, summary.connection, status.reason or status.state)


def _show(progress: "Progress") -> None:
    """Rewrite the line of progress, on a terminal."""
    if not sys.stderr.isatty():
        return
    from smstui import formats

    line = _("{final} of {recipients} final, {percent} % sent, {rate}").format(
        final=formats.number(progress.counts.final),
        recipients=formats.number(progress.counts.total),
        percent=formats.number(int(progress.percent)),
        rate=formats.rate_text(progress.rate),
    )
    click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def _end_show() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
