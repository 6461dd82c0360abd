"""What will happen with a campaign that has not begun, and with a series, as far as it can be told today."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from textual.content import Content

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.hours import HoursConsent, SendingHours
from smstui.domain.schedule import instant_of, wall_of, words
from smstui.domain.states import CampaignState, MessageType
from smstui.domain.visible import printable
from smstui.formats import credits_text, explain, long_date, number
from smstui.i18n import N_, _
from smstui.screens.messaging import when_words
from smstui.screens.messaging.campaign_words import (
    date_of,
    held_advice,
    held_words,
    is_held,
    runs_left_words,
    sent_words,
    short_date,
    sign_of,
)
from smstui.screens.messaging.date_hours import Audience, warm_up
from smstui.services.backend import Backend
from smstui.services.campaign_details import CampaignDetails
from smstui.services.campaigns import CampaignSummary, Plan
from smstui.services.credits import InsufficientCredits
from smstui.services.scheduling import PastDate
from smstui.services.when import NOW

LABELS: Final = {
    "state": N_("State"),
    "todo": N_("To do"),
    "dates": N_("Next dates"),
    "recipients": N_("Recipients"),
    "cost": N_("Cost"),
    "hours": N_("Sending hours"),
    "problems": N_("In the way"),
    "text": N_("Text"),
    "then": N_("Then"),
}
"""Message ids, in the order in which these facts are told."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would happen if it was sent as things are today."""

    plan: Plan
    waits: tuple[str, ...]
    """Whose sending hours will be closed, in words."""
    dates: tuple[str, ...]
    """The next dates of a series, in words."""
    problems: tuple[Refusal, ...]
    """What would keep it from being sent."""


async def read_ahead(
    backend: Backend, actor: Actor, campaign: CampaignSummary, details: CampaignDetails
) -> Ahead | None:
    """What would happen with a campaign that has not begun, or a series; None when nothing will, or what is unknown."""
    if details.draft is None or campaign.state is CampaignState.CANCELLED:
        return None
    draft = replace(details.draft, when=NOW) if is_held(campaign) else details.draft
    plan = await backend.campaigns.plan(actor, draft)
    hours = await backend.platform.sending_hours()
    return await asyncio.to_thread(_ahead, campaign, details, plan, hours, backend.clock.now())


def _ahead(
    campaign: CampaignSummary, details: CampaignDetails, plan: Plan, hours: SendingHours, now: datetime
) -> Ahead:
    """What `plan` means for a campaign. May take a tenth of a second the first time: not for the event loop."""
    draft = details.draft
    assert draft is not None
    informs = not draft.stop and draft.type is not MessageType.VOIX
    kept = SendingHours(always=True) if informs else hours
    by_country = [(one.country, one.recipients) for one in plan.reckoned.by_country]
    audience = Audience.of(details.zone, now, kept, by_country, draft.type)
    warm_up(audience)
    at = max(now, campaign.due_at or now)
    waits = () if campaign.cron else when_words.wait_words(audience.waits(at, draft.consent), audience, at)
    return Ahead(plan, tuple(waits), _dates(details, audience, draft.consent), problems_of(plan, campaign.cost))


def facts(
    campaign: CampaignSummary, details: CampaignDetails, ahead: Ahead | None, now: datetime
) -> Mapping[str, Content]:
    """What is known of a campaign that has not begun, or of a series, by the names of LABELS."""
    said = {
        "state": _state(campaign, details, now),
        "todo": Content(held_advice(campaign)) if is_held(campaign) else Content(""),
        "recipients": _recipients(campaign, ahead),
        "cost": _cost(campaign, details, ahead),
        "text": _text(campaign, details),
        "then": Content(_then(campaign)),
    }
    if ahead is not None and campaign.state is not CampaignState.CANCELLED:
        said["dates"] = Content("\n".join(ahead.dates))
        said["hours"] = Content("\n".join(ahead.waits))
        said["problems"] = Content.styled("\n".join(f"✕ {explain(each)}" for each in ahead.problems), "$text-error")
    return said


