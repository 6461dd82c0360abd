"""The pop-up that asks why: the audit trail keeps it; and how many credits, where these change."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.credits import Credits, read_credits
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.services.opt_outs import LONGEST_REASON, check_reason
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
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

    def __init__(
        self, title: str, sentence: str, *, confirm: str, asks_credits: bool = False, dangerous: bool = False
    ) -> None:
        """`sentence` says what would happen, `confirm` names it on the button; `dangerous` when something is lost."""
        super().__init__()
        self._title, self._sentence, self._confirm = title, sentence, confirm
        self._asks_credits, self._dangerous = asks_credits, dangerous

    def compose(self) -> ComposeResult:
        """What would happen, the fields, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Words(self._sentence, classes="dialog-text")
            yield Words("")
            if self._asks_credits:
                amount = LineField(id="amount", max_length=14, compact=True).leading_to(NEXT)
                yield Labelled(_("Credits"), amount, id="amount-row")
            reason = LineField(id="reason", max_length=LONGEST_REASON, compact=True)
            yield Labelled(_("Reason"), reason, id="reason-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(Content(self._confirm), id="confirm", variant="error" if self._dangerous else "primary")

    def on_mount(self) -> None:
        """Say what becomes of the reason."""
        self._row("reason").hint(_("Kept in the audit trail with your name and the time."))
        if self._asks_credits:
            self._row("amount").hint(_("A minus takes them back: -50"))

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._row(event.input.id or "").fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#confirm")
    def _confirmed(self) -> None:
        amount: Credits | None = None
        if self._asks_credits:
            try:
                amount = read_credits(self.query_one("#amount", Input).value)
            except ValueError:
                self._fail("amount", _("Write a number of credits, such as 100 or -50."))
                return
        try:
            reason = check_reason(self.query_one("#reason", Input).value)
        except Refusal as refusal:
            self._fail("reason", explain(refusal))
        else:
            self.dismiss(Decision(reason, amount))

    def _fail(self, field: str, sentence: str) -> None:
        self._row(field).fail(sentence)
        self.query_one(f"#{field}").focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)
