"""A list in front of the composer: whom it leaves out and why, or what was chosen, of which some may be taken out."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.widgets.columns import Cell, Column
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.windowed_table import Cells, WindowedTable
from smstui.widgets.words import Words

Rows = Callable[[Sequence[int]], Awaitable[Iterable[tuple[int, Cells]]]]
"""The rows of some keys."""


class ListModal(TranslatedModal[Sequence[int] | None]):
    """Answers with the keys that are left, when some were taken out and that is confirmed; else with None."""

    DEFAULT_CSS = """
    ListModal .dialog { width: 90%; max-width: 100; height: 90%; max-height: 34; }
    ListModal .list--note { height: auto; color: $text-muted; }
    ListModal WindowedTable { height: 1fr; }
    ListModal .list--full { height: auto; max-height: 3; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Close"), show=False, id="list_modal.cancel"),
        Binding("delete", "take_out", N_("Take out"), show=False, id="list_modal.take_out"),
        Binding("ctrl+s", "confirm", N_("Confirm"), show=False, id="list_modal.confirm", priority=True),
    ]

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        keys: Sequence[int],
        rows: Rows,
        *,
        note: str = "",
        removable: bool = False,
        full: int | None = None,
    ) -> None:
        """`note` stands over the list; `full`: the column that is shown in full under it, for the row of the cursor."""
        super().__init__()
        self._title, self._note = title, note
        self._columns, self._keys, self._rows = columns, keys, rows
        self._removable, self._full = removable, full
        self._seen: dict[int, Cells] = {}

    def compose(self) -> ComposeResult:
        """The list, and what can be done with it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            note = Words(Content(self._note), classes="list--note")
            note.display = bool(self._note)
            yield note
            yield WindowedTable[int](self._columns, markable=self._removable)
            full = Words("", classes="list--full")
            full.display = self._full is not None
            yield full
            with Horizontal(classes="dialog-buttons"):
                if self._removable:
                    yield Button(_("Cancel"), id="cancel")
                    yield Button(_("Take out"), id="take-out")
                    yield Button(_("Confirm"), id="confirm", variant="primary")
                else:
                    yield Button(_("Close"), id="cancel", variant="primary")

    def on_mount(self) -> None:
        """Show the list."""
        self._table.show_keys(self._keys)
        self._table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what was chosen can be taken out."""
        return self._removable or action not in {"take_out", "confirm"}

    @property
    def _table(self) -> WindowedTable[int]:
        return self.query_one(WindowedTable)

    @on(WindowedTable.PageWanted)
    def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        event.stop()
        self._read(self._table.keys(event.first, event.last))

    @work(group="list-modal")
    async def _read(self, keys: Sequence[int]) -> None:
        rows = dict(await self._rows(keys))
        self._seen |= rows
        self._table.put(rows.items())
        self._show_full()

    @on(WindowedTable.Moved)
    def _show_full(self) -> None:
        if self._full is None:
            return
        cells = self._seen.get(self._table.cursor_key if self._table.cursor_key is not None else -1)
        cell: Cell = cells[self._full] if cells else ""
        self.query_one(".list--full", Words).update(cell if isinstance(cell, Content) else Content(cell))

    @on(WindowedTable.Marked)
    def _marked(self, event: WindowedTable.Marked) -> None:
        words = ngettext("Take out {count}", "Take out {count}", event.count) if event.count else _("Take out")
        button = self.query_one("#take-out", Button)
        button.label = Content(words.format(count=number(event.count)))
        button.refresh(layout=True)

    @on(WindowedTable.Chosen)
    def _chosen(self) -> None:
        if self._removable:
            self._table.action_mark()
        else:
            self.action_cancel()

    @on(Button.Pressed, "#take-out")
    def action_take_out(self) -> None:
        """Take the ticked rows out, or else the one under the cursor."""
        gone = set(self._table.chosen)
        self._keys = [key for key in self._keys if key not in gone]
        self._table.mark_only(())
        self._table.show_keys(self._keys)
        self._table.focus()

    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Answer with what is left."""
        self.dismiss(self._keys)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)
