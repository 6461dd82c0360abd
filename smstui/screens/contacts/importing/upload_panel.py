"""The choice of a file that lies on the person's own computer, for a session in a browser."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from smstui.i18n import _
from smstui.screens.latest import Latest
from smstui.settings import UploadPlace
from smstui.widgets.labelled import Labelled
from smstui.widgets.words import Words

_INTERVAL = 0.5
"""Seconds between two looks for a file that has arrived."""


class UploadPanel(Vertical):
    """Opens the page that takes a file, and says when one has arrived."""

    DEFAULT_CSS = """
    UploadPanel { height: auto; }
    UploadPanel > Static { height: auto; margin-bottom: 1; }
    UploadPanel > .upload--address { color: $text-muted; }
    UploadPanel > Labelled > Horizontal { display: none; }
    UploadPanel > Labelled > Static { margin-left: 0; }
    """

    @dataclass
    class Arrived(Message):
        """This file was sent."""

        path: Path

    def __init__(self, place: UploadPlace) -> None:
        super().__init__()
        self._place = place
        self._seen: frozenset[str] | None = None
        """The folders of the files that came before; None until they were looked at."""
        self._watching = Latest(self, self._look, group="upload-watch")

    def compose(self) -> ComposeResult:
        """What to do, and the address should the browser not open it."""
        yield Words(
            _("Press F2: a page opens in your browser, where you choose the file. The import goes on here by itself."),
        )
        yield Words(_("If nothing opens: {address}").format(address=self._place.url), classes="upload--address")
        yield Labelled("", id="path-row")

    def on_mount(self) -> None:
        """Watch."""
        self._watching.ask()
        self.set_interval(_INTERVAL, self._watching.ask)

    @property
    def watches(self) -> bool:
        """Whether what comes from now on is taken."""
        return self._seen is not None

    def fail(self, sentence: str) -> None:
        """Say what is wrong with the file that was sent."""
        self.query_one(Labelled).fail(sentence)

    async def _look(self) -> None:
        """Tell of the newest file that came since the last look; none is taken while another step is shown."""
        if self._seen is not None and not all(node.display for node in self.ancestors_with_self):
            return
        arrived, self._seen = await asyncio.to_thread(_arrived, self._place.directory, self._seen)
        if arrived is not None:
            self.post_message(self.Arrived(arrived))


def _arrived(directory: Path, seen: frozenset[str] | None) -> tuple[Path | None, frozenset[str]]:
    """The newest file in a folder of `directory` that was not `seen`, and the folders seen now."""
    try:
        folders = [each for each in directory.iterdir() if not each.name.startswith(".") and each.is_dir()]
        names = frozenset(each.name for each in folders)
        if seen is None:
            return None, names
        new = [file for folder in folders if folder.name not in seen for file in folder.iterdir()]
        return max(new, key=lambda file: file.stat().st_mtime_ns, default=None), names
    except OSError:  # it goes with the session
        return None, seen or frozenset()
