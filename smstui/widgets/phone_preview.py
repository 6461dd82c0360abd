"""The message as its recipient will see it: a phone with a sender and a bubble."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smstui.domain.text import printable
from smstui.i18n import _

PHONE_WIDTH = 32
"""Cells, its frame included."""


class PhonePreview(Vertical):
    """A phone that shows one message."""

    DEFAULT_CSS = """
    PhonePreview {
        width: 32; height: 1fr; max-height: 22; border: round $secondary 60%; border-title-color: $text-muted;
        border-title-align: center; padding: 0 1;
    }
    PhonePreview > .phone--sender { text-align: center; text-style: bold; width: 1fr; height: 1; }
    PhonePreview > .phone--place { height: 1; text-align: center; color: $text-muted; width: 1fr; margin-bottom: 1; }
    PhonePreview > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    PhonePreview .phone--bubble {
        width: auto; max-width: 27; height: auto; padding: 0 1; background: $surface-lighten-2; color: $text;
        margin-bottom: 1;
    }
    """

    def compose(self) -> ComposeResult:
        """The sender, then the bubble."""
        self.border_title = _("Preview")
        yield Static("", classes="phone--sender", markup=False)
        yield Static("SMS", classes="phone--place", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", classes="phone--bubble", markup=False)

    def show(self, sender: str, text: str) -> None:
        """Show `text`, complete with its STOP mention, from `sender`."""
        self.query_one(".phone--sender", Static).update(Content(printable(sender)))
        bubble = self.query_one(".phone--bubble", Static)
        bubble.update(
            Content(printable(text, keep_newlines=True))
            if text
            else Content.styled(_("Your message"), "$text-disabled")
        )
