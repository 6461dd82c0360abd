"""A file handed out: saved where the person says, or sent to the browser."""

import asyncio
import io
import tempfile
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.host import Host
from smstui.screens.once import once_at_a_time
from smstui.widgets.folders import shown_path, written_path
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal

Write = Callable[[Path], Awaitable[None]]
"""Writes a new file there, or raises a Refusal that says why not."""


async def hand_out(host: Host, write: Write, name: str, folder: Path | None) -> None:
    """Give the person a file called `name`, offered for `folder` (that of downloads when None). From a worker."""
    if host.settings.uploads is not None:
        host.deliver_binary(io.BytesIO(await _written(write, name)), save_filename=name)
        return
    suggested = await asyncio.to_thread(_free_path, folder, name)
    saved: Path | None = await host.push_screen_wait(SaveModal(write, suggested))
    if saved is not None:
        host.notify(_("Saved as {path}").format(path=shown_path(saved)), markup=False)


class SaveModal(TranslatedModal[Path | None]):
    """Asks where to save, saves, and answers with the path; None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="save.cancel"),
    ]

    def __init__(self, write: Write, suggested: Path) -> None:
        super().__init__()
        self._write, self._suggested = write, suggested

    def compose(self) -> ComposeResult:
        """The path and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Save the file"))
            field = LineField(shown_path(self._suggested), id="path", compact=True, select_on_focus=False)
            yield Labelled(_("Path"), field, id="path-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Save"), id="save", variant="primary")

    @property
    def _path(self) -> Path:
        """What the field says; what was offered, whatever it holds, as long as it was not written anew."""
        written = self.query_one(Input).value
        if written == shown_path(self._suggested):
            return self._suggested
        return written_path(written.strip(), self._suggested.parent)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Labelled).fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save_asked(self) -> None:
        self._save()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Save nothing."""
        self.dismiss(None)

    @once_at_a_time("save-file")
    async def _save(self) -> None:
        path = self._path
        try:
            await self._write(path)
        except Refusal as refusal:
            self.query_one(Labelled).fail(explain(refusal))
            self.query_one(Input).focus()
        else:
            self.dismiss(path)


async def _written(write: Write, name: str) -> bytes:
    """What `write` writes into a file called `name`."""
    with tempfile.TemporaryDirectory(prefix="smstui-") as directory:
        path = Path(directory, name.replace("/", "-"))
        await write(path)
        return await asyncio.to_thread(path.read_bytes)


def _free_path(folder: Path | None, name: str) -> Path:
    """`name` in `folder`, numbered when it is taken."""
    from platformdirs import user_downloads_path

    folder = folder or user_downloads_path()
    if not folder.is_dir():
        folder = Path("~").expanduser()
    stem, suffix = Path(name).stem, Path(name).suffix
    names = (name if number == 1 else f"{stem}-{number}{suffix}" for number in count(1))
    return next(path for path in map(folder.joinpath, names) if not path.exists())
