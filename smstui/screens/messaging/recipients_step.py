"""The composer's second step (the guide, part 2, "ETAPE 3"): the numbers, and what the campaign will cost."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from smstui import formats
from smstui.domain.errors import Refusal
from smstui.i18n import _, ngettext
from smstui.services.campaigns import Plan
from smstui.services.credits import InsufficientCredits
from smstui.widgets.recipients_area import RecipientsArea, WrittenNumbers


class RecipientsStep(Vertical):
    """The area of the numbers, and the plan under it."""

    def __init__(self, numbers: WrittenNumbers) -> None:
        super().__init__()
        self._numbers = numbers

    def compose(self) -> ComposeResult:
        """Numbers, then the reckoning."""
        yield RecipientsArea(self._numbers)
        yield Static("", id="plan", markup=False)
        yield Static("", id="problems", markup=False)

    @property
    def area(self) -> RecipientsArea:
        """The numbers."""
        return self.query_one(RecipientsArea)

    def show_plan(self, plan: Plan | None, problems: tuple[Refusal, ...] = ()) -> None:
        """Show what the campaign would be, and what stands in its way; None while there is nobody to send to."""
        self.query_one("#plan", Static).update(_reckoning(plan) if plan else "")
        sentences = [
            _missing(each) if isinstance(each, InsufficientCredits) else formats.explain(each) for each in problems
        ]
        self.query_one("#problems", Static).update(Content("\n".join(f"✕ {sentence}" for sentence in sentences)))


def _reckoning(plan: Plan) -> Content:
    """Two lines: an amount must not be cut at its thin space, where a wrapped line would be."""
    recipients = ngettext("{count} recipient", "{count} recipients", plan.recipients)
    who: list[Content | str] = [
        Content.styled(recipients.format(count=formats.number(plan.recipients)), "bold"),
        *([_("{segments} SMS each").format(segments=plan.measure.segments)] if plan.measure else []),
        *([f"STOP {formats.number(plan.opted_out)}"] if plan.opted_out else []),
    ]
    price: list[Content | str] = [
        Content.styled(_("cost {amount}").format(amount=formats.credits_text(plan.cost)), "bold"),
        _("balance {amount}").format(amount=formats.credits_text(plan.balance)),
    ]
    return Content("\n").join([Content(" · ").join(who), Content(" · ").join(price)])


def _missing(refusal: InsufficientCredits) -> str:
    missing = formats.credits_text(refusal.needed - refusal.available)
    return _("{missing} missing: buy credits or send to fewer numbers.").format(missing=missing)
