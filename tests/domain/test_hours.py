"""When people may be written to, by their own clocks and holidays."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui import i18n
from smstui.domain.country import zones_of
from smstui.domain.hours import (
    DEFAULT_HOURS,
    NEVER,
    Closed,
    ClosesBeforeOpening,
    ClosesTooLate,
    HoursConsent,
    InvalidHours,
    OpensTooEarly,
    SendingHours,
    Verdict,
    check_hours,
    dim,
    holiday_of,
    verdict,
)
from smstui.domain.states import MessageType
from smstui.formats import explain

PARIS = ZoneInfo("Europe/Paris")
OVERSEAS = {
    "GP": "America/Guadeloupe",
    "MQ": "America/Martinique",
    "GF": "America/Cayenne",
    "RE": "Indian/Reunion",
    "YT": "Indian/Mayotte",
    "PM": "America/Miquelon",
    "NC": "Pacific/Noumea",
    "WF": "Pacific/Wallis",
}
COUNTRIES = ["FR", *OVERSEAS, "PF", "DE", "GB", "PT", "US", "AU", "MA", "EG", "IL", "GL", "CN", "NP", "", "XK"]
INSTANTS = st.datetimes(
    datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2031-01-01"), timezones=st.just(UTC)
)
NEAR_CHANGES = st.builds(
    lambda day, shift: datetime.fromisoformat(f"{day}T00:00+00:00") + shift,
    st.sampled_from(["2026-03-28", "2026-10-24", "2026-04-23", "2026-10-29", "2026-03-07", "2026-10-31", "2026-12-31"]),
    st.timedeltas(timedelta(0), timedelta(days=3)),
)
KINDS = st.sampled_from(MessageType)
HOURS = st.sampled_from([DEFAULT_HOURS, SendingHours(time(9, 30), time(21, 30)), SendingHours(time(12), time(12, 15))])
CONSENTS = st.sampled_from(HoursConsent)


def at(text: str, zone: tzinfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def judge(
    moment: datetime,
    country: str = "FR",
    kind: MessageType = MessageType.PRO,
    hours: SendingHours = DEFAULT_HOURS,
    consent: HoursConsent = HoursConsent.NONE,
) -> Verdict:
    return verdict(moment, country, kind, hours, consent)


def told(judged: Verdict, zone: tzinfo = PARIS) -> str:
    """A verdict as people would say it."""
    until = f"{judged.until.astimezone(zone):%a %d %b %H:%M}"
    return f"open until {until}" if judged.is_open else f"{judged.reason} until {until}"


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-11-27T07:59:59", "too_early until Fri 27 Nov 08:00"),
        ("2026-11-27T08:00", "open until Fri 27 Nov 20:00"),
        ("2026-11-27T19:59:59.999", "open until Fri 27 Nov 20:00"),
        ("2026-11-27T20:00", "too_late until Sat 28 Nov 08:00"),
        ("2026-11-28T20:00", "too_late until Mon 30 Nov 08:00"),
        ("2026-11-29T06:00", "sunday until Mon 30 Nov 08:00"),
        ("2026-11-29T12:00", "sunday until Mon 30 Nov 08:00"),
        ("2026-11-11T12:00", "holiday until Thu 12 Nov 08:00"),
        ("2026-12-24T21:00", "too_late until Sat 26 Dec 08:00"),
        ("2026-04-05T10:00", "sunday until Tue 07 Apr 08:00"),
        ("2026-12-31T20:00", "too_late until Sat 02 Jan 08:00"),
        ("2027-01-01T00:00", "holiday until Sat 02 Jan 08:00"),
        ("2028-02-28T20:00", "too_late until Tue 29 Feb 08:00"),
        ("2028-02-29T12:00", "open until Tue 29 Feb 20:00"),
    ],
)
def test_marketing_in_france(wall: str, expected: str) -> None:
    assert told(judge(at(wall))) == expected


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-11-27T09:59", "too_early until Fri 27 Nov 10:00"),
        ("2026-11-27T10:00", "open until Fri 27 Nov 13:00"),
        ("2026-11-27T13:00", "break until Fri 27 Nov 14:00"),
        ("2026-11-27T14:00", "open until Fri 27 Nov 20:00"),
        ("2026-11-27T20:00", "too_late until Mon 30 Nov 10:00"),
        ("2026-11-28T11:00", "saturday until Mon 30 Nov 10:00"),
        ("2026-11-29T11:00", "sunday until Mon 30 Nov 10:00"),
        ("2026-11-11T11:00", "holiday until Thu 12 Nov 10:00"),
    ],
)
@pytest.mark.parametrize("consent", HoursConsent)
@pytest.mark.parametrize("hours", [DEFAULT_HOURS, SendingHours(always=True), SendingHours(time(9), time(21))])
def test_voice_keeps_the_hours_of_the_law_whatever_is_set(
    wall: str, expected: str, consent: HoursConsent, hours: SendingHours
) -> None:
    assert told(judge(at(wall), kind=MessageType.VOIX, hours=hours, consent=consent)) == expected


@pytest.mark.parametrize("kind", [MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE])
@pytest.mark.parametrize("wall", ["2026-11-29T12:00", "2026-12-25T03:00"])
def test_whoever_agrees_to_any_time_or_only_informs_never_waits(kind: MessageType, wall: str) -> None:
    free = Verdict(is_open=True, until=NEVER, reason=None)
    assert judge(at(wall), kind=kind, consent=HoursConsent.ANYTIME) == free
    assert judge(at(wall), kind=kind, hours=SendingHours(always=True)) == free
    assert not judge(at(wall), kind=kind).is_open


def test_sundays_and_holidays_by_consent_keep_the_hours_of_the_day() -> None:
    agreed = HoursConsent.SUNDAYS
    assert told(judge(at("2026-11-29T12:00"), consent=agreed)) == "open until Sun 29 Nov 20:00"
    assert told(judge(at("2026-12-25T07:00"), consent=agreed)) == "too_early until Fri 25 Dec 08:00"
    assert told(judge(at("2026-11-28T21:00"), consent=agreed)) == "too_late until Sun 29 Nov 08:00"


def test_hours_of_an_administrator() -> None:
    hours = SendingHours(time(9, 30), time(21, 30))
    assert told(judge(at("2026-11-27T21:29"), hours=hours)) == "open until Fri 27 Nov 21:30"
    assert told(judge(at("2026-11-27T21:30"), hours=hours)) == "too_late until Sat 28 Nov 09:30"


@pytest.mark.parametrize(
    ("day", "country"),
    [
        ("2027-12-20", "RE"),
        ("2026-05-22", "MQ"),
        ("2026-06-10", "GF"),
        ("2026-05-27", "GP"),
        ("2026-04-27", "YT"),
        ("2026-09-24", "NC"),
        ("2026-07-29", "WF"),
    ],
)
def test_a_holiday_of_one_overseas_territory_only(day: str, country: str) -> None:
    noon = {each: at(f"{day}T12:00", ZoneInfo(zone)) for each, zone in ({"FR": "Europe/Paris"} | OVERSEAS).items()}
    closed = {each for each, moment in noon.items() if judge(moment, each).reason is Closed.HOLIDAY}
    assert closed == {country}
    zone = ZoneInfo(OVERSEAS[country])
    following = date.fromisoformat(day) + timedelta(days=1)
    assert judge(noon[country], country).until.astimezone(zone) == at(f"{following}T08:00", zone)


@pytest.mark.parametrize(
    ("wall", "country", "expected"),
    [
        ("2026-11-27T14:15", "RE", "open until Fri 27 Nov 17:00"),
        ("2026-11-27T17:00", "RE", "too_late until Sat 28 Nov 05:00"),
        ("2026-11-27T12:59", "MQ", "too_early until Fri 27 Nov 13:00"),
        ("2026-11-28T01:00", "MQ", "too_late until Sat 28 Nov 13:00"),
        ("2026-11-27T11:59", "GF", "too_early until Fri 27 Nov 12:00"),
        ("2026-11-27T21:59", "NC", "too_early until Fri 27 Nov 22:00"),
        ("2026-11-28T09:00", "NC", "open until Sat 28 Nov 10:00"),
        ("2026-11-28T22:00", "NC", "sunday until Sun 29 Nov 22:00"),
        ("2026-11-29T22:00", "NC", "open until Mon 30 Nov 10:00"),
        ("2026-07-15T14:00", "RE", "open until Wed 15 Jul 18:00"),
    ],
)
def test_overseas_by_the_clocks_of_paris(wall: str, country: str, expected: str) -> None:
    """Paris is 3 hours behind Réunion in winter and 2 in summer."""
    assert told(judge(at(wall), country)) == expected


@pytest.mark.parametrize(
    ("wall", "opens"),
    [
        ("2026-03-28T20:00", "2026-03-30T06:00+00:00"),
        ("2026-10-24T20:00", "2026-10-26T07:00+00:00"),
        ("2026-03-27T20:00", "2026-03-28T07:00+00:00"),
    ],
)
def test_nights_in_which_clocks_are_changed(wall: str, opens: str) -> None:
    assert judge(at(wall)).until == datetime.fromisoformat(opens)
    agreed = judge(at("2026-10-24T20:00"), consent=HoursConsent.SUNDAYS)
    assert agreed.until == datetime.fromisoformat("2026-10-25T07:00+00:00")


def test_clocks_may_be_changed_by_day() -> None:
    """Sudan, 15 January 2000: at 12:00 it is 13:00, so that 12:30 doesn't come."""
    judged = judge(
        at("2000-01-15T11:00", ZoneInfo("Africa/Khartoum")), "SD", hours=SendingHours(time(12, 30), time(20))
    )
    assert (judged.reason, judged.until) == (Closed.TOO_EARLY, at("2000-01-15T10:00", UTC))


