"""The pop-up that adds numbers to the STOP list, one or as many as are pasted."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.once import once_at_a_time
from smstui.services.opt_outs import OptOuts
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.recipients_area import RecipientsArea, WrittenNumbers
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class OptOutForm(TranslatedModal[int | None]):
    """Adds numbers and answers how many were not on the list, or None when the person went back."""

    DEFAULT_CSS = """
    OptOutForm .dialog { height: 100%; max-height: 26; }
    OptOutForm #advice { height: auto; color: $text-muted; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="opt_out_form.cancel"),
        Binding("ctrl+s", "add", N_("Add"), show=False, id="opt_out_form.add", priority=True),
        Binding("f8", "forget_pasted", N_("Remove the list"), show=False, id="opt_out_form.forget", priority=True),
    ]

    def __init__(self, opt_outs: OptOuts, actor: Actor) -> None:
        super().__init__()
        self._opt_outs, self._actor = opt_outs, actor

    def compose(self) -> ComposeResult:
        """What adding does, the numbers with their count, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Add to the STOP list"))
            advice = _("None of your campaigns will go to these numbers any more, even those being sent.")
            yield Words(advice, id="advice")
            yield RecipientsArea(WrittenNumbers())
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Add (Ctrl+S)"), id="add", variant="primary", disabled=True)

    def on_mount(self) -> None:
        """Start writing."""
        self.query_one("#numbers").focus()

    @property
    def _area(self) -> RecipientsArea:
        return self.query_one(RecipientsArea)

    @on(RecipientsArea.Changed)
    def _counted(self) -> None:
        self.query_one("#add").disabled = not (self._area.recipients.numbers or self._area.written.typed.strip())

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Add nothing."""
        self.dismiss(None)

    def action_forget_pasted(self) -> None:
        """Take the pasted list out."""
        self._area.forget()

    @on(Button.Pressed, "#add")
    @once_at_a_time("opt-out-form")
    async def action_add(self) -> None:
        """Add what can be, once it is agreed that lines are left out."""
        if not await self._area.take_typed() or self._area.is_reading:
            self.query_one("#numbers").focus()
            return
        found = self._area.recipients
        if not found.numbers or (found.refused and not await self._agreed(len(found.numbers), len(found.refused))):
            self.query_one("#numbers").focus()
            return
        self.dismiss(await self._opt_outs.add_numbers(self._actor, found.numbers))

    async def _agreed(self, numbers: int, refused: int) -> bool:
        sentence = ngettext(
            "{count} line is no number that can be used: nothing keeps campaigns from what it means.",
            "{count} lines are no numbers that can be used: nothing keeps campaigns from what they mean.",
            refused,
        ).format(count=number(refused))
        confirm = ngettext("Add {count} number", "Add {count} numbers", numbers).format(count=number(numbers))
        question = ConfirmModal(_("Add to the STOP list"), sentence, confirm=confirm, cancel=_("Correct first"))
        agreed: bool = await self.app.push_screen_wait(question)
        return agreed
