"""A file chosen by keyboard: its path, completed with Tab, above what the folder holds, narrowed as one types."""

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from smstui import formats
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.i18n import N_, _, ngettext
from smstui.widgets.folder_table import PARENT, FolderTable
from smstui.widgets.folders import FolderEntry, completion, first_folder, read_folder, shown_path, written_path
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class PathField(LineField):
    """A path. Tab completes it."""

    def __init__(self, completes: Callable[[], bool]) -> None:
        super().__init__(id="path", compact=True, select_on_focus=False)
        self._completes = completes

    def complete(self) -> bool:
        """Fill in what can only be so."""
        return self._completes()


class FileChooser(Vertical):
    """Shows a folder and says which of its files was chosen. Folders are read in a thread, one at a time."""

    DEFAULT_CSS = """
    FileChooser { height: 1fr; }
    FileChooser > FolderTable { height: 1fr; margin-top: 1; }
    FileChooser > .chooser--note { height: 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "up", N_("Folder above"), show=False, id="chooser.up"),
        Binding("down", "to_table", show=False, id="chooser.to_table"),
        Binding("f5", "refresh_folder", N_("Refresh"), show=False, id="chooser.refresh"),
    ]

    @dataclass
    class Chosen(Message):
        """This file."""

        path: Path

    def __init__(self, label: str, candidates: Sequence[Path], suffixes: Collection[str]) -> None:
        """`label` names the field; shown first: the first folder among `candidates`, its files with `suffixes`."""
        super().__init__()
        self._label, self._candidates, self._suffixes = label, candidates, frozenset(suffixes)
        self.folder = Path("/")
        """The folder shown."""
        self._entries: dict[str, FolderEntry] | None = None
        """What it holds, by name; None until it is known."""
        self._wanted: Path | None = None
        self._reading = False
        self._stand_on = ""
        self._completing = False

    def compose(self) -> ComposeResult:
        """The path, what the folder holds, and what is not shown of it."""
        yield Labelled(self._label, PathField(self._complete), id="path-row")
        yield FolderTable()
        yield Words("", classes="chooser--note")

    def on_mount(self) -> None:
        """Find the first folder."""
        self._start()

    @property
    def table(self) -> FolderTable:
        """The list."""
        return self.query_one(FolderTable)

    @property
    def _row(self) -> Labelled:
        return self.query_one(Labelled)

    @property
    def _field(self) -> PathField:
        return self.query_one(PathField)

    def show_types(self, suffixes: Collection[str]) -> None:
        """Show files with these suffixes (".csv")."""
        self._suffixes = frozenset(suffixes)
        self._show_matching()

    def fail(self, sentence: str) -> None:
        """Say beside the path what is wrong with the file chosen; "" takes it away."""
        self._row.fail(sentence)

    def choose(self) -> None:
        """Open what the cursor stands on, as Enter does."""
        if (name := self.table.cursor_key) is not None:
            self._open(name)

    def go_to(self, folder: Path, *, stand_on: str = "") -> None:
        """Show `folder`, the cursor on what is named `stand_on`."""
        self._write(folder, "")
        self._look_into(folder, stand_on=stand_on)

    def action_up(self) -> None:
        """Take back what was typed last, or go to the folder above."""
        _folder, fragment = self._parsed()
        if fragment:
            self._field.value = self._field.value[:-1]
        elif self.folder.parent != self.folder:
            self.go_to(self.folder.parent, stand_on=self.folder.name)

    def action_to_table(self) -> None:
        """From the path to the list."""
        self.table.focus()

    def action_refresh_folder(self) -> None:
        """Read the folder again."""
        self._look_into(self.folder, stand_on=self.table.cursor_key or "")

    @work(group="chooser-start")
    async def _start(self) -> None:
        self.go_to(await asyncio.to_thread(first_folder, self._candidates))

    @on(FolderTable.Typed)
    def _typed_on_list(self, event: FolderTable.Typed) -> None:
        event.stop()
        self._field.value += event.character
        self._field.cursor_position = len(self._field.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.fail("")
        folder, _fragment = self._parsed()
        if folder != self.folder:
            self._look_into(folder)
        else:
            self._show_matching()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        folder, fragment = self._parsed()
        if not fragment:
            self.table.focus()
        elif folder == self.folder and self._entries is not None and self.table.row_count:
            exact = (entry.name for entry in self._entries.values() if entry.shown == fragment)
            self._open(next(exact, self.table.cursor_key or fragment))
        else:
            self._find(folder / fragment)

    @work(group="chooser-find", exclusive=True)
    async def _find(self, path: Path) -> None:
        """Open `path`, of which nothing is known."""
        if await asyncio.to_thread(os.path.isdir, path):
            self.go_to(path)
        elif await asyncio.to_thread(os.path.exists, path):
            self.post_message(self.Chosen(path))
        else:
            self.fail(_("There is no such file."))

    @on(WindowedTable.Chosen)
    def _entry_chosen(self, event: WindowedTable.Chosen) -> None:
        event.stop()
        folder, fragment = self._parsed()
        chosen = str(event.key)
        if fragment and (folder != self.folder or chosen not in {entry.name for entry in self._matching()}):
            self._find(folder / fragment)  # typed ahead of what the list shows
        else:
            self._open(chosen)

    def _open(self, name: str) -> None:
        entry = (self._entries or {}).get(name)
        if name == PARENT:
            self.go_to(self.folder.parent, stand_on=self.folder.name)
        elif entry is not None and entry.is_folder:
            self.go_to(self.folder / name)
            self.table.focus()
        elif entry is not None:
            self.post_message(self.Chosen(self.folder / name))

    def _look_into(self, folder: Path, *, stand_on: str = "") -> None:
        self._wanted, self._stand_on = folder, stand_on
        self.folder, self._entries = folder, None
        if not self._reading:
            self._read()

    @work(group="chooser-read")
    async def _read(self) -> None:
        """Read the folder that is wanted, until no other one is."""
        self._reading = True
        try:
            while (folder := self._wanted) is not None:
                self._wanted = None
                refusal: Refusal | None = None
                entries: Sequence[FolderEntry] = ()
                try:
                    entries = await asyncio.to_thread(read_folder, folder)
                except Refusal as error:
                    refusal = error
                if self._wanted is None:
                    self._entries = {entry.name: entry for entry in entries}
                    self._show_matching()
                    self.fail(formats.explain(refusal) if refusal else "")
        finally:
            self._reading = False

    def _parsed(self) -> tuple[Path, str]:
        """The folder that the field names, and the beginning of a name in it."""
        text, shown = self._field.value, _shown_folder(self.folder)
        if text.startswith(shown) and "/" not in text[len(shown) :]:
            return self.folder, text[len(shown) :]
        text = text.strip().removeprefix("file://").strip("'\"")
        head, slash, fragment = text.rpartition("/")
        return written_path(head + slash, self.folder), fragment

    def _matching(self) -> list[FolderEntry]:
        fragment = folded(self._parsed()[1])
        return [
            entry
            for entry in (self._entries or {}).values()
            if fragment in entry.key and (entry.is_folder or Path(entry.name).suffix.lower() in self._suffixes)
        ]

    def _show_matching(self) -> None:
        if self._entries is None:
            return
        if self._completing:
            self._completing = False
            self._complete()
        matching = self._matching()
        above = [] if self._parsed()[1] or self.folder.parent == self.folder else [PARENT]
        names = [*above, *(entry.name for entry in matching)]
        self.table.show_keys(names)
        self.table.forget_rows()
        stand_on = self._stand_on if self._stand_on in names else (names[len(above) :] or names or [""])[0]
        self.table.move_to(names.index(stand_on) if names else 0)
        self._stand_on = ""
        self._say_hidden(len(self._entries) - len(matching))

    def _say_hidden(self, hidden: int) -> None:
        words = ngettext("{count} other is not shown", "{count} others are not shown", hidden)
        self.query_one(".chooser--note", Words).update(words.format(count=formats.number(hidden)) if hidden else "")

    @on(WindowedTable.PageWanted)
    def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        event.stop()
        entries = self._entries or {}
        names = [str(name) for name in event.table.keys(event.first, event.last)]
        self.table.put_entries({name: entries.get(name) for name in names})

    def _complete(self) -> bool:
        """Fill in what all matching names begin with; whether there was something to fill in."""
        folder, fragment = self._parsed()
        if not fragment:
            return False
        if folder != self.folder or self._entries is None:
            self._completing = True
            return True
        completed = completion(fragment, self._matching())
        if completed == fragment:
            return False
        self._field.value = _shown_folder(folder) + completed
        self._field.cursor_position = len(self._field.value)
        return True

    def _write(self, folder: Path, fragment: str) -> None:
        """Put that path into the field."""
        with self.prevent(Input.Changed):
            self._field.value = _shown_folder(folder) + fragment
        self._field.cursor_position = len(self._field.value)


def _shown_folder(folder: Path) -> str:
    shown = shown_path(folder)
    return shown if shown.endswith("/") else f"{shown}/"
