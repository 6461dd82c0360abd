"""When people may be written to: the hours of the day, Sundays and public holidays, by the clocks where they live.

Marketing SMS: the charter of the French operators (AF2M), 08:00 to 21:30. Voice: decree 2022-1313 of 13 October 2022,
Monday to Friday, 10:00 to 13:00 and 14:00 to 20:00, no public holiday; no setting and no consent moves these.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Final

from smstui.domain.country import zones_of
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.i18n import N_, current_language

EARLIEST_OPENING: Final = time(8)
LATEST_CLOSING: Final = time(21, 30)
"""Of marketing SMS, by the charter."""
VOICE_WINDOWS: Final = ((time(10), time(13)), (time(14), time(20)))
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a moment that doesn't come: what is always open never closes; where the zones of a country lie so far
apart that no moment is within the hours in all of them, it never opens."""
_FARTHEST: Final = 40
"""Days looked ahead: longer than any run of holidays."""
_A_DAY: Final = timedelta(days=1)
_A_SECOND: Final = timedelta(seconds=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6


class HoursConsent(StrEnum):
    """What a person has agreed to, for a campaign."""

    NONE = "none"
    SUNDAYS = "sundays"
    """Sundays and public holidays too, within the hours of the day."""
    ANYTIME = "anytime"


class Closed(StrEnum):
    """Why nothing goes out."""

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    SATURDAY = "saturday"
    """Of voice messages only."""
    BREAK = "break"
    """At midday, of voice messages only."""


@dataclass(frozen=True, slots=True)
class SendingHours:
    """The hours of each day in which marketing SMS go out, in the recipient's local time."""

    opens: time = time(8)
    closes: time = time(20)
    """No longer open at that time."""
    always: bool = False
    """No hours at all: for platforms that only inform."""


DEFAULT_HOURS: Final = SendingHours()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message may go out at a moment."""

    is_open: bool
    until: datetime
    """Aware, in UTC. Open: when it closes. Closed: the next moment that is open. NEVER when there is none."""
    reason: Closed | None
    """None when it is open."""
    holiday: str = ""
    """The name of the public holiday, in the current language where it is known in it."""


@dataclass(eq=False)
class InvalidHours(Refusal):
    """Hours that the charter doesn't allow, or that are none; the base of the more precise refusals."""

    earliest: str = f"{EARLIEST_OPENING:%H:%M}"
    latest: str = f"{LATEST_CLOSING:%H:%M}"
    sentence: ClassVar[str] = N_("Sending hours begin at {earliest} or later and end at {latest} or earlier.")


@dataclass(eq=False)
class OpensTooEarly(InvalidHours):
    """Before people may be written to."""

    sentence: ClassVar[str] = N_("The operators' charter allows no marketing SMS before {earliest}: open later.")


@dataclass(eq=False)
class ClosesTooLate(InvalidHours):
    """After people may be written to."""

    sentence: ClassVar[str] = N_("The operators' charter allows no marketing SMS after {latest}: close earlier.")


@dataclass(eq=False)
class ClosesBeforeOpening(InvalidHours):
    """No hour at all."""

    sentence: ClassVar[str] = N_("Sending hours must end after they begin.")


def check_hours(hours: SendingHours) -> SendingHours:
    """`hours`, if the charter allows them. Raises a subclass of InvalidHours."""
    if hours.opens < EARLIEST_OPENING:
        raise OpensTooEarly
    if hours.closes > LATEST_CLOSING:
        raise ClosesTooLate
    if hours.closes <= hours.opens:
        raise ClosesBeforeOpening
    return hours


def verdict(at: datetime, country: str, kind: MessageType, hours: SendingHours, consent: HoursConsent) -> Verdict:
    """Whether a message of that type may go out to `country` (ISO 3166) at an aware moment, and until when that holds.

    All time zones of the country must be within the hours. An unknown country is judged in UTC, without holidays. Exact
    over clock changes. The first verdict on a country loads its zones and holidays, which takes tens of milliseconds.
    """
    if _is_free(kind, hours, consent):
        return _ALWAYS
    moment = at.astimezone(UTC)
    starts, verdicts = _verdicts_of(_Rules(country, kind, hours, consent), moment.date(), current_language())
    return verdicts[bisect_right(starts, moment) - 1]


def dim(
    day: date,
    country: str,
    kind: MessageType = MessageType.PRO,
    hours: SendingHours = DEFAULT_HOURS,
    consent: HoursConsent = HoursConsent.NONE,
) -> Closed | None:
    """Why a whole `day` of `country` is closed (SUNDAY, SATURDAY, HOLIDAY); None when some of it is open."""
    return None if _is_free(kind, hours, consent) else _Rules(country, kind, hours, consent).closed_day(day)


def holiday_of(day: date, country: str) -> str:
    """How the public holiday that `day` is in `country` is called, in the current language; "" when it is none."""
    return _holidays(country, day.year, current_language()).get(day, "")


_ALWAYS: Final = Verdict(is_open=True, until=NEVER, reason=None)


def _is_free(kind: MessageType, hours: SendingHours, consent: HoursConsent) -> bool:
    return kind is not MessageType.VOIX and (hours.always or consent is HoursConsent.ANYTIME)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What decides in a country."""

    country: str
    kind: MessageType
    hours: SendingHours
    consent: HoursConsent

    @property
    def windows(self) -> tuple[tuple[time, time], ...]:
        """The hours of a day that isn't closed."""
        return VOICE_WINDOWS if self.kind is MessageType.VOIX else ((self.hours.opens, self.hours.closes),)

    @property
    def zones(self) -> tuple[tzinfo, ...]:
        """Those of the country."""
        return zones_of(self.country) or (UTC,)

    def closed_day(self, day: date) -> Closed | None:
        """Why nothing goes out on a day."""
        is_voice = self.kind is MessageType.VOIX
        if is_voice and day.weekday() == _SATURDAY:
            return Closed.SATURDAY
        if not is_voice and self.consent is HoursConsent.SUNDAYS:
            return None
        if day.weekday() == _SUNDAY:
            return Closed.SUNDAY
        return Closed.HOLIDAY if day in _holidays(self.country, day.year, current_language()) else None

    def closed(self, wall: datetime) -> Closed | None:
        """Why nothing goes out at a wall time."""
        if reason := self.closed_day(wall.date()):
            return reason
        at = wall.time()
        if at < self.windows[0][0]:
            return Closed.TOO_EARLY
        if at >= self.windows[-1][1]:
            return Closed.TOO_LATE
        return None if any(opens <= at < closes for opens, closes in self.windows) else Closed.BREAK

    def judge(self, moment: datetime) -> Verdict:
        """The verdict on a moment, of which it doesn't know yet until when it holds."""
        for zone in self.zones:
            wall = moment.astimezone(zone)
            if reason := self.closed(wall):
                holiday = holiday_of(wall.date(), self.country) if reason is Closed.HOLIDAY else ""
                return Verdict(is_open=False, until=NEVER, reason=reason, holiday=holiday)
        return _ALWAYS

    def turns(self, day: date) -> list[datetime]:
        """The moments of a day of UTC at which the verdict may turn, in order."""
        start = datetime.combine(day, time(), UTC)
        edges = (time(), *(edge for window in self.windows for edge in window))
        found = {moment for zone in self.zones for moment in _moments(zone, day, edges)}
        return sorted(moment for moment in found if start <= moment < start + _A_DAY)


@lru_cache(maxsize=4096)
def _verdicts_of(rules: _Rules, day: date, language: str) -> tuple[tuple[datetime, ...], tuple[Verdict, ...]]:
    """The verdicts of a day of UTC, each with the moment from which on it holds; `language` only tells them apart."""
    start = datetime.combine(day, time(), UTC)
    starts = tuple(sorted({start, *rules.turns(day)}))
    judged = [rules.judge(moment) for moment in starts]
    until = _next_turn(rules, day, judged[-1].is_open)
    verdicts: list[Verdict] = []
    for index in reversed(range(len(starts))):
        if index + 1 < len(starts) and judged[index].is_open is not judged[index + 1].is_open:
            until = starts[index + 1]
        verdicts.append(replace(judged[index], until=until))
    return starts, tuple(reversed(verdicts))


def _next_turn(rules: _Rules, day: date, is_open: bool) -> datetime:
    """The first moment after a day of UTC at which it is no longer so."""
    for later in range(1, _FARTHEST):
        for moment in rules.turns(day + timedelta(days=later)):
            if rules.judge(moment).is_open is not is_open:
                return moment
    return NEVER


def _moments(zone: tzinfo, day: date, edges: tuple[time, ...]) -> Iterator[datetime]:
    """The moments around a day of UTC at which clocks of `zone` show one of `edges`, or are changed."""
    for days in (-1, 0, 1):
        local = day + timedelta(days=days)
        begins = datetime.combine(local, time(), zone).astimezone(UTC)
        ends = datetime.combine(local + _A_DAY, time(fold=1), zone).astimezone(UTC)
        before, after = _offset(begins, zone), _offset(ends, zone)
        for edge in edges:
            yield datetime.combine(local, edge, UTC) - before
            yield datetime.combine(local, edge, UTC) - after
        if before != after:
            yield _change(begins, ends, zone)


def _change(begins: datetime, ends: datetime, zone: tzinfo) -> datetime:
    """The first second of a new offset between two moments of different offsets."""
    before = _offset(begins, zone)
    while ends - begins > _A_SECOND:
        middle = begins + (ends - begins) // 2 // _A_SECOND * _A_SECOND
        if _offset(middle, zone) == before:
            begins = middle
        else:
            ends = middle
    return ends


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int, language: str) -> Mapping[date, str]:
    """The public holidays of a country in a year, in `language` where they are known in it, else in English."""
    import holidays

    try:
        calendar = holidays.country_holidays(country)
        known = calendar.supported_languages
        spoken = next((each for wanted in (language, "en") for each in known if each[:2] == wanted), None)
        return dict(holidays.country_holidays(country, years=year, language=spoken))
    except NotImplementedError:
        return {}
