"""Address book › STOP list: the numbers that want nothing more from the account, how they came there and when."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.opt_out_form import OptOutForm
from smstui.screens.contacts.opt_out_import import OptOutImportPage
from smstui.screens.contacts.opt_out_list import OptOutList
from smstui.screens.contacts.opt_out_removal import removal_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.widgets.windowed_table import WindowedTable


class OptOutsPage(Page):
    """The list; numbers are added by hand or from a file, and taken out with a reason."""

    DEFAULT_CSS = """
    OptOutsPage > .actions { height: 1; align-horizontal: right; margin-top: 1; }
    OptOutsPage > .actions > Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="opt_outs.add"),
        Binding("i", "import", N_("Import"), id="opt_outs.import"),
        Binding("delete", "remove", N_("Delete"), id="opt_outs.remove"),
    ]

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        empty = _("Nobody has answered STOP. Press n to add a number that asked you not to write any more.")
        yield OptOutList(self.backend.opt_outs, self.actor, empty=empty)
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Import"), id="import", compact=True)
            yield Button(_("Add"), id="add", variant="primary", compact=True)

    @property
    def list(self) -> OptOutList:
        """The list."""
        return self.query_one(OptOutList)

    @property
    def table(self) -> WindowedTable[str]:
        """Its table."""
        return self.list.table

    def take_focus(self) -> None:
        """Stand in the list."""
        self.table.focus()

    def shown_again(self) -> None:
        """A file may have been imported."""
        self.list.read_soon()

    @on(OptOutList.Counted)
    def _counted(self, event: OptOutList.Counted) -> None:
        self.note = ngettext("{count} number", "{count} numbers", event.total).format(count=number(event.total))

    @on(Button.Pressed, "#add")
    @once_at_a_time("opt-outs-add")
    async def action_add(self) -> None:
        """Ask for numbers, and add them."""
        added = await self.ask(OptOutForm(self.backend.opt_outs, self.actor))
        if added is None:
            return
        words = ngettext("{count} number added to the STOP list.", "{count} numbers added to the STOP list.", added)
        self.notify(words.format(count=number(added)), markup=False)
        self.list.read_soon()

    @on(Button.Pressed, "#import")
    def action_import(self) -> None:
        """Choose a file of numbers."""
        self.open(OptOutImportPage())

    @on(Button.Pressed, "#remove")
    @once_at_a_time("opt-outs-remove")
    async def action_remove(self) -> None:
        """Take out the ticked numbers, or else the one under the cursor, once it is said why."""
        numbers = await self.list.chosen()
        if not numbers:
            return
        decision = await self.ask(removal_question(numbers))
        if decision is None:
            return
        try:
            await self.backend.opt_outs.remove(self.actor, numbers, decision.reason)
        except Refusal as refusal:
            self.say(refusal)
        self.list.read_soon()
