"""Messaging › Campaigns: drafts, series, and all campaigns of the account, with their state as it is now."""

from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from smstui.domain.counts import Counts
from smstui.domain.states import CampaignState
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.list_page import ListPage
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.campaign_rows import (
    campaign_entry,
    columns,
    draft_entry,
    draft_sign,
    read_counts,
)
from smstui.screens.messaging.campaign_words import about, is_held, one_line, sign_of
from smstui.screens.messaging.controls import CampaignControls, Chosen, ControlButtons
from smstui.screens.messaging.series import SeriesPage
from smstui.screens.once import once_at_a_time
from smstui.services.campaign_details import account_zone
from smstui.services.campaigns import CampaignSummary
from smstui.services.drafts import StoredDraft
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.search_list import SearchList
from smstui.widgets.state_sign import HELD, RECURRING, Sign, campaign_sign
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

LIVE_INTERVAL: Final = 1.0
"""Seconds between two readings."""
_SIGNS: Final = (HELD, RECURRING, *map(campaign_sign, CampaignState))
"""What the list may be filtered by, in this order."""


class CampaignsPage(ListPage[str], CampaignControls):
    """What waits for a person first, then the newest; Enter opens a campaign, or goes on with a draft."""

    DEFAULT_CSS = """
    CampaignsPage > #about { height: 3; margin-top: 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "write", N_("New campaign"), id="campaigns.write"),
        Binding("f", "filter", N_("Filter"), show=False, id="campaigns.filter"),
        Binding("delete", "remove", N_("Delete drafts"), show=False, id="campaigns.remove"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._zone: ZoneInfo | None = None
        self._campaigns: dict[str, CampaignSummary] = {}
        self._drafts: dict[str, StoredDraft] = {}
        self._counts: dict[int, Counts] = {}
        self._filter: Sign | None = None

    def compose(self) -> ComposeResult:
        """The list, what is known of the row under the cursor, and what can be done with it."""
        yield SearchList[str](
            columns(named=True),
            empty=_("No campaign yet: press n to write the first one."),
            sorted_by=("at", True),
            markable=True,
        )
        yield Words("", id="about")
        yield ControlButtons()

    def on_mount(self) -> None:
        """Read the list, now and every second."""
        super().on_mount()
        self.set_interval(LIVE_INTERVAL, self.read_soon)

    def chosen_campaign(self) -> Chosen | None:
        """That under the cursor."""
        campaign = self._campaigns.get(self.table.cursor_key or "")
        return Chosen(campaign, self._counts.get(campaign.id)) if campaign else None

    def possible(self) -> frozenset[str]:
        """What makes sense for the row under the cursor, and for the ticked drafts."""
        possible = super().possible()
        if self.table.cursor_key in self._drafts:
            possible |= {"edit"}
        return possible | {"remove"} if self._chosen_drafts() else possible

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Delete only drafts."""
        return action in self._possible if action == "remove" else super().check_action(action, parameters)

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Show its page."""
        self.open(SeriesPage(campaign) if campaign.cron else CampaignPage(campaign))

    def action_write(self) -> None:
        """Go to the composer."""
        self.go_to("send")

    async def edit(self) -> None:
        """Go on with a draft, or change a campaign that has not begun."""
        if draft := self._drafts.get(self.table.cursor_key or ""):
            self.write_on(draft.id)
        else:
            await super().edit()

    @once_at_a_time("campaigns-filter")
    async def action_filter(self) -> None:
        """Show only what is in one state."""
        every = self._signs()
        counts = {sign: every.count(sign) for sign in _SIGNS if sign in every}
        picks = [Pick("", _("all"), number(len(every)))]
        picks += [Pick(sign.word, f"{sign.sign} {_(sign.word)}", number(count)) for sign, count in counts.items()]
        current = self._filter.word if self._filter else ""
        picked = await self.ask(PickModal(_("Show"), picks, current))
        if picked is not None:
            self._filter = next((sign for sign in counts if sign.word == picked), None)
            self._show()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("campaigns-remove")
    async def action_remove(self) -> None:
        """Delete the ticked drafts, or else that under the cursor, once that is confirmed."""
        drafts = self._chosen_drafts()
        if not drafts:
            return
        count = number(len(drafts))
        sentence = ngettext("Delete {count} draft?", "Delete {count} drafts?", len(drafts)).format(count=count)
        if len(self.chosen) > len(drafts):
            sentence += "\n" + _("Campaigns are not deleted: they are the record of what was sent.")
        confirm = ngettext("Delete {count} draft", "Delete {count} drafts", len(drafts)).format(count=count)
        if await self.ask(ConfirmModal(_("Delete"), sentence, confirm=confirm, dangerous=True)):
            await self.backend.drafts.remove(self.actor, drafts)
            self.table.mark_only(())
            self.read_soon()

    @on(WindowedTable.Chosen)
    def _opened(self, event: WindowedTable.Chosen) -> None:
        if draft := self._drafts.get(str(event.key)):
            self.write_on(draft.id)
        elif campaign := self._campaigns.get(str(event.key)):
            self.show_campaign(campaign)

    @on(WindowedTable.Moved)
    @on(WindowedTable.Marked)
    def _moved(self) -> None:
        self._show_about()
        self.show_controls()

    async def read(self) -> None:
        """Read the list and show it."""
        if not self.display:
            return
        self._zone = self._zone or await account_zone(self.backend.database, self.actor)
        campaigns = await self.backend.campaigns.list(self.actor)
        self._campaigns = {f"campaign-{each.id}": each for each in campaigns}
        self._drafts = {f"draft-{each.id}": each for each in await self.backend.drafts.list(self.actor)}
        self._show()
        shown = [self._campaigns[key] for key in self.table.keys_in_view() if key in self._campaigns]
        await read_counts(self.backend, self.actor, shown, self._counts)
        self._show()

    def _show(self) -> None:
        if self._zone is None:
            return
        zone, now = self._zone, self.backend.clock.now()
        if self._filter not in self._signs():
            self._filter = None
        wanted = self._filter
        entries = [
            campaign_entry(key, each, self._counts.get(each.id), zone, now)
            for key, each in self._campaigns.items()
            if wanted in (None, sign_of(each))
        ]
        if wanted in (None, draft_sign()):
            entries += [draft_entry(key, each, zone, now) for key, each in self._drafts.items()]
        self.list.show(entries)
        self.note = self._note(len(entries))
        self._show_about()
        self.show_controls()

    def _note(self, shown: int) -> str:
        """How many there are, and of them those shown, or those that wait for a person."""
        count = len(self._campaigns) + len(self._drafts)
        if self._filter is not None:
            return f"{_(self._filter.word)} · {number(shown)} / {number(count)}"
        words = ngettext("{count} campaign", "{count} campaigns", count).format(count=number(count))
        held = sum(map(is_held, self._campaigns.values()))
        return f"{words} · ! {number(held)}" if held else words

    def _show_about(self) -> None:
        if self._zone is None:
            return
        key, words = self.table.cursor_key or "", Content("")
        if campaign := self._campaigns.get(key):
            words = about(campaign, self._zone, self.backend.clock.now())
        elif draft := self._drafts.get(key):
            words = _about_draft(draft)
        shown = self.query_one("#about", Words)
        if shown.content != words:
            shown.update(words, layout=False)

    def _signs(self) -> list[Sign]:
        """How all that is listed looks, whatever the filter."""
        return [*map(sign_of, self._campaigns.values()), *(draft_sign() for _each in self._drafts)]

    def _chosen_drafts(self) -> list[int]:
        """The ids of the drafts among the ticked rows, or that under the cursor."""
        return [self._drafts[key].id for key in self.chosen if key in self._drafts]


def _about_draft(draft: StoredDraft) -> Content:
    written = draft.draft
    text = one_line(written.sender, written.text)
    if written.replaces_id is None:
        return text
    return Content.assemble(
        (_("Changes of a campaign that stays scheduled until they are confirmed."), "$text-warning"), " ", text
    )
