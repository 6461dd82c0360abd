"""While the file is imported: how far it is, and the way to stop it."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.importing.step import Step
from smstui.services.backend import Backend
from smstui.services.importing.values import ImportProgress, ImportStage
from smstui.widgets.words import Words

_INTERVAL: Final = 0.1
"""Seconds between two drawings, however fast the import goes."""
_BAR: Final = 12
_STAGE_WORDS = {
    ImportStage.READING: N_("Reading the file"),
    ImportStage.CHECKING: N_("Checking the lines"),
    ImportStage.WRITING: N_("Writing the contacts"),
}


class ProgressStep(Step):
    """The three stages, one a line."""

    DEFAULT_CSS = """
    ProgressStep > #stages { height: auto; margin: 1 0; }
    ProgressStep > .muted { height: auto; }
    ProgressStep > .actions { dock: bottom; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "stop", N_("Cancel the import"), id="import.stop")]
    note = N_("Importing")

    class StopWanted(Message):
        """The import is to be cancelled."""

    def __init__(self, backend: Backend, actor: Actor) -> None:
        super().__init__(backend, actor)
        self._heard: ImportProgress | None = None
        self._drawn: ImportProgress | None = None

    def compose(self) -> ComposeResult:
        """The file, the stages, and the button to stop."""
        yield Words("", id="file")
        yield Words("", id="stages")
        yield Words("", id="rows", classes="muted")
        yield Words(_("All is written at the end, or nothing."), classes="muted")
        with Horizontal(classes="actions"):
            yield Button(_("Cancel the import"), id="stop", compact=True)

    def on_mount(self) -> None:
        """Draw from time to time."""
        self.set_interval(_INTERVAL, self._draw)

    def refresh_step(self) -> None:
        """Show the file, at its beginning."""
        self.query_one("#file", Words).update(Content.styled(printable(self.draft.file.name), "bold"))
        self._heard, self._drawn = ImportProgress(ImportStage.READING, 0, 0), None
        self._draw()

    def take_focus(self) -> None:
        """Stand on the way out."""
        self.query_one("#stop").focus()

    def hear(self, progress: ImportProgress) -> None:
        """Take note of how far it is; it is drawn soon."""
        self._heard = progress

    @on(Button.Pressed, "#stop")
    def action_stop(self) -> None:
        """Ask to stop."""
        self.post_message(self.StopWanted())

    def _draw(self) -> None:
        if self._heard is not None and self._heard != self._drawn:
            self._drawn = self._heard
            self.query_one("#stages", Words).update(_stages(self._heard))
            self.query_one("#rows", Words).update(_rows(self._heard))


def _stages(progress: ImportProgress) -> Content:
    stages = list(ImportStage)
    now = stages.index(progress.stage)
    width = max(len(_(words)) for words in _STAGE_WORDS.values())
    lines = []
    for index, stage in enumerate(stages):
        words = _(_STAGE_WORDS[stage]).ljust(width)
        if index < now:
            lines.append(Content.assemble(("●", "$text-success"), f" {words}"))
        elif index > now:
            lines.append(Content.styled(f"○ {words}", "$text-muted"))
        else:
            lines.append(Content.assemble(("◐", "$text-primary"), f" {words}", _share(progress)))
    return Content("\n").join(lines)


def _share(progress: ImportProgress) -> Content:
    if not progress.of:
        return Content("")
    done = progress.rows * _BAR // progress.of
    bar = (("▰" * done, "$text-primary"), ("▱" * (_BAR - done), "$text-disabled"))
    percent = _("{percent} %").format(percent=progress.rows * 100 // progress.of)
    return Content.assemble("  ", *bar, f"  {percent}")


def _rows(progress: ImportProgress) -> str:
    if not progress.of:
        return ""
    words = ngettext("{done} of {count} row", "{done} of {count} rows", progress.of)
    return words.format(done=number(progress.rows), count=number(progress.of))
