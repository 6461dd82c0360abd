"""The pop-up that sets below which balance an account is warned."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits, read_credits
from smstui.domain.errors import Refusal
from smstui.formats import amount, explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.low_credit import LowCredit
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class AlertModal(TranslatedModal[bool]):
    """Sets the alert, and answers whether it did."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="alert.cancel"),
    ]

    def __init__(self, low_credit: LowCredit, actor: Actor, threshold: Credits | None, address: str) -> None:
        """`threshold`: the one of now; `address`: where the e-mail goes, "" when none does."""
        super().__init__()
        self._low_credit, self._actor, self._threshold, self._address = low_credit, actor, threshold, address

    def compose(self) -> ComposeResult:
        """What happens, the amount, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Low-credit alert"))
            yield Words(_("Below this balance every page says so."), classes="dialog-text")
            told = _("You are told once by e-mail as well, to {address}.").format(address=self._address)
            yield Words(told if self._address else _("E-mail is not configured: none is sent."), classes="dialog-text")
            yield Words("")
            written = "" if self._threshold is None else amount(self._threshold)
            field = LineField(written, id="threshold", max_length=16, compact=True)
            yield Labelled(_("Alert below"), field, id="threshold-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Save"), id="save", variant="primary")

    def on_mount(self) -> None:
        """Say how to be left alone."""
        self._row.hint(_("Credits; empty: no alert."))

    @property
    def _row(self) -> Labelled:
        return self.query_one(Labelled)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._row.fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    @once_at_a_time("alert-save")
    async def _save(self) -> None:
        written = self.query_one(Input).value
        try:
            await self._low_credit.set(self._actor, read_credits(written) if written.strip() else None)
        except ValueError:
            self._fail(_("Write a number of credits, such as 100."))
        except Refusal as refusal:
            self._fail(explain(refusal))
        else:
            self.dismiss(True)

    def _fail(self, sentence: str) -> None:
        self._row.fail(sentence)
        self.query_one(Input).focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave the alert as it is."""
        self.dismiss(False)
