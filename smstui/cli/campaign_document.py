"""A campaign as the command line answers it: a JSON document, and lines for people in the same words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smstui.cli.context import Call
from smstui.cli.output import Json, amount
from smstui.domain.actor import Actor
from smstui.domain.states import CampaignState
from smstui.i18n import _, ngettext

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from smstui.domain.recipients import RefusedLine
    from smstui.services.campaign_details import CampaignDetails
    from smstui.services.campaigns import CampaignSummary, Plan, Progress
    from smstui.services.following import Waiting


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign as it is told."""

    progress: "Progress"
    details: "CampaignDetails"
    waiting: "tuple[Waiting, ...]"
    """Whose sending hours are closed, or will be when it begins."""


async def shown(call: Call, actor: Actor, campaign_id: int) -> Shown:
    """The account's campaign now. Raises UnknownCampaign."""
    from smstui.services.campaign_details import campaign_details

    backend = call.backend
    progress = await backend.campaigns.progress(actor, campaign_id)
    details = await campaign_details(backend.database, actor, campaign_id, backend.clock.now())
    return Shown(progress, details, progress.waiting)


def foreseen(plan: "Plan") -> "tuple[Waiting, ...]":
    """Who will wait for their sending hours when the campaign begins."""
    from smstui.services.following import Waiting

    return tuple(Waiting(one.country, one.recipients, one.until) for one in plan.waits)


def document(campaign: Shown) -> dict[str, Json]:
    """How far a campaign has come."""
    counts: dict[str, Json] = {state.value: count for state, count in campaign.progress.counts.items()}
    waiting: list[Json] = [
        {"country": one.country, "messages": one.messages, "until": _moment(one.until)} for one in campaign.waiting
    ]
    return {
        **summary_document(campaign.progress.summary),
        "given_back": amount(campaign.details.given_back),
        "counts": counts,
        "waiting": waiting,
        **_series_document(campaign.details),
    }


def _series_document(details: "CampaignDetails") -> dict[str, Json]:
    """The next sendings, of a series."""
    from smstui.domain.schedule import instant_of

    runs = [instant_of(wall, details.zone).isoformat() for wall in details.coming]
    return {
        **({"runs": runs} if runs else {}),
        **({"until": details.last_day.isoformat()} if details.last_day else {}),
    }


def _moment(until: datetime) -> str | None:
    from smstui.domain.hours import NEVER

    return None if until == NEVER else until.isoformat()


def summary_document(summary: "CampaignSummary") -> dict[str, Json]:
    """A campaign without its messages."""
    when: dict[str, Json] = {
        "at": summary.due_at.isoformat() if summary.due_at else None,
        "cron": summary.cron or None,
        "runs_left": summary.runs_left,
        "hold": summary.hold,
    }
    return {
        "name": summary.name,
        "type": summary.type,
        "state": summary.state,
        "recipients": summary.recipients,
        "segments": summary.segments,
        "cost": amount(summary.cost),
        **{key: value for key, value in when.items() if value is not None},
    }


def left_out(plan: "Plan", refused: "tuple[RefusedLine, ...]", duplicates: int) -> dict[str, Json]:
    """Who is not among the recipients, and what the message lacks for some who are."""
    excluded: dict[str, Json] = {why.value: count for why, count in plan.reckoned.excluded}
    lacking: dict[str, Json] = dict(plan.reckoned.lacking)
    return {
        "refused": [_refused_document(line) for line in refused],
        "duplicates": duplicates,
        "opted_out": plan.opted_out,
        "excluded": excluded,
        "lacking": lacking,
        "countries": [
            {"country": one.country, "recipients": one.recipients, "segments": one.segments, "cost": amount(one.cost)}
            for one in plan.reckoned.by_country
        ],
    }


