"""A table of any length: it draws the lines in its window and holds the rows of the pages around it.

Its owner gives the keys of all rows, in order (`show_keys`), and answers `PageWanted` with the rows of one page
(`put`). A list that is all in memory is given at once (`show_rows`). The cursor stays on its row whatever moves.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smstui.i18n import N_
from smstui.widgets.columns import Cell, Column, fit, header, line, next_order
from smstui.widgets.marks import Marks
from smstui.widgets.row_store import PAGE_ROWS, RowStore

Key = TypeVar("Key", int, str)
Cells = Sequence[Cell]


class WindowedTable(ScrollView, Generic[Key], can_focus=True):
    """Rows on one line each under a fixed header, with a cursor, marks and a sort order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "windowed-table--header",
        "windowed-table--cursor",
        "windowed-table--marked",
        "windowed-table--waiting",
    }
    DEFAULT_CSS = """
    WindowedTable { background: transparent; overflow-x: hidden; scrollbar-size-vertical: 1; }
    WindowedTable > .windowed-table--header { color: $text-muted; text-style: bold; }
    WindowedTable > .windowed-table--cursor { background: $surface-lighten-1; }
    WindowedTable:focus > .windowed-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    WindowedTable > .windowed-table--marked { color: $text-accent; text-style: bold; }
    WindowedTable > .windowed-table--waiting { color: $text-disabled; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("Up"), show=False, id="table.up"),
        Binding("down,j", "move(1)", N_("Down"), show=False, id="table.down"),
        Binding("pageup", "page(-1)", N_("Page up"), show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", N_("Page down"), show=False, id="table.page_down"),
        Binding("home,g", "to_end(-1)", N_("First row"), show=False, id="table.first"),
        Binding("end,G", "to_end(1)", N_("Last row"), show=False, id="table.last"),
        Binding("enter", "choose", N_("Open"), show=False, id="table.choose"),
        Binding("space", "mark", N_("Select"), show=False, id="table.mark"),
        Binding("a", "mark_all", N_("Select all"), show=False, id="table.mark_all"),
        Binding("s", "sort", N_("Sort"), show=False, id="table.sort"),
    ]

    @dataclass
    class PageWanted(Message):
        """Rows `first` to `last` (indexes, `last` not in it) come near the window and aren't known yet."""

        table: "WindowedTable[int] | WindowedTable[str]"
        first: int
        last: int

    @dataclass
    class Chosen(Message):
        """Enter, or a click on the row of the cursor."""

        table: "WindowedTable[int] | WindowedTable[str]"
        key: int | str

    @dataclass
    class Moved(Message):
        """The cursor stands on another row, or on none."""

        table: "WindowedTable[int] | WindowedTable[str]"

    @dataclass
    class Marked(Message):
        """The rows ticked are now these many."""

        table: "WindowedTable[int] | WindowedTable[str]"
        count: int

    @dataclass
    class SortAsked(Message):
        """Show the rows by this column, downwards or upwards."""

        table: "WindowedTable[int] | WindowedTable[str]"
        column: str
        descending: bool

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        markable: bool = False,
        sorted_by: tuple[str, bool] | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`sorted_by`: the column that the owner sorts by at first, and whether downwards.

        `show_header` may be put out while nothing is shown; with `marks_last` rows that a search hides stay ticked.
        """
        super().__init__(id=id)
        self._columns, self._markable = tuple(columns), markable
        self._sorted_by = sorted_by
        self._keys: Sequence[Key] = ()
        self._rows: RowStore[Key] = RowStore()
        self._cursor = 0
        self._marks: Marks[Key] = Marks()
        self.show_header = True
        self.marks_last = False

    @property
    def cursor_key(self) -> Key | None:
        """The key of the row under the cursor; None in an empty table."""
        return self._keys[self._cursor] if self._cursor < len(self._keys) else None

    @property
    def at_top(self) -> bool:
        """Whether the cursor is on the first row."""
        return self._cursor == 0

    @property
    def row_count(self) -> int:
        """How many rows there are, seen or not."""
        return len(self._keys)

    @property
    def marks(self) -> tuple[Key, ...]:
        """The keys of the ticked rows, in the order shown."""
        return tuple(self._marks.among(self._keys))

    @property
    def mark_count(self) -> int:
        """How many rows are ticked."""
        return self._marks.count(len(self._keys))

    @property
    def cursor_is_marked(self) -> bool:
        """Whether the row under the cursor is ticked."""
        return self.cursor_key is not None and self.cursor_key in self._marks

    @property
    def chosen(self) -> Sequence[Key]:
        """The keys of the ticked rows, or else that of the row under the cursor; cheap when all of many are ticked."""
        key = self.cursor_key
        return self._marks.among(self._keys) if self.mark_count else () if key is None else (key,)

    def mark_only(self, keys: Iterable[Key]) -> None:
        """Tick these rows and no other."""
        self._marks.only(keys)
        self._marks_changed()

    def keys(self, first: int, last: int) -> Sequence[Key]:
        """The keys of rows `first` to `last` (not in it)."""
        return self._keys[first:last]

    def rows_in_view(self) -> tuple[int, int]:
        """The rows in the window, as (first, last) indexes: what a live table reads again."""
        top = round(self.scroll_offset.y)
        return top, min(len(self._keys), top + max(1, self.size.height))

    def keys_in_view(self) -> Sequence[Key]:
        """The keys of the rows in the window."""
        return self.keys(*self.rows_in_view())

    def pages_in_view(self) -> tuple[tuple[int, int], ...]:
        """The pages that the window touches, as (first, last) indexes."""
        top, bottom = self.rows_in_view()
        pages = range(top // PAGE_ROWS, (max(top, bottom - 1)) // PAGE_ROWS + 1)
        return tuple((page * PAGE_ROWS, min(len(self._keys), (page + 1) * PAGE_ROWS)) for page in pages if self._keys)

    def show_keys(self, keys: Sequence[Key], *, same_list: bool = False, more_to_come: bool = False) -> None:
        """Show these rows in this order. The cursor and the marks stay on their rows where those are still there.

        `same_list`: they are the rows shown before, sorted otherwise, or some more or less: if all of many are ticked,
        all are. `more_to_come`: they are the first of what is shown next, and no mark is lost yet.
        """
        at_cursor, count = self.cursor_key, self.mark_count
        self._marks.follow(self._keys, keys, same_list=same_list, lasting=self.marks_last or more_to_come)
        self._keys = keys
        self._rows.ask_anew()
        self._cursor = self._index_of(at_cursor)
        if self.cursor_key != at_cursor:
            self.post_message(self.Moved(self))
        if self.mark_count != count:
            self._marks_changed()
        self._resized()

    def show_rows(self, rows: Mapping[Key, Cells]) -> None:
        """Show these rows, all of them known, in this order."""
        self._rows.restart(rows)
        self.show_keys(tuple(rows))

    def put(self, rows: Iterable[tuple[Key, Cells]]) -> None:
        """Rows that were wanted, or that may have changed."""
        if self._rows.put(rows):
            self._rows.forget_far(self._keys, self.pages_in_view())
            self.refresh()

    def forget_rows(self, but: Iterable[tuple[Key, Cells]] = ()) -> None:
        """What is known of the rows, `but` of these, is out of date: each page is wanted again when it is seen."""
        self._rows.restart(dict(but))
        self._want()
        self.refresh()

    def pass_over(self, first: int, last: int) -> None:
        """The page `first` to `last` that was wanted is not given now; it is wanted again when it is seen again."""
        self._rows.ask_anew((first, last))

    def move_to(self, index: int) -> None:
        """Put the cursor on row `index`, or the nearest one there is, and bring it into the window."""
        before, self._cursor = self._cursor, max(0, min(index, len(self._keys) - 1))
        if before != self._cursor:
            self.post_message(self.Moved(self))
        top, height = round(self.scroll_offset.y), max(1, self.size.height - 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, force=True)
        for index in (before, self._cursor):
            self.refresh_line(index + 1)

    def render_line(self, y: int) -> Strip:
        """The header on the first line, then the rows from the scroll offset on."""
        if y == 0:
            labels = self._line(" ", header(self._columns, self._sorted_by)) if self.show_header else Content("")
            return self._draw(labels, "windowed-table--header")
        index = round(self.scroll_offset.y) + y - 1
        if index >= len(self._keys):
            return Strip.blank(self._width, self.visual_style.rich_style)
        key = self._keys[index]
        classes = ["windowed-table--marked"] if key in self._marks else []
        cells = self._rows.get(key)
        if cells is None:
            classes.append("windowed-table--waiting")
            cells = ["·"] * len(self._columns)
        if index == self._cursor:  # the colours of the cells would vanish in that of the cursor
            classes.append("windowed-table--cursor")
            cells = [cell.plain if isinstance(cell, Content) else cell for cell in cells]
        return self._draw(self._line("✓" if key in self._marks else " ", cells), *classes)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Another window: ask for the rows it lacks."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def on_resize(self) -> None:
        """Another height shows other rows."""
        self._resized()
        self.move_to(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on its row it chooses; on the header it sorts."""
        if event.y == 0:
            self._sort_at(event.x)
            return
        index = round(self.scroll_offset.y) + event.y - 1
        if index == self._cursor and event.chain > 1:
            self.action_choose()
        elif index < len(self._keys):
            self.move_to(index)

    def action_move(self, by: int) -> None:
        """The cursor, up or down."""
        self.move_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """The cursor, a window up or down."""
        self.move_to(self._cursor + by * max(1, self.size.height - 2))

    def action_to_end(self, by: int) -> None:
        """The cursor on the first or the last row."""
        self.move_to(0 if by < 0 else len(self._keys) - 1)

    def action_choose(self) -> None:
        """The row of the cursor is what is wanted."""
        if (key := self.cursor_key) is not None:
            self.post_message(self.Chosen(self, key))

    def action_mark(self) -> None:
        """Tick the row of the cursor, or untick it, and go on to the next."""
        if self._markable and (key := self.cursor_key) is not None:
            self._marks.turn(key)
            self._marks_changed()
            self.move_to(self._cursor + 1)

    def action_mark_all(self) -> None:
        """Tick every row; none when all are."""
        if self._markable:
            self._marks.turn_all(self._keys, lasting=self.marks_last)
            self._marks_changed()

    def action_sort(self) -> None:
        """The same column the other way round, then the next one."""
        if (order := next_order(self._columns, self._sorted_by)) is not None:
            self._sort_by(*order)

    def _marks_changed(self) -> None:
        self.post_message(self.Marked(self, self.mark_count))
        self.refresh()

    def _sort_by(self, column: str, descending: bool) -> None:
        self._sorted_by = (column, descending)
        self.post_message(self.SortAsked(self, column, descending))
        self.refresh()

    def _sort_at(self, x: int) -> None:
        left = 2 if self._markable else 0
        for index, width in fit(self._columns, self._width - left):
            if left <= x < left + width and self._columns[index].sortable:
                column = self._columns[index].id
                self._sort_by(column, self._sorted_by == (column, False))
            left += width + 2

    @property
    def _width(self) -> int:
        """Without the bar at the right, which hides what is under it."""
        return self.scrollable_content_region.width

    def _line(self, mark: str, cells: Cells) -> Content:
        gutter = f"{mark} " if self._markable else ""
        return Content(gutter) + line(self._columns, fit(self._columns, self._width - len(gutter)), cells)

    def _draw(self, content: Content, *classes: str) -> Strip:
        style = self.get_visual_style(*classes) if classes else self.visual_style
        strips = Visual.to_strips(self, content, self._width, 1, style, pad=True, apply_selection=False)
        return strips[0].crop_extend(0, self._width, style.rich_style)

    def _index_of(self, key: Key | None) -> int:
        with suppress(ValueError):
            if key is not None:
                return self._keys.index(key)
        return max(0, min(self._cursor, len(self._keys) - 1))

    def _resized(self) -> None:
        self.virtual_size = Size(self._width, len(self._keys) + 1)
        self._want()
        self.refresh()

    def _want(self) -> None:
        for first, last in self._rows.unknown(self._keys, self.pages_in_view()):
            self.post_message(self.PageWanted(self, first, last))
