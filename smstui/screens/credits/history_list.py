"""The ledger, of any length: filtered and searched by the database, its entries read as they are seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS
from smstui.domain.visible import printable
from smstui.formats import amount, number
from smstui.i18n import N_, _
from smstui.screens.credits.period_modal import Days, PeriodModal
from smstui.screens.latest import Latest
from smstui.screens.messaging.campaign_words import short_date
from smstui.screens.once import once_at_a_time
from smstui.services.backend import Backend
from smstui.services.campaign_details import account_zone
from smstui.services.credits import CAUSE_WORDS, Cause, Entry, HistoryQuery
from smstui.widgets.columns import Cell, Column
from smstui.widgets.line_field import LineField
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.searchable import Searchable
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

Answer = TypeVar("Answer")


class Period(StrEnum):
    """Which part of the ledger is shown."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"
    DAYS = "days"
    """From a day to another."""


LENGTHS: Final = {Period.MONTH: 30, Period.QUARTER: 91, Period.YEAR: 365}
"""Days, today included."""
_PERIOD_WORDS: Final = {
    Period.MONTH: N_("30 days"),
    Period.QUARTER: N_("3 months"),
    Period.YEAR: N_("1 year"),
    Period.ALL: N_("everything"),
    Period.DAYS: N_("from … to …"),
}


