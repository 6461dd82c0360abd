"""The days of the week to tick, all on one line."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from smstui.i18n import N_
from smstui.widgets.calendar import weekday_names

_WEEK: Final = 7
_PITCH: Final = 6
"""Columns from one day to the next: `[x]lu `."""


class WeekdayLine(Widget, can_focus=True):
    """Left and right go from day to day, space ticks. Monday is 0."""

    DEFAULT_CSS = """
    WeekdayLine { height: 1; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "move(1)", N_("The next day"), show=False, id="weekdays.next"),
        Binding("left,h", "move(-1)", N_("The day before"), show=False, id="weekdays.previous"),
        Binding("space", "turn", N_("Tick"), show=False, id="weekdays.tick"),
        Binding("enter", "screen.focus_next", N_("Go on"), show=False, id="weekdays.go_on"),
    ]

    @dataclass
    class Changed(Message):
        """Other days are ticked."""

        days: frozenset[int]

    def __init__(self, days: Collection[int], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._days = frozenset(days)
        self._cursor = min(self._days, default=0)

    @property
    def days(self) -> frozenset[int]:
        """The days ticked."""
        return self._days

    def render(self) -> Content:
        """All days; the focus is seen on the one under the cursor."""
        return Content(" ").join(self._label(day, name) for day, name in enumerate(weekday_names()))

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has gone."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Tick the day under the mouse."""
        if event.y == 0 and 0 <= event.x < _PITCH * _WEEK:
            self._cursor = event.x // _PITCH
            self.action_turn()

    def action_move(self, by: int) -> None:
        """Go to another day."""
        self._cursor = (self._cursor + by) % _WEEK
        self.refresh()

    def action_turn(self) -> None:
        """Tick the day under the cursor, or untick it."""
        self._days ^= {self._cursor}
        self.refresh()
        self.post_message(self.Changed(self._days))

    def _label(self, day: int, name: str) -> Content:
        ticked = day in self._days
        label = Content(f"[{'x' if ticked else ' '}]{name}")
        if self.has_focus and day == self._cursor:
            return label.stylize("bold reverse")
        return label.stylize("bold $text-accent") if ticked else label