def test_countries_of_many_clocks_are_within_the_hours_in_all_of_them() -> None:
    """20:00 in New York is 14:00 in Honolulu in summer; it opens at 08:00 there."""
    york = ZoneInfo("America/New_York")
    assert told(judge(at("2026-06-10T15:00", york), "US"), york) == "open until Wed 10 Jun 20:00"
    assert told(judge(at("2026-06-10T13:59", york), "US"), york) == "too_early until Wed 10 Jun 14:00"
    assert told(judge(at("2026-06-06T20:00", york), "US"), york) == "too_late until Mon 08 Jun 14:00"


def test_where_no_moment_suits_all_clocks_it_never_opens() -> None:
    narrow = SendingHours(time(9), time(17))
    before = perf_counter()
    judged = judge(at("2026-06-10T12:00"), "RU", hours=narrow)
    assert (judged.is_open, judged.until) == (False, NEVER)
    assert perf_counter() - before < 1
    assert NEVER.astimezone(ZoneInfo("Pacific/Kiritimati")).year == 9999
    assert judge(at("2026-06-10T12:00"), "RU", consent=HoursConsent.ANYTIME).is_open


def test_countries_without_known_holidays_or_clocks() -> None:
    assert told(judge(at("2026-11-27T12:00", UTC), ""), UTC) == "open until Fri 27 Nov 20:00"
    assert judge(at("2026-12-25T12:00", UTC), "ZZ").reason is not Closed.HOLIDAY
    assert holiday_of(date(2026, 12, 25), "AC") == ""