class HistoryList(Searchable, Vertical):
    """Search, period and reason; the table; or a sentence where there is no entry."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_table", show=False, id="list.to_table"),
        Binding("p", "period", N_("Period"), id="history.period"),
        Binding("f", "filter", N_("Filter"), show=False, id="history.filter"),
    ]

    @dataclass
    class Read(Message):
        """The list was read, because something is new in it, or another part of it is shown."""

        query: HistoryQuery
        found: int

    def __init__(self, backend: Backend, actor: Actor) -> None:
        super().__init__()
        self._backend, self._ledger, self._actor = backend, backend.credits, actor
        self.zone: ZoneInfo | None = None
        """Whose days these are: known once the list was read."""
        self._period, self._days = Period.MONTH, Days(None, None)
        self._cause: Cause | None = None
        self._search = ""
        self._shown: tuple[HistoryQuery, int] | None = None
        """What was asked for, and the newest entry then."""
        self._wanted: dict[int, int] = {}
        """The pages to read: index of their first row, and of the one after their last."""
        self._reading = Latest(self, self._read, group="history")
        self._page_reading = Latest(self, self._read_pages, group="history-pages")
        self.table: WindowedTable[int] = WindowedTable(
            [
                Column("at", _("Date"), 11),
                Column("cause", _("Reason"), 12, grows=True),
                Column("amount", _("Credits"), 10, right=True),
                Column("balance", _("Balance"), 10, right=True, from_width=60),
            ]
        )

    def compose(self) -> ComposeResult:
        """Search and count, the two filters, the sentence, the table."""
        with Horizontal(classes="list--search"):
            yield LineField(placeholder=_("Search (/)"), compact=True, select_on_focus=False)
            yield Words("", classes="list--count")
        with Horizontal(classes="list--filters"):
            yield Button("", id="period", compact=True)
            yield Button("", id="cause", compact=True)
        yield Words("", classes="list--empty")
        yield self.table

    def on_mount(self) -> None:
        """Read the first rows, once it is known how many can be seen."""
        self._name_filters()
        self.call_after_refresh(self._reading.ask)

    def read_soon(self) -> None:
        """Look whether something is new."""
        self._reading.ask()

    def _query(self, zone: ZoneInfo) -> HistoryQuery:
        """What is asked for: days begin at midnight on the account's clocks."""
        today = self._backend.clock.now().astimezone(zone).date()
        first, last = self._days.first, self._days.last
        if self._period is not Period.DAYS:
            length = LENGTHS.get(self._period)
            first, last = None if length is None else today - timedelta(days=length - 1), None
        since = None if first is None else datetime.combine(first, time(), zone)
        until = None if last is None else datetime.combine(last + timedelta(days=1), time(), zone)
        return HistoryQuery(self._cause, since, until, self._search)

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._search = event.value
        self.read_soon()

    @on(Input.Submitted)
    def action_to_table(self) -> None:
        """From the search field to what it found."""
        self.table.focus()

    @on(Button.Pressed, "#period")
    @once_at_a_time("history-filter")
    async def action_period(self) -> None:
        """Choose how far back the list goes."""
        picks = [Pick(each, _(words)) for each, words in _PERIOD_WORDS.items()]
        picked = await self._ask(PickModal(_("Period"), picks, self._period))
        if picked is None:
            return
        days: Days | None = self._days
        if picked == Period.DAYS and (days := await self._ask(PeriodModal(self._days))) is None:
            return
        self._period, self._days = Period(picked), days or self._days
        self._filtered()

    @on(Button.Pressed, "#cause")
    @once_at_a_time("history-filter")
    async def action_filter(self) -> None:
        """Choose of which reason the entries are."""
        picks = [Pick("", _("all reasons")), *(Pick(each, _(words)) for each, words in CAUSE_WORDS.items())]
        picked = await self._ask(PickModal(_("Reason"), picks, self._cause or ""))
        if picked is not None:
            self._cause = Cause(picked) if picked else None
            self._filtered()

    async def _ask(self, question: ModalScreen[Answer]) -> Answer:
        return await self.app.push_screen_wait(question)

    def _filtered(self) -> None:
        self._name_filters()
        self.table.focus()
        self.read_soon()

    def _name_filters(self) -> None:
        period = self._days.words if self._period is Period.DAYS else _(_PERIOD_WORDS[self._period])
        cause = _(CAUSE_WORDS[self._cause]) if self._cause else _("all reasons")
        for name, words in (("period", period), ("cause", cause)):
            button = self.query_one(f"#{name}", Button)
            button.label = Content(f"{words} ▾")
            button.refresh(layout=True)

    @on(WindowedTable.PageWanted)
    def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        event.stop()
        self._wanted[event.first] = event.last
        self._page_reading.ask()

    async def _read(self) -> None:
        """The ids of all that is asked for, unless nothing has changed; the rows come as they are seen."""
        self.zone = self.zone or await account_zone(self._backend.database, self._actor)
        query = self._query(self.zone)
        state = (query, await self._ledger.newest(self._actor))
        if state == self._shown:
            return
        if self._shown is None:
            self.table.show_keys(await self._ledger.entry_ids(self._actor, query, PAGE_ROWS), more_to_come=True)
        ids = await self._ledger.entry_ids(self._actor, query)
        self._shown = state
        self.table.show_keys(ids)
        self._say(len(ids), is_new=not state[1])
        self.post_message(self.Read(query, len(ids)))

    async def _read_pages(self) -> None:
        """The pages that are still seen, the last one wanted first."""
        while self._wanted:
            first, last = self._wanted.popitem()
            if (first, last) not in self.table.pages_in_view():
                self.table.pass_over(first, last)
                continue
            entries = await self._ledger.entries(self._actor, self.table.keys(first, last))
            now = self._backend.clock.now()
            self.table.put((each.id, _cells(each, self.zone, now)) for each in entries)

    def _say(self, found: int, *, is_new: bool) -> None:
        nothing = _("Nothing is found: choose another period (p), reason (f) or search (/).")
        nothing = _("No entry yet: certify your number to get test credits.") if is_new else nothing
        self.set_class(not found, "-empty")
        self.table.show_header = bool(found)
        self.query_one(".list--empty", Words).update(nothing)
        self.query_one(".list--count", Words).update(number(found))


def _cells(entry: Entry, zone: ZoneInfo | None, now: datetime) -> Sequence[Cell]:
    about = printable(entry.subject) or entry.order or ""
    words = " · ".join(filter(None, (_(CAUSE_WORDS[entry.cause]), about)))
    sign = "+" if entry.amount > NO_CREDITS else ""
    at = short_date(entry.at, zone, now) if zone else ""
    return at, words, f"{sign}{amount(entry.amount)}", amount(entry.balance)
