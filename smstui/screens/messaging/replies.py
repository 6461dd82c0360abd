"""Messaging › Replies: what phones answered to the account, by conversation."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Select

from smstui.domain.addresses import e164
from smstui.domain.text import printable
from smstui.formats import date_time, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.list_page import ListPage
from smstui.screens.messaging.replies_conversation import ConversationPage
from smstui.screens.once import once_at_a_time
from smstui.services.conversations import SHOWN, Conversation, State
from smstui.widgets.columns import Column
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

LIVE_INTERVAL = 2.0
"""Seconds between two readings."""
_UNREAD_FIRST = 1e12
"""Later than any reply."""


class RepliesPage(ListPage[str]):
    """What is unread first, then the newest, and the message under the cursor in full; Enter opens a conversation."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "turn_unread", N_("Read, unread"), id="replies.unread"),
        Binding("f", "filter", N_("Filter"), id="replies.filter"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Conversation] = {}
        self._campaign_id: int | None = None
        self._campaigns: Sequence[tuple[int, str]] = ()
        self._state: State | None = None
        """Of what is shown; None when it must be read again in any case."""

    def compose(self) -> ComposeResult:
        """The filter, the list, and one message."""
        with Horizontal(id="filter-row"):
            yield Words(_("Campaign"))
            yield Select[int]([], prompt=_("all campaigns"), id="campaign", compact=True)
        yield SearchList[str](
            [
                Column("unread", _("Unread"), 8, sortable=True),
                Column("who", _("From"), 14, grows=True, sortable=True),
                Column("text", _("Message"), 10, grows=True),
                Column("campaign", _("Campaign"), 18, from_width=84, sortable=True),
                Column("at", _("Received"), 11, sortable=True),
            ],
            empty=_("No reply yet: answers to your campaigns of type SMS Réponse arrive here."),
            sorted_by=("unread", True),
        )
        yield Words("", id="whole")

    def on_mount(self) -> None:
        """Read the list, now and every two seconds."""
        super().on_mount()
        self.set_interval(LIVE_INTERVAL, self.read_soon)

    def shown_again(self) -> None:
        """A conversation was read, or answered."""
        self._read_anew()

    def _read_anew(self) -> None:
        self._state = None
        self.read_soon()

    async def read(self) -> None:
        """Read the list and show it, if something has come or was read."""
        if not self.display:
            return
        state = await self.backend.conversations.state(self.actor)
        if state == self._state:
            return
        self._show_campaigns(await self.backend.conversations.campaigns(self.actor))
        found = await self.backend.conversations.list(self.actor, self._campaign_id)
        self._state = state
        self._known = {_key(each): each for each in found}
        self.list.show([_entry(each) for each in found])
        words = ngettext("{count} conversation", "{count} conversations", len(found)).format(count=number(len(found)))
        self.note = _("the newest {count}").format(count=number(SHOWN)) if len(found) == SHOWN else words
        self._show_message()

    def _show_campaigns(self, campaigns: Sequence[tuple[int, str]]) -> None:
        if campaigns == self._campaigns:
            return
        self._campaigns = campaigns
        select = self.query_one("#campaign", Select)
        with self.prevent(Select.Changed):
            select.set_options([(Content(printable(name)), campaign_id) for campaign_id, name in campaigns])
            if self._campaign_id in dict(campaigns):
                select.value = self._campaign_id
        self.query_one("#filter-row").set_class(bool(campaigns), "-shown")

    @on(Select.Changed, "#campaign")
    def _campaign_chosen(self, event: Select.Changed) -> None:
        self._campaign_id = event.value if isinstance(event.value, int) else None
        self._read_anew()
        self.table.focus()

    def action_filter(self) -> None:
        """Show only what answers one campaign."""
        if self._campaigns:
            select = self.query_one("#campaign", Select)
            select.focus()
            select.action_show_overlay()

    @property
    def _at_cursor(self) -> Conversation | None:
        return self._known.get(self.table.cursor_key or "")

    @on(WindowedTable.Moved)
    def _show_message(self) -> None:
        whole, conversation = self.query_one("#whole", Words), self._at_cursor
        whole.set_class(conversation is not None, "-shown")
        if conversation is not None:
            theirs, ours = conversation.pair.theirs, e164(conversation.pair.ours)
            whole.border_title = Content(f"{printable(theirs)} → {printable(ours)}")
            whole.border_subtitle = Content(printable(conversation.campaign))
            whole.update(Content(printable(conversation.text, keep_newlines=True)))

    @on(WindowedTable.Chosen)
    def _opened(self) -> None:
        if (conversation := self._at_cursor) is not None:
            self.open(ConversationPage(conversation))

    @once_at_a_time("replies-unread")
    async def action_turn_unread(self) -> None:
        """What was read is unread again, or the other way round."""
        if (conversation := self._at_cursor) is None:
            return
        conversations = self.backend.conversations
        mark = conversations.mark_read if conversation.unread else conversations.mark_unread
        await mark(self.actor, conversation.pair)
        self._read_anew()


def _key(conversation: Conversation) -> str:
    return ">".join(conversation.pair)


def _entry(conversation: Conversation) -> Entry[str]:
    theirs, name = printable(conversation.pair.theirs), printable(conversation.name)
    campaign, text = printable(conversation.campaign), printable(conversation.text)
    unread = conversation.unread
    moment = conversation.at.timestamp()
    return Entry(
        _key(conversation),
        (
            Content.styled(f"● {number(unread)}", "$text-accent") if unread else "",
            name or theirs,
            text,
            campaign,
            date_time(conversation.at),
        ),
        search=f"{theirs} {_national(theirs)} {name} {text} {campaign}",
        order={
            "unread": moment + (_UNREAD_FIRST if unread else 0),
            "who": name or theirs,
            "campaign": campaign,
            "at": moment,
        },
    )


def _national(theirs: str) -> str:
    """As people in France write it, so that a search finds it either way."""
    return f"0{theirs[3:]}" if theirs.startswith("+33") else ""
