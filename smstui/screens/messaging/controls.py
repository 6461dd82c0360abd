"""What a person does to a campaign that exists: pause, resume, send now, cancel, edit, duplicate, send again."""

from collections.abc import Awaitable, Collection
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.counts import Counts
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState
from smstui.i18n import N_, _
from smstui.screens.messaging import writing
from smstui.screens.messaging.campaign_words import is_held, is_waiting
from smstui.screens.messaging.questions import cancel_question, release_question
from smstui.screens.messaging.resend_modal import ResendModal, read_choices
from smstui.screens.messaging.tally import failed
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.campaign_details import campaign_details, withdrawal
from smstui.services.campaigns import CampaignSummary
from smstui.services.when import NOW
from smstui.widgets.modals import ConfirmModal

ACTIONS: Final = ("resend", "duplicate", "edit", "cancel", "pause", "resume", "release")
_CANCELLABLE: Final = frozenset(
    {CampaignState.SCHEDULED, CampaignState.PREPARING, CampaignState.SENDING, CampaignState.PAUSED}
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The campaign that the keys act on, as it was last read."""

    campaign: CampaignSummary
    counts: Counts | None

    def can(self, action: str) -> bool:
        """Whether `action` makes sense."""
        state = self.campaign.state
        match action:
            case "pause":
                return state is CampaignState.SENDING
            case "resume":
                return state is CampaignState.PAUSED and not is_held(self.campaign)
            case "release":
                return is_held(self.campaign)
            case "cancel":
                return state in _CANCELLABLE
            case "edit":  # a run was written with its series
                return (
                    is_waiting(self.campaign)
                    and state is not CampaignState.PREPARING
                    and self.campaign.series_id is None
                )
            case "resend":
                return self.counts is not None and self.counts.unknown + failed(self.counts) > 0
        return action == "duplicate"


class ControlButtons(Horizontal):
    """A button for each control; those that make sense are seen."""

    DEFAULT_CSS = """
    ControlButtons {
        height: 1;
        margin-top: 1;
        align-horizontal: right;
        display: none;
        &.-possible { display: block; }
        & > Button { margin-left: 2; display: none; }
        & > Button.-possible { display: block; }
    }
    """

    def compose(self) -> ComposeResult:
        """In the order of their weight."""
        yield Button(_("Send again"), id="resend", compact=True)
        yield Button(_("Delete"), id="remove", compact=True)
        yield Button(_("Cancel the campaign"), id="cancel", compact=True)
        yield Button(_("Pause"), id="pause", compact=True)
        yield Button(_("Resume"), id="resume", compact=True)
        yield Button(_("Send now"), id="release", compact=True)

    def show(self, possible: Collection[str]) -> None:
        """Show the buttons of these controls."""
        self.set_class(any(button.id in possible for button in self.query(Button)), "-possible")
        for button in self.query(Button):
            button.set_class(button.id in possible, "-possible")


class CampaignControls(Page):
    """A page with keys and `ControlButtons` for one campaign: only those that make sense for it are there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", N_("Edit"), id="campaign.edit"),
        Binding("p", "pause", N_("Pause"), id="campaign.pause"),
        Binding("p", "resume", N_("Resume"), id="campaign.resume"),
        Binding("p", "release", N_("Send now"), id="campaign.release"),
        Binding("c", "cancel", N_("Cancel the campaign"), show=False, id="campaign.cancel"),
        Binding("r", "resend", N_("Send again"), show=False, id="campaign.resend"),
        Binding("D", "duplicate", N_("Duplicate"), show=False, id="campaign.duplicate"),
    ]
    _possible: frozenset[str] = frozenset()

    def chosen_campaign(self) -> Chosen | None:
        """The campaign that the keys act on; None when there is none."""
        raise NotImplementedError

    def read_soon(self) -> None:
        """Read the page again."""
        raise NotImplementedError

    def show_campaign(self, campaign: CampaignSummary) -> None:
        """Go to a campaign that was just sent."""
        raise NotImplementedError

    def possible(self) -> frozenset[str]:
        """The actions that make sense now."""
        chosen = self.chosen_campaign()
        return frozenset(each for each in ACTIONS if chosen is not None and chosen.can(each))

    def show_controls(self) -> None:
        """Another campaign is chosen, or it was read again."""
        possible = self.possible()
        if possible != self._possible:
            self._possible = possible
            self.query_one(ControlButtons).show(possible)
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense."""
        return action in self._possible if action in ACTIONS else super().check_action(action, parameters)

    @on(Button.Pressed, "#pause")
    @once_at_a_time("campaign-control")
    async def action_pause(self) -> None:
        """Let nothing more of the campaign leave for now."""
        if chosen := self.chosen_campaign():
            await self._do(self.backend.campaigns.pause(self.actor, chosen.campaign.id))

    @on(Button.Pressed, "#resume")
    @once_at_a_time("campaign-control")
    async def action_resume(self) -> None:
        """Let the campaign go on."""
        if chosen := self.chosen_campaign():
            await self._do(self.backend.campaigns.resume(self.actor, chosen.campaign.id))

    @on(Button.Pressed, "#release")
    @once_at_a_time("campaign-control")
    async def action_release(self) -> None:
        """Send a campaign now that waited for a person, once that is confirmed."""
        if chosen := self.chosen_campaign():
            await self._do(self._release(chosen.campaign))

    @on(Button.Pressed, "#cancel")
    @once_at_a_time("campaign-control")
    async def action_cancel(self) -> None:
        """Cancel what has not left, once that is confirmed."""
        if chosen := self.chosen_campaign():
            await self._do(self._cancel(chosen.campaign.id))

    @on(Button.Pressed, "#resend")
    @once_at_a_time("campaign-control")
    async def action_resend(self) -> None:
        """Send what failed or is in doubt again, once it is chosen and confirmed."""
        if chosen := self.chosen_campaign():
            await self._do(self._resend(chosen.campaign))

    @once_at_a_time("campaign-control")
    async def action_edit(self) -> None:
        """Change a campaign that has not begun: it stays as it is until the changed one takes its place."""
        await self._do(self.edit())

    @once_at_a_time("campaign-control")
    async def action_duplicate(self) -> None:
        """Write a campaign that says the same."""
        if chosen := self.chosen_campaign():
            await self._do(self._duplicate(chosen.campaign))

    def write_on(self, draft_id: int) -> None:
        """Go on with a draft in the composer."""
        writing.take_up(self.host, self.actor, draft_id)
        self.go_to("send")

    async def _cancel(self, campaign_id: int) -> None:
        progress = await self.backend.campaigns.progress(self.actor, campaign_id)
        undone = await withdrawal(self.backend.database, self.actor, campaign_id)
        if await self.ask(cancel_question(progress, undone)):
            await self.backend.campaigns.cancel(self.actor, campaign_id)

    async def _release(self, campaign: CampaignSummary) -> None:
        details = await campaign_details(self.backend.database, self.actor, campaign.id, self.backend.clock.now())
        question: ConfirmModal | None = None
        if details.draft is not None:
            plan = await self.backend.campaigns.plan(self.actor, replace(details.draft, when=NOW))
            question = release_question(campaign, plan)
        if question is None or await self.ask(question):
            await self.backend.campaigns.resume(self.actor, campaign.id)

    async def _resend(self, campaign: CampaignSummary) -> None:
        choices = await read_choices(self.backend, self.actor, campaign)
        if (what := await self.ask(ResendModal(campaign, choices))) is not None:
            self.show_campaign(await self.backend.campaigns.resend(self.actor, campaign.id, what))

    async def edit(self) -> None:
        """Change the chosen campaign; see `action_edit`. Raises NotScheduled, UnknownCampaign."""
        if not (chosen := self.chosen_campaign()):
            return
        campaign = chosen.campaign
        drafts = await self.backend.drafts.list(self.actor)
        begun = next((each.id for each in drafts if each.draft.replaces_id == campaign.id), None)
        self.write_on(begun or await self.backend.drafts.edit(self.actor, campaign.id))

    async def _duplicate(self, campaign: CampaignSummary) -> None:
        self.write_on(await self.backend.drafts.duplicate(self.actor, campaign.id))

    async def _do(self, doing: Awaitable[None]) -> None:
        """Do it, or say why not; then show what has become of the campaign."""
        try:
            await doing
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()
