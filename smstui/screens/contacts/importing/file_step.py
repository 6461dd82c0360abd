"""Step 1 (the guide, part 4, "ETAPE 3"): the type of the file, and the file, chosen here or sent by the browser."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.contacts.importing.places import (
    SUFFIXES,
    TYPE_WORDS,
    ListedType,
    Place,
    last_place,
    remember,
    usual_folders,
)
from smstui.screens.contacts.importing.step import Step
from smstui.screens.contacts.importing.upload_panel import UploadPanel
from smstui.screens.host import Host
from smstui.screens.once import once_at_a_time
from smstui.screens.saving import hand_out
from smstui.services.backend import Backend
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ContactFile, Look
from smstui.settings import UploadPlace
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.file_chooser import FileChooser
from smstui.widgets.labelled import Labelled
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.words import Words

_BESIDE = 84
"""Cells from which the advice stands beside the list."""


class FileStep(Step):
    """Reads the file that was chosen and looks into it; what is wrong with it is said beside the choice."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "send", N_("Send a file"), id="import.send"),
        Binding("f3", "past_imports", N_("Past imports"), id="import.past"),
        Binding("f6", "model", N_("Models"), id="import.model"),
    ]
    note = N_("1/5 File")

    @dataclass
    class Looked(Message):
        """A file was chosen, and can be read."""

        file: ContactFile
        folder: Path | None
        look: Look

    class PastWanted(Message):
        """The past imports are to be shown."""

    def __init__(self, backend: Backend, actor: Actor, host: Host) -> None:
        super().__init__(backend, actor)
        self._host = host
        self._uploads: UploadPlace | None = host.settings.uploads
        self._place = last_place(host, actor)

    def compose(self) -> ComposeResult:
        """Type, file, and what a file must be like."""
        with Horizontal(id="choice"):
            with Vertical():
                if self._uploads is None:
                    types = [(each, _(words)) for each, words in TYPE_WORDS.items()]
                    yield Labelled(_("Type"), ChoiceLine(types, self._place.type, id="type"))
                    folders = ([self._place.folder] if self._place.folder else []) + usual_folders()
                    yield FileChooser(_("File"), folders, SUFFIXES[self._place.type])
                else:
                    yield UploadPanel(self._uploads)
            yield Words("\n\n".join(_advice()), id="advice")
        yield Words(" ".join(_advice()), id="advice-under")
        yield Words("", id="progress")
        yield from self._actions()

    def _actions(self) -> ComposeResult:
        with Horizontal(classes="actions"):
            yield Button(_("Past imports"), id="past", compact=True)
            yield Button(_("Models"), id="model", compact=True)
            if self._uploads is None:
                yield Button(_("Open file"), id="next", variant="primary", compact=True)
            else:
                yield Button(_("Send"), id="send", variant="primary", compact=True)

    def on_mount(self) -> None:
        """No event tells the first size when the compositor has come to know the step otherwise."""
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """The advice stands beside the list where there is room, else under it."""
        self.set_class(self.size.width >= _BESIDE, "-beside")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a browser sends files."""
        return self._uploads is not None if action == "send" else super().check_action(action, parameters)

    def take_focus(self) -> None:
        """Stand in the list, or on the button that opens the page of the browser."""
        if self._uploads is None:
            self.query_one(FileChooser).table.focus()
        else:
            self.query_one("#send").focus()

    async def confirmed(self) -> bool:
        """Open what the cursor stands on; the page goes on by itself when that is a file."""
        for chooser in self.query(FileChooser):
            chooser.choose()
        return False

    @on(ChoiceLine.Changed)
    def _type_chosen(self, event: ChoiceLine.Changed) -> None:
        event.stop()
        self._place = Place(self._place.folder, ListedType(event.value))
        self.query_one(FileChooser).show_types(SUFFIXES[self._place.type])

    @on(FileChooser.Chosen)
    def _file_chosen(self, event: FileChooser.Chosen) -> None:
        self._place = Place(event.path.parent, self._place.type)
        remember(self._host, self.actor, self._place)
        self._take(event.path, event.path.parent)

    @on(UploadPanel.Arrived)
    def _file_arrived(self, event: UploadPanel.Arrived) -> None:
        self._take(event.path, None)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Open the page that takes a file from the person's computer."""
        if self._uploads is not None:
            self.app.open_url(self._uploads.url)

    @on(Button.Pressed, "#past")
    def action_past_imports(self) -> None:
        """Show what was imported before."""
        self.post_message(self.PastWanted())

    @on(Button.Pressed, "#model")
    @once_at_a_time("import-model")
    async def action_model(self) -> None:
        """Hand out one of the guide's two models of a file."""
        picks = [Pick(".xlsx", _("Model 1, Excel (XLSX)")), Pick(".csv", _("Model 2, CSV"))]
        suffix: str | None = await self._host.push_screen_wait(PickModal(_("Models"), picks, ".xlsx"))
        if suffix is None:
            return
        folder = next((chooser.folder for chooser in self.query(FileChooser)), None)
        await hand_out(
            self._host, self.backend.contact_files.write_model, _("model{suffix}").format(suffix=suffix), folder
        )
        for chooser in self.query(FileChooser):
            chooser.action_refresh_folder()

    @once_at_a_time("import-file")
    async def _take(self, path: Path, folder: Path | None) -> None:
        """Read the file and look into it."""
        name = printable(path.name)
        self._fail("")
        progress = self.query_one("#progress", Words)
        progress.update(_("Reading {name}…").format(name=name))
        progress.display = True
        try:
            file = await self.backend.imports.open(path)
            look = await self.backend.imports.look(self.actor, file, ReadingOptions())
        except Refusal as refusal:
            self._fail(explain(refusal))
        else:
            for chooser in self.query(FileChooser):
                chooser.go_to(path.parent, stand_on=path.name)
            self.post_message(self.Looked(file, folder, look))
        finally:
            progress.display = False

    def _fail(self, sentence: str) -> None:
        for place in self.query("FileChooser, UploadPanel"):
            assert isinstance(place, FileChooser | UploadPanel)
            place.fail(sentence)


def _advice() -> tuple[str, ...]:
    return _("One sheet only in a workbook."), _("Nothing but contacts, no titles."), _("10 MB at most.")
