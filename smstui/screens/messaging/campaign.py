"""One campaign, live: its line of truth, its text, and every message with its state, times and SMSC code."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Select, Static

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageState
from smstui.domain.text import printable
from smstui.formats import clock_time, explain, number
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.messaging.controls import CampaignControls, Chosen, ControlButtons
from smstui.screens.messaging.message_words import cells, detail
from smstui.screens.messaging.tally import truth
from smstui.services.campaigns import CampaignSummary, MessageRow, Progress
from smstui.services.message_ids import message_ids
from smstui.widgets.columns import Column
from smstui.widgets.progress_line import ProgressLine
from smstui.widgets.state_sign import message_sign
from smstui.widgets.windowed_table import WindowedTable

LIVE_INTERVAL = 0.5
"""Seconds between two readings."""
KEPT_ROWS = 4000
REST = 5
"""How many times as long as they took the ids that a filter lets through are not read again."""


class CampaignPage(CampaignControls):
    """Opened by the list of campaigns, and by the composer when it has sent one."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), id="campaign.filter"),
        Binding("escape", "back", N_("Back"), id="page.back"),
    ]

    def __init__(self, campaign: CampaignSummary) -> None:
        super().__init__()
        self._campaign = campaign
        self._progress: Progress | None = None
        self._state: MessageState | None = None
        self._rows: dict[int, MessageRow] = {}
        self._settled = False
        self._ids_wanted_from = 0.0
        self._reading = Latest(self, self._read, group="campaign")

    def compose(self) -> ComposeResult:
        """From the whole to the parts."""
        yield ProgressLine()
        yield Static(_sent_text(self._campaign), id="sent-text", markup=False)
        with Horizontal(id="filter-row"):
            yield Static(_("Messages"), id="filter-label", markup=False)
            states: list[tuple[Content, MessageState]] = [(message_sign(each).content(), each) for each in MessageState]
            yield Select(states, prompt=_("all states"), id="state", compact=True)
            yield Static("", id="filter-count", markup=False)
        yield WindowedTable[int](
            [
                Column("number", _("Number"), 12),
                Column("state", _("State"), 14, grows=True),
                Column("sent", _("Sent"), 8),
                Column("final", _("Receipt"), 8),
                Column("code", _("SMSC code"), 24, grows=True, from_width=76),
            ]
        )
        yield Static("", id="detail", markup=False)
        yield ControlButtons()

    def on_mount(self) -> None:
        """Read, now and twice a second."""
        self.heading = printable(self._campaign.name)
        self._reading.ask()
        self.set_interval(LIVE_INTERVAL, self._reading.ask)

    def chosen_campaign(self) -> Chosen | None:
        """The page's, once it was read."""
        return Chosen(self._progress.summary, self._progress.counts) if self._progress else None

    def read_soon(self) -> None:
        """Read again."""
        self._reading.ask()

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Show its page in front of this one."""
        self.open(CampaignPage(campaign))

    def shown_again(self) -> None:
        """Read what has changed in the meantime."""
        self.read_soon()

    def take_focus(self) -> None:
        """Stand in the table."""
        self._table.focus()

    def action_filter(self) -> None:
        """Choose the state of the messages shown."""
        select = self.query_one("#state", Select)
        select.focus()
        select.action_show_overlay()

    @property
    def _table(self) -> WindowedTable[int]:
        return self.query_one(WindowedTable)

    @on(Select.Changed, "#state")
    def _filtered(self, event: Select.Changed) -> None:
        self._state = None if event.value is Select.NULL else MessageState(str(event.value))
        self._ids_wanted_from = 0.0
        self._settled = False
        self._rows.clear()
        self._table.show_keys(())
        self._table.forget_rows()
        self._reading.ask()
        self._table.focus()

    @on(WindowedTable.PageWanted)
    @work(group="campaign-pages")
    async def _page_wanted(self, event: WindowedTable.PageWanted) -> None:
        await self._read_rows(event.first, event.last)

    @on(WindowedTable.Moved)
    def _show_detail(self) -> None:
        row = self._rows.get(self._table.cursor_key or 0)
        shown = self.query_one("#detail", Static)
        words = detail(row) if row else Content("")
        if words != shown.content:
            lines = words.get_height({}, max(1, shown.size.width))
            shown.update(words, layout=max(2, min(3, lines)) != shown.size.height)

    async def _read(self) -> None:
        """The line of truth, the ids that the filter lets through, and the rows in the window."""
        if self._settled or not self.display:
            return
        try:
            progress = await self.backend.campaigns.progress(self.actor, self._campaign.id)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
            return
        self._progress = progress
        self.query_one(ProgressLine).show(truth(progress))
        self.show_controls()
        self._settled = progress.counts.final == progress.counts.total
        if self._state is not None or self._table.row_count != progress.counts.total:
            await self._read_ids()
        await self._read_rows(*self._table.rows_in_view())

    async def _read_ids(self) -> None:
        """Which messages the filter lets through; the longer that takes, the less often."""
        time, state = asyncio.get_running_loop().time, self._state
        began = time()
        if began < self._ids_wanted_from and not self._settled:
            return
        ids = await message_ids(self.backend.database, self.actor, self._campaign.id, state)
        self._ids_wanted_from = time() + (time() - began) * REST
        if state is self._state:
            self._table.show_keys(ids)
            self.query_one("#filter-count", Static).update(number(len(ids)), layout=False)

    async def _read_rows(self, first: int, last: int) -> None:
        keys, state = self._table.keys(first, last), self._state
        if not keys:
            return
        rows = await self.backend.campaigns.messages(self.actor, self._campaign.id, keys[0] - 1, len(keys), state)
        if state is not self._state:
            return
        if len(self._rows) > KEPT_ROWS:
            self._rows.clear()
        self._rows.update((row.id, row) for row in rows)
        self._table.put((row.id, cells(row)) for row in rows)
        self._show_detail()


def _sent_text(campaign: CampaignSummary) -> Content:
    sent = _("{sender}, {segments} SMS each, created at {time}").format(
        sender=printable(campaign.sender), segments=campaign.segments, time=clock_time(campaign.created_at)
    )
    return Content.assemble((f"{sent}\n", "$text-muted"), printable(campaign.text))
