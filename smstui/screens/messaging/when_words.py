"""When a campaign goes out, in words: its date, who waits for their hours and why, what clock changes do to it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smstui.domain.hours import NEVER, VOICE_WINDOWS, Closed, SendingHours
from smstui.domain.schedule import instant_of, wall_of, words
from smstui.domain.states import MessageType
from smstui.domain.visible import printable
from smstui.formats import long_date, number
from smstui.i18n import _, current_language, ngettext
from smstui.screens.messaging.date_hours import Audience, comes_twice, is_left_out
from smstui.screens.messaging.in_country import in_country
from smstui.services.planning import Wait

_MOST_COUNTRIES = 3
"""Told one by one."""
_SEVERAL = 2
"""The number of a noun in the plural."""
_A_WEEK = timedelta(days=7)


def sent_at(wall: datetime, zone: ZoneInfo) -> str:
    """When a campaign goes out once."""
    return _("Sent on {date} at {time} ({zone})").format(date=long_date(wall), time=f"{wall:%H:%M}", zone=zone.key)


def sent_by(cron: str, zone: ZoneInfo) -> str:
    """When a campaign goes out again and again."""
    said = words(cron)
    sentence = _("Sent as “{expression}” says ({zone})") if said == cron else _("Sent {expression} ({zone})")
    return sentence.format(expression=said, zone=zone.key)


def clock_change(wall: datetime, zone: ZoneInfo) -> str:
    """What becomes of a wall time that doesn't exist, or comes twice; "" for every other."""
    if is_left_out(wall, zone):
        moved = wall_of(instant_of(wall, zone), zone)
        sentence = _("That night the clocks go forward over {time}: it is sent at {moved}.")
        return sentence.format(time=f"{wall:%H:%M}", moved=f"{moved:%H:%M}")
    if comes_twice(wall, zone):
        return _("That night the clocks go back and {time} comes twice: it is sent at the first.").format(
            time=f"{wall:%H:%M}"
        )
    return ""


def recipients_words(audience: Audience, at: datetime) -> str:
    """How many recipients there are, and what time it will be where clocks show another one."""
    if not audience.recipients:
        return ""
    total = sum(count for _country, count in audience.recipients)
    abroad = _abroad(audience, at)
    everybody = ngettext("{count} recipient", "{count} recipients", total).format(count=number(total))
    if not abroad:
        return everybody
    if len(audience.recipients) == 1:
        country, _count, there = abroad[0]
        return f"{everybody} {_there(country, there)}"
    told = [f"{number(count)} {_there(country, there)}" for country, count, there in abroad[:_MOST_COUNTRIES]]
    if others := abroad[_MOST_COUNTRIES:]:
        told.append(_elsewhere(sum(count for _country, count, _there in others), len(others)))
    return _("{recipients}, of whom {some}").format(recipients=everybody, some=", ".join(told))


def wait_words(waits: Sequence[Wait], audience: Audience, at: datetime) -> list[str]:
    """Who would wait, until when and why: one sentence for all the countries that wait for the same."""
    alike: dict[tuple[str, str], list[Wait]] = {}
    for each in waits:
        reason = reason_words(each.reason, audience.hours, audience.kind, each.holiday)
        alike.setdefault((_until(each, audience, at), reason), []).append(each)
    return [_wait(group, until, reason, audience) for (until, reason), group in alike.items()]


def run_words(wall: datetime, waits: Sequence[Wait], zone: ZoneInfo) -> str:
    """One date of a recurrence, and until when most of those who wait do: "dim. 29 nov. 2026 10:00 → lun. 08:00"."""
    goes = wall_of(instant_of(wall, zone), zone)
    said = f"{_short_date(goes)} {goes:%H:%M}"
    if not waits or waits[0].until == NEVER:
        return said
    until = wall_of(waits[0].until, zone)
    is_near = until.date() < goes.date() + _A_WEEK
    return f"{said} → {_formatted(until, 'EEE') if is_near else _short_date(until)} {until:%H:%M}"


