"""The contacts of one group."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.book_page import BookPage
from smstui.screens.contacts.contact_list import ContactList
from smstui.screens.contacts.contact_picker import ContactPicker
from smstui.screens.once import once_at_a_time
from smstui.services.groups import Group
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.words import Words


class GroupPage(BookPage):
    """Contacts are put in and taken out; they stay in the book. Those found by words are only shown."""

    DEFAULT_CSS = """
    GroupPage > #about { height: auto; max-height: 3; color: $text-muted; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", N_("Add contacts"), id="group.add"),
        Binding("e", "edit", N_("Edit"), id="contacts.edit"),
        Binding("delete", "take_out", N_("Take out of the group"), id="group.take_out"),
    ]

    def __init__(self, group: Group) -> None:
        super().__init__()
        self._group = group

    def compose(self) -> ComposeResult:
        """What the group is, its contacts, and the actions."""
        if words := _about(self._group):
            yield Words(words, id="about")
        if self._group.is_dynamic:
            empty = _("No contact holds these words yet; those that will are in this group by themselves.")
        else:
            empty = _("Nobody is in this group yet. Press n to choose contacts of the address book.")
        yield ContactList(self.backend, self.actor, empty=empty, group_id=self._group.id)
        with Horizontal(classes="actions"):
            if not self._group.is_dynamic:
                yield Button(_("Take out of the group"), id="take-out", compact=True)
                yield Button(_("Add contacts"), id="add", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Name the page, and see that the group is still there."""
        self.heading = printable(self._group.name)
        self._check()

    @work(group="group-check")
    async def _check(self) -> None:
        try:
            await self.backend.groups.get(self.actor, self._group.id)
        except Refusal:
            self.notify(_("This group no longer exists."), severity="error", markup=False)
            self.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nobody is put into a group found by words, or taken out."""
        if action in {"add", "take_out"} and self._group.is_dynamic:
            return False
        return super().check_action(action, parameters)

    @on(Button.Pressed, "#add")
    @once_at_a_time("group-members")
    async def action_add(self) -> None:
        """Choose contacts of the book, and put them in."""
        title = _("Add to “{name}”").format(name=printable(self._group.name))
        ids = await self.ask(ContactPicker(self.backend, self.actor, title))
        if not ids:
            return
        try:
            count = await self.backend.groups.add_members(self.actor, self._group.id, ids)
        except Refusal as refusal:
            self.say(refusal)
        else:
            words = ngettext("{count} contact put in.", "{count} contacts put in.", count)
            self.notify(words.format(count=number(count)), markup=False)
        self.list.read_soon()

    @on(Button.Pressed, "#take-out")
    @once_at_a_time("group-members")
    async def action_take_out(self) -> None:
        """Take the ticked contacts, or else the one under the cursor, out of the group, once that is confirmed."""
        ids = await self.list.chosen()
        if not ids:
            return
        count = number(len(ids))
        sentence = ngettext(
            "Take {count} contact out of this group? It stays in the address book.",
            "Take {count} contacts out of this group? They stay in the address book.",
            len(ids),
        ).format(count=count)
        confirm = ngettext("Take {count} contact out", "Take {count} contacts out", len(ids)).format(count=count)
        if not await self.ask(ConfirmModal(_("Take out of the group"), sentence, confirm=confirm, dangerous=True)):
            return
        try:
            await self.backend.groups.remove_members(self.actor, self._group.id, ids)
        except Refusal as refusal:
            self.say(refusal)
        self.list.read_soon()


def found_by(group: Group) -> str:
    """The words that find the contacts of a group, safe to show; "" when they are chosen one by one."""
    return _("Contacts found by: {words}").format(words=printable(group.filter)) if group.filter else ""


def _about(group: Group) -> Content:
    return Content("\n".join(filter(None, (printable(group.description), found_by(group)))))
