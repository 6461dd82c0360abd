"""The message as its recipient will see it: a phone with a sender and a bubble, or where it is cut into several SMS."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from smstui.domain.text import printable
from smstui.i18n import _
from smstui.widgets.words import Words

PHONE_WIDTH = 32
"""Cells, its frame included."""


class PhonePreview(Vertical):
    """A phone that shows one message."""

    DEFAULT_CSS = """
    PhonePreview {
        width: 32; height: 1fr; max-height: 22; border: round $secondary 60%; border-title-color: $text-muted;
        border-title-align: center; border-subtitle-color: $text-muted; padding: 0 1;
    }
    PhonePreview > .phone--sender { text-align: center; text-style: bold; width: 1fr; height: 1; }
    PhonePreview > .phone--place { height: 1; text-align: center; color: $text-muted; width: 1fr; margin-bottom: 1; }
    PhonePreview > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    PhonePreview .phone--part { height: 1; color: $text-muted; }
    PhonePreview .phone--bubble {
        width: auto; max-width: 27; height: auto; padding: 0 1; background: $surface-lighten-2; color: $text;
        margin-bottom: 1;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._bubbles: list[tuple[Words, Words]] = [_bubble()]
        """Each with the label over it. Those that are not needed any more are hidden."""

    def compose(self) -> ComposeResult:
        """The sender, then the bubble."""
        self.border_title = _("Preview")
        yield Words("", classes="phone--sender")
        yield Words("SMS", classes="phone--place")
        with VerticalScroll(can_focus=False):
            for label, bubble in self._bubbles:
                yield label
                yield bubble

    def show(self, sender: str, text: str, parts: Sequence[str] = (), *, reader: str = "") -> None:
        """Show `text`, complete with its STOP mention, from `sender`.

        With `parts`, which are the text, each is a bubble of its own; `reader`: on whose phone this is.
        """
        self.query_one(".phone--sender", Words).update(Content(printable(sender)))
        self.border_subtitle = Content(printable(reader))
        texts = parts or (text,)
        more = [_bubble() for _part in texts[len(self._bubbles) :]]
        self._bubbles += more
        if more:
            self.query_one(VerticalScroll).mount_all(widget for pair in more for widget in pair)
        for index, (label, bubble) in enumerate(self._bubbles):
            bubble.display = index < len(texts)
            label.display = bubble.display and len(parts) > 1
            label.update(f"SMS {index + 1}/{len(texts)}")
            if bubble.display:
                bubble.update(_shown(texts[index]))


def _bubble() -> tuple[Words, Words]:
    return Words("", classes="phone--part"), Words("", classes="phone--bubble")


def _shown(text: str) -> Content:
    if not text:
        return Content.styled(_("Your message"), "$text-disabled")
    return Content(printable(text, keep_newlines=True))
