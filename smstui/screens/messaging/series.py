"""A campaign that is sent again and again: when, to how many, what it costs each time, and what was sent of it."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from smstui.domain.counts import Counts
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.campaign_rows import campaign_cells, columns, read_counts
from smstui.screens.messaging.coming import LABELS, Ahead, facts, read_ahead
from smstui.screens.messaging.controls import CampaignControls, Chosen, ControlButtons
from smstui.services.campaign_details import CampaignDetails, campaign_details
from smstui.services.campaigns import CampaignSummary
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

LIVE_INTERVAL: Final = 1.0
"""Seconds between two readings."""


class SeriesPage(CampaignControls):
    """Its keys act on the series; Enter opens one of its runs, which has a page like every campaign."""

    DEFAULT_CSS = """
    SeriesPage #facts { height: auto; max-height: 60%; scrollbar-size-vertical: 1; }
    SeriesPage #runs-title { height: 1; margin-top: 1; color: $text-muted; text-style: bold; }
    SeriesPage WindowedTable { height: 1fr; min-height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", N_("Back"), id="page.back")]

    def __init__(self, series: CampaignSummary) -> None:
        super().__init__()
        self._series = series
        self._is_read = False
        self._runs: dict[int, CampaignSummary] = {}
        self._counts: dict[int, Counts] = {}
        self._details: CampaignDetails | None = None
        self._ahead: Ahead | None = None
        self._reading = Latest(self, self._read, group="series")
        self._looking_ahead = Latest(self, self._look_ahead, group="series-ahead")

    def compose(self) -> ComposeResult:
        """What is known of it, then its runs."""
        with VerticalScroll(id="facts"):
            yield FactLines({name: _(label) for name, label in LABELS.items()})
        yield Words("", id="runs-title")
        yield WindowedTable[int](columns(named=False))
        yield ControlButtons()

    def on_mount(self) -> None:
        """Read, now and every second."""
        self.heading = printable(self._series.name)
        self._reading.ask()
        self._looking_ahead.ask()
        self.set_interval(LIVE_INTERVAL, self._reading.ask)

    def chosen_campaign(self) -> Chosen | None:
        """The series, once it was read."""
        return Chosen(self._series, None) if self._is_read else None

    def read_soon(self) -> None:
        """Read again."""
        self._reading.ask()

    def shown_again(self) -> None:
        """Read what has changed in the meantime."""
        self._reading.ask()
        self._looking_ahead.ask()

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Show its page in front of this one."""
        self.open(CampaignPage(campaign))

    def take_focus(self) -> None:
        """Stand in the runs."""
        self._table.focus()

    @property
    def _table(self) -> WindowedTable[int]:
        return self.query_one(WindowedTable)

    @on(WindowedTable.Chosen)
    def _run_chosen(self, event: WindowedTable.Chosen) -> None:
        self.show_campaign(self._runs[int(event.key)])

    async def _read(self) -> None:
        if not self.display:
            return
        campaigns = {each.id: each for each in await self.backend.campaigns.list(self.actor)}
        try:
            found = campaigns.get(self._series.id) or await self.backend.campaigns.find(self.actor, self._series.name)
            if not self._is_read or found != self._series:
                now = self.backend.clock.now()
                self._details = await campaign_details(self.backend.database, self.actor, found.id, now)
        except Refusal as refusal:
            self.say(refusal)
            self.close()
            return
        self._series, self._is_read = found, True
        runs = (each for each in campaigns.values() if each.series_id == found.id)
        self._runs = {
            each.id: each for each in sorted(runs, key=lambda each: each.due_at or each.created_at, reverse=True)
        }
        self._show()
        shown = [self._runs[key] for key in self._table.keys_in_view() if key in self._runs]
        await read_counts(self.backend, self.actor, shown, self._counts)
        self._show()

    async def _look_ahead(self) -> None:
        """What its next runs would be as things are today: the recipients are counted, which may take its time."""
        now = self.backend.clock.now()
        try:
            details = await campaign_details(self.backend.database, self.actor, self._series.id, now)
            self._ahead = await read_ahead(self.backend, self.actor, self._series, details)
        except Refusal as refusal:
            self.say(refusal)
        self._reading.ask()

    def _show(self) -> None:
        now = self.backend.clock.now()
        assert self._details is not None
        zone = self._details.zone
        self.query_one(FactLines).show(facts(self._series, self._details, self._ahead, now))
        rows = {key: campaign_cells(run, self._counts.get(key), zone, now) for key, run in self._runs.items()}
        self._table.show_rows({key: (cells[-1], *cells[:-1]) for key, cells in rows.items()})
        count = len(rows)
        title = ngettext("{count} sending so far", "{count} sendings so far", count).format(count=number(count))
        self.query_one("#runs-title", Words).update(title if count else _("Nothing was sent of it yet."))
        self._table.show_header = bool(count)
        self.show_controls()
