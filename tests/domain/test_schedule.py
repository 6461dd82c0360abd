"""Recurrences: expressions as people write them, in words, and the moments at which they come."""

import itertools
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui import i18n
from smstui.domain.schedule import (
    Choice,
    CronDay,
    CronFieldCount,
    CronHour,
    CronMinute,
    CronMonth,
    CronNever,
    CronWeekday,
    InvalidCron,
    NoSuchDay,
    NoWeekday,
    Recurrence,
    check_cron,
    cron_for,
    instant_of,
    next_walls,
    read_cron,
    wall_of,
    words,
)
from smstui.domain.visible import printable
from smstui.formats import explain

PARIS = ZoneInfo("Europe/Paris")
OVERSEAS = [
    ZoneInfo(name)
    for name in (
        "Indian/Reunion",
        "America/Martinique",
        "America/Cayenne",
        "America/Guadeloupe",
        "Indian/Mayotte",
        "Pacific/Noumea",
        "Pacific/Tahiti",
        "Pacific/Marquesas",
        "Pacific/Wallis",
    )
]
"""Zones whose clocks are never changed."""
ZONES = [PARIS, *OVERSEAS, ZoneInfo("America/Miquelon"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Cairo")]
WALLS = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2040-01-01")).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def walls(cron: str, after: str, count: int, last_day: date | None = None) -> list[str]:
    return [f"{wall:%Y-%m-%d %H:%M}" for wall in next_walls(check_cron(cron), at(after), count, last_day)]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 10 * * MON", "2026-11-22T00:00", ["2026-11-23 10:00", "2026-11-30 10:00"]),
        ("0 9 1 * *", "2026-11-22T00:00", ["2026-12-01 09:00", "2027-01-01 09:00"]),
        ("0 9 31 * *", "2026-01-31T09:00", ["2026-03-31 09:00", "2026-05-31 09:00", "2026-07-31 09:00"]),
        ("0 9 30 * *", "2026-01-30T09:00", ["2026-03-30 09:00", "2026-04-30 09:00"]),
        ("0 9 L * *", "2027-12-31T08:59", ["2027-12-31 09:00", "2028-01-31 09:00", "2028-02-29 09:00"]),
        ("0 9 L * *", "2027-01-31T09:00", ["2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"]),
        ("0 9 29 2 *", "2026-01-01T00:00", ["2028-02-29 09:00", "2032-02-29 09:00"]),
        ("0 9 29 2 *", "2096-03-01T00:00", ["2104-02-29 09:00"]),
        ("59 23 31 12 *", "2026-12-31T23:58", ["2026-12-31 23:59", "2027-12-31 23:59"]),
        ("0 0 1 1 *", "2026-12-31T23:59", ["2027-01-01 00:00"]),
        ("*/30 * * * *", "2026-12-31T23:15", ["2026-12-31 23:30", "2027-01-01 00:00"]),
        ("0 9 * * 1-5", "2026-11-27T09:00", ["2026-11-30 09:00"]),
        ("0 9 * * 7", "2026-11-22T09:00", ["2026-11-29 09:00"]),
        ("0 9 13 * FRI", "2026-11-10T00:00", ["2026-11-13 09:00", "2026-11-20 09:00"]),
        ("0 9 * * L5", "2026-11-01T00:00", ["2026-11-27 09:00", "2026-12-25 09:00"]),
        ("0 9 * * FRI#2", "2026-11-01T00:00", ["2026-11-13 09:00", "2026-12-11 09:00"]),
    ],
)
def test_wall_times(cron: str, after: str, expected: list[str]) -> None:
    assert walls(cron, after, len(expected)) == expected


def test_the_wall_time_itself_is_not_after_it() -> None:
    assert walls("0 10 * * *", "2026-11-22T10:00", 1) == ["2026-11-23 10:00"]
    assert walls("0 10 * * *", "2026-11-22T10:00:59", 1) == ["2026-11-23 10:00"]
    assert walls("0 10 * * *", "2026-11-22T09:59:59.999999", 1) == ["2026-11-22 10:00"]


def test_the_last_day_is_among_them() -> None:
    assert walls("0 10 * * *", "2026-11-22T10:00", 5, date(2026, 11, 24)) == ["2026-11-23 10:00", "2026-11-24 10:00"]
    assert walls("0 10 * * *", "2026-11-22T10:00", 5, date(2026, 11, 22)) == []
    assert walls("0 10 * * *", "2026-11-22T10:00", 0) == []


def instants(cron: str, after: str, count: int, zone: ZoneInfo = PARIS) -> list[str]:
    return [f"{instant_of(wall, zone):%d %H:%MZ}" for wall in next_walls(cron, at(after), count)]