def _state(campaign: CampaignSummary, details: CampaignDetails, now: datetime) -> Content:
    """Its sign and its word, and the moment that goes with them."""
    zone, pieces = details.zone, [sign_of(campaign).content()]
    if is_held(campaign):
        pieces.append(Content.styled(held_words(campaign, zone, now), "$text-warning"))
    elif campaign.state is CampaignState.SCHEDULED and campaign.cron:
        pieces.append(Content.styled(when_words.sent_by(campaign.cron, zone), "bold"))
        pieces += map(Content, filter(None, (runs_left_words(campaign), _until(details))))
    elif campaign.state is CampaignState.SCHEDULED and campaign.due_at:
        pieces.append(Content.styled(when_words.sent_at(wall_of(campaign.due_at, zone), zone), "bold"))
    elif campaign.cron:
        pieces += [Content(words(campaign.cron)), Content(short_date(date_of(campaign), zone, now))]
    elif campaign.finished_at:
        pieces.append(Content(short_date(campaign.finished_at, zone, now)))
    return Content(" · ").join(pieces)


def _until(details: CampaignDetails) -> str:
    return _("until {date}").format(date=long_date(details.last_day)) if details.last_day else ""


def _recipients(campaign: CampaignSummary, ahead: Ahead | None) -> Content:
    """As many as were confirmed, and how many they would be today."""
    if ahead is None or ahead.plan.recipients == campaign.recipients:
        return Content.styled(number(campaign.recipients), "bold")
    said = _("{confirmed} when it was confirmed, {today} as things are today")
    return Content(said.format(confirmed=number(campaign.recipients), today=number(ahead.plan.recipients)))


def _cost(campaign: CampaignSummary, details: CampaignDetails, ahead: Ahead | None) -> Content:
    """What was taken for it, what was given back, and what it would cost today."""
    today = ahead.plan.cost if ahead is not None else None
    if campaign.state is CampaignState.CANCELLED:
        pieces = [_("{credits} given back").format(credits=credits_text(details.given_back))] if campaign.cost else []
    elif campaign.cost.milli:
        pieces = [_("{credits} reserved").format(credits=credits_text(campaign.cost))]
        if today is not None and today != campaign.cost:
            pieces.append(_("{credits} as things are today").format(credits=credits_text(today)))
    else:
        each = _("{credits}, taken at each sending") if campaign.cron else _("{credits}, taken when it is sent")
        pieces = [each.format(credits=credits_text(today))] if today is not None else ["…"]
    return Content(" · ".join(pieces))


def _text(campaign: CampaignSummary, details: CampaignDetails) -> Content:
    head = sent_words(campaign, is_personal=details.is_personal)
    return Content.assemble((f"{head}\n", "$text-muted"), printable(campaign.text, keep_newlines=True))


def _then(campaign: CampaignSummary) -> str:
    if campaign.state is CampaignState.PREPARING:
        return _("Its recipients are being resolved: it begins as soon as they are.")
    if campaign.state is CampaignState.SCHEDULED and campaign.cron:
        return _("At each date its recipients are looked up anew: groups, STOP list, cost. Each sending is a campaign.")
    if campaign.state is CampaignState.SCHEDULED:
        return _(
            "At that moment its recipients are looked up anew: groups, STOP list. What it costs more is taken, what it "
            "costs less is given back."
        )
    return ""


def _dates(details: CampaignDetails, audience: Audience, consent: HoursConsent) -> tuple[str, ...]:
    zone = details.zone
    return tuple(
        when_words.run_words(wall, audience.waits(instant_of(wall, zone), consent), zone) for wall in details.coming
    )


def problems_of(plan: Plan, taken: Credits) -> tuple[Refusal, ...]:
    """What would keep it from being sent; `taken` was taken for it already."""
    others = tuple(each for each in plan.problems if not isinstance(each, InsufficientCredits | PastDate))
    lacking = plan.cost - taken
    if plan.balance < lacking:
        return (*others, InsufficientCredits(lacking, plan.balance))
    return others
