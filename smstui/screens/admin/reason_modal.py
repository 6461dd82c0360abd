"""The pop-up of what an administrator does to an account: why, and how many credits."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.credits import MILLI, Credits
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.services.opt_outs import LONGEST_REASON, check_reason
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided."""

    reason: str
    credits: Credits | None
    """Negative takes them back; None where none were asked for."""


class ReasonModal(TranslatedModal[Decision | None]):
    """Answers with the decision, or with None when nothing is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="reason.cancel"),
    ]

    def __init__(self, title: str, sentence: str, *, confirm: str, asks_credits: bool = False) -> None:
        super().__init__()
        self._title, self._sentence, self._confirm = title, sentence, confirm
        self._asks_credits = asks_credits

    def compose(self) -> ComposeResult:
        """What would happen, the fields, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Words(self._sentence, classes="dialog-text")
            yield Words("")
            if self._asks_credits:
                yield Labelled(_("Credits"), LineField(id="amount", max_length=14, compact=True), id="amount-row")
            reason = LineField(id="reason", max_length=LONGEST_REASON, compact=True)
            yield Labelled(_("Reason"), reason, id="reason-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(Content(self._confirm), id="confirm", variant="primary")

    def on_mount(self) -> None:
        """Say what becomes of the reason."""
        self.query_one("#reason-row", Labelled).hint(_("Kept in the audit trail with your name and the time."))
        if self._asks_credits:
            self.query_one("#amount-row", Labelled).hint(_("A minus takes them back: -50"))
            self.query_one("#amount").focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        for row in self.query(Labelled):
            row.fail("")

    @on(Input.Submitted, "#amount")
    def _amount_given(self) -> None:
        self.query_one("#reason").focus()

    @on(Input.Submitted, "#reason")
    @on(Button.Pressed, "#confirm")
    def _confirmed(self) -> None:
        given: Credits | None = None
        if self._asks_credits:
            given = _credits(self.query_one("#amount", Input).value)
            if given is None:
                words = _("Write a number of credits, such as 100 or -50.")
                self.query_one("#amount-row", Labelled).fail(words)
                self.query_one("#amount").focus()
                return
        try:
            reason = check_reason(self.query_one("#reason", Input).value)
        except Refusal as refusal:
            self.query_one("#reason-row", Labelled).fail(explain(refusal))
            self.query_one("#reason").focus()
        else:
            self.dismiss(Decision(reason, given))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)


def _credits(text: str) -> Credits | None:
    """A number of credits as people write it, of three decimals at most; None when it is none."""
    try:
        milli = Decimal("".join(text.split()).replace(",", ".")) * MILLI
    except InvalidOperation:
        return None
    is_whole = milli.is_finite() and milli == milli.to_integral_value()
    return Credits(int(milli)) if is_whole and milli else None