def test_a_time_that_comes_twice_is_the_first_of_both() -> None:
    """Sunday 25 October 2026: at 03:00 it is 02:00 again."""
    assert instants("30 2 * * *", "2026-10-24T00:00", 3) == ["24 00:30Z", "25 00:30Z", "26 01:30Z"]


def test_a_time_that_does_not_exist_is_an_hour_later() -> None:
    """Sunday 29 March 2026: at 02:00 it is 03:00."""
    assert instants("30 2 * * *", "2026-03-28T00:00", 3) == ["28 01:30Z", "29 01:30Z", "30 00:30Z"]
    assert wall_of(instant_of(at("2026-03-29T02:30"), PARIS), PARIS) == at("2026-03-29T03:30")


@pytest.mark.parametrize("zone", OVERSEAS, ids=str)
@pytest.mark.parametrize("night", ["2026-03-28T00:00", "2026-10-24T00:00"])
def test_nights_of_europe_are_nights_like_others_overseas(zone: ZoneInfo, night: str) -> None:
    first, second, third = (instant_of(wall, zone) for wall in next_walls("30 2 * * *", at(night), 3))
    assert second - first == third - second == timedelta(days=1)


def test_clocks_that_are_changed_by_half_an_hour() -> None:
    """Lord Howe, 5 April 2026: at 02:00 it is 01:30 again."""
    zone = ZoneInfo("Australia/Lord_Howe")
    assert instant_of(at("2026-04-05T01:45"), zone) == at("2026-04-04T14:45+00:00")
    assert instant_of(at("2026-04-05T02:00"), zone) == at("2026-04-04T15:30+00:00")


@given(WALLS, st.sampled_from(ZONES))
@example(at("2026-03-29T02:30"), PARIS)
@example(at("2026-10-25T02:30"), PARIS)
def test_a_wall_time_is_shown_at_its_instant_unless_it_does_not_exist(wall: datetime, zone: ZoneInfo) -> None:
    instant = instant_of(wall, zone)
    shown = wall_of(instant, zone)
    assert instant.tzinfo is UTC
    assert shown >= wall
    earlier = [instant - timedelta(minutes=minutes) for minutes in (30, 60)]
    assert all(wall_of(each, zone) != wall for each in earlier)
    if shown != wall:
        exists = {wall_of(instant + timedelta(minutes=minutes), zone) for minutes in range(-180, 181)}
        assert wall not in exists


