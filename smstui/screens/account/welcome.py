"""After the first login (the guide, part 1, step 4): test credits for who certifies a number."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.formats import number
from smstui.i18n import N_, _
from smstui.services.certification import TEST_CREDITS
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class WelcomeModal(TranslatedModal[bool]):
    """Whether the person wants to certify a number now."""

    CSS_PATH = "modals.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", N_("Later"), show=False, id="welcome.later"),
        Binding("up", "app.focus_previous", show=False, id="welcome.previous"),
        Binding("down", "app.focus_next", show=False, id="welcome.next"),
    ]

    def compose(self) -> ComposeResult:
        """The promise, the button, the way out."""
        credits_text = number(TEST_CREDITS.decimal)
        with Vertical(classes="dialog centred") as dialog:
            dialog.border_title = Content(_("Welcome"))
            yield Words(
                _("Get {credits} test credits, it is as easy as that!").format(credits=credits_text),
                classes="dialog-text strong",
            )
            yield Words(
                _("Certify your number to get {credits} test credits.").format(credits=credits_text),
                classes="dialog-text",
            )
            with Center():
                yield Button(_("I certify my number"), id="certify", variant="primary", compact=True)
            with Center():
                yield Button(_("I will complete this information later"), id="later", classes="link", compact=True)

    def on_mount(self) -> None:
        """Enter certifies."""
        self.query_one("#certify").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "certify")

    def action_later(self) -> None:
        """Not now."""
        self.dismiss(False)
