"""The list of what a folder holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from smstui.i18n import N_, _
from smstui.widgets.columns import Cell, Column
from smstui.widgets.folders import FolderEntry, size_text
from smstui.widgets.windowed_table import WindowedTable

PARENT: Final = ".."


class FolderTable(WindowedTable[str], inherit_bindings=False):
    """What a folder holds. Letters are no commands here: they narrow the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", N_("Up"), show=False, id="table.up"),
        Binding("down", "move(1)", N_("Down"), show=False, id="table.down"),
        Binding("pageup", "page(-1)", N_("Page up"), show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", N_("Page down"), show=False, id="table.page_down"),
        Binding("home", "to_end(-1)", N_("First row"), show=False, id="table.first"),
        Binding("end", "to_end(1)", N_("Last row"), show=False, id="table.last"),
        Binding("enter", "choose", N_("Open"), show=False, id="table.choose"),
    ]

    @dataclass
    class Typed(Message):
        """A character was typed on the list."""

        character: str

    def __init__(self) -> None:
        super().__init__(
            [
                Column("name", _("Name"), 12, grows=True),
                Column("size", _("Size"), 8, right=True),
                Column("modified", _("Modified"), 10),
            ]
        )

    def put_entries(self, entries: Mapping[str, FolderEntry | None]) -> None:
        """Rows that were wanted: PARENT is none of the folder's own."""
        self.put((name, _cells(entry)) for name, entry in entries.items())

    def on_key(self, event: events.Key) -> None:
        """Pass on what is typed."""
        if event.is_printable and event.character:
            event.stop()
            self.post_message(self.Typed(event.character))


def _cells(entry: FolderEntry | None) -> Sequence[Cell]:
    if entry is None:
        return (f"{PARENT}/", "", "")
    modified = f"{entry.modified:%d/%m/%Y}" if entry.modified else ""
    return (entry.shown, "" if entry.is_folder else size_text(entry.size), modified)