@given(WALLS, WALLS, st.sampled_from(ZONES))
def test_later_wall_times_are_later_instants_where_they_exist(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    early, late = sorted((one, other))
    both = [wall_of(instant_of(wall, zone), zone) == wall for wall in (early, late)]
    if early < late and all(both):
        assert instant_of(early, zone) < instant_of(late, zone)


@settings(max_examples=50)
@given(st.sampled_from(["30 2 * * *", "*/15 * * * *", "0 0 L * *", "15 1,2,3 * * 0"]), WALLS, st.sampled_from(ZONES))
@example("*/15 * * * *", at("2026-10-25T00:00"), PARIS)
def test_each_wall_time_comes_once_and_in_order(cron: str, after: datetime, zone: ZoneInfo) -> None:
    found = next_walls(cron, after, 60)
    assert all(early < late for early, late in itertools.pairwise((after, *found)))
    existing = [instant_of(wall, zone) for wall in found if wall_of(instant_of(wall, zone), zone) == wall]
    assert all(early < late for early, late in itertools.pairwise(existing))
    again = [each for wall in found[:20] for each in next_walls(cron, wall, 1)]
    assert again == list(found[1:21])


def numbers(written: str, first: int, last: int, names: list[str]) -> set[int]:
    """The values of a field of numbers, names, ranges, steps and lists, as cron's manual tells it; FRI-SUN goes on."""
    everything = list(range(first, last + 1))
    values: set[int] = set()
    for item in written.split(","):
        body, _, step = item.partition("/")
        low, _, high = body.partition("-")
        known = [names.index(each) if each in names else int(each) for each in (low, high) if each not in {"", "*"}]
        start, *ends = known or [first]
        if ends:
            turn = everything if start <= ends[0] else [*everything, *everything]
            run = turn[turn.index(start) :]
            run = run[: run.index(ends[0]) + 1]
        else:
            run = everything[everything.index(start) :] if step or body == "*" else [start]
        values.update(run[:: int(step or 1)])
    return values


def manual(cron: str) -> Callable[[datetime], bool]:
    """Whether a wall time is among those of an expression, by cron's manual."""
    minute, hour, day, month, weekday = cron.split()
    minutes, hours, months = numbers(minute, 0, 59, []), numbers(hour, 0, 23, []), numbers(month, 1, 12, [])
    days = numbers(day, 1, 31, [])
    weekdays = {each % 7 for each in numbers(weekday, 0, 7, NAMES)}
    joined = operator.or_ if len(days) < 31 and len(weekdays) < 7 else operator.and_

    def fits(wall: datetime) -> bool:
        is_time = wall.minute in minutes and wall.hour in hours and wall.month in months
        return is_time and joined(wall.day in days, wall.isoweekday() % 7 in weekdays)

    return fits


def items(first: int, last: int) -> st.SearchStrategy[str]:
    number = st.integers(first, last)
    span = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    turned = st.tuples(number, number).map(lambda ends: f"{ends[0]}-{ends[1]}") if last != 7 else span
    step = st.integers(1, last - first)
    stepped = st.builds(lambda body, step: f"{body}/{step}", st.just("*") | span, step)
    return st.lists(number.map(str) | turned | stepped, min_size=1, max_size=3).map(",".join)


STARS = st.just("*")
CRONS = st.tuples(
    items(0, 59), STARS | items(0, 23), STARS | items(1, 28), STARS | items(1, 12), STARS | items(0, 7)
).map(" ".join)


@settings(max_examples=200)
@given(CRONS, WALLS)
@example("0 9 * * 0-7", at("2026-11-22T00:00"))
@example("0 9 * * 6-7", at("2026-11-22T00:00"))
@example("0 9 * * FRI-FRI", at("2026-11-22T00:00"))
@example("5-5 9-9 * * 5-5", at("2026-11-22T00:00"))
@example("0 9 1 * */1", at("2026-11-22T00:00"))
@example("0 22-2 28-3 11-2 FRI-MON", at("2026-11-22T00:00"))
@example("*/7 22-23/1 1-5/2 */5 MON-WED", at("2026-11-22T00:00"))
def test_the_dates_are_those_of_the_manual_of_cron(cron: str, after: datetime) -> None:
    fits = manual(cron)
    assert check_cron(cron) == cron
    found = next_walls(cron, after, 3)
    assert all(map(fits, found))
    last = min([*found[2:], after + timedelta(days=1)])
    minutes = (after + timedelta(minutes=passed) for passed in range(1, 24 * 60 + 1))
    by_manual = [wall for wall in itertools.takewhile(lambda wall: wall <= last, minutes) if fits(wall)]
    assert [wall for wall in found if wall <= last] == by_manual


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  0  10 *   * mon ", "0 10 * * MON"),
        ("0\t10\N{NO-BREAK SPACE}* * 1", "0 10 * * 1"),
        ("*/5 * * * *", "*/5 * * * *"),
        ("0 9 l * *", "0 9 L * *"),
        ("0 9 1 jan-mar,dec *", "0 9 1 JAN-MAR,DEC *"),
    ],
)
def test_the_normal_form(written: str, normal: str) -> None:
    assert check_cron(written) == normal
    assert check_cron(normal) == normal


@pytest.mark.parametrize(
    ("written", "refusal", "part"),
    [
        ("", CronFieldCount, ""),
        ("0 10 * *", CronFieldCount, "0 10 * *"),
        ("0 0 10 * * MON", CronFieldCount, "0 0 10 * * MON"),
        ("0 0 10 * * MON 2026", CronFieldCount, "0 0 10 * * MON 2026"),
        ("@daily", CronFieldCount, "@daily"),
        ("@every 1m", CronFieldCount, "@every 1m"),
        ("60 10 * * *", CronMinute, "60"),
        ("-1 10 * * *", CronMinute, "-1"),
        ("R 10 * * *", CronMinute, "R"),
        ("H 10 * * *", CronMinute, "H"),
        ("*/0 10 * * *", CronMinute, "*/0"),
        ("*/61 10 * * *", CronMinute, "*/61"),
        ("1-99999999 10 * * *", CronMinute, "1-99999999"),
        ("1,,2 10 * * *", CronMinute, "1,,2"),
        ("٣ 10 * * *", InvalidCron, "٣ 10 * * *"),
        ("0 24 * * *", CronHour, "24"),
        ("0 9h * * *", CronHour, "9H"),
        ("0 10 0 * *", CronDay, "0"),
        ("0 10 32 * *", CronDay, "32"),
        ("0 10 ? * *", CronDay, "?"),
        ("0 10 15W * *", CronDay, "15W"),
        ("0 10 * 13 *", CronMonth, "13"),
        ("0 10 * MON *", CronMonth, "MON"),
        ("0 10 * * 8", CronWeekday, "8"),
        ("0 10 * * LUN", CronWeekday, "LUN"),
        ("0 10 * * MON#6", CronWeekday, "MON#6"),
        ("0 0 31 2 *", CronNever, "0 0 31 2 *"),
        ("0 0 30 FEB *", CronNever, "0 0 30 FEB *"),
        ("* * 31 4,6,9,11 *", CronNever, "* * 31 4,6,9,11 *"),
        (f"{','.join('0' * 60)} * * * *", InvalidCron, f"{','.join('0' * 19)},0…"),
        ("0 10 * * \x1b[31m", CronWeekday, "␛[31M"),
    ],
)
def test_what_is_no_expression_is_refused_with_a_sentence(written: str, refusal: type[InvalidCron], part: str) -> None:
    before = perf_counter()
    with pytest.raises(InvalidCron) as caught:
        check_cron(written)
    assert perf_counter() - before < 0.5
    assert type(caught.value) is refusal
    assert caught.value.text == part
    assert part in explain(caught.value)


