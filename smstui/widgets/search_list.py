"""A list that is all in memory: search as you type, sort, tick rows, and a sentence when there is nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from smstui import formats
from smstui.domain.folding import folded
from smstui.i18n import _
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.searchable import Searchable
from smstui.widgets.windowed_table import Cells, Key, WindowedTable
from smstui.widgets.words import Words

SortValue = str | int | float | datetime


@dataclass(frozen=True, slots=True)
class Entry(Generic[Key]):
    """One row: how it looks, what is searched in it, and its value in each sortable column."""

    key: Key
    cells: Cells
    search: str
    order: Mapping[str, SortValue] = field(default_factory=dict)


class SearchList(Searchable, Vertical, Generic[Key]):
    """The search field, the table under it, and the sentence of an empty list in place of both."""

    DEFAULT_CSS = """
    SearchList { height: 1fr; }
    SearchList > Horizontal { height: 1; margin-bottom: 1; }
    SearchList Input { width: 1fr; }
    SearchList .search--count { width: auto; margin-left: 2; color: $text-muted; }
    SearchList > WindowedTable { height: 1fr; }
    SearchList > .search--empty { display: none; color: $text-muted; }
    SearchList.-empty > Horizontal { display: none; }
    SearchList.-empty > .search--empty { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_table", show=False, id="list.to_table"),
    ]

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str,
        sorted_by: tuple[str, bool],
        markable: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`empty` says what to do when there is nothing yet; `sorted_by` is a column and whether downwards."""
        super().__init__(id=id)
        self._empty = empty
        self._sorted_by = sorted_by
        self._entries: Sequence[Entry[Key]] = ()
        self.table: WindowedTable[Key] = WindowedTable(columns, markable=markable, sorted_by=sorted_by)

    def compose(self) -> ComposeResult:
        """Search, table, and the sentence."""
        with Horizontal():
            yield LineField(placeholder=_("Search (/)"), compact=True, select_on_focus=False)
            yield Words("", classes="search--count")
        yield Words(Content(self._empty), classes="search--empty")
        yield self.table

    def show(self, entries: Sequence[Entry[Key]]) -> None:
        """Show these; the search, the order, the cursor and the marks stay."""
        self._entries = entries
        self.set_class(not entries, "-empty")
        self.table.show_header = bool(entries)
        self._refresh_rows()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._refresh_rows()

    @on(Input.Submitted)
    def _found(self, event: Input.Submitted) -> None:
        event.stop()
        self.table.focus()

    @on(WindowedTable.SortAsked)
    def _sort_asked(self, event: WindowedTable.SortAsked) -> None:
        event.stop()
        self._sorted_by = (event.column, event.descending)
        self._refresh_rows()

    def action_to_table(self) -> None:
        """From the search field to what it found."""
        self.table.focus()

    def _refresh_rows(self) -> None:
        words = folded(self.query_one(Input).value).split()
        column, descending = self._sorted_by
        found = [entry for entry in self._entries if all(word in folded(entry.search) for word in words)]
        found.sort(key=lambda entry: _sortable(entry.order[column]), reverse=descending)
        self.table.show_rows({entry.key: entry.cells for entry in found})
        shown = formats.number(len(found))
        of_all = f"{shown} / {formats.number(len(self._entries))}" if len(found) < len(self._entries) else shown
        self.query_one(".search--count", Words).update(of_all)


def _sortable(value: SortValue) -> tuple[float, str]:
    if isinstance(value, str):
        return 0.0, folded(value)
    return (value.timestamp() if isinstance(value, datetime) else float(value)), ""
