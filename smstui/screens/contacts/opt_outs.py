"""Address book › STOP list: the numbers that want nothing more from the account, how they came there and when."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import date_time, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.opt_out_form import OptOutForm
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.services.opt_outs import OptOut, OptOutSource
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList

_SOURCES = {
    OptOutSource.SMS: N_("answered STOP"),
    OptOutSource.MANUAL: N_("added by hand"),
}
_NAMED = 3
"""Numbers that a question names before it only counts them."""


class OptOutsPage(ListPage[str]):
    """The list; numbers are added by hand, and taken out after a question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="opt_outs.add"),
        Binding("delete", "remove", N_("Delete"), id="opt_outs.remove"),
    ]

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("number", _("Number"), 14, grows=True, sortable=True),
                Column("source", _("Source"), 16, sortable=True),
                Column("at", _("Since"), 11, sortable=True),
            ],
            empty=_("Nobody has answered STOP. Press n to add a number that asked you not to write any more."),
            sorted_by=("at", True),
            markable=True,
        )
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Add"), id="add", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        opt_outs = await self.backend.opt_outs.list(self.actor)
        self.list.show([_entry(each) for each in opt_outs])
        self.note = ngettext("{count} number", "{count} numbers", len(opt_outs)).format(count=number(len(opt_outs)))

    @on(Button.Pressed, "#add")
    @once_at_a_time("opt-outs-add")
    async def action_add(self) -> None:
        """Ask for a number, and add it."""
        if await self.ask(OptOutForm(self.backend.opt_outs, self.actor)):
            self.read_soon()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("opt-outs-remove")
    async def action_remove(self) -> None:
        """Take out the ticked numbers, or else the one under the cursor, once that is confirmed."""
        numbers = self.chosen
        if not numbers:
            return
        count = number(len(numbers))
        named = ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
        sentence = ngettext(
            "Take {count} number off the STOP list: {numbers}? Your campaigns will go to it again.",
            "Take {count} numbers off the STOP list: {numbers}? Your campaigns will go to them again.",
            len(numbers),
        ).format(count=count, numbers=named)
        confirm = ngettext("Take {count} number off", "Take {count} numbers off", len(numbers)).format(count=count)
        if not await self.ask(ConfirmModal(_("STOP list"), sentence, confirm=confirm, dangerous=True)):
            return
        try:
            await self.backend.opt_outs.remove(self.actor, numbers)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()


def _entry(opt_out: OptOut) -> Entry[str]:
    source = _(_SOURCES[opt_out.source])
    return Entry(
        opt_out.number,
        (opt_out.number, source, date_time(opt_out.at)),
        search=f"{opt_out.number} {_national(opt_out.number)} {source}",
        order={"number": opt_out.number, "source": source, "at": opt_out.at},
    )


def _national(number_text: str) -> str:
    """As people in France write it, so that a search finds it either way."""
    return f"0{number_text[3:]}" if number_text.startswith("+33") else ""
