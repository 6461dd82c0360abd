"""What of a campaign is sent again: what is in doubt, what failed and why, or both; each with what it would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.state_words import MESSAGE_WORDS
from smstui.domain.visible import printable
from smstui.formats import amount, credits_text, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.messaging.message_words import smsc_words
from smstui.services.backend import Backend
from smstui.services.campaign_details import Failure, failures
from smstui.services.campaigns import CampaignSummary, Resend, ResendPlan
from smstui.services.credits import InsufficientCredits
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words

_WORDS: Final = {Resend.UNKNOWN: N_("unknown"), Resend.FAILED: N_("failed"), Resend.BOTH: N_("both")}
"""Message ids."""
_MOST_REASONS: Final = 6
"""Told one by one."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be sent again."""

    plans: Mapping[Resend, ResendPlan]
    """Of those that would send something again."""
    failures: Sequence[Failure]


async def read_choices(backend: Backend, actor: Actor, campaign: CampaignSummary) -> Choices:
    """What of the account's campaign may be sent again. Raises NothingInDoubt, NothingFailed, UnknownCampaign."""
    counts = (await backend.campaigns.progress(actor, campaign.id)).counts
    plans: dict[Resend, ResendPlan] = {}
    refused: dict[Resend, Refusal] = {}
    for what in (Resend.UNKNOWN, Resend.FAILED):
        try:
            plans[what] = await backend.campaigns.resend_plan(actor, campaign.id, what)
        except Refusal as refusal:
            refused[what] = refusal
    if not plans:
        raise refused[Resend.UNKNOWN if counts.unknown else Resend.FAILED]
    if not refused:
        plans[Resend.BOTH] = await backend.campaigns.resend_plan(actor, campaign.id, Resend.BOTH)
    return Choices(plans, await failures(backend.database, actor, campaign.id))


class ResendModal(TranslatedModal[Resend | None]):
    """Answers with what is to be sent again, None when nothing is."""

    DEFAULT_CSS = """
    ResendModal .dialog { width: 68; }
    ResendModal ChoiceLine { margin-bottom: 1; }
    ResendModal VerticalScroll { height: auto; max-height: 12; scrollbar-size-vertical: 1; }
    ResendModal VerticalScroll > Static { height: auto; }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="resend.cancel"),
        Binding("left,right,up,down", "other_button", show=False, id="resend.other"),
        Binding("enter", "to_buttons", show=False, id="resend.go_on"),
    ]

    def __init__(self, campaign: CampaignSummary, choices: Choices) -> None:
        super().__init__()
        self._campaign, self._choices = campaign, choices
        self._what = next(iter(choices.plans))

    def compose(self) -> ComposeResult:
        """The choice where there is one, what it means, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Send again?"))
            if len(self._choices.plans) > 1:
                yield ChoiceLine([(what, self._label(what)) for what in self._choices.plans], self._what, id="what")
            with VerticalScroll(can_focus=False):
                yield Words("", id="meant", classes="dialog-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Send again"), id="confirm", variant="error")

    def on_mount(self) -> None:
        """Stand on the choice, or on the harmless button."""
        self._show()
        self.query_one("#what" if self.query("#what") else "#cancel").focus()

    @on(ChoiceLine.Changed)
    def _chosen(self, event: ChoiceLine.Changed) -> None:
        self._what = Resend(event.value)
        self._show()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(self._what if event.button.id == "confirm" else None)

    def action_cancel(self) -> None:
        """Send nothing again."""
        self.dismiss(None)

    def action_other_button(self) -> None:
        """Go to the other of the two buttons."""
        self.query_one("#cancel" if self.query_one("#confirm").has_focus else "#confirm").focus()

    def action_to_buttons(self) -> None:
        """From the choice to the harmless button."""
        self.query_one("#cancel").focus()

    def _label(self, what: Resend) -> str:
        plan = self._choices.plans[what]
        return f"{_(_WORDS[what])} {number(plan.recipients + plan.opted_out)}"

    def _show(self) -> None:
        plan = self._choices.plans[self._what]
        self.query_one("#meant", Words).update(Content("\n").join(self._sentences(plan)))
        self.query_one("#confirm", Button).disabled = not plan.recipients or plan.balance < plan.cost

    def _sentences(self, plan: ResendPlan) -> list[Content]:
        sentences = []
        if self._what in (Resend.UNKNOWN, Resend.BOTH):
            sentences.append(Content(_in_doubt(self._campaign, self._choices.plans[Resend.UNKNOWN])))
        if self._what in (Resend.FAILED, Resend.BOTH):
            sentences += _failed(self._campaign, self._choices)
        if plan.opted_out:
            sentence = ngettext(
                "{count} of the numbers has answered STOP since.",
                "{count} of the numbers have answered STOP since.",
                plan.opted_out,
            )
            sentences.append(Content(sentence.format(count=number(plan.opted_out))))
        if plan.balance < plan.cost:
            return [*sentences, Content.styled(explain(InsufficientCredits(plan.cost, plan.balance)), "$text-error")]
        sentence = ngettext(
            "Send again to {count} number, for {credits} of {balance}?",
            "Send again to {count} numbers, for {credits} of {balance}?",
            plan.recipients,
        )
        asked = sentence.format(
            count=number(plan.recipients), credits=credits_text(plan.cost), balance=amount(plan.balance)
        )
        return [*sentences, Content.styled(asked, "bold")]


def _in_doubt(campaign: CampaignSummary, plan: ResendPlan) -> str:
    count = plan.recipients + plan.opted_out
    sentence = ngettext(
        "{count} message of “{name}” got no response: its phone may have received it already.",
        "{count} messages of “{name}” got no response: their phones may have received them already.",
        count,
    )
    return sentence.format(count=number(count), name=printable(campaign.name))


def _failed(campaign: CampaignSummary, choices: Choices) -> list[Content]:
    """How many did not arrive, and why: each reason with its count."""
    plan = choices.plans[Resend.FAILED]
    count = plan.recipients + plan.opted_out
    sentence = ngettext(
        "{count} message of “{name}” did not arrive:", "{count} messages of “{name}” did not arrive:", count
    )
    lines = [Content(sentence.format(count=number(count), name=printable(campaign.name)))]
    width = len(number(max(each.messages for each in choices.failures)))
    for each in choices.failures[:_MOST_REASONS]:
        why = " · ".join(filter(None, (_(MESSAGE_WORDS[each.state]), smsc_words(each.status, each.error))))
        lines.append(Content.assemble((f"  {number(each.messages):>{width}}  ", "bold"), (why, "$text-muted")))
    if others := choices.failures[_MOST_REASONS:]:
        sentence = ngettext("{count} for {reasons} other reasons", "{count} for {reasons} other reasons", len(others))
        rest = sum(each.messages for each in others)
        lines.append(Content(f"  {sentence.format(count=number(rest), reasons=len(others))}"))
    return lines
