"""The phones of the demo: what they received, the newest first, and answers from them.

As a page of the menu, and as a panel in front of whatever is shown, so that a code can be read where it is asked for.
"""

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.domain.text import printable
from smstui.formats import clock_time, explain
from smstui.i18n import N_, _
from smstui.screens.page import Page
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

if TYPE_CHECKING:
    from smstui.services.handsets import HandsetService
    from smstui.smpp.simulator import HandsetMessage

SHOWN = 100
"""Messages, the newest ones."""
_CODE = r"\b[0-9]{6}\b"


class HandsetPanel(Vertical):
    """The list, the message under the cursor in full, and the answer to it."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")

    class Arrived(Message):
        """Phones have received something."""

    def __init__(self, handsets: "HandsetService") -> None:
        super().__init__()
        self._handsets = handsets
        self._messages: dict[str, HandsetMessage] = {}

    def compose(self) -> ComposeResult:
        """List, message, answer."""
        yield Words(_("Nothing received yet: what you send to any number arrives here."), id="nothing")
        yield WindowedTable[str](
            [
                Column("at", _("Time"), 8),
                Column("number", _("Phone"), 12),
                Column("sender", _("Sender"), 11, from_width=56),
                Column("text", _("Message"), 8, grows=True),
            ]
        )
        with VerticalScroll(id="message", can_focus=False):
            yield Words("", id="whole")
        with Horizontal(id="answer"):
            yield LineField(placeholder=_("Answer from this phone"), id="reply", compact=True)
            yield Button(_("Answer"), id="send", compact=True)
            yield Button(_("STOP"), id="stop", variant="warning", compact=True)

    def on_mount(self) -> None:
        """Read what has arrived, and what arrives from now on."""
        self._end = self._handsets.subscribe(self._arrived)
        self._read()

    def _arrived(self) -> None:
        self.post_message(self.Arrived())

    def on_unmount(self) -> None:
        """Hear no more of it."""
        self._end()

    @property
    def table(self) -> WindowedTable[str]:
        """The list."""
        return self.query_one(WindowedTable)

    @on(Arrived)
    def _read(self) -> None:
        newest = self.table.cursor_key is None or self.table.at_top
        self._messages = _keyed(reversed_messages(self._handsets))
        self.set_class(not self._messages, "-empty")
        self.table.show_rows(
            {
                key: (clock_time(each.at), printable(each.number), printable(each.sender), printable(each.text))
                for key, each in self._messages.items()
            }
        )
        if newest:
            self.table.move_to(0)
        self._show_message()

    @on(WindowedTable.Moved)
    def _show_message(self) -> None:
        message = self._messages.get(self.table.cursor_key or "")
        if message is None:
            return
        frame = self.query_one("#message")
        frame.border_title = Content(f"{printable(message.sender)} → {printable(message.number)}")
        text = Content(printable(message.text, keep_newlines=True))
        self.query_one("#whole", Words).update(text.highlight_regex(re.compile(_CODE), style="bold $text-accent"))

    @on(WindowedTable.Chosen)
    def _chosen(self) -> None:
        self.query_one("#reply", Input).focus()

    @on(Input.Submitted, "#reply")
    @on(Button.Pressed, "#send")
    def _answered(self) -> None:
        reply = self.query_one("#reply", Input)
        if reply.value.strip():
            self._answer(reply.value)
            reply.clear()

    @on(Button.Pressed, "#stop")
    def _stopped(self) -> None:
        self._answer("STOP")

    @work(group="handset-answer")
    async def _answer(self, text: str) -> None:
        message = self._messages.get(self.table.cursor_key or "")
        if message is None:
            return
        try:
            await self._handsets.reply(message.number, text)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        else:
            sentence = _("{number} answered: {text}")
            self.notify(sentence.format(number=printable(message.number), text=printable(text)), markup=False)


class HandsetsPage(Page):
    """The phones as a page."""

    def compose(self) -> ComposeResult:
        """The panel."""
        assert self.host.demo is not None
        yield HandsetPanel(self.host.demo.handsets)


class HandsetsModal(TranslatedModal[None]):
    """The phones in front of what is shown; Esc goes back to it as it was."""

    DEFAULT_CSS = """
    HandsetsModal HandsetPanel {
        dock: right; width: 64; max-width: 100%; height: 100%; padding: 1 2; background: $surface;
        border: round $accent; border-title-color: $accent; border-title-style: bold;
        border-subtitle-color: $text-muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f9", "close", N_("Close"), show=False, id="handsets.close"),
    ]

    def __init__(self, handsets: "HandsetService") -> None:
        super().__init__()
        self._handsets = handsets

    def compose(self) -> ComposeResult:
        """The panel, at the right."""
        panel = HandsetPanel(self._handsets)
        panel.border_title = Content(_("Phones (demo)"))
        panel.border_subtitle = Content(_("Esc: back"))
        yield panel

    def on_mount(self) -> None:
        """Stand on the newest message."""
        self.query_one(HandsetPanel).table.focus()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def reversed_messages(handsets: "HandsetService") -> "list[HandsetMessage]":
    """The newest messages, the newest first."""
    return list(reversed(handsets.received(SHOWN)))


def _keyed(messages: "list[HandsetMessage]") -> "dict[str, HandsetMessage]":
    """Each message under a key that stays its own while others arrive."""
    seen: Counter[str] = Counter()
    keyed = {}
    for message in reversed(messages):
        base = f"{message.at.isoformat()} {message.number}"
        seen[base] += 1
        keyed[f"{base} {seen[base]}"] = message
    return dict(reversed(keyed.items()))
