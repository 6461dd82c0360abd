"""The page that puts the numbers of a file on the STOP list, and says what became of each line."""

from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.importing.places import SUFFIXES, Place, last_place, remember, usual_folders
from smstui.screens.contacts.importing.upload_panel import UploadPanel
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.importing.values import RefusedCell
from smstui.services.opt_outs import OptOutImport
from smstui.widgets.columns import Column
from smstui.widgets.file_chooser import FileChooser
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

_LISTED: Final = frozenset[str]().union(*SUFFIXES.values())


class OptOutImportPage(Page):
    """A file is chosen here, or sent by the browser; its numbers are found without a question."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "send", N_("Send a file"), id="opt_out_import.send"),
        Binding("escape", "back", N_("Back"), id="page.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._refused: tuple[RefusedCell, ...] = ()

    def compose(self) -> ComposeResult:
        """The choice of the file, then what became of it."""
        uploads = self.host.settings.uploads
        with Vertical(id="choice"):
            if uploads is None:
                folder = last_place(self.host, self.actor).folder
                yield FileChooser(_("File"), [*([folder] if folder else []), *usual_folders()], _LISTED)
            else:
                yield UploadPanel(uploads)
        advice = _("XLSX, XLS or CSV: the column of the numbers is found by itself. Nothing else is read.")
        yield Words(advice, id="advice")
        yield Words("", id="progress")
        with Vertical(id="outcome"):
            yield Words("", id="headline")
            yield WindowedTable[int](
                [
                    Column("line", _("Line"), 7, right=True),
                    Column("text", _("Content"), 16, from_width=90),
                    Column("reason", _("Reason"), 18, grows=True),
                ],
                id="refused",
            )
            yield Words("", id="detail")
        with Horizontal(classes="actions"):
            if uploads is None:
                yield Button(_("Open file"), id="open", variant="primary", compact=True)
            else:
                yield Button(_("Send"), id="send", variant="primary", compact=True)
            yield Button(_("STOP list"), id="list", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Name the page."""
        self.heading = _("Import")
        self.query_one("#list").display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a browser sends files."""
        if action == "send":
            return self.host.settings.uploads is not None and not self.has_class("-done")
        return super().check_action(action, parameters)

    def take_focus(self) -> None:
        """Stand in the list of files, or on the button that opens the page of the browser."""
        choosers = self.query(FileChooser)
        (choosers.first().table if choosers else self.query_one("#send")).focus()

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Open the page that takes a file from the person's computer."""
        if self.host.settings.uploads is not None:
            self.app.open_url(self.host.settings.uploads.url)

    @on(Button.Pressed, "#open")
    def _open_pressed(self) -> None:
        self.query_one(FileChooser).choose()

    @on(Button.Pressed, "#list")
    def _list_wanted(self) -> None:
        self.close()

    @on(FileChooser.Chosen)
    def _file_chosen(self, event: FileChooser.Chosen) -> None:
        remember(self.host, self.actor, Place(event.path.parent, last_place(self.host, self.actor).type))
        self._import(event.path)

    @on(UploadPanel.Arrived)
    def _file_arrived(self, event: UploadPanel.Arrived) -> None:
        self._import(event.path)

    @once_at_a_time("opt-out-import")
    async def _import(self, path: Path) -> None:
        """Read the file and put its numbers on the list; what is wrong with it is said beside the choice."""
        name = printable(path.name)
        self._fail("")
        progress = self.query_one("#progress", Words)
        progress.update(_("Reading {name}…").format(name=name))
        try:
            file = await self.backend.imports.open(path)
            outcome = await self.backend.opt_outs.import_file(self.actor, file)
        except Refusal as refusal:
            self._fail(explain(refusal))
        else:
            self._show(name, outcome)
        finally:
            progress.update("")

    def _fail(self, sentence: str) -> None:
        for place in self.query("FileChooser, UploadPanel"):
            assert isinstance(place, FileChooser | UploadPanel)
            place.fail(sentence)

    def _show(self, name: str, outcome: OptOutImport) -> None:
        """What became of the lines, the refused ones with their reason."""
        self.add_class("-done")
        self._refused = outcome.refused
        self.query_one("#headline", Words).update(_headline(name, outcome))
        table = self.query_one("#refused", WindowedTable)
        table.set_class(bool(outcome.refused), "-shown")
        table.show_rows(
            {index: (number(each.line), each.text, each.reason) for index, each in enumerate(outcome.refused)}
        )
        for button in self.query(".actions Button"):
            button.display = button.id == "list"
        (table if outcome.refused else self.query_one("#list")).focus()
        self._show_detail()
        self.refresh_bindings()

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        """The reason of the line under the cursor, in full."""
        index = self.query_one("#refused", WindowedTable).cursor_key
        known = index is not None and index < len(self._refused)
        self.query_one("#detail", Words).update(self._refused[index].reason if index is not None and known else "")


def _headline(name: str, outcome: OptOutImport) -> Content:
    """The file, then its counts, one a line; those of nothing are left out."""
    added = ngettext("{count} number added", "{count} numbers added", outcome.added)
    counts = [
        (added, outcome.added),
        (ngettext("{count} on the list already", "{count} on the list already", outcome.already), outcome.already),
        (ngettext("{count} duplicate", "{count} duplicates", outcome.duplicates), outcome.duplicates),
        (ngettext("{count} refused", "{count} refused", len(outcome.refused)), len(outcome.refused)),
    ]
    words = [sentence.format(count=number(count)) for sentence, count in counts if count or sentence == added]
    return Content("\n").join([Content.assemble(("● ", "$text-success"), (name, "bold")), *words])