def test_holidays_are_named_in_the_language_of_the_person() -> None:
    i18n.use_language("fr")
    assert judge(at("2026-11-11T12:00")).holiday == "Armistice"
    assert holiday_of(date(2026, 7, 14), "FR") == "Fête nationale"
    i18n.use_language("en")
    assert judge(at("2026-11-11T12:00")).holiday == "Armistice Day"
    assert judge(at("2026-11-29T12:00")).holiday == ""
    assert holiday_of(date(2026, 7, 13), "FR") == ""


def test_whole_days_that_are_closed() -> None:
    saturday, sunday, armistice = date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 11)
    assert [dim(day, "FR") for day in (saturday, sunday, armistice)] == [None, Closed.SUNDAY, Closed.HOLIDAY]
    assert dim(saturday, "FR", MessageType.VOIX) is Closed.SATURDAY
    assert dim(sunday, "FR", consent=HoursConsent.SUNDAYS) is None
    assert dim(armistice, "FR", hours=SendingHours(always=True)) is None
    assert dim(date(2027, 12, 20), "RE") is Closed.HOLIDAY
    assert dim(date(2027, 12, 20), "FR") is None


@pytest.mark.parametrize(
    ("opens", "closes", "refusal", "sentence"),
    [
        (time(7, 59), time(20), OpensTooEarly, "08:00"),
        (time(8), time(21, 31), ClosesTooLate, "21:30"),
        (time(12), time(12), ClosesBeforeOpening, "end after"),
        (time(20), time(8), ClosesBeforeOpening, "end after"),
    ],
)
def test_hours_that_the_charter_does_not_allow(
    opens: time, closes: time, refusal: type[InvalidHours], sentence: str
) -> None:
    with pytest.raises(InvalidHours) as caught:
        check_hours(SendingHours(opens, closes))
    assert type(caught.value) is refusal
    assert sentence in explain(caught.value)


def test_hours_that_the_charter_allows() -> None:
    widest = SendingHours(time(8), time(21, 30))
    assert check_hours(widest) is widest
    assert check_hours(DEFAULT_HOURS) == SendingHours(time(8), time(20), always=False)


