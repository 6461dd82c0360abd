"""The ledger, of any length: filtered and searched by the database, its entries read as they are seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS
from smstui.domain.visible import printable
from smstui.formats import amount, number
from smstui.i18n import N_, _
from smstui.screens.credits.period_modal import Days, PeriodModal
from smstui.screens.latest import Latest
from smstui.screens.messaging.campaign_words import short_date
from smstui.screens.once import once_at_a_time
from smstui.screens.table_list import TableList
from smstui.services.backend import Backend
from smstui.services.campaign_details import account_zone
from smstui.services.credits import CAUSE_WORDS, Cause, Entry, HistoryQuery
from smstui.widgets.columns import Column
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.windowed_table import Cells, WindowedTable
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


class HistoryList(TableList[int]):
    """Search, period and reason; the table; or a sentence where there is no entry."""

    DEFAULT_CSS = """
    HistoryList {
        .list--filters { margin-bottom: 0; }
        .list--filters Button { margin-right: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        .list--filters .list--aside { display: none; }
        #cause { max-width: 45%; }
        &.-empty .list--search, &.-empty .list--filters { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "period", N_("Period"), id="history.period"),
        Binding("f", "filter", N_("Filter"), show=False, id="history.filter"),
    ]

    @dataclass
    class Read(Message):
        """The list was read, because something is new in it, or another part of it is shown."""

        query: HistoryQuery
        found: int

    def __init__(self, backend: Backend, actor: Actor) -> None:
        self._backend, self._ledger, self._actor = backend, backend.credits, actor
        self.zone: ZoneInfo | None = None
        """Whose days these are: known once the list was read."""
        self._period, self._days = Period.MONTH, Days(None, None)
        self._cause: Cause | None = None
        self._searched_for = ""
        self._shown: tuple[HistoryQuery, int] | None = None
        """What was asked for, and the newest entry then."""
        self._reading = Latest(self, self._read, group="history")
        columns = (
            Column("at", _("Date"), 11),
            Column("cause", _("Reason"), 12, grows=True),
            Column("amount", _("Credits"), 10, right=True),
            Column("balance", _("Balance"), 10, right=True, from_width=60),
        )
        super().__init__(WindowedTable[int](columns), empty="")

    def filters(self) -> ComposeResult:
        """The period and the reason."""
        yield Button("", id="period", compact=True)
        yield Button("", id="cause", compact=True)

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
        return HistoryQuery(self._cause, since, until, self._searched_for)

    def search(self, text: str) -> None:
        """Look for `text` in what the entries are about."""
        self._searched_for = text
        self.read_soon()

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
        nothing = _("Nothing is found: choose another period (p), reason (f) or search (/).")
        nothing = nothing if state[1] else _("No entry yet: certify your number to get test credits.")
        self.query_one(".list--empty", Words).update(nothing)
        self.say_count(number(len(ids)))
        self.post_message(self.Read(query, len(ids)))
        await self.show(ids, is_empty=not ids)

    async def rows(self, keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        """What is shown of these entries."""
        entries, now = await self._ledger.entries(self._actor, keys), self._backend.clock.now()
        return [(each.id, _cells(each, self.zone, now)) for each in entries]


def _cells(entry: Entry, zone: ZoneInfo | None, now: datetime) -> Cells:
    about = printable(entry.subject) or entry.order or ""
    words = " · ".join(filter(None, (_(CAUSE_WORDS[entry.cause]), about)))
    sign = "+" if entry.amount > NO_CREDITS else ""
    at = short_date(entry.at, zone, now) if zone else ""
    return at, words, f"{sign}{amount(entry.amount)}", amount(entry.balance)
