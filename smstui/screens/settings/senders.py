"""Settings › Senders (the guide, part 5): the account's custom senders, one of them the default."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import date_time
from smstui.i18n import N_, _, ngettext
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.screens.settings.sender_form import SenderForm
from smstui.screens.settings.sender_replacement import ask_replacement
from smstui.services.senders import Sender
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList


class SendersPage(ListPage[str]):
    """The list, with a pop-up to add one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add"), id="senders.add"),
        Binding("d", "make_default", N_("Default"), id="senders.default"),
        Binding("delete", "remove", N_("Delete"), id="senders.remove"),
    ]

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("name", _("Sender"), 11, grows=True, sortable=True),
                Column("default", _("Default"), 12),
                Column("created", _("Added on"), 11, sortable=True),
            ],
            empty=_("No sender yet: press n to add the name that phones will show instead of a number."),
            sorted_by=("name", False),
            markable=True,
        )
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Use by default"), id="default", compact=True)
            yield Button(_("Add"), id="add", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        senders = await self.backend.senders.list(self.actor)
        self.list.show([_entry(sender) for sender in senders])
        self.note = ngettext("{count} sender", "{count} senders", len(senders)).format(count=len(senders))

    @on(Button.Pressed, "#add")
    @once_at_a_time("senders-add")
    async def action_add(self) -> None:
        """Ask for a name in the pop-up, and add it."""
        if await self.ask(SenderForm(self.backend.senders, self.actor)):
            self.read_soon()
        self.table.focus()

    @on(Button.Pressed, "#default")
    @once_at_a_time("senders-default")
    async def action_make_default(self) -> None:
        """Make the sender under the cursor the default."""
        if (name := self.table.cursor_key) is None:
            return
        try:
            await self.backend.senders.set_default(self.actor, name)
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("senders-remove")
    async def action_remove(self) -> None:
        """Delete the ticked senders, or else the one under the cursor, once that is confirmed.

        What still needs them keeps them, or takes another one in their place.
        """
        names = self.chosen
        if not names:
            return
        uses = await self.backend.senders.uses(self.actor, names)
        replacement = None
        if uses:
            others = [each.name for each in await self.backend.senders.list(self.actor) if each.name not in names]
            replacement = await ask_replacement(self, uses, others)
        if replacement is None and (uses or not await self._agreed(names)):
            return
        try:
            await self.backend.senders.remove(self.actor, names, replacement)
        except Refusal as refusal:  # something has come to need them meanwhile
            self.say(refusal)
        self.read_soon()

    async def _agreed(self, names: Sequence[str]) -> bool:
        """Whether senders that nothing needs may go."""
        question = ngettext(
            "Delete {count} sender: {names}? Campaigns already sent keep it.",
            "Delete {count} senders: {names}? Campaigns already sent keep them.",
            len(names),
        )
        confirm = ngettext("Delete {count} sender", "Delete {count} senders", len(names)).format(count=len(names))
        sentence = question.format(count=len(names), names=", ".join(names))
        return await self.ask(ConfirmModal(_("Delete"), sentence, confirm=confirm, dangerous=True))


def _entry(sender: Sender) -> Entry[str]:
    default = Content.assemble(("● ", "$text-success"), _("by default")) if sender.is_default else ""
    return Entry(
        sender.name,
        (sender.name, default, date_time(sender.created_at)),
        search=sender.name,
        order={"name": sender.name, "created": sender.created_at},
    )