def left_out_lines(plan: "Plan", duplicates: int) -> list[str]:
    """The same for people, without the refused numbers."""
    from smstui import formats
    from smstui.services.campaigns import Exclusion

    excluded = {**dict(plan.reckoned.excluded), Exclusion.DUPLICATE: duplicates}
    return [
        *(
            _("  left out ({reason}): {count}").format(reason=why.value, count=formats.number(count))
            for why, count in excluded.items()
            if count
        ),
        *(
            _("  without a value for {field}: {count}").format(field=f"{{{field}}}", count=formats.number(count))
            for field, count in plan.reckoned.lacking
        ),
    ]


def _refused_document(line: "RefusedLine") -> dict[str, Json]:
    from smstui.formats import explain

    return {"line": line.line, "text": line.text, "reason": explain(line.reason)}


def lines(campaign: Shown) -> list[str]:
    """A campaign for people; the words are those of --json, times of day are the account's."""
    from smstui import formats

    progress, details = campaign.progress, campaign.details
    counts = [f"  {state.value}: {formats.number(count)}" for state, count in progress.counts.items() if count]
    given_back = [_("  given back: {credits}").format(credits=formats.credits_text(details.given_back))]
    return [
        _head(progress.summary, is_personal=details.is_personal),
        *_moments(progress.summary, details),
        *counts,
        *(given_back if details.given_back.milli else ()),
        *_waiting_lines(campaign.waiting, details.zone),
    ]


def _head(summary: "CampaignSummary", *, is_personal: bool) -> str:
    """What it is, to how many and for how much; a series costs nothing before its runs."""
    from smstui import formats

    recipients = ngettext("{count} recipient", "{count} recipients", summary.recipients)
    sms = _("{segments} SMS each at most") if is_personal and summary.segments > 1 else _("{segments} SMS each")
    told = [
        recipients.format(count=formats.number(summary.recipients)),
        sms.format(segments=summary.segments),
        *([] if summary.cron else [formats.credits_text(summary.cost)]),
    ]
    return _("{name}: {state}, {what}").format(name=summary.name, state=summary.state, what=", ".join(told))


def _waiting_lines(waiting: "Sequence[Waiting]", zone: "ZoneInfo") -> list[str]:
    from smstui import formats
    from smstui.domain.hours import NEVER

    until = _("  waiting for the sending hours of {country}: {messages}, until {at}")
    never = _("  no moment is within the sending hours of {country}: {messages}")
    return [
        (never if one.until == NEVER else until).format(
            country=one.country, messages=formats.number(one.messages), at=wall_text(one.until, zone)
        )
        for one in waiting
    ]


def _moments(summary: "CampaignSummary", details: "CampaignDetails") -> list[str]:
    """When it goes out, if that is still to come, and why it doesn't."""
    from smstui.domain.schedule import words

    moments = []
    if summary.hold is not None:
        moments.append(_("  waits for a decision ({reason}): resume or cancel it").format(reason=summary.hold))
    if summary.cron:
        said = words(summary.cron)
        moments.append(
            _("  cron: {cron}").format(cron=summary.cron if said == summary.cron else f"{summary.cron} ({said})")
        )
    if details.coming:
        runs = ", ".join(f"{wall:%Y-%m-%d %H:%M}" for wall in details.coming)
        moments.append(_("  next: {moments} ({zone})").format(moments=runs, zone=details.zone.key))
    elif summary.due_at is not None and is_to_come(summary):
        at = wall_text(summary.due_at, details.zone)
        moments.append(_("  at: {at} ({zone})").format(at=at, zone=details.zone.key))
    if summary.state is CampaignState.SCHEDULED and summary.runs_left is not None:
        moments.append(_("  runs left: {count}").format(count=summary.runs_left))
    if summary.state is CampaignState.SCHEDULED and details.last_day is not None:
        moments.append(_("  last day: {day}").format(day=details.last_day))
    return moments


def is_to_come(summary: "CampaignSummary") -> bool:
    """Whether its recipients are still to be looked up, at its date or when a person decides."""
    return summary.state is CampaignState.SCHEDULED or summary.hold is not None


def wall_text(instant: datetime, zone: "ZoneInfo") -> str:
    """A moment on the clocks of `zone`, as --at takes it."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
