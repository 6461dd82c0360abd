"""A campaign from its confirmation to the moment when its recipients are resolved, and what keeps it from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, or_, select, update

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.hours import HoursConsent
from smstui.domain.schedule import check_cron, instant_of, next_walls, wall_of
from smstui.domain.states import CampaignKind, CampaignState, HoldReason
from smstui.i18n import N_
from smstui.services.blocking import is_blocked
from smstui.services.composing import Composition, Draft
from smstui.services.credits import Cause, post
from smstui.services.naming import unused_name, with_suffix
from smstui.services.outgoing import CAMPAIGN_PRIORITY
from smstui.services.preparing import Claim, claimed
from smstui.services.reckoning import Reckoning
from smstui.services.when import When
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import account, campaign
from smstui.storage.tables import draft as draft_table

LATE: Final = timedelta(minutes=15)
"""After which what should have gone out does not go by itself: a person decides."""
SOONEST: Final = timedelta(minutes=1)
"""How far in the past a wall time may be and still mean now: the form shows no seconds."""


@dataclass(eq=False)
class PastDate(Refusal):
    """A moment that is over."""

    sentence: ClassVar[str] = N_("This moment is over: choose a later one, or send now.")


@dataclass(eq=False)
class NeverRuns(Refusal):
    """A recurrence without any date."""

    sentence: ClassVar[str] = N_("With this end, the campaign would never be sent: choose a later last day.")


@dataclass(eq=False)
class InvalidRuns(Refusal):
    """No number of times."""

    limit: int
    sentence: ClassVar[str] = N_("The number of sendings must be between 1 and {limit}.")


@dataclass(eq=False)
class CampaignBegun(Refusal):
    """What was to be replaced is being sent by now."""

    name: str
    sentence: ClassVar[str] = N_("The campaign “{name}” began in the meantime: your changes are kept as a draft.")


MOST_RUNS: Final = 10_000
_REPEATED: Final = 60
"""Wall times of the hour that clocks show twice, at most: in its second turn they are over."""
_COPIED: Final = (
    "account_id",
    "kind",
    "type",
    "connection_id",
    "sender",
    "text",
    "segments",
    "price",
    "priority",
    "validity",
    "draft_id",
    "personal",
    "language",
    "hours_consent",
    "zone",
    "recipients",
)
"""Columns of a series that its runs have too."""


def zone_of(tx: Connection, account_id: int) -> ZoneInfo:
    """The account's time zone."""
    return ZoneInfo(tx.execute(select(account.c.time_zone).where(account.c.id == account_id)).scalar_one())


