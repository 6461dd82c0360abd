"""QR codes: black on white in any theme, and only ever whole, for a camera reads no half of one."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.content import Content
from textual.events import Click, Resize

from smstui.i18n import N_, _
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words

_STYLE = "#000000 on #ffffff"


def qr_content(lines: Sequence[str]) -> Content:
    """A code that is given as lines of half blocks, its margin included."""
    return Content("\n").join(Content.styled(line, _STYLE) for line in lines)


class QrModal(TranslatedModal[None]):
    """A code alone on the screen, as large as can be; any of Esc, Enter and q closes it."""

    DEFAULT_CSS = """
    QrModal {
        #whole { height: 100%; align: center middle; background: $background; }
        #code { width: auto; max-width: 100%; height: auto; }
        #caption { width: 100%; height: auto; text-align: center; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", N_("Close"), show=False, id="qr.close"),
    ]

    def __init__(self, lines: Sequence[str], caption: str) -> None:
        """`caption` stands under the code where there is a line for it."""
        super().__init__()
        self._lines, self._caption = tuple(lines), caption

    def compose(self) -> ComposeResult:
        """The code, or how much room it needs, and what it is."""
        with Vertical(id="whole"):
            with Center():
                yield Words("", id="code")
            yield Words(self._caption, id="caption")

    def on_resize(self, event: Resize) -> None:
        """Show the code if all of it fits."""
        columns, rows = len(self._lines[0]), len(self._lines)
        fits = columns <= event.size.width and rows <= event.size.height
        needed = _(
            "The QR code needs a window of {columns} × {rows} characters: make this one larger, or its font smaller."
        )
        self.query_one("#code", Words).update(
            qr_content(self._lines) if fits else needed.format(columns=columns, rows=rows)
        )
        self.query_one("#caption").display = not fits or rows < event.size.height

    def on_click(self, event: Click) -> None:
        """Close."""
        event.stop()
        self.dismiss()

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
