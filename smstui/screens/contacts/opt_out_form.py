"""The pop-up that adds a number to the STOP list."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.opt_outs import OptOuts
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal


class OptOutForm(TranslatedModal[bool]):
    """Adds a number and answers True, or False when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="opt_out_form.cancel"),
    ]

    def __init__(self, opt_outs: OptOuts, actor: Actor) -> None:
        super().__init__()
        self._opt_outs, self._actor = opt_outs, actor

    def compose(self) -> ComposeResult:
        """The number and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Add to the STOP list"))
            yield Labelled(_("Number"), LineField(id="number", compact=True), id="number-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Add"), id="add", variant="primary")

    def on_mount(self) -> None:
        """Say what adding does."""
        self._row.hint(_("None of your campaigns will go to it any more, even those being sent."))

    @property
    def _row(self) -> Labelled:
        return self.query_one("#number-row", Labelled)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._row.fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#add")
    def _add_asked(self) -> None:
        self._add(self.query_one(Input).value)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Add nothing."""
        self.dismiss(False)

    @once_at_a_time("opt-out-form")
    async def _add(self, number: str) -> None:
        try:
            await self._opt_outs.add(self._actor, number)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
            self.query_one(Input).focus()
        else:
            self.dismiss(True)
