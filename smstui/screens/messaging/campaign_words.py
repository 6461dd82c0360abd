"""Campaigns in words: their sign, their date, why one waits for a person, whose hours are closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from textual.content import Content

from smstui.domain.country import zones_of
from smstui.domain.schedule import wall_of
from smstui.domain.states import CampaignState, HoldReason
from smstui.domain.visible import printable
from smstui.formats import date_time, long_date, number
from smstui.i18n import N_, _, current_language, ngettext
from smstui.screens.messaging.in_country import in_country
from smstui.screens.messaging.when_words import sent_at, sent_by
from smstui.services.campaigns import CampaignSummary
from smstui.services.following import Waiting
from smstui.widgets.state_sign import HELD, RECURRING, Sign, campaign_sign

_NEAR: Final = timedelta(days=7)
"""Within which a weekday says which day is meant."""
_THIS_YEAR: Final = timedelta(days=300)
"""Within which a day and a month do."""
_MOST_COUNTRIES: Final = 3
"""Told one by one."""
_NOT_BEGUN: Final = frozenset({CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PREPARING})
_HOLD_WORDS: Final = {
    HoldReason.MISSED: N_("missed {moment}: nothing was running"),
    HoldReason.CREDITS: N_("not enough credits, {moment}"),
    HoldReason.RECIPIENTS: N_("nobody to send to, or too many, {moment}"),
    HoldReason.MESSAGE: N_("its connection, its sender or its text could not be used, {moment}"),
}
_ADVICE: Final = {
    HoldReason.MISSED: N_("Send it now (p), or cancel it (c)."),
    HoldReason.CREDITS: N_("Add credits and send it (p), or cancel it (c)."),
    HoldReason.RECIPIENTS: N_("Change its recipients and send it (p), or cancel it (c)."),
    HoldReason.MESSAGE: N_("Put that right and send it (p), or cancel it (c)."),
}


def sign_of(campaign: CampaignSummary) -> Sign:
    """How a campaign looks: like its state, unless it waits for a person or is a series."""
    if is_held(campaign):
        return HELD
    if campaign.cron and campaign.state is CampaignState.SCHEDULED:
        return RECURRING
    return campaign_sign(campaign.state)


def is_held(campaign: CampaignSummary) -> bool:
    """Whether it waits for a person before its recipients are resolved."""
    return campaign.state is CampaignState.PAUSED and campaign.hold is not None


def is_waiting(campaign: CampaignSummary) -> bool:
    """Whether its recipients are not resolved yet."""
    return campaign.state in _NOT_BEGUN or is_held(campaign)


def date_of(campaign: CampaignSummary) -> datetime:
    """The moment that counts: when it is or was due, when a series comes next, when it was cancelled."""
    ended_early = campaign.state is CampaignState.CANCELLED or (campaign.cron and campaign.finished_at)
    return (campaign.finished_at if ended_early else None) or campaign.due_at or campaign.created_at


def short_date(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The day and the time of a moment, in 11 cells; its date with the year when it is far from `now`."""
    return date_time(instant, zone) if abs(instant - now) < _THIS_YEAR else f"{instant.astimezone(zone):%d/%m/%Y}"


def about(campaign: CampaignSummary, zone: ZoneInfo, now: datetime) -> Content:
    """One campaign in a sentence or two."""
    if is_held(campaign):
        held = " · ".join((_("Waits for your decision"), held_words(campaign, zone, now)))
        return Content.assemble((held, "$text-warning"), " · ", held_advice(campaign))
    if campaign.cron and campaign.state is CampaignState.SCHEDULED:
        return Content(" · ".join(filter(None, (sent_by(campaign.cron, zone), runs_left_words(campaign)))))
    if campaign.state is CampaignState.SCHEDULED and campaign.due_at:
        return Content(sent_at(wall_of(campaign.due_at, zone), zone))
    return one_line(campaign.sender, campaign.text)


def one_line(sender: str | None, text: str) -> Content:
    """A message on one line, with its sender before it; "" of a message without text."""
    shown = printable(" ".join(text.split()))
    named = f"{printable(sender)} · " if sender and shown else ""
    return Content.assemble((named, "$text-muted"), shown)


def sent_words(campaign: CampaignSummary, *, is_personal: bool) -> str:
    """Who it comes from, and how long a message is."""
    sentence = _("{sender}, {segments} SMS each")
    if is_personal and campaign.segments > 1:
        sentence = _("{sender}, {segments} SMS each at most")
    return sentence.format(sender=printable(campaign.sender), segments=campaign.segments)


def runs_left_words(series: CampaignSummary) -> str:
    """How many more times a series is sent; "" when that is without end."""
    left = series.runs_left
    return "" if left is None else ngettext("{count} more time", "{count} more times", left).format(count=number(left))


def held_words(campaign: CampaignSummary, zone: ZoneInfo, now: datetime) -> str:
    """Why it waits for a person: "missed Monday 10:00: nothing was running"."""
    assert campaign.hold is not None
    moment = _day_and_time(wall_of(date_of(campaign), zone), wall_of(now, zone))
    return _(_HOLD_WORDS[campaign.hold]).format(moment=moment)


def held_advice(campaign: CampaignSummary) -> str:
    """What the person can do about it."""
    assert campaign.hold is not None
    return _(_ADVICE[campaign.hold])


def moment_words(wall: datetime, seen_from: datetime) -> str:
    """A wall time; with its day on another day."""
    return f"{wall:%H:%M}" if wall.date() == seen_from.date() else _day_and_time(wall, seen_from)


def _day_and_time(wall: datetime, seen_from: datetime) -> str:
    """With its weekday, or its date when that is a week away."""
    from babel.dates import format_date

    is_near = abs(wall - seen_from) < _NEAR
    return f"{format_date(wall, 'EEEE', current_language()) if is_near else long_date(wall)} {wall:%H:%M}"


def waiting_lines(waiting: Sequence[Waiting], zone: ZoneInfo, now: datetime) -> list[str]:
    """Whose sending hours are closed, and until when: a sentence for each of the first countries, one for the rest."""
    lines = [_waiting(each, zone, now) for each in waiting[:_MOST_COUNTRIES]]
    if others := waiting[_MOST_COUNTRIES:]:
        count = sum(each.messages for each in others)
        sentence = ngettext(
            "{count} in {countries} more countries waits too", "{count} in {countries} more countries wait too", count
        )
        lines.append(sentence.format(count=number(count), countries=len(others)))
    return lines


def _waiting(one: Waiting, zone: ZoneInfo, now: datetime) -> str:
    here, there = wall_of(one.until, zone), _local_wall(one.until, one.country)
    at_here = moment_words(here, wall_of(now, zone))
    moment = at_here
    if there is not None and there != here:
        local = moment_words(there, _local_wall(now, one.country) or there)
        time = f"{here:%H:%M}" if here.date() == there.date() else at_here
        moment = _("{moment} ({here} here)").format(moment=local, here=time)
    sentence = ngettext("{count} {place} waits until {moment}", "{count} {place} wait until {moment}", one.messages)
    return sentence.format(count=number(one.messages), place=in_country(one.country), moment=moment)


def _local_wall(instant: datetime, country: str) -> datetime | None:
    """What clocks of a country show, naive; None when they don't all show the same."""
    walls = {wall_of(instant, zone) for zone in zones_of(country)}
    return walls.pop() if len(walls) == 1 else None
