"""The page that puts the numbers of a file on the STOP list, and says what became of each line."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from smstui.formats import number
from smstui.i18n import _, ngettext
from smstui.screens.contacts.importing.places import SUFFIXES
from smstui.screens.file_page import FilePage
from smstui.services.importing.values import RefusedCell
from smstui.services.opt_outs import OptOutImport
from smstui.widgets.columns import Column
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class OptOutImportPage(FilePage):
    """The numbers are found, and put on the list, without a question."""

    DEFAULT_CSS = """
    OptOutImportPage {
        #refused { height: 1fr; display: none; }
        #refused.-shown { display: block; }
        #detail { height: auto; min-height: 2; color: $text-muted; margin-top: 1; }
    }
    """
    suffixes: ClassVar[frozenset[str]] = frozenset[str]().union(*SUFFIXES.values())

    def __init__(self) -> None:
        super().__init__()
        self._refused: tuple[RefusedCell, ...] = ()

    def advice(self) -> str:
        """What the file must be."""
        return _("XLSX, XLS or CSV: the column of the numbers is found by itself. Nothing else is read.")

    def outcome(self) -> ComposeResult:
        """The lines that were refused."""
        yield WindowedTable[int](
            [
                Column("line", _("Line"), 7, right=True),
                Column("text", _("Content"), 16, from_width=90),
                Column("reason", _("Reason"), 18, grows=True),
            ],
            id="refused",
        )
        yield Words("", id="detail")

    def more_actions(self) -> ComposeResult:
        """The way to the list."""
        yield Button(_("STOP list"), id="list", variant="primary", compact=True)

    async def look(self, path: Path) -> None:
        """Put the numbers of the file on the list; what became of its lines, the refused ones with their reason."""
        file = await self.backend.imports.open(path)
        outcome = await self.backend.opt_outs.import_file(self.actor, file)
        self._refused = outcome.refused
        self.query_one("#headline", Words).update(_headline(outcome))
        table = self.query_one("#refused", WindowedTable)
        table.set_class(bool(outcome.refused), "-shown")
        table.show_rows(
            {index: (number(each.line), each.text, each.reason) for index, each in enumerate(outcome.refused)}
        )
        self._show_detail()
        self.call_after_refresh((table if outcome.refused else self.query_one("#list")).focus)

    @on(Button.Pressed, "#list")
    def _list_wanted(self) -> None:
        self.close()

    def action_back(self) -> None:
        """From what was read to the list: it is done."""
        if self.has_class("-read"):
            self.close()
        else:
            super().action_back()

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        """The reason of the line under the cursor, in full."""
        index = self.query_one("#refused", WindowedTable).cursor_key
        known = index is not None and index < len(self._refused)
        self.query_one("#detail", Words).update(self._refused[index].reason if index is not None and known else "")


def _headline(outcome: OptOutImport) -> Content:
    """The counts, one a line; those of nothing are left out."""
    added = ngettext("{count} number added", "{count} numbers added", outcome.added)
    counts = [
        (added, outcome.added),
        (ngettext("{count} on the list already", "{count} on the list already", outcome.already), outcome.already),
        (ngettext("{count} duplicate", "{count} duplicates", outcome.duplicates), outcome.duplicates),
        (ngettext("{count} refused", "{count} refused", len(outcome.refused)), len(outcome.refused)),
    ]
    words = [sentence.format(count=number(count)) for sentence, count in counts if count or sentence == added]
    return Content.assemble(("● ", "$text-success"), "\n".join(words))
