"""The phone in front of the composer, where the terminal has no room for it at the side."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from smstui.i18n import N_
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.screen import TranslatedModal


class PreviewModal(TranslatedModal[None]):
    """One message on a phone; Esc, Enter or F4 closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f4", "close", N_("Close"), id="preview.close"),
    ]

    def __init__(self, sender: str, text: str) -> None:
        super().__init__()
        self._sender, self._text = sender, text

    def compose(self) -> ComposeResult:
        """The phone."""
        yield PhonePreview()

    def on_mount(self) -> None:
        """Show the message."""
        self.query_one(PhonePreview).show(self._sender, self._text)

    def action_close(self) -> None:
        """Back to the composer."""
        self.dismiss()

    def on_click(self) -> None:
        """A click closes too."""
        self.dismiss()
