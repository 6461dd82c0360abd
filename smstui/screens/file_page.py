"""What the pages that take a file share: it is chosen here or sent by the browser, then looked at."""

from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button
from textual.worker import Worker

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.contacts.importing.places import Place, last_place, remember, usual_folders
from smstui.screens.contacts.importing.upload_panel import UploadPanel
from smstui.screens.page import Page
from smstui.widgets.file_chooser import FileChooser
from smstui.widgets.words import Words


class FilePage(Page):
    """Subclasses read the file (`look`), show what it would do in the part below, and do it by the button #apply.

    Those that have done all in `look` have nothing to apply.
    """

    DEFAULT_CSS = """
    FilePage {
        #choice { height: 1fr; }
        #advice { height: auto; color: $text-muted; }
        #progress { height: 1; color: $text-accent; text-wrap: nowrap; text-overflow: ellipsis; }
        #outcome { height: 1fr; display: none; }
        #headline { height: auto; margin-bottom: 1; }
        &.-read #outcome { display: block; }
        &.-read #choice, &.-read #advice { display: none; }
        .actions { height: 1; align-horizontal: right; }
        .actions > Button { margin-left: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "send", N_("Send a file"), id="file.send"),
        Binding("ctrl+s", "apply", N_("Apply"), id="file.apply", priority=True),
        Binding("escape", "back", N_("Back"), show=False, id="page.back"),
    ]
    suffixes: ClassVar[Collection[str]] = ()
    """Of the files listed."""

    def __init__(self) -> None:
        super().__init__()
        self._reading: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The choice of the file, then what it would do."""
        uploads = self.host.settings.uploads
        with Vertical(id="choice"):
            if uploads is None:
                folder = last_place(self.host, self.actor).folder
                yield FileChooser(_("File"), [*([folder] if folder else []), *usual_folders()], self.suffixes)
            else:
                yield UploadPanel(uploads)
        with Vertical(id="outcome"):
            yield Words("", id="headline")
            yield from self.outcome()
        yield Words(self.advice(), id="advice")
        yield Words("", id="progress")
        with Horizontal(classes="actions"):
            if uploads is None:
                yield Button(_("Open file"), id="open", variant="primary", compact=True)
            else:
                yield Button(_("Send"), id="send", variant="primary", compact=True)
            yield Button(_("Another file"), id="another", compact=True)
            yield from self.more_actions()
            yield Button(_("Apply"), id="apply", variant="primary", compact=True)

    def advice(self) -> str:
        """What the file must be."""
        raise NotImplementedError

    def outcome(self) -> ComposeResult:
        """The part that shows what the file would do."""
        raise NotImplementedError

    async def look(self, path: Path) -> None:
        """Read the file and show what it would do. Raises its refusals."""
        raise NotImplementedError

    def more_actions(self) -> ComposeResult:
        """More buttons for when the file is read."""
        yield from ()

    @property
    def can_apply(self) -> bool:
        """Whether there is something to do now."""
        return False

    @property
    def reads(self) -> bool:
        """Whether a file is being read."""
        return self._reading is not None and not self._reading.is_finished

    def on_mount(self) -> None:
        """Name the page."""
        self.heading = _("Import")
        self.show_actions()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a browser sends files, and only what was read is applied."""
        if action == "send":
            return self.host.settings.uploads is not None and not self.has_class("-read")
        if action == "apply":
            return self.has_class("-read") and self.can_apply
        return super().check_action(action, parameters)

    def take_focus(self) -> None:
        """Stand in the list of files, or on the button that opens the page of the browser."""
        choosers = self.query(FileChooser)
        (choosers.first().table if choosers else self.query_one("#send")).focus()

    def show_actions(self) -> None:
        """The buttons for what can be done now."""
        is_read = self.has_class("-read")
        shown = {"open": not is_read, "send": not is_read, "another": is_read, "apply": is_read and self.can_apply}
        for button in self.query(".actions > Button"):
            button.display = shown.get(button.id or "", is_read)
        self.refresh_bindings()

    def say_progress(self, words: str) -> None:
        """On the line above the buttons."""
        self.query_one("#progress", Words).update(words)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Open the page that takes a file from the person's computer."""
        if self.host.settings.uploads is not None:
            self.app.open_url(self.host.settings.uploads.url)

    @on(Button.Pressed, "#open")
    def _open_pressed(self) -> None:
        self.query_one(FileChooser).choose()

    @on(Button.Pressed, "#another")
    def _another_wanted(self) -> None:
        self.choose_again()

    @on(Button.Pressed, "#apply")
    def _apply_pressed(self) -> None:
        self.action_apply()

    def action_apply(self) -> None:
        """Do what is shown."""

    @on(FileChooser.Chosen)
    def _file_chosen(self, event: FileChooser.Chosen) -> None:
        remember(self.host, self.actor, Place(event.path.parent, last_place(self.host, self.actor).type))
        self._take(event.path)

    @on(UploadPanel.Arrived)
    def _file_arrived(self, event: UploadPanel.Arrived) -> None:
        self._take(event.path)

    def _take(self, path: Path) -> None:
        if not self.reads:
            self._reading = self.run_worker(self._look(path), group="file")

    async def _look(self, path: Path) -> None:
        """Look into the file; what is wrong with it is said beside the choice."""
        self._fail("")
        self.say_progress(_("Reading {name}…").format(name=printable(path.name)))
        try:
            await self.look(path)
        except Refusal as refusal:
            self._fail(explain(refusal))
        else:
            self.heading = printable(path.name)
            self.add_class("-read")
            self.show_actions()
        finally:
            self.say_progress("")

    def _fail(self, sentence: str) -> None:
        for place in self.query("FileChooser, UploadPanel"):
            assert isinstance(place, FileChooser | UploadPanel)
            place.fail(sentence)

    def choose_again(self) -> None:
        """Show the choice of the file once more."""
        self.heading = _("Import")
        self.remove_class("-read")
        self.show_actions()
        self.take_focus()

    def action_back(self) -> None:
        """Give up reading, or go from what was read to the choice, or from there to the page behind."""
        if self._reading is not None and self.reads:
            self._reading.cancel()
        elif self.has_class("-read"):
            self.choose_again()
        else:
            self.close()
