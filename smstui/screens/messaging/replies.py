"""Messaging › Replies: what phones answered to the account."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smstui.domain.text import printable
from smstui.formats import date_time, number
from smstui.i18n import _, ngettext
from smstui.screens.list_page import ListPage
from smstui.services.inbox import InboundMessage
from smstui.widgets.columns import Column
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable

LIVE_INTERVAL = 2.0
"""Seconds between two readings."""


class RepliesPage(ListPage[int]):
    """The newest replies first, and the one under the cursor in full."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")

    def __init__(self) -> None:
        super().__init__()
        self._messages: dict[int, InboundMessage] = {}

    def compose(self) -> ComposeResult:
        """The list, and one message."""
        yield SearchList[int](
            [
                Column("source", _("From"), 14, sortable=True),
                Column("text", _("Message"), 10, grows=True),
                Column("campaign", _("Campaign"), 18, from_width=70, sortable=True),
                Column("at", _("Received"), 11, sortable=True),
            ],
            empty=_("No reply yet: answers to your campaigns of type SMS Réponse arrive here."),
            sorted_by=("at", True),
        )
        yield Static("", id="whole", markup=False)

    def on_mount(self) -> None:
        """Read the list, now and every two seconds."""
        super().on_mount()
        self.set_interval(LIVE_INTERVAL, self.read_soon)

    async def read(self) -> None:
        """Read the list and show it."""
        messages = await self.backend.inbox.list(self.actor)
        self._messages = {message.id: message for message in messages}
        self.list.show([_entry(message) for message in messages])
        self.note = ngettext("{count} reply", "{count} replies", len(messages)).format(count=number(len(messages)))
        self._show_message()

    @on(WindowedTable.Moved)
    def _show_message(self) -> None:
        whole = self.query_one("#whole", Static)
        message = self._messages.get(self.table.cursor_key or 0)
        whole.set_class(message is not None, "-shown")
        if message is not None:
            whole.border_title = Content(f"{printable(message.source)} → {printable(message.destination)}")
            whole.update(Content(printable(message.text, keep_newlines=True)))


def _entry(message: InboundMessage) -> Entry[int]:
    campaign = printable(message.campaign or "–")
    source, text = printable(message.source), printable(message.text)
    return Entry(
        message.id,
        (source, text, campaign, date_time(message.at)),
        search=f"{source} {text} {campaign}",
        order={"source": source, "campaign": campaign, "at": message.at},
    )
