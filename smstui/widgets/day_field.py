"""A day of a form: shown in words, chosen in a calendar that pops up."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from smstui.formats import long_date
from smstui.i18n import N_, _
from smstui.widgets.calendar import Calendar
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class CalendarModal(TranslatedModal[date | None]):
    """Answers with the day chosen, or None when the person went back."""

    DEFAULT_CSS = """
    CalendarModal .dialog { width: 34; padding: 1 4 0 4; }
    CalendarModal Static { height: 1; color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="calendar_modal.cancel"),
    ]

    def __init__(self, title: str, day: date, today: date) -> None:
        """`day`: the one that is chosen at first; `today`: the first that can be."""
        super().__init__()
        self._title, self._day, self._today = title, day, today

    def compose(self) -> ComposeResult:
        """The calendar, and a line for what it refuses."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Calendar(self._day, today=self._today)
            yield Words("")

    @on(Calendar.Changed)
    def _moved(self) -> None:
        self.query_one(Words).update("")

    @on(Calendar.Refused)
    def _refused(self) -> None:
        self.query_one(Words).update(_("✕ This day is past."))

    @on(Calendar.Submitted)
    def _chosen(self) -> None:
        self.dismiss(self.query_one(Calendar).day)

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


class DayField(Widget, can_focus=True):
    """Enter or a click opens the calendar."""

    DEFAULT_CSS = """
    DayField { height: 1; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "open", N_("Open the calendar"), show=False, id="day.open"),
    ]

    @dataclass
    class Changed(Message):
        """Another day was chosen."""

        day: date

    def __init__(self, day: date, *, today: date, title: str, id: str | None = None) -> None:  # noqa: A002
        """`title`: of the calendar."""
        super().__init__(id=id)
        self._day, self._today, self._title = day, today, title

    @property
    def day(self) -> date:
        """The day chosen."""
        return self._day

    def show(self, day: date, today: date) -> None:
        """Show that day; `today` is the first that can be chosen."""
        self._day, self._today = day, today
        self.refresh()

    def render(self) -> Content:
        """The day in words, and the sign of what opens."""
        return Content.styled(f"{long_date(self._day)} ▾", "bold reverse" if self.has_focus else "")

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has gone."""
        self.refresh()

    def on_click(self) -> None:
        """Open the calendar."""
        self.action_open()

    def action_open(self) -> None:
        """Choose the day in a calendar."""
        self.app.push_screen(CalendarModal(self._title, self._day, self._today), self._take)

    def _take(self, day: date | None) -> None:
        if day is not None and day != self._day:
            self._day = day
            self.refresh()
            self.post_message(self.Changed(day))
