"""Questions and announcements in front of the page: Esc is always the harmless way out.

Texts are taken as they are, never as markup: they may hold names that other people wrote.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Button

from smstui.i18n import N_, _
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class ConfirmModal(TranslatedModal[bool]):
    """Asks before doing what can't be undone; the answer is True only when the person pressed `confirm`."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="confirm.cancel"),
        Binding("left,right,up,down", "other_button", show=False, id="confirm.other"),
    ]

    def __init__(
        self, title: str, sentence: str, *, confirm: str, cancel: str | None = None, dangerous: bool = False
    ) -> None:
        """Ask `sentence`, which says what will happen in numbers; `confirm` names the consequence on the button.

        The focus stands on the confirmation, or on the way out when the action is `dangerous` (something is lost).
        """
        super().__init__()
        self._title, self._sentence = title, sentence
        self._confirm, self._cancel = confirm, cancel
        self._dangerous = dangerous

    def compose(self) -> ComposeResult:
        """The sentence, then the harmless button and the other."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Words(self._sentence, classes="dialog-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(self._cancel or _("Cancel")), id="cancel")
                yield Button(Content(self._confirm), id="confirm", variant="error" if self._dangerous else "primary")

    def on_mount(self) -> None:
        """Stand on the button that Enter should press."""
        self.query_one("#cancel" if self._dangerous else "#confirm").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.button.id == "confirm")

    def action_cancel(self) -> None:
        """Answer no."""
        self.dismiss(False)

    def action_other_button(self) -> None:
        """Go to the other of the two buttons."""
        self.focus_next()


class TextModal(TranslatedModal[None]):
    """A text to read, scrolled when it is longer than the screen; Esc or Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", N_("Close"), show=False, id="text.close"),
    ]

    def __init__(self, title: str, text: str, *, close: str | None = None, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._title, self._text, self._close = title, text, close

    def compose(self) -> ComposeResult:
        """The text and one button."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            with VerticalScroll(classes="dialog-scroll", can_focus=False):
                yield from self.body()
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(self._close or _("Close")), id="close", variant="primary")

    def body(self) -> Iterable[Widget]:
        """What stands between the title and the button."""
        yield Words(self._text, classes="dialog-text")

    def on_mount(self) -> None:
        """Let Enter close, and the arrows scroll."""
        self.query_one("#close").focus()

    def on_key(self, event: Key) -> None:
        """Scroll with the keys that readers expect."""
        scroll = self.query_one(VerticalScroll)
        moves = {
            "up": scroll.scroll_up,
            "down": scroll.scroll_down,
            "pageup": scroll.scroll_page_up,
            "pagedown": scroll.scroll_page_down,
            "home": scroll.scroll_home,
            "end": scroll.scroll_end,
        }
        if move := moves.get(event.key):
            event.stop()
            move(animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Close."""
        event.stop()
        self.dismiss()

    def action_close(self) -> None:
        """Close."""
        self.dismiss()


class ErrorModal(TextModal):
    """Says in one clear sentence what went wrong and what can be done."""

    def __init__(self, title: str, sentence: str, *, close: str | None = None) -> None:
        super().__init__(title, sentence, close=close, classes="error")
