"""What sending a draft would do, in numbers, and what stands in its way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import NotMetropolitan, is_metropolitan
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.hours import Closed, SendingHours, verdict
from smstui.domain.recipients import Recipients, RefusedLine, read_recipients
from smstui.domain.states import MessageType
from smstui.domain.text import Measure
from smstui.services.audience import check_groups
from smstui.services.composing import Composition, Draft, Problems, compose
from smstui.services.credits import InsufficientCredits, available
from smstui.services.exclusions import Exclusion
from smstui.services.platform_settings import check_recipient_count, sending_hours
from smstui.services.reckoning import Reckoning, reckon
from smstui.services.scheduling import coming_runs, first_run, zone_of
from smstui.services.tariffs import current_tariff
from smstui.storage.database import Database

SHOWN_RUNS = 5
"""Dates of a recurrence that are told beforehand."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Recipients whose sending hours are closed when the campaign begins."""

    country: str
    recipients: int
    until: datetime
    """Aware, in UTC."""
    reason: Closed
    holiday: str
    """Its name; "" unless that is the reason."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What sending a draft would do, in numbers, and what stands in its way."""

    recipients: int
    refused: tuple[RefusedLine, ...]
    """Of the numbers that were typed or pasted."""
    duplicates: int
    opted_out: int
    text: str
    """As sent to a phone of which nothing is known, with its STOP mention; "" while there is none."""
    measure: Measure | None
    """Of that text; None when it can't be sent."""
    sender: str | None
    """As the phone shows it; None when there is none."""
    cost: Credits
    balance: Credits
    connection: str | None
    """The name of the connection that would carry it."""
    problems: tuple[Refusal, ...]
    """Nothing can be sent before these are solved."""
    reckoned: Reckoning
    """Recipients, exclusions and cost in detail."""
    zone: ZoneInfo
    """The account's."""
    begins_at: datetime | None
    """Aware, in UTC; None when no date was given rightly."""
    runs: tuple[datetime, ...]
    """The next wall times of a recurrence."""
    waits: tuple[Wait, ...]
    """The most recipients first."""


async def read_numbers(draft: Draft) -> Recipients:
    """The numbers of a draft, typed and given together, without those that its type does not reach."""
    return await asyncio.to_thread(_read, draft)


def _read(draft: Draft) -> Recipients:
    typed = read_recipients(draft.numbers_text)
    together = tuple(dict.fromkeys((*draft.numbers, *typed.numbers)))
    repeated = len(draft.numbers) + len(typed.numbers) - len(together)
    refused = typed.refused
    if draft.type is MessageType.REPONSE:
        refused += tuple(
            RefusedLine(position, number, NotMetropolitan(number))
            for position, number in enumerate(together, start=1)
            if not is_metropolitan(number)
        )
        together = tuple(filter(is_metropolitan, together))
    return Recipients(together, typed.duplicates + repeated, refused)


async def plan(database: Database, actor: Actor, draft: Draft, now: datetime) -> Plan:
    """What sending `draft` would do now."""
    read = await read_numbers(draft)
    composed = await database.read(lambda tx: compose(tx, actor, draft))
    tariff = await database.read(current_tariff)
    reckoned = await reckon(database, actor, composed, draft.audience(read.numbers), tariff)
    return await database.read(lambda tx: _plan(tx, actor, draft, read, composed, reckoned, now))


def obstacles(
    tx: Connection, actor: Actor, draft: Draft, composed: Composition, reckoned: Reckoning, now: datetime
) -> tuple[Refusal, ...]:
    """All that keeps a draft from being sent."""
    problems = Problems(list(composed.problems))
    with problems.noted():
        check_groups(tx, actor, draft.audience(()))
    with problems.noted():
        check_recipient_count(tx, reckoned.recipients)
    with problems.noted():
        first_run(draft.when, zone_of(tx, actor.account_id), now)
    balance = available(tx, actor.account_id)
    if balance < reckoned.cost and not draft.when.recurs:
        problems.found.append(InsufficientCredits(reckoned.cost, balance))
    return tuple(problems.found)


def _plan(
    tx: Connection,
    actor: Actor,
    draft: Draft,
    read: Recipients,
    composed: Composition,
    reckoned: Reckoning,
    now: datetime,
) -> Plan:
    zone = zone_of(tx, actor.account_id)
    begins_at, runs = _dates(draft, zone, now)
    return Plan(
        recipients=reckoned.recipients,
        refused=read.refused,
        duplicates=read.duplicates + reckoned.count(Exclusion.DUPLICATE),
        opted_out=reckoned.count(Exclusion.OPTED_OUT),
        text=composed.text or "",
        measure=composed.measure,
        sender=composed.sender,
        cost=reckoned.cost,
        balance=available(tx, actor.account_id),
        connection=composed.carrier.name if composed.carrier else None,
        problems=obstacles(tx, actor, draft, composed, reckoned, now),
        reckoned=reckoned,
        zone=zone,
        begins_at=begins_at,
        runs=runs,
        waits=_waits(draft, reckoned, begins_at, sending_hours(tx)) if begins_at else (),
    )


def _dates(draft: Draft, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, tuple[datetime, ...]]:
    """When the first sending begins, and the next ones of a recurrence."""
    try:
        _wall, begins_at = first_run(draft.when, zone, now)
    except Refusal:
        return None, ()
    runs = tuple(coming_runs(draft.when, zone, now, SHOWN_RUNS)) if draft.when.recurs else ()
    return begins_at.astimezone(UTC), runs


def _waits(draft: Draft, reckoned: Reckoning, at: datetime, hours: SendingHours) -> tuple[Wait, ...]:
    if not draft.stop and draft.type is not MessageType.VOIX:
        return ()
    found = [(one, verdict(at, one.country, draft.type, hours, draft.consent)) for one in reckoned.by_country]
    return tuple(
        Wait(one.country, one.recipients, judged.until, judged.reason, judged.holiday)
        for one, judged in found
        if judged.reason is not None
    )


def without_numbers_text(draft: Draft, numbers: Sequence[str]) -> Draft:
    """`draft` with its numbers as they were read."""
    return replace(draft, numbers=tuple(numbers), numbers_text="")
