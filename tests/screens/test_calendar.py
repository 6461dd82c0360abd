"""The calendar, its pop-up, and the field of a time of day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, time

import pytest
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from smstui.widgets.calendar import Calendar
from smstui.widgets.day_field import CalendarModal, DayField
from smstui.widgets.time_field import TimeField
from smstui.widgets.weekday_line import WeekdayLine
from tests.screens.ground import Ground, GroundScreen, heard, on_ground
from tests.screens.stage import Stage

TODAY = date(2026, 11, 22)
"""A Sunday."""
FRIDAY = date(2026, 11, 27)


class Times(Vertical):
    """Fields of a time of day, one under the other."""

    def __init__(self, *times: time | None) -> None:
        super().__init__()
        self._times = times

    def compose(self) -> ComposeResult:
        for each in self._times:
            yield TimeField(each).leading_to("*")


@asynccontextmanager
async def shown(widget: Widget, language: str = "fr") -> AsyncIterator[Stage]:
    async with on_ground(Ground(widget, language=language)) as stage:
        widget.focus()
        await stage.pilot.pause()
        yield stage


def lines(stage: Stage, widget: Widget) -> list[str]:
    """The rows of the screen that the widget takes."""
    region = widget.region
    return [row[region.x : region.right].rstrip() for row in stage.text().splitlines()[region.y : region.bottom]]


async def test_a_month_in_french() -> None:
    calendar = Calendar(FRIDAY, today=TODAY)
    async with shown(calendar) as stage:
        assert calendar.region.width == 24
        assert lines(stage, calendar) == [
            "  ‹  novembre 2026   ›",
            "  lu ma me je ve sa di",
            "                     1",
            "   2  3  4  5  6  7  8",
            "   9 10 11 12 13 14 15",
            "  16 17 18 19 20 21 22",
            "  23 24 25 26[27]28 29",
            "  30",
        ]


async def test_where_there_is_room_days_stand_further_apart() -> None:
    calendar = Calendar(FRIDAY, today=TODAY)
    calendar.styles.width = 29
    async with shown(calendar, "en") as stage:
        assert lines(stage, calendar)[:3] == [
            "  ‹     November 2026     ›",
            "  Mo  Tu  We  Th  Fr  Sa  Su",
            "                           1",
        ]
        assert lines(stage, calendar)[6] == "  23  24  25  26 [27] 28  29"


async def test_months_of_six_weeks_fit() -> None:
    calendar = Calendar(date(2027, 5, 31), today=TODAY)
    async with shown(calendar) as stage:
        assert lines(stage, calendar)[-1] == " [31]"


def style_of(calendar: Calendar, row: int, text: str) -> str:
    """How that text is drawn in a row of the calendar, whose days are found by their two cells."""
    line = calendar.render().split("\n")[row]
    at = line.plain.index(text)
    return " ".join(str(span.style) for span in line.spans if span.start <= at + len(text) - 1 < span.end)


async def test_today_is_underlined_and_closed_or_past_days_are_dimmed() -> None:
    calendar = Calendar(FRIDAY, today=date(2026, 11, 24))
    async with shown(calendar):
        calendar.show(date(2026, 11, 24), lambda day: day.weekday() == 6)
        assert "underline" in style_of(calendar, 6, "24")
        assert "underline" not in style_of(calendar, 6, "25")
        assert [day for day in ("23", "24", "25", "26", "28", "29") if "disabled" in style_of(calendar, 6, day)] == [
            "23",
            "29",
        ]


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        (["right"], date(2026, 11, 28)),
        (["l"], date(2026, 11, 28)),
        (["left"], date(2026, 11, 26)),
        (["h"], date(2026, 11, 26)),
        (["down"], date(2026, 12, 4)),
        (["j"], date(2026, 12, 4)),
        (["down", "up"], FRIDAY),
        (["j", "k"], FRIDAY),
        (["pagedown"], date(2026, 12, 27)),
        (["pagedown", "pagedown", "pageup"], date(2026, 12, 27)),
        (["end"], date(2026, 11, 30)),
        (["pagedown", "home"], date(2026, 12, 1)),
        (["t"], TODAY),
        (["pagedown", "t"], TODAY),
        (["right"] * 4, date(2026, 12, 1)),
    ],
)
async def test_keys(keys: list[str], day: date) -> None:
    calendar = Calendar(FRIDAY, today=TODAY)
    async with shown(calendar) as stage:
        await stage.press(*keys)
        assert calendar.day == day
        assert heard(stage)[-1] == Calendar.Changed(day)


async def test_a_month_without_that_day_takes_its_last() -> None:
    calendar = Calendar(date(2027, 12, 31), today=TODAY)
    async with shown(calendar) as stage:
        await stage.press("pagedown", "pagedown")
        assert calendar.day == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("start", "key", "refused"),
    [
        (TODAY, "left", date(2026, 11, 21)),
        (TODAY, "up", date(2026, 11, 15)),
        (FRIDAY, "up", date(2026, 11, 20)),
        (TODAY, "pageup", date(2026, 10, 22)),
        (TODAY, "home", date(2026, 11, 1)),
    ],
)
async def test_days_that_are_past_are_refused(start: date, key: str, refused: date) -> None:
    calendar = Calendar(start, today=TODAY)
    async with shown(calendar) as stage:
        await stage.press(key)
        assert calendar.day == start
        assert heard(stage) == [Calendar.Refused(refused)]


@pytest.mark.parametrize(("start", "key"), [(FRIDAY, "home"), (date(2026, 12, 3), "pageup")])
async def test_a_leap_into_the_past_ends_today(start: date, key: str) -> None:
    calendar = Calendar(start, today=TODAY)
    async with shown(calendar) as stage:
        await stage.press(key)
        assert calendar.day == TODAY


async def test_the_future_has_an_end() -> None:
    calendar = Calendar(date(2031, 12, 30), today=TODAY)
    async with shown(calendar) as stage:
        await stage.press("right", "right", "pagedown", "down")
        assert calendar.day == date(2031, 12, 31)


@pytest.mark.parametrize(
    ("x", "y", "day"),
    [
        (2, 0, date(2026, 11, 27)),
        (20, 0, date(2027, 1, 27)),
        (12, 0, date(2026, 12, 27)),
        (5, 3, date(2026, 12, 8)),
        (8, 2, date(2026, 12, 2)),
        (3, 2, date(2026, 12, 27)),
        (5, 1, date(2026, 12, 27)),
    ],
    ids=["before", "after", "title", "day", "day of the first week", "day of another month", "names"],
)
async def test_the_mouse(x: int, y: int, day: date) -> None:
    calendar = Calendar(date(2026, 12, 27), today=TODAY)
    async with shown(calendar) as stage:
        await stage.pilot.click(calendar, offset=(x, y))
        assert calendar.day == day


async def test_a_click_on_a_day_goes_on_as_enter_does() -> None:
    calendar = Calendar(FRIDAY, today=TODAY)
    async with shown(calendar) as stage:
        await stage.press("enter")
        await stage.pilot.click(calendar, offset=(14, 6))
        submitted = [type(message) for message in heard(stage)]
        assert submitted == [Calendar.Submitted, Calendar.Submitted]


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_a_day_field_opens_its_calendar(key: str) -> None:
    field = DayField(date(2026, 12, 1), today=TODAY, title="Dernier jour")
    async with shown(field) as stage:
        assert lines(stage, field) == ["mardi 1er décembre 2026 ▾"]
        await stage.press(key)
        await stage.until_screen(CalendarModal)
        await stage.press("right", "enter")
        await stage.until_screen(GroundScreen)
        assert field.day == date(2026, 12, 2)
        assert lines(stage, field) == ["mercredi 2 décembre 2026 ▾"]


async def test_a_day_field_says_that_a_day_is_past_and_esc_changes_nothing() -> None:
    field = DayField(TODAY, today=TODAY, title="Dernier jour")
    async with shown(field) as stage:
        await stage.press("enter")
        await stage.until_screen(CalendarModal)
        await stage.press("left")
        assert "✕ Ce jour est passé." in stage.text()
        await stage.press("right")
        assert "✕" not in stage.text()
        await stage.press("escape")
        await stage.until_screen(GroundScreen)
        assert field.day == TODAY


async def test_days_of_the_week_are_ticked_by_key_and_mouse() -> None:
    week = WeekdayLine({0})
    async with shown(week) as stage:
        assert lines(stage, week) == ["[x]lu [ ]ma [ ]me [ ]je [ ]ve [ ]sa [ ]di"]
        await stage.press("right", "space", "left", "left", "space")
        assert week.days == {0, 1, 6}
        await stage.press("l", "space")
        assert week.days == {1, 6}
        await stage.pilot.click(week, offset=(13, 0))
        assert lines(stage, week) == ["[ ]lu [x]ma [x]me [ ]je [ ]ve [ ]sa [x]di"]


@pytest.mark.parametrize(
    ("start", "keys", "shows"),
    [
        (time(14, 15), ["up"], "14:20"),
        (time(14, 15), ["down"], "14:10"),
        (time(14, 17), ["up"], "14:20"),
        (time(14, 17), ["down"], "14:15"),
        (time(23, 57), ["up"], "00:00"),
        (time(0, 0), ["down"], "23:55"),
    ],
)
async def test_a_time_goes_by_five_minutes(start: time, keys: list[str], shows: str) -> None:
    async with shown(Times(start)) as stage:
        field = stage.app.screen.query_one(TimeField)
        field.focus()
        await stage.press(*keys)
        assert field.value == shows


async def test_a_time_is_shown_in_one_form_once_it_is_left() -> None:
    async with shown(Times(time(8), time(9))) as stage:
        first, second = stage.app.screen.query(TimeField)
        first.focus()
        first.value = "9h5"
        assert first.at is None
        assert "9h5" in first.problem
        assert "n’est pas une heure" in first.problem
        first.value = "9h05"
        assert (first.at, first.problem) == (time(9, 5), "")
        await stage.press("enter")
        assert stage.focused is second
        assert first.value == "09:05"


async def test_arrows_leave_what_is_no_time() -> None:
    async with shown(Times(None)) as stage:
        field = stage.app.screen.query_one(TimeField)
        field.focus()
        await stage.type("abc")
        await stage.press("up")
        assert field.value == "abc"