def first_run(when: When, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The wall time and the instant of the first sending. Raises PastDate, InvalidCron, NeverRuns, InvalidRuns."""
    if when.is_now:
        return wall_of(now, zone), now
    if when.wall is not None:
        exact = when.wall.tzinfo is not None
        instant = when.wall if exact else instant_of(when.wall, zone)
        if instant < now - SOONEST:
            raise PastDate
        return (wall_of(instant, zone) if exact else when.wall), instant
    check_cron(when.cron)
    if when.runs is not None and not 1 <= when.runs <= MOST_RUNS:
        raise InvalidRuns(MOST_RUNS)
    for wall in coming_runs(when, zone, now, 1):
        return wall, instant_of(wall, zone)
    raise NeverRuns


def coming_runs(when: When, zone: ZoneInfo, now: datetime, count: int) -> Sequence[datetime]:
    """The wall times of the next `count` sendings of a recurrence. Raises InvalidCron."""
    wanted = min(count, when.runs or count)
    walls = next_walls(when.cron, wall_of(now, zone), wanted + _REPEATED, when.last_day)
    return [wall for wall in walls if instant_of(wall, zone) > now][:wanted]


def add_campaign(
    tx: Connection,
    actor: Actor,
    draft: Draft,
    composed: Composition,
    reckoned: Reckoning,
    draft_id: int,
    now: datetime,
    state: dict[str, object],
) -> Row[Any]:
    """The row of a campaign that was confirmed, with the columns `state`; what it is to cost is taken.

    Raises PastDate, InvalidCron, NeverRuns, InvalidRuns, InsufficientCredits.
    """
    assert composed.carrier is not None
    zone = zone_of(tx, actor.account_id)
    wall, instant = first_run(draft.when, zone, now)
    recurs = draft.when.recurs
    values = {
        "account_id": actor.account_id,
        "kind": CampaignKind.CAMPAIGN,
        "name": composed.name,
        "type": composed.type,
        "connection_id": composed.carrier.id,
        "sender": composed.sender,
        "text": composed.text,
        "segments": reckoned.segments[1],
        "price": 0,
        "priority": CAMPAIGN_PRIORITY,
        "recipients": reckoned.recipients,
        "validity": draft.validity,
        "created_at": now,
        "draft_id": draft_id,
        "cost": 0 if recurs or draft.when.is_now else reckoned.cost.milli,
        "personal": bool(composed.merge and composed.merge.is_personal),
        "language": draft.language,
        "hours_consent": draft.consent if draft.stop else HoursConsent.ANYTIME,
        "due_at": instant,
        "due_wall": wall.isoformat(timespec="minutes"),
        "zone": zone.key,
        "cron": draft.when.cron or None,
        "runs_left": draft.when.runs,
        **state,
    }
    row = tx.execute(insert(campaign).values(values).returning(campaign)).one()
    if row.cost:
        post(tx, actor.account_id, -Credits(row.cost), Cause.CAMPAIGN, str(row.id), now)
    return row


def replace_campaign(tx: Connection, actor: Actor, campaign_id: int, now: datetime) -> int:
    """Take a campaign that has not begun away, for one that is in its place; its id. Raises CampaignBegun.

    Its row stays, since the ledger refers to it by its id.
    """
    this = (campaign.c.id == campaign_id, campaign.c.account_id == actor.account_id)
    row = tx.execute(select(campaign).where(*this)).first()
    if row is None or not waits(row):
        raise CampaignBegun(row.name if row else "")
    cancel_unsent(tx, row, now)
    withdraw(tx, row.id)
    return int(row.id)


def withdraw(tx: Connection, campaign_id: int) -> None:
    """A campaign that was cancelled before it began is shown nowhere any more, and its name is free."""
    tx.execute(update(campaign).where(campaign.c.id == campaign_id).values(kind=CampaignKind.WITHDRAWN))


def adopt_runs(tx: Connection, former_id: int, series_id: int) -> None:
    """The runs of a series that was replaced are those of its successor: no wall time is sent a second time."""
    tx.execute(update(campaign).where(campaign.c.series_id == former_id).values(series_id=series_id))


def waits(row: Row[Any]) -> bool:
    """Whether the recipients of a campaign are not resolved yet: it waits for its time, or for a person."""
    return row.state == CampaignState.SCHEDULED or (row.state == CampaignState.PAUSED and row.hold is not None)


def give_back(tx: Connection, row: Row[Any], now: datetime) -> None:
    """Give back what was taken for a campaign that is never sent."""
    if row.cost:
        post(tx, row.account_id, Credits(row.cost), Cause.REFUND, str(row.id), now)


def cancel_unsent(tx: Connection, row: Row[Any], now: datetime) -> None:
    """A campaign none of whose messages was offered is never sent; a series sends nothing more."""
    give_back(tx, row, now)
    ended = {"state": CampaignState.CANCELLED, "finished_at": now, "hold": None, "preparing_token": None}
    tx.execute(update(campaign).where(campaign.c.id == row.id).values(ended))


def hold(tx: Connection, claim: Claim, why: HoldReason) -> None:
    """A campaign that could not be prepared waits for a person."""
    ours = (campaign.c.id == claim.campaign_id, campaign.c.preparing_token == claim.token)
    held = {"state": CampaignState.PAUSED, "hold": why, "preparing_token": None}
    tx.execute(update(campaign).where(*ours).values(held))


def release(tx: Connection, row: Row[Any], now: datetime) -> None:
    """A campaign that waited for a person is due now."""
    due = {"state": CampaignState.SCHEDULED, "hold": None, "due_at": now}
    tx.execute(update(campaign).where(campaign.c.id == row.id).values(due))


def due_ids(tx: Connection, now: datetime) -> Sequence[int]:
    """The campaigns that are due, and those whose preparation was given up, the oldest first.

    Those of a blocked account wait: when it is not blocked any more they are late, or are not.
    """
    due = (campaign.c.state == CampaignState.SCHEDULED) & (campaign.c.due_at <= now)
    left = (campaign.c.state == CampaignState.PREPARING) & (campaign.c.preparing_until < to_milliseconds(now))
    found = select(campaign.c.id).where(or_(due, left), ~is_blocked(campaign.c.account_id))
    return tx.execute(found.order_by(campaign.c.due_at)).scalars().all()


def take_due(tx: Connection, campaign_id: int, now: datetime) -> Claim | None:
    """Claim a campaign that is due, or do what its series or its lateness asks for; None when there is none to prepare.

    Only one of several processes gets it.
    """
    row = tx.execute(select(campaign).where(campaign.c.id == campaign_id, campaign.c.id.in_(due_ids(tx, now)))).first()
    if row is None:
        return None
    if row.cron is not None:
        _next_run(tx, row, now)
        return None
    if row.state == CampaignState.SCHEDULED and row.due_at < now - LATE:
        held = {"state": CampaignState.PAUSED, "hold": HoldReason.MISSED}
        tx.execute(update(campaign).where(campaign.c.id == row.id).values(held))
        return None
    claim = Claim(row.id, token_hex(16))
    tx.execute(update(campaign).where(campaign.c.id == row.id).values(claimed(claim.token, now)))
    return claim


def _next_run(tx: Connection, series: Row[Any], now: datetime) -> None:
    """The run of a series that is due, as a campaign of its own; the series goes on to the next wall time after now.

    When nothing ran at its time, or at the next one either, a person decides on that one run: nothing goes in a burst.
    """
    zone, wall = ZoneInfo(series.zone), datetime.fromisoformat(series.due_wall)
    last_day = tx.execute(select(draft_table.c.last_day).where(draft_table.c.id == series.draft_id)).scalar()
    until = datetime.fromisoformat(last_day).date() if last_day else None
    after_this = next_walls(series.cron, wall, 1, until)
    missed = series.due_at < now - LATE or bool(after_this and instant_of(after_this[0], zone) <= now)
    _add_run(tx, series, wall, missed=missed, now=now)
    runs_left = None if series.runs_left is None else series.runs_left - 1
    coming = next_walls(series.cron, max(wall, wall_of(now, zone)), 1, until) if runs_left != 0 else ()
    if coming:
        following: dict[str, object] = {
            "due_wall": coming[0].isoformat(timespec="minutes"),
            "due_at": instant_of(coming[0], zone),
        }
    else:
        following = {"state": CampaignState.DONE, "finished_at": now}
    tx.execute(update(campaign).where(campaign.c.id == series.id).values(runs_left=runs_left, **following))


def _add_run(tx: Connection, series: Row[Any], wall: datetime, *, missed: bool, now: datetime) -> None:
    done = select(campaign.c.id).where(campaign.c.series_id == series.id, campaign.c.due_wall == series.due_wall)
    if tx.execute(done).first() is not None:
        return
    values = {name: getattr(series, name) for name in _COPIED}
    tx.execute(
        insert(campaign).values(
            **values,
            name=_run_name(tx, series, wall),
            state=CampaignState.PAUSED if missed else CampaignState.SCHEDULED,
            hold=HoldReason.MISSED if missed else None,
            created_at=now,
            due_at=series.due_at,
            due_wall=series.due_wall,
            series_id=series.id,
        )
    )


def _run_name(tx: Connection, series: Row[Any], wall: datetime) -> str:
    name = with_suffix(series.name, f" {wall:%Y-%m-%d %H:%M}")
    taken = select(campaign.c.id).where(campaign.c.account_id == series.account_id, campaign.c.name == name)
    return name if tx.execute(taken).first() is None else unused_name(tx, series.account_id, name)
