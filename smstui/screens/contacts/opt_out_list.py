"""The STOP list of any length: searched, filtered and sorted by the database, its rows read as they are seen."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select

from smstui.domain.actor import Actor
from smstui.domain.visible import printable
from smstui.formats import date_time, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.services.opt_out_query import OptOut, OptOutQuery, OptOutSort, OptOutSource
from smstui.services.opt_outs import OptOuts
from smstui.widgets.columns import Cell, Column
from smstui.widgets.line_field import LineField
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.searchable import Searchable
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

SOURCE_WORDS: Final = {
    OptOutSource.SMS: N_("answered STOP"),
    OptOutSource.MANUAL: N_("added by hand"),
    OptOutSource.IMPORT: N_("from a file"),
    OptOutSource.REPLY: N_("asked in an answer"),
}
"""Message ids."""


class OptOutList(Searchable, Vertical):
    """The search, the filter and the table; or a sentence when the list is empty."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_table", show=False, id="list.to_table"),
        Binding("f", "filter", N_("Filter"), show=False, id="opt_outs.filter"),
    ]

    @dataclass
    class Counted(Message):
        """The list holds `total` numbers, whatever is searched in it."""

        total: int

    def __init__(self, opt_outs: OptOuts, actor: Actor, *, empty: str) -> None:
        """`empty` says what to do when there is nobody on the list."""
        super().__init__()
        self._opt_outs, self._actor, self._empty = opt_outs, actor, empty
        self._query = self._shown = OptOutQuery()
        self._whole = asyncio.Event()
        """Set as long as the table holds all that the query lets through."""
        self._wanted: dict[int, int] = {}
        """The pages to read: index of their first row, and of the one after their last."""
        self._reading = Latest(self, self._read, group="opt-outs")
        self._page_reading = Latest(self, self._read_pages, group="opt-outs-pages")
        columns = (
            Column(OptOutSort.NUMBER, _("Number"), 14, grows=True, sortable=True),
            Column(OptOutSort.SOURCE, _("Source"), 18, grows=True, sortable=True),
            Column(OptOutSort.AT, _("Since"), 11, sortable=True),
        )
        order = (self._query.sort.value, self._query.descending)
        self.table: WindowedTable[str] = WindowedTable(columns, markable=True, sorted_by=order)

    def compose(self) -> ComposeResult:
        """Search, filter, table, and the sentence."""
        with Horizontal(classes="list--search"):
            yield LineField(placeholder=_("Search (/)"), compact=True, select_on_focus=False)
            yield Words("", classes="list--count")
        with Horizontal(classes="list--filters"):
            sources = [(_(words), source) for source, words in SOURCE_WORDS.items()]
            yield Select(sources, prompt=_("all sources"), id="source", compact=True)
            yield Words("", classes="list--aside")
        yield Words(Content(self._empty), classes="list--empty")
        yield self.table

    def on_mount(self) -> None:
        """Read the first rows, then all, once it is known how many can be seen."""
        self.call_after_refresh(self._reading.ask)

    def read_soon(self) -> None:
        """Read everything again: something may have changed."""
        self._whole.clear()
        self._reading.ask()

    async def chosen(self) -> Sequence[str]:
        """The ticked numbers, or else the one under the cursor."""
        if self.table.mark_count:
            await self._whole.wait()
        return self.table.chosen

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._look_for(replace(self._query, search=event.value))

    @on(Input.Submitted)
    def action_to_table(self) -> None:
        """From the search field to what it found."""
        self.table.focus()

    @on(Select.Changed, "#source")
    def _source_chosen(self, event: Select.Changed) -> None:
        event.stop()
        self._look_for(replace(self._query, source=event.value if isinstance(event.value, OptOutSource) else None))

    @on(WindowedTable.SortAsked)
    def _sort_asked(self, event: WindowedTable.SortAsked) -> None:
        event.stop()
        self._look_for(replace(self._query, sort=OptOutSort(event.column), descending=event.descending))

    @on(WindowedTable.Marked)
    def _say_marked(self, event: WindowedTable.Marked) -> None:
        words = ngettext("{count} ticked", "{count} ticked", event.count).format(count=number(event.count))
        self.query_one(".list--aside", Words).update(words if event.count else "")

    @on(WindowedTable.PageWanted)
    def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        event.stop()
        self._wanted[event.first] = event.last
        self._page_reading.ask()

    def action_filter(self) -> None:
        """Choose which numbers are shown, by how they came to the list."""
        select = self.query_one("#source", Select)
        select.focus()
        select.action_show_overlay()

    def _look_for(self, query: OptOutQuery) -> None:
        if query != self._query:
            self._query = query
            self.read_soon()

    async def _read(self) -> None:
        """The first page at once, then all numbers, their count, and the rows in the window as they are now."""
        query, opt_outs, actor = self._query, self._opt_outs, self._actor
        if not self.table.row_count:
            self.table.show_keys(await opt_outs.numbers(actor, query, limit=PAGE_ROWS), more_to_come=True)
        total, numbers = await opt_outs.count(actor), await opt_outs.numbers(actor, query)
        if query != self._query:
            return
        same_list = (query.search, query.source) == (self._shown.search, self._shown.source)
        self.table.show_keys(numbers, same_list=same_list)
        self._shown = query
        self._whole.set()
        self._say_total(len(numbers), total)
        in_view = [key for first, last in self.table.pages_in_view() for key in self.table.keys(first, last)]
        self.table.forget_rows(but=[(row.number, _cells(row)) for row in await opt_outs.rows(actor, in_view)])

    async def _read_pages(self) -> None:
        """The pages that are still seen, the last one wanted first."""
        while self._wanted:
            first, last = self._wanted.popitem()
            if (first, last) not in self.table.pages_in_view():
                self.table.pass_over(first, last)
                continue
            rows = await self._opt_outs.rows(self._actor, self.table.keys(first, last))
            self.table.put((row.number, _cells(row)) for row in rows)

    def _say_total(self, found: int, total: int) -> None:
        self.set_class(not total, "-empty")
        self.table.show_header = bool(total)
        shown = number(found) if found == total else f"{number(found)} / {number(total)}"
        self.query_one(".list--count", Words).update(shown)
        self.post_message(self.Counted(total))


def _cells(row: OptOut) -> Sequence[Cell]:
    if row.campaign:
        words = _("answered STOP to {campaign}").format(campaign=printable(row.campaign))
    else:
        words = _(SOURCE_WORDS[row.source])
    return row.number, words, date_time(row.at)