def allowed(moment: datetime, country: str, kind: MessageType, hours: SendingHours, consent: HoursConsent) -> bool:
    """The rule as people tell it."""
    is_voice = kind is MessageType.VOIX
    windows = [(time(10), time(13)), (time(14), time(20))] if is_voice else [(hours.opens, hours.closes)]
    if not is_voice and consent is HoursConsent.ANYTIME:
        return True
    for zone in zones_of(country) or (UTC,):
        wall = moment.astimezone(zone)
        known = country in holidays.list_supported_countries(include_aliases=False)
        is_holiday = known and wall.date() in _holidays_of(country, wall.year)
        if is_voice and (wall.weekday() >= 5 or is_holiday):
            return False
        if not is_voice and consent is HoursConsent.NONE and (wall.weekday() == 6 or is_holiday):
            return False
        if not any(opens <= wall.time() < closes for opens, closes in windows):
            return False
    return True


_KNOWN: dict[tuple[str, int], holidays.HolidayBase] = {}


def _holidays_of(country: str, year: int) -> holidays.HolidayBase:
    if (country, year) not in _KNOWN:
        _KNOWN[country, year] = holidays.country_holidays(country, years=year, expand=False)
    return _KNOWN[country, year]


@settings(max_examples=400, deadline=None)
@given(INSTANTS | NEAR_CHANGES, st.sampled_from(COUNTRIES), KINDS, HOURS, CONSENTS, st.data())
@example(at("2026-03-29T00:30"), "FR", MessageType.PRO, DEFAULT_HOURS, HoursConsent.SUNDAYS, None)
@example(at("2026-12-31T23:59:59"), "NC", MessageType.VOIX, DEFAULT_HOURS, HoursConsent.NONE, None)
def test_a_verdict_holds_until_its_very_end(
    moment: datetime,
    country: str,
    kind: MessageType,
    hours: SendingHours,
    consent: HoursConsent,
    data: st.DataObject | None,
) -> None:
    rules = (country, kind, hours, consent)
    judged = verdict(moment, *rules)
    assert judged.is_open == allowed(moment, *rules)
    assert (judged.reason is None) == judged.is_open
    assert bool(judged.holiday) == (judged.reason is Closed.HOLIDAY)
    assert judged.until.tzinfo is UTC
    assert judged.until > moment
    if judged.until == NEVER:
        assert not judged.is_open or consent is HoursConsent.ANYTIME
        return
    last = judged.until - timedelta(milliseconds=1)
    between = moment + (last - moment) * (data.draw(st.floats(0, 1)) if data else 0.5)
    for each in (max(moment, last), between):
        assert allowed(each, *rules) == judged.is_open
        assert (verdict(each, *rules).is_open, verdict(each, *rules).until) == (judged.is_open, judged.until)
    assert allowed(judged.until, *rules) != judged.is_open
    assert verdict(judged.until, *rules).is_open != judged.is_open


@settings(max_examples=30, deadline=None)
@given(NEAR_CHANGES, st.sampled_from(["FR", "EG", "US", "GL", "AU"]), KINDS, CONSENTS)
def test_no_change_is_passed_over(start: datetime, country: str, kind: MessageType, consent: HoursConsent) -> None:
    """Every five minutes of three days, against a walk from verdict to verdict."""
    rules = (country, kind, DEFAULT_HOURS, consent)
    start = start.replace(minute=0, second=0, microsecond=0)
    steps = [start + timedelta(minutes=5 * step) for step in range(3 * 24 * 12)]
    walked, moment = [], start
    while moment < steps[-1]:
        judged = verdict(moment, *rules)
        walked.append((moment, judged.is_open))
        moment = judged.until
    seen = [(each, allowed(each, *rules)) for each in steps]
    turned = [seen[0], *(late for early, late in pairwise(seen) if early[1] != late[1])]
    assert walked == turned


def test_all_days_of_some_years_are_open_or_told_why() -> None:
    """Leap days, ends of months and of years: every noon of five years in Réunion."""
    zone = ZoneInfo("Indian/Reunion")
    noon = at("2024-01-01T12:00", zone)
    for _ in range(5 * 366):
        judged = judge(noon, "RE")
        assert judged.reason is dim(noon.date(), "RE")
        expected = date.fromordinal(noon.toordinal())
        while dim(expected, "RE"):
            expected += timedelta(days=1)
        if not judged.is_open:
            assert judged.until == at(f"{expected}T08:00", zone)
        noon += timedelta(days=1)
