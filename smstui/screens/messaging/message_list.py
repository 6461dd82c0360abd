"""The messages of one campaign: every one of them, or those in one state, and all of that under the cursor."""

import asyncio
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.states import MessageState
from smstui.formats import number
from smstui.i18n import _
from smstui.screens.messaging.message_words import cells, detail
from smstui.services.backend import Backend
from smstui.services.campaigns import MessageRow
from smstui.services.message_ids import message_ids
from smstui.widgets.columns import Column
from smstui.widgets.state_sign import message_sign
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

KEPT_ROWS: Final = 4000
REST: Final = 5
"""How many times as long as they took the ids that a filter lets through are not read again."""
_LINES: Final = (2, 3)
_LINES_WITH_TEXT: Final = (3, 6)
"""Of what is told of one message, at least and at most."""


class MessageList(Vertical):
    """Reads what its window shows; its page says when to `read` again."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")

    def __init__(self, backend: Backend, actor: Actor, campaign_id: int) -> None:
        super().__init__()
        self._backend, self._actor, self._campaign_id = backend, actor, campaign_id
        self._state: MessageState | None = None
        self._rows: dict[int, MessageRow] = {}
        self._total: int | None = None
        self._zone: ZoneInfo | None = None
        self._ids_wanted_from = 0.0
        self.table = WindowedTable[int](
            [
                Column("number", _("Number"), 13),
                Column("state", _("State"), 14, grows=True),
                Column("sent", _("Sent"), 8),
                Column("final", _("Receipt"), 8),
                Column("code", _("SMSC code"), 24, grows=True, from_width=76),
            ]
        )

    def compose(self) -> ComposeResult:
        """The filter, the table, and the message under the cursor."""
        with Horizontal(id="filter-row"):
            yield Words(_("Messages"), id="filter-label")
            states: list[tuple[Content, MessageState]] = [(message_sign(each).content(), each) for each in MessageState]
            yield Select(states, prompt=_("all states"), id="state", compact=True)
            yield Words("", id="filter-count")
        yield self.table
        yield Words("", id="detail")

    def choose_state(self) -> None:
        """Let the person choose the state of the messages shown."""
        select = self.query_one("#state", Select)
        select.focus()
        select.action_show_overlay()

    async def read(self, total: int, *, zone: ZoneInfo, is_personal: bool, is_settled: bool) -> None:
        """Read again: the campaign has `total` messages; nothing changes any more when it `is_settled`."""
        self._total, self._zone = total, zone
        self.set_class(is_personal, "-personal")
        if self._state is not None or self.table.row_count != total:
            await self._read_ids(at_once=is_settled)
        await self._read_rows(*self.table.rows_in_view())

    @on(Select.Changed, "#state")
    @work(group="message-filter", exclusive=True)
    async def _filtered(self, event: Select.Changed) -> None:
        event.stop()
        self._state = None if event.value is Select.NULL else MessageState(str(event.value))
        self._rows.clear()
        self.table.show_keys(())
        self.table.forget_rows()
        self.table.focus()
        if self._total is not None:
            await self._read_ids(at_once=True)
            await self._read_rows(*self.table.rows_in_view())

    @on(WindowedTable.PageWanted)
    @work(group="message-pages")
    async def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        await self._read_rows(event.first, event.last)

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        row = self._rows.get(self.table.cursor_key or 0)
        shown = self.query_one("#detail", Words)
        words = detail(row, self._zone) if row else Content("")
        if words != shown.content:
            lines = words.get_height({}, max(1, shown.size.width))
            least, most = _LINES_WITH_TEXT if self.has_class("-personal") else _LINES
            shown.update(words, layout=max(least, min(most, lines)) != shown.size.height)

    async def _read_ids(self, *, at_once: bool) -> None:
        """Which messages the filter lets through; the longer that takes, the less often."""
        time, state = asyncio.get_running_loop().time, self._state
        began = time()
        if began < self._ids_wanted_from and not at_once:
            return
        ids = await message_ids(self._backend.database, self._actor, self._campaign_id, state)
        self._ids_wanted_from = time() + (time() - began) * REST
        if state is self._state:
            self.table.show_keys(ids)
            self.query_one("#filter-count", Words).update(number(len(ids)), layout=False)

    async def _read_rows(self, first: int, last: int) -> None:
        keys, state = self.table.keys(first, last), self._state
        if not keys:
            return
        rows = await self._backend.campaigns.messages(self._actor, self._campaign_id, keys[0] - 1, len(keys), state)
        if state is not self._state:
            return
        if len(self._rows) > KEPT_ROWS:
            self._rows.clear()
        self._rows.update((row.id, row) for row in rows)
        self.table.put((row.id, cells(row, self._zone)) for row in rows)
        self._show_detail()
