"""The phone in front of the composer, where the terminal has no room for it at the side."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from smstui.domain.states import MessageType
from smstui.i18n import N_, _
from smstui.screens.messaging.rendering import Rendering
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class PreviewModal(TranslatedModal[None]):
    """One message on a phone; Esc, Enter or F4 closes it."""

    DEFAULT_CSS = """
    PreviewModal > Vertical { width: auto; height: auto; max-height: 90%; }
    PreviewModal PhonePreview { height: 19; }
    PreviewModal .preview--keys { width: 32; height: auto; text-align: center; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f4", "close", N_("Close"), id="preview.close"),
        Binding("f3", "cut", N_("Show where it is cut, or not"), id="preview.cut", priority=True),
        Binding("f7", "move(1)", N_("Next contact"), id="preview.next", priority=True),
        Binding("shift+f7", "move(-1)", N_("Contact before"), id="preview.previous", priority=True),
    ]

    def __init__(
        self, sender: str, message_type: MessageType, text_for: Callable[[int], Rendering], *, is_cut: bool
    ) -> None:
        """`text_for` gives the text of the contact that is so many further on."""
        super().__init__()
        self._sender, self._type, self._text_for = sender, message_type, text_for
        self._is_cut = is_cut

    def compose(self) -> ComposeResult:
        """The phone, and the keys that change what it shows."""
        with Vertical():
            yield PhonePreview()
            yield Words("", classes="preview--keys")

    def on_mount(self) -> None:
        """Show the message."""
        self._show(0)

    def _show(self, by: int) -> None:
        rendering = self._text_for(by)
        parts = rendering.parts(self._type)
        shown = parts if self._is_cut else ()
        self.query_one(PhonePreview).show(self._sender, rendering.text, shown, reader=rendering.reader)
        keys = [_("F3: where it is cut")] if len(parts) > 1 else []
        keys += [_("F7: next contact")] if rendering.is_personal else []
        self.query_one(".preview--keys", Words).update("\n".join(keys))

    def action_cut(self) -> None:
        """Show each SMS in a bubble of its own, or the message as phones show it."""
        self._is_cut = not self._is_cut
        self._show(0)

    def action_move(self, by: int) -> None:
        """Show what another contact gets."""
        self._show(by)

    def action_close(self) -> None:
        """Back to the composer."""
        self.dismiss()

    def on_click(self) -> None:
        """A click closes too."""
        self.dismiss()
