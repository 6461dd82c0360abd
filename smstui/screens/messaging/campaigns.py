"""Messaging › Campaigns: all campaigns of the account, with their state as it is now."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from smstui.domain.counts import Counts
from smstui.domain.states import CampaignState
from smstui.domain.text import printable
from smstui.formats import date_time, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.list_page import ListPage
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.controls import CampaignControls, Chosen, ControlButtons
from smstui.screens.messaging.tally import delivered, failed
from smstui.services.campaigns import CampaignSummary
from smstui.widgets.columns import Column
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.state_sign import campaign_sign
from smstui.widgets.windowed_table import WindowedTable

LIVE_INTERVAL = 1.0
"""Seconds between two readings."""


class CampaignsPage(ListPage[int], CampaignControls):
    """The newest campaign first; Enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "write", N_("New campaign"), id="campaigns.write"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._campaigns: dict[int, CampaignSummary] = {}
        self._counts: dict[int, Counts] = {}

    def compose(self) -> ComposeResult:
        """The list."""
        yield SearchList[int](
            [
                Column("name", _("Name"), 8, grows=True, sortable=True),
                Column("state", _("State"), 13, sortable=True),
                Column("recipients", _("Numbers"), 7, right=True, sortable=True),
                Column("delivered", _("Delivered"), 7, right=True, from_width=60),
                Column("failed", _("Failed"), 7, right=True, from_width=64),
                Column("at", _("Date"), 11, sortable=True),
            ],
            empty=_("No campaign yet: press n to write the first one."),
            sorted_by=("at", True),
        )
        yield ControlButtons()

    def on_mount(self) -> None:
        """Read the list, now and every second."""
        super().on_mount()
        self.set_interval(LIVE_INTERVAL, self.read_soon)

    def chosen_campaign(self) -> Chosen | None:
        """That under the cursor."""
        campaign = self._campaigns.get(self.table.cursor_key or 0)
        return Chosen(campaign, self._counts.get(campaign.id)) if campaign else None

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Show its page."""
        self.open(CampaignPage(campaign))

    def action_write(self) -> None:
        """Go to the composer."""
        self.go_to("send")

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        self.show_campaign(self._campaigns[int(event.key)])

    @on(WindowedTable.Moved)
    def _moved(self) -> None:
        self.show_controls()

    async def read(self) -> None:
        """Read the list and show it."""
        if not self.display:
            return
        campaigns = await self.backend.campaigns.list(self.actor)
        self._campaigns = {campaign.id: campaign for campaign in campaigns}
        self._show()
        for campaign_id in self.table.keys_in_view():
            if not self._is_settled(campaign_id):
                progress = await self.backend.campaigns.progress(self.actor, campaign_id)
                self._counts[campaign_id] = progress.counts
        self._show()

    def _show(self) -> None:
        self.list.show([_entry(each, self._counts.get(each.id)) for each in self._campaigns.values()])
        count = len(self._campaigns)
        self.note = ngettext("{count} campaign", "{count} campaigns", count).format(count=number(count))
        self.show_controls()

    def _is_settled(self, campaign_id: int) -> bool:
        """Whether its counts are known and can't change any more."""
        counts = self._counts.get(campaign_id)
        return counts is not None and counts.final == counts.total


def _entry(campaign: CampaignSummary, counts: Counts | None) -> Entry[int]:
    name, sign = printable(campaign.name), campaign_sign(campaign.state)
    return Entry(
        campaign.id,
        (
            name,
            sign.content(),
            number(campaign.recipients),
            number(delivered(counts)) if counts else "…",
            number(failed(counts)) if counts else "…",
            date_time(campaign.created_at),
        ),
        search=f"{name} {_(sign.word)} {date_time(campaign.created_at)}",
        order={
            "name": name,
            "state": list(CampaignState).index(campaign.state),
            "recipients": campaign.recipients,
            "at": campaign.created_at,
        },
    )
