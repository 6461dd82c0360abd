"""One campaign, live: what will happen before it begins; then its line of truth, its text, and every message."""

from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState
from smstui.domain.visible import printable
from smstui.formats import credits_text
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.messaging.campaign_words import is_waiting, sent_words, short_date, waiting_lines
from smstui.screens.messaging.coming import LABELS, Ahead, facts, read_ahead
from smstui.screens.messaging.controls import CampaignControls, Chosen, ControlButtons
from smstui.screens.messaging.handing_out import hand_out_messages
from smstui.screens.messaging.message_list import MessageList
from smstui.screens.messaging.tally import truth
from smstui.screens.once import once_at_a_time
from smstui.services.campaign_details import CampaignDetails, campaign_details
from smstui.services.campaigns import CampaignSummary, Progress
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.progress_line import ProgressLine
from smstui.widgets.words import Words

LIVE_INTERVAL: Final = 0.5
"""Seconds between two readings."""
_ENDED: Final = frozenset({CampaignState.DONE, CampaignState.CANCELLED})
_MESSAGES_ONLY: Final = frozenset({"filter", "export"})
"""What a campaign that has not begun offers nothing for."""


class CampaignPage(CampaignControls):
    """Opened by the list of campaigns, and by the composer when it has sent one."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), id="campaign.filter"),
        Binding("x", "export", N_("Export"), show=False, id="campaign.export"),
        Binding("escape", "back", N_("Back"), id="page.back"),
    ]

    def __init__(self, campaign: CampaignSummary) -> None:
        super().__init__()
        self._campaign = campaign
        self._progress: Progress | None = None
        self._details: CampaignDetails | None = None
        self._ahead: Ahead | None = None
        self._looked_ahead = False
        self._settled = False
        self._reading = Latest(self, self._read, group="campaign")
        self._looking_ahead = Latest(self, self._look_ahead, group="campaign-ahead")

    def compose(self) -> ComposeResult:
        """From the whole to the parts; and what will happen, in their place before it begins."""
        yield ProgressLine()
        yield Words("", id="waiting")
        yield Words("", id="sent-text")
        yield MessageList(self.backend, self.actor, self._campaign.id)
        with VerticalScroll(id="coming"):
            yield FactLines({name: _(label) for name, label in LABELS.items()})
        yield ControlButtons()

    def on_mount(self) -> None:
        """Read, now and twice a second."""
        self.heading = printable(self._campaign.name)
        self._show_parts(waiting=is_waiting(self._campaign))
        self._reading.ask()
        self.set_interval(LIVE_INTERVAL, self._reading.ask)

    def chosen_campaign(self) -> Chosen | None:
        """The page's, once it was read."""
        return Chosen(self._progress.summary, self._progress.counts) if self._progress else None

    def read_soon(self) -> None:
        """Read again: something was done to it."""
        self._settled = False
        self._reading.ask()

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Show its page in front of this one."""
        self.open(CampaignPage(campaign))

    def shown_again(self) -> None:
        """Read what has changed in the meantime."""
        self._looked_ahead = False
        self.read_soon()

    def take_focus(self) -> None:
        """Stand in the table, or in what will happen."""
        (self.query_one("#coming") if self.has_class("-waiting") else self._messages.table).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before it begins there are no messages."""
        if action in _MESSAGES_ONLY and self.has_class("-waiting"):
            return False
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Choose the state of the messages shown."""
        self._messages.choose_state()

    @once_at_a_time("campaign-export")
    async def action_export(self) -> None:
        """Write all messages of the campaign to a file; its ending says of which kind."""
        await hand_out_messages(self, self._campaign)

    @property
    def _messages(self) -> MessageList:
        return self.query_one(MessageList)

    async def _read(self) -> None:
        """The line of truth and the messages, or what will happen."""
        if self._settled or not self.display:
            return
        try:
            progress = await self.backend.campaigns.progress(self.actor, self._campaign.id)
            if self._details is None or self._progress is None or progress.summary != self._progress.summary:
                now = self.backend.clock.now()
                self._details = await campaign_details(self.backend.database, self.actor, self._campaign.id, now)
        except Refusal as refusal:
            self.say(refusal)
            return
        self._progress, summary = progress, progress.summary
        self.show_controls()
        self._settled = summary.state in _ENDED and progress.counts.final == progress.counts.total
        waiting = is_waiting(summary) or (summary.state is CampaignState.CANCELLED and not progress.counts.total)
        self._show_parts(waiting=waiting)
        if waiting:
            self._show_coming()
        else:
            self._show_sent(progress, self._details)
            await self._messages.read(
                progress.counts.total,
                zone=self._details.zone,
                is_personal=self._details.is_personal,
                is_settled=self._settled,
            )

    def _show_parts(self, *, waiting: bool) -> None:
        if waiting is self.has_class("-waiting"):
            return
        had_focus = self.has_focus_within
        self.set_class(waiting, "-waiting")
        self.refresh_bindings()
        if had_focus:
            self.call_after_refresh(self.take_focus)

    def _show_coming(self) -> None:
        assert self._progress is not None
        assert self._details is not None
        now = self.backend.clock.now()
        self.query_one(FactLines).show(facts(self._progress.summary, self._details, self._ahead, now))
        if not self._looked_ahead:
            self._looked_ahead = True
            self._looking_ahead.ask()

    async def _look_ahead(self) -> None:
        """What would happen as things are today: the recipients are counted, which may take its time."""
        if self._progress is None or self._details is None:
            return
        try:
            self._ahead = await read_ahead(self.backend, self.actor, self._progress.summary, self._details)
        except Refusal as refusal:
            self.say(refusal)
        self._reading.ask()

    def _show_sent(self, progress: Progress, details: CampaignDetails) -> None:
        now = self.backend.clock.now()
        self.query_one(ProgressLine).show(truth(progress))
        lines = waiting_lines(progress.waiting, details.zone, now)
        waits = self.query_one("#waiting", Words)
        if str(waits.content) != "\n".join(lines):
            waits.update(Content("\n".join(lines)))
            waits.display = bool(lines)
        sent, words = self.query_one("#sent-text", Words), _sent_text(progress.summary, details)
        if sent.content != words:
            sent.update(words)


def _sent_text(campaign: CampaignSummary, details: CampaignDetails) -> Content:
    """Who it came from, when, what it cost and what came back of that; then its text."""
    begun = campaign.started_at or campaign.created_at
    pieces = [
        sent_words(campaign, is_personal=details.is_personal),
        short_date(begun, details.zone, begun),
        credits_text(campaign.cost),
    ]
    if details.given_back.milli:
        pieces.append(_("{credits} given back").format(credits=credits_text(details.given_back)))
    return Content.assemble((" · ".join(pieces) + "\n", "$text-muted"), printable(campaign.text))
