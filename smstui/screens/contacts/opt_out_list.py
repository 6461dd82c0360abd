"""The STOP list of any length: searched, filtered and sorted by the database, its rows read as they are seen."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.visible import printable
from smstui.formats import date_time, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.table_list import TableList
from smstui.services.opt_out_query import OptOut, OptOutQuery, OptOutSort, OptOutSource
from smstui.services.opt_outs import OptOuts
from smstui.widgets.columns import Column
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.windowed_table import Cells, WindowedTable

SOURCE_WORDS: Final = {
    OptOutSource.SMS: N_("answered STOP"),
    OptOutSource.MANUAL: N_("added by hand"),
    OptOutSource.IMPORT: N_("from a file"),
    OptOutSource.REPLY: N_("asked in an answer"),
}
"""Message ids."""


class OptOutList(TableList[str]):
    """The search, the filter and the table; or a sentence when the list is empty."""

    DEFAULT_CSS = "OptOutList .list--aside { width: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), show=False, id="opt_outs.filter"),
    ]

    @dataclass
    class Counted(Message):
        """The list holds `total` numbers, whatever is searched in it."""

        total: int

    def __init__(self, opt_outs: OptOuts, actor: Actor, *, empty: str) -> None:
        """`empty` says what to do when there is nobody on the list."""
        self._opt_outs, self._actor = opt_outs, actor
        self._query = self._shown = OptOutQuery()
        self._whole = asyncio.Event()
        """Set as long as the table holds all that the query lets through."""
        self._reading = Latest(self, self._read, group="opt-outs")
        columns = (
            Column(OptOutSort.NUMBER, _("Number"), 14, grows=True, sortable=True),
            Column(OptOutSort.SOURCE, _("Source"), 18, grows=True, sortable=True),
            Column(OptOutSort.AT, _("Since"), 11, sortable=True),
        )
        order = (self._query.sort.value, self._query.descending)
        super().__init__(WindowedTable[str](columns, markable=True, sorted_by=order), empty=empty)

    def filters(self) -> ComposeResult:
        """How the numbers came to the list."""
        sources = [(_(words), source) for source, words in SOURCE_WORDS.items()]
        yield Select(sources, prompt=_("all sources"), id="source", compact=True)

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

    def search(self, text: str) -> None:
        """Look for `text` in the numbers."""
        self._look_for(replace(self._query, search=text))

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
        self.say_aside(words if event.count else "")

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
        self._shown = query
        self.say_found(len(numbers), total)
        self.post_message(self.Counted(total))
        self._whole.set()
        await self.show(numbers, same_list=same_list, is_empty=not total)

    async def rows(self, keys: Sequence[str]) -> Iterable[tuple[str, Cells]]:
        """What is shown of these numbers."""
        return [(row.number, _cells(row)) for row in await self._opt_outs.rows(self._actor, keys)]


def _cells(row: OptOut) -> Cells:
    if row.campaign:
        words = _("answered STOP to {campaign}").format(campaign=printable(row.campaign))
    else:
        words = _(SOURCE_WORDS[row.source])
    return row.number, words, date_time(row.at)
