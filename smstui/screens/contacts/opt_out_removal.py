"""The pop-up that asks why numbers leave the STOP list: the audit trail keeps it."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.services.opt_outs import LONGEST_REASON, check_reason
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words

_NAMED: Final = 3
"""Numbers that the question names before it only counts them."""


class OptOutRemoval(TranslatedModal[str | None]):
    """Answers with the reason, or with None when the numbers stay on the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="opt_out_removal.cancel"),
    ]

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__()
        self._numbers = numbers

    def compose(self) -> ComposeResult:
        """What would happen, the reason, and the two buttons."""
        count = number(len(self._numbers))
        named = ", ".join(self._numbers[:_NAMED]) + (" …" if len(self._numbers) > _NAMED else "")
        sentence = ngettext(
            "Take {count} number off the STOP list: {numbers}? Your campaigns will go to it again.",
            "Take {count} numbers off the STOP list: {numbers}? Your campaigns will go to them again.",
            len(self._numbers),
        ).format(count=count, numbers=named)
        confirm = ngettext("Take {count} number off", "Take {count} numbers off", len(self._numbers))
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("STOP list"))
            yield Words(sentence, classes="dialog-text")
            yield Words("")
            yield Labelled(_("Reason"), LineField(id="reason", max_length=LONGEST_REASON, compact=True))
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(Content(confirm.format(count=count)), id="confirm", variant="error")

    def on_mount(self) -> None:
        """Say what becomes of the reason."""
        self.query_one(Labelled).hint(_("Kept in the audit trail with your name and the time."))

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Labelled).fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#confirm")
    def _confirmed(self) -> None:
        try:
            reason = check_reason(self.query_one(Input).value)
        except Refusal as refusal:
            self.query_one(Labelled).fail(explain(refusal))
            self.query_one(Input).focus()
        else:
            self.dismiss(reason)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Leave the list as it is."""
        self.dismiss(None)