def reason_words(reason: Closed, hours: SendingHours, kind: MessageType, holiday: str = "") -> str:
    """Why nothing goes out."""
    voice = kind is MessageType.VOIX
    match reason:
        case Closed.TOO_EARLY:
            opens = VOICE_WINDOWS[0][0] if voice else hours.opens
            return _("before {time}").format(time=f"{opens:%H:%M}")
        case Closed.TOO_LATE:
            closes = VOICE_WINDOWS[-1][1] if voice else hours.closes
            return _("after {time}").format(time=f"{closes:%H:%M}")
        case Closed.BREAK:
            (_opens, begins), (ends, _closes) = VOICE_WINDOWS
            return _("between {begins} and {ends}").format(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")
        case Closed.SUNDAY:
            return _("Sunday")
        case Closed.SATURDAY:
            return _("Saturday")
        case Closed.HOLIDAY:
            return _("public holiday, {name}").format(name=printable(holiday)) if holiday else _("public holiday")


def _wait(waits: Sequence[Wait], until: str, reason: str, audience: Audience) -> str:
    """Countries that wait until the same local time, for the same reason; `until` is "" when they never get it."""
    recipients = sum(each.recipients for each in waits)
    who, count = (_who(waits), recipients) if recipients else (_messages(waits[0]), _SEVERAL)
    if not until:
        sentence = _("{who}: no moment is within the hours on all clocks there ({reason})")
    else:
        sentence = ngettext("{who} waits until {until}: {reason}", "{who} wait until {until}: {reason}", count)
    if any(audience.local_wall(each.until, each.country) not in (None, _here(each, audience)) for each in waits):
        until = (_("{moment} (local time)") if len(waits) > 1 else _("{moment} (time there)")).format(moment=until)
    return sentence.format(who=who, until=until, reason=reason)


def _messages(wait: Wait) -> str:
    return _("Messages {place}").format(place=in_country(wait.country))


def _who(waits: Sequence[Wait]) -> str:
    """ "12 216 destinataires en France, 214 à La Réunion"."""
    first, others, rest = waits[0], waits[1:_MOST_COUNTRIES], waits[_MOST_COUNTRIES:]
    recipients = ngettext("{count} recipient {place}", "{count} recipients {place}", first.recipients)
    told = [recipients.format(count=number(first.recipients), place=in_country(first.country))]
    told.extend(f"{number(each.recipients)} {in_country(each.country)}" for each in others)
    if rest:
        told.append(_elsewhere(sum(each.recipients for each in rest), len(rest)))
    return ", ".join(told)


def _elsewhere(recipients: int, countries: int) -> str:
    sentence = ngettext("{count} in {countries} other country", "{count} in {countries} other countries", countries)
    return sentence.format(count=number(recipients), countries=countries)


def _until(wait: Wait, audience: Audience, at: datetime) -> str:
    """ "lundi 08:00", as clocks show it there; by the account's clocks where those don't all show the same."""
    if wait.until == NEVER:
        return ""
    seen_from = wall_of(at, audience.zone)
    there = audience.local_wall(wait.until, wait.country)
    if there is None:
        return f"{_moment(_here(wait, audience), seen_from)} ({audience.zone.key})"
    return _moment(there, seen_from)


def _here(wait: Wait, audience: Audience) -> datetime:
    return wall_of(wait.until, audience.zone)


def _moment(wall: datetime, seen_from: datetime) -> str:
    """The time; with its weekday on another day, with its date from a week on."""
    if wall.date() == seen_from.date():
        return f"{wall:%H:%M}"
    is_near = wall.date() < seen_from.date() + _A_WEEK
    return f"{_formatted(wall, 'EEEE') if is_near else long_date(wall)} {wall:%H:%M}"


def _abroad(audience: Audience, at: datetime) -> list[tuple[str, int, str]]:
    """The countries whose clocks show another time than the account's: how many recipients, and that time."""
    here = wall_of(at, audience.zone)
    abroad = []
    for country, count in audience.recipients:
        there = audience.local_wall(at, country)
        if there is not None and there != here:
            day = "" if there.date() == here.date() else f"{_formatted(there, 'EEE')} "
            abroad.append((country, count, f"{day}{there:%H:%M}"))
    return abroad


def _there(country: str, clock: str) -> str:
    return _("{place} ({time} there)").format(place=in_country(country), time=clock)


def _short_date(day: date) -> str:
    """ "ven. 27 nov. 2026"."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMEd", datetime.combine(day, time()), locale=current_language())


def _formatted(day: date, pattern: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, current_language())
