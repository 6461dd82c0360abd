"""What a person does to a campaign that exists: pause, resume, cancel, send again what is in doubt."""

from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.counts import Counts
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState
from smstui.domain.text import printable
from smstui.formats import amount, credits_text, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.campaigns import CampaignSummary, Progress, ResendPlan
from smstui.widgets.modals import ConfirmModal

_POSSIBLE_IN = {
    "pause": frozenset({CampaignState.SENDING}),
    "resume": frozenset({CampaignState.PAUSED}),
    "cancel": frozenset({CampaignState.SENDING, CampaignState.PAUSED}),
}
_RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The campaign that the keys act on, as it was last read."""

    campaign: CampaignSummary
    counts: Counts | None

    def can(self, action: str) -> bool:
        """Whether `action` makes sense."""
        if action == _RESEND:
            return self.counts is not None and self.counts.unknown > 0
        return self.campaign.state in _POSSIBLE_IN[action]


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
        yield Button(_("Send again what is unknown"), id=_RESEND, compact=True)
        yield Button(_("Cancel the campaign"), id="cancel", compact=True)
        yield Button(_("Pause"), id="pause", compact=True)
        yield Button(_("Resume"), id="resume", compact=True)

    def show(self, possible: Collection[str]) -> None:
        """Show the buttons of these controls."""
        self.set_class(bool(possible), "-possible")
        for button in self.query(Button):
            button.set_class(button.id in possible, "-possible")


class CampaignControls(Page):
    """A page with keys and `ControlButtons` for one campaign: only those that make sense for it are there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", N_("Pause"), id="campaign.pause"),
        Binding("p", "resume", N_("Resume"), id="campaign.resume"),
        Binding("c", "cancel", N_("Cancel the campaign"), show=False, id="campaign.cancel"),
        Binding("r", "resend", N_("Send again what is unknown"), show=False, id="campaign.resend"),
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

    def show_controls(self) -> None:
        """Another campaign is chosen, or it was read again."""
        chosen = self.chosen_campaign()
        possible = frozenset(each for each in (*_POSSIBLE_IN, _RESEND) if chosen is not None and chosen.can(each))
        if possible != self._possible:
            self._possible = possible
            self.query_one(ControlButtons).show(possible)
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense."""
        if action in _POSSIBLE_IN or action == _RESEND:
            return action in self._possible
        return super().check_action(action, parameters)

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

    @on(Button.Pressed, "#cancel")
    @once_at_a_time("campaign-control")
    async def action_cancel(self) -> None:
        """Cancel what has not left, once that is confirmed."""
        if chosen := self.chosen_campaign():
            await self._do(self._cancel(chosen.campaign.id))

    @on(Button.Pressed, "#resend")
    @once_at_a_time("campaign-control")
    async def action_resend(self) -> None:
        """Send the messages in doubt again, once that is confirmed."""
        if chosen := self.chosen_campaign():
            await self._do(self._resend(chosen.campaign))

    async def _cancel(self, campaign_id: int) -> None:
        progress = await self.backend.campaigns.progress(self.actor, campaign_id)
        if await self.ask(cancel_question(progress)):
            await self.backend.campaigns.cancel(self.actor, campaign_id)

    async def _resend(self, campaign: CampaignSummary) -> None:
        plan = await self.backend.campaigns.resend_plan(self.actor, campaign.id)
        if await self.ask(resend_question(campaign, plan)):
            self.show_campaign(await self.backend.campaigns.resend(self.actor, campaign.id))

    async def _do(self, doing: Awaitable[None]) -> None:
        """Do it, or say why not; then show what has become of the campaign."""
        try:
            await doing
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()


def cancel_question(progress: Progress) -> ConfirmModal:
    """Whether to cancel a campaign, in numbers."""
    campaign, counts = progress.summary, progress.counts
    left = counts.total - counts.queued - counts.suppressed - counts.cancelled
    price = Credits(campaign.cost.milli // campaign.recipients) if campaign.recipients else campaign.cost
    sentences = []
    if left:
        sentence = ngettext(
            "{count} message of “{name}” has left and can't be called back.",
            "{count} messages of “{name}” have left and can't be called back.",
            left,
        )
        sentences.append(sentence.format(count=number(left), name=printable(campaign.name)))
    sentence = ngettext(
        "{count} message will not be sent, and {credits} will be given back.",
        "{count} messages will not be sent, and {credits} will be given back.",
        counts.queued,
    )
    sentences.append(sentence.format(count=number(counts.queued), credits=credits_text(price * counts.queued)))
    return ConfirmModal(
        _("Cancel the campaign?"),
        "\n".join(sentences),
        confirm=_("Cancel the campaign"),
        cancel=_("Keep it"),
        dangerous=True,
    )


def resend_question(campaign: CampaignSummary, plan: ResendPlan) -> ConfirmModal:
    """Whether to send again what may have been received, in numbers."""
    sentence = ngettext(
        "{count} message of “{name}” got no response: its phone may have received it already.",
        "{count} messages of “{name}” got no response: their phones may have received them already.",
        plan.recipients + plan.opted_out,
    )
    sentences = [sentence.format(count=number(plan.recipients + plan.opted_out), name=printable(campaign.name))]
    if plan.opted_out:
        sentence = ngettext(
            "{count} of the numbers has answered STOP since.",
            "{count} of the numbers have answered STOP since.",
            plan.opted_out,
        )
        sentences.append(sentence.format(count=number(plan.opted_out)))
    sentence = ngettext(
        "Send again to {count} number, for {credits} of {balance}?",
        "Send again to {count} numbers, for {credits} of {balance}?",
        plan.recipients,
    )
    asked = sentence.format(
        count=number(plan.recipients), credits=credits_text(plan.cost), balance=amount(plan.balance)
    )
    return ConfirmModal(_("Send again?"), "\n".join([*sentences, asked]), confirm=_("Send again"), dangerous=True)
