"""A campaign as the command line answers it: a JSON document, and lines for people in the same words."""

from typing import TYPE_CHECKING

from smstui.cli.output import Json, amount
from smstui.i18n import _

if TYPE_CHECKING:
    from smstui.domain.recipients import RefusedLine
    from smstui.services.campaigns import CampaignSummary, Plan, Progress


def document(progress: "Progress") -> dict[str, Json]:
    """How far a campaign has come."""
    counts: dict[str, Json] = {state.value: count for state, count in progress.counts.items()}
    waiting: list[Json] = [
        {"country": one.country, "messages": one.messages, "until": one.until.isoformat()} for one in progress.waiting
    ]
    return {**summary_document(progress.summary), "counts": counts, "waiting": waiting}


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


def _refused_document(line: "RefusedLine") -> dict[str, Json]:
    from smstui.formats import explain

    return {"line": line.line, "text": line.text, "reason": explain(line.reason)}


def lines(progress: "Progress") -> list[str]:
    """A campaign for people; the words are those of --json."""
    from smstui import formats

    summary = progress.summary
    head = _("{name}: {state}, {recipients} recipients, {segments} SMS each, {cost} credits").format(
        name=summary.name,
        state=summary.state,
        recipients=formats.number(summary.recipients),
        segments=summary.segments,
        cost=formats.amount(summary.cost),
    )
    counts = [f"  {state.value}: {formats.number(count)}" for state, count in progress.counts.items() if count]
    waiting = [
        _("  waiting for the sending hours of {country}: {messages}, until {at}").format(
            country=one.country, messages=formats.number(one.messages), at=formats.date_time(one.until)
        )
        for one in progress.waiting
    ]
    return [head, *_moments(summary), *counts, *waiting]


def _moments(summary: "CampaignSummary") -> list[str]:
    """When it goes out, if that is still to come, and why it doesn't."""
    from smstui import formats

    moments = []
    if summary.hold is not None:
        moments.append(_("  waits for a decision: {reason}").format(reason=summary.hold))
    if summary.finished_at is None and summary.started_at is None and summary.due_at is not None:
        moments.append(_("  at: {at}").format(at=formats.date_time(summary.due_at)))
    if summary.cron:
        moments.append(_("  cron: {cron}").format(cron=summary.cron))
    return moments
