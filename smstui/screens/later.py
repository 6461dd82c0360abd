"""The page of a section that a later version brings: it says in a sentence what it will hold."""

from textual.app import ComposeResult

from smstui.i18n import _
from smstui.screens.page import Page
from smstui.widgets.words import Words


class LaterPage(Page):
    """Shows `promise`, a message id."""

    def __init__(self, promise: str) -> None:
        super().__init__()
        self._promise = promise

    def compose(self) -> ComposeResult:
        """The sentence, and that it is for later."""
        yield Words(_(self._promise), classes="lead")
        yield Words(_("This section comes with a later version."), classes="muted")
