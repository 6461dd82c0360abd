"""A month to choose a day in: Monday first, today underlined, [27] the day chosen."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from smstui.i18n import N_, current_language

NARROW_WIDTH: Final = 24
"""Columns. A day takes three of them."""
WIDE_WIDTH: Final = 29
"""Columns where there is room. A day takes four of them."""
YEARS_AHEAD: Final = 5
"""The last day that can be chosen is the last of that year, counted from today's."""
_WEEK: Final = 7
_HEADER: Final = 2
"""Lines above the first week."""
_MARGIN: Final = 2
"""Columns before the first day: its bracket is the second."""
_TWO_DIGITS: Final = 10


def _never(_day: date) -> bool:
    return False


class Calendar(Widget, can_focus=True):
    """The arrows choose a day, and so does the mouse; days before the earliest can't be chosen."""

    DEFAULT_CSS = """
    Calendar { width: 24; height: 8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", N_("The day before"), show=False, id="calendar.day_before"),
        Binding("right,l", "move(1)", N_("The next day"), show=False, id="calendar.next_day"),
        Binding("up,k", "move(-7)", N_("A week before"), show=False, id="calendar.week_before"),
        Binding("down,j", "move(7)", N_("A week later"), show=False, id="calendar.next_week"),
        Binding("pageup", "turn(-1)", N_("The month before"), show=False, id="calendar.month_before"),
        Binding("pagedown", "turn(1)", N_("The next month"), show=False, id="calendar.next_month"),
        Binding("home", "edge(1)", N_("First of the month"), show=False, id="calendar.first"),
        Binding("end", "edge(31)", N_("Last of the month"), show=False, id="calendar.last"),
        Binding("t", "today", N_("Today"), id="calendar.today"),
        Binding("enter", "go_on", N_("Go on"), show=False, id="calendar.go_on"),
    ]

    @dataclass
    class Changed(Message):
        """Another day was chosen."""

        day: date

    @dataclass
    class Refused(Message):
        """That day is past, and can't be chosen."""

        day: date

    class Submitted(Message):
        """Enter: the form goes on."""

    def __init__(self, day: date, *, today: date, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._day = max(day, today)
        self._today = today
        self._is_closed: Callable[[date], bool] = _never

    @property
    def day(self) -> date:
        """The day chosen."""
        return self._day

    def choose(self, day: date) -> None:
        """Choose that day, or the nearest that can be, without a message."""
        self._day = min(max(day, self._today), self._latest)
        self.refresh()

    def show(self, today: date, closed: Callable[[date], bool] = _never) -> None:
        """`today` is the first day that can be chosen; days that are `closed` are dimmed, and can."""
        self._today, self._is_closed = today, closed
        self.choose(self._day)

    def render(self) -> Content:
        """The month of the chosen day."""
        margin, gap = " " * _MARGIN, " " * (self._pitch - _MARGIN)
        lines = [
            Content.styled(f"{margin}‹{_month_name(self._day):^{self._width - 6}}›", "bold"),
            Content.styled(margin + gap.join(weekday_names()), "$text-muted"),
        ]
        return Content("\n").join([*lines, *map(self._line, self._weeks())])

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has gone."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the day under the mouse, or turn to the month that its arrow points to."""
        if event.y == 0:
            self._turn_by_mouse(event.x)
        elif (day := self._day_at(event.x, event.y)) is not None and self._go_to(day):
            self.action_go_on()

    def action_move(self, days: int) -> None:
        """Go that many days on."""
        self._go_to(self._day + timedelta(days=days))

    def action_turn(self, months: int) -> None:
        """Go to the same day of another month, or to its last when it has no such day."""
        count = self._day.year * 12 + self._day.month - 1 + months
        self._go_near(_day_of_month(count // 12, count % 12 + 1, self._day.day))

    def action_edge(self, day: int) -> None:
        """Go to the first or the last of the month."""
        self._go_near(_day_of_month(self._day.year, self._day.month, day))

    def action_today(self) -> None:
        """Go to today."""
        self._go_to(self._today)

    def action_go_on(self) -> None:
        """Keep the day, and go on."""
        self.post_message(self.Submitted())

    def _go_near(self, day: date) -> None:
        """Go there, or to the first day that can be chosen when that one is past."""
        self._go_to(max(day, self._today) if self._day > self._today else day)

    def _go_to(self, day: date) -> bool:
        """Choose that day if it can be; whether it is chosen now."""
        if day < self._today:
            self.post_message(self.Refused(day))
        elif day != self._day and day <= self._latest:
            self._day = day
            self.refresh()
            self.post_message(self.Changed(day))
        return day == self._day

    @property
    def _latest(self) -> date:
        return date(self._today.year + YEARS_AHEAD, 12, 31)

    @property
    def _width(self) -> int:
        return WIDE_WIDTH if self.size.width >= WIDE_WIDTH else NARROW_WIDTH

    @property
    def _pitch(self) -> int:
        """Columns from one day to the next."""
        return self._width // _WEEK

    def _turn_by_mouse(self, x: int) -> None:
        reach = self._width // 4
        if x < reach:
            self.action_turn(-1)
        elif self._width - reach <= x < self._width:
            self.action_turn(1)

    def _weeks(self) -> list[list[date]]:
        return calendar.Calendar().monthdatescalendar(self._day.year, self._day.month)

    def _day_at(self, x: int, y: int) -> date | None:
        week, column = y - _HEADER, (x + 1 - _MARGIN) // self._pitch
        weeks = self._weeks()
        if 0 <= week < len(weeks) and 0 <= column < _WEEK and self._is_shown(weeks[week][column]):
            return weeks[week][column]
        return None

    def _is_shown(self, day: date) -> bool:
        """Whether that day is one of the month, not one of those around it in the same weeks."""
        return day.month == self._day.month

    def _line(self, week: list[date]) -> Content:
        """A week; the brackets of the chosen day stand in the spaces around it."""
        places = [(_MARGIN + self._pitch * column, day) for column, day in enumerate(week) if self._is_shown(day)]
        text = [" "] * self._width
        for place, day in places:
            text[place : place + 2] = f"{day.day:>2}"
            if day == self._day:
                text[place - 1], text[place + 2] = "[", "]"
        line = Content("".join(text))
        for place, day in places:
            reach = 1 if day == self._day else 0
            line = line.stylize(self._look(day), place - reach, place + 2 + reach)
            if day == self._today:
                line = line.stylize("underline", place + (day.day < _TWO_DIGITS), place + 2)
        return line

    def _look(self, day: date) -> str:
        if day == self._day:
            return "bold reverse" if self.has_focus else "bold $text-accent"
        return "$text-disabled" if day < self._today or self._is_closed(day) else ""


def weekday_names() -> list[str]:
    """Two letters for each day of the week, Monday first, in the current language."""
    from babel.dates import get_day_names

    names = get_day_names("short", "stand-alone", current_language())
    return [names[day][:2] for day in range(_WEEK)]


def _month_name(day: date) -> str:
    """ "novembre 2026"."""
    from babel.dates import get_month_names

    return f"{get_month_names('wide', 'stand-alone', current_language())[day.month]} {day.year}"


def _day_of_month(year: int, month: int, day: int) -> date:
    """That day, or the last of the month when it has none."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
