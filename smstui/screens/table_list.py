"""A list that a service searches: the search field, what narrows it further, and a table that reads rows as seen."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from smstui.formats import number
from smstui.i18n import _
from smstui.screens.latest import Latest
from smstui.widgets.line_field import LineField
from smstui.widgets.searchable import Searchable
from smstui.widgets.windowed_table import Cells, Key, WindowedTable
from smstui.widgets.words import Words


class TableList(Searchable, Vertical, Generic[Key]):
    """Subclasses say what is found (`search`, which calls `show`) and what its rows hold (`rows`)."""

    DEFAULT_CSS = """
    TableList {
        height: 1fr;
        .list--search { height: 1; }
        .list--search LineField { width: 1fr; }
        .list--count { width: auto; margin-left: 2; color: $text-muted; }
        .list--filters { height: 1; margin-bottom: 1; }
        .list--filters Select { width: 1fr; max-width: 30; margin-right: 1; }
        .list--aside { width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        .list--empty { display: none; color: $text-muted; }
        WindowedTable { height: 1fr; }
        &.-empty .list--search, &.-empty .list--filters { display: none; }
        &.-empty .list--empty { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_table", show=False, id="list.to_table"),
    ]

    def __init__(self, table: WindowedTable[Key], *, empty: str) -> None:
        """`empty` says what to do when there is nothing at all."""
        super().__init__()
        self.table: WindowedTable[Key] = table
        self._empty = empty
        self._wanted: dict[int, int] = {}
        """The pages to read: index of their first row, and of the one after their last."""
        self._page_reading = Latest(self, self._read_pages, group="list-pages")

    def compose(self) -> ComposeResult:
        """Search, filters, table, and the sentence."""
        with Horizontal(classes="list--search"):
            yield LineField(placeholder=_("Search (/)"), compact=True, select_on_focus=False)
            yield from self.beside_search()
            yield Words("", classes="list--count")
        with Horizontal(classes="list--filters"):
            yield from self.filters()
            yield Words("", classes="list--aside")
        yield Words(Content(self._empty), classes="list--empty")
        yield self.table

    def beside_search(self) -> ComposeResult:
        """What else is typed."""
        yield from ()

    def filters(self) -> ComposeResult:
        """What narrows the list beside the search."""
        yield from ()

    def search(self, text: str) -> None:
        """Look for `text`."""
        raise NotImplementedError

    async def rows(self, keys: Sequence[Key]) -> Iterable[tuple[Key, Cells]]:
        """What is shown of these."""
        raise NotImplementedError

    async def show(self, keys: Sequence[Key], *, same_list: bool = False, is_empty: bool = False) -> None:
        """Show these, those in view and that of the cursor as they are now.

        `is_empty`: there is nothing, whatever is searched.
        """
        self.set_class(is_empty, "-empty")
        self.table.show_header = not is_empty
        self.table.show_keys(keys, same_list=same_list)
        near = [key for first, last in self.table.pages_in_view() for key in self.table.keys(first, last)]
        at_cursor = self.table.cursor_key
        if at_cursor is not None and at_cursor not in near:
            near.append(at_cursor)
        self.table.forget_rows(but=list(await self.rows(near)))

    def say_found(self, found: int, total: int) -> None:
        """How many are found, of how many."""
        self.say_count(number(found) if found == total else f"{number(found)} / {number(total)}")

    def say_count(self, words: str) -> None:
        """Beside the search."""
        self.query_one(".list--count", Words).update(words)

    def say_aside(self, words: Content | str) -> None:
        """Beside the filters."""
        self.query_one(".list--aside", Words).update(words)

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self.query_one(LineField):
            self.search(event.value)

    @on(Input.Submitted)
    def action_to_table(self) -> None:
        """From the search field to what it found."""
        self.table.focus()

    @on(WindowedTable.PageWanted)
    def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        event.stop()
        self._wanted[event.first] = event.last
        self._page_reading.ask()

    async def _read_pages(self) -> None:
        """The pages that are still seen, the last one wanted first."""
        while self._wanted:
            first, last = self._wanted.popitem()
            if (first, last) in self.table.pages_in_view():
                self.table.put(await self.rows(self.table.keys(first, last)))
            else:
                self.table.pass_over(first, last)