@settings(max_examples=300)
@given(
    st.lists(
        st.text(st.sampled_from("0123456789*/-,#LW?HRMONSUNJAFEB"), min_size=1, max_size=6), min_size=5, max_size=5
    ).map(" ".join)
    | st.text(max_size=40)
)
def test_any_text_is_an_expression_or_refused_soon(text: str) -> None:
    before = perf_counter()
    try:
        cron = check_cron(text)
    except InvalidCron as refusal:
        shown = refusal.text
    else:
        shown = ""
        assert check_cron(cron) == cron
        assert next_walls(cron, at("2026-11-22T00:00"), 1)
        assert words(cron)
    assert printable(shown) == shown
    assert perf_counter() - before < 0.5


NO_DAYS = st.just(frozenset[int]())
EVERY = st.sampled_from([Choice.DAILY, Choice.WEEKDAYS, Choice.MONTHLY_LAST])
CHOICES = (
    st.builds(
        Recurrence,
        st.sampled_from([Choice.DAILY, Choice.WEEKDAYS, Choice.MONTHLY_LAST]),
        TIMES,
        NO_DAYS,
        st.just(1),
    )
    | st.builds(Recurrence, st.just(Choice.WEEKLY), TIMES, st.frozensets(st.integers(0, 6), min_size=1), st.just(1))
    | st.builds(Recurrence, st.just(Choice.MONTHLY_DAY), TIMES, NO_DAYS, st.integers(1, 31))
)


@given(CHOICES)
def test_a_choice_is_read_back_from_its_expression(chosen: Recurrence) -> None:
    cron = cron_for(*chosen)
    assert check_cron(cron) == cron
    assert read_cron(cron) == chosen
    for wall in next_walls(cron, at("2026-11-22T00:00"), 10):
        assert wall.time() == chosen.at
        match chosen.choice:
            case Choice.WEEKDAYS:
                assert wall.weekday() < 5
            case Choice.WEEKLY:
                assert wall.weekday() in chosen.weekdays
            case Choice.MONTHLY_DAY:
                assert wall.day == chosen.day
            case Choice.MONTHLY_LAST:
                assert (wall + timedelta(days=1)).day == 1


def test_choices_without_a_day_are_refused() -> None:
    with pytest.raises(NoWeekday):
        cron_for(Choice.WEEKLY, time(10))
    for day in (0, 32):
        with pytest.raises(NoSuchDay):
            cron_for(Choice.MONTHLY_DAY, time(10), day=day)


@pytest.mark.parametrize(
    "cron",
    ["", "*/5 * * * *", "0 9 1 1 *", "0 9 1 * MON", "0 9-18 * * *", "0 9 * * MON-WED", "0 9 L * 1", "99 9 * * *"],
)
def test_no_words_fit(cron: str) -> None:
    assert read_cron(cron) is None
    assert words(cron) == cron


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 10 * * *", "every day at 10:00"),
        ("5 8 * * 1-5", "from Monday to Friday at 08:05"),
        ("0 10 * * 1", "on Mondays at 10:00"),
        ("0 10 * * SUN,MON,thu", "on Mondays, Thursdays and Sundays at 10:00"),
        ("0 10 * * 0,7", "on Sundays at 10:00"),
        ("0 9 1 * *", "on the first of each month at 09:00"),
        ("0 9 28 * *", "on day 28 of each month at 09:00"),
        ("0 9 31 * *", "on day 31 of the months that have it, at 09:00"),
        ("0 9 L * *", "on the last day of each month at 09:00"),
    ],
)
def test_words(cron: str, said: str) -> None:
    assert words(cron) == said


def test_words_follow_the_language() -> None:
    i18n.use_language("fr")
    assert words("0 10 * * 1,4") == "tous les lundis et jeudis à 10:00"
    assert words("0 9 1 * *") == "le premier de chaque mois à 09:00"
