"""Address book › Contacts (the guide, part 4): everybody in the book of the account."""

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.book_page import BookPage
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contact_list import ContactList
from smstui.screens.contacts.free_fields import FreeFieldsModal
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.screens.once import once_at_a_time
from smstui.services.contacts import Contacts, Removal
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.words import Words


class ContactsPage(BookPage):
    """The list; what is deleted can be brought back until the page is left."""

    DEFAULT_CSS = """
    ContactsPage > #undo-row { height: 1; margin-top: 1; display: none; }
    ContactsPage > #undo-row.-shown { display: block; }
    ContactsPage > #undo-row > Static { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "create", N_("Create contact"), id="contacts.create"),
        Binding("e", "edit", N_("Edit"), id="contacts.edit"),
        Binding("delete", "remove", N_("Delete"), id="contacts.remove"),
        Binding("g", "groups", N_("Put into a group, or take out"), show=False, id="contacts.groups"),
        Binding("u", "undo", N_("Undo the deletion"), show=False, id="contacts.undo"),
        Binding("p", "free_fields", N_("Free fields"), show=False, id="contacts.free_fields"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._removals: list[Removal] = []

    def compose(self) -> ComposeResult:
        """The list, what can be undone, and the actions."""
        empty = _("Your address book is empty. Press n to create a contact, or import a whole file of them.")
        yield ContactList(self.backend, self.actor, empty=empty)
        with Horizontal(id="undo-row"):
            yield Words("")
            yield Button(_("Undo the deletion"), id="undo", compact=True)
        with Horizontal(classes="actions"):
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Groups"), id="groups", compact=True)
            yield Button(_("Create contact"), id="create", variant="primary", compact=True)

    def on_unmount(self) -> None:
        """What was deleted here can't be brought back any more."""
        if self._removals and self.app.is_running:
            self.app.run_worker(_forget(self.backend.contacts, self._removals), group="contacts-forget")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Undo only what was done."""
        return bool(self._removals) if action == "undo" else super().check_action(action, parameters)

    @on(Button.Pressed, "#create")
    def action_create(self) -> None:
        """Write a new contact."""
        self.open(ContactForm(None))

    @on(Button.Pressed, "#remove")
    @once_at_a_time("contacts-remove")
    async def action_remove(self) -> None:
        """Delete the ticked contacts, or else the one under the cursor, once that is confirmed."""
        ids = await self.list.chosen()
        if not ids:
            return
        count = number(len(ids))
        sentence = ngettext(
            "Delete {count} contact? Its number stays on the STOP list if it is there. You can undo this as long as "
            "you stay on this page.",
            "Delete {count} contacts? Their numbers stay on the STOP list if they are there. You can undo this as long "
            "as you stay on this page.",
            len(ids),
        ).format(count=count)
        confirm = ngettext("Delete {count} contact", "Delete {count} contacts", len(ids)).format(count=count)
        if not await self.ask(ConfirmModal(_("Delete"), sentence, confirm=confirm, dangerous=True)):
            return
        words = ngettext("Deleting {count} contact…", "Deleting {count} contacts…", len(ids))
        self._show_deletion(words.format(count=count), undoable=False)
        # Whoever leaves the page meanwhile wanted all of them deleted, not some.
        deleting = asyncio.ensure_future(self.backend.contacts.remove(self.actor, ids))
        try:
            self._removals.append(await asyncio.shield(deleting))
        except Refusal as refusal:
            self.say(refusal)
        self._show_undo()
        self.list.read_soon()

    @on(Button.Pressed, "#undo")
    @once_at_a_time("contacts-remove")
    async def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if not self._removals:
            return
        try:
            count = await self.backend.contacts.restore(self.actor, self._removals[-1])
        except Refusal as refusal:
            self.say(refusal)
            return
        self._removals.pop()
        self._show_undo()
        self.notify(
            ngettext("{count} contact is back.", "{count} contacts are back.", count).format(count=number(count)),
            markup=False,
        )
        self.list.read_soon()

    @on(Button.Pressed, "#groups")
    @once_at_a_time("contacts-groups")
    async def action_groups(self) -> None:
        """Put the ticked contacts, or else the one under the cursor, into groups, or take them out."""
        ids = await self.list.chosen()
        if not ids:
            return
        title = ngettext("Groups of {count} contact", "Groups of {count} contacts", len(ids))
        picker = GroupPicker(self.backend.groups, self.actor, title.format(count=number(len(ids))), either_way=True)
        if (choice := await self.ask(picker)) is None:
            return
        groups, changed = self.backend.groups, 0
        change = groups.remove_members if choice.take_out else groups.add_members
        try:
            for group in choice.groups:
                changed += await change(self.actor, group.id, ids)
        except Refusal as refusal:
            self.say(refusal)
        if choice.take_out:
            words = ngettext("{count} contact taken out.", "{count} contacts taken out.", changed)
        else:
            words = ngettext("{count} contact put in.", "{count} contacts put in.", changed)
        self.notify(words.format(count=number(changed)), markup=False)
        self.list.read_soon()

    @once_at_a_time("contacts-free-fields")
    async def action_free_fields(self) -> None:
        """Add and delete the fields that the account gives its contacts."""
        await self.ask(FreeFieldsModal(self.backend.free_fields, self.actor))

    def _show_undo(self) -> None:
        """Say what can be undone."""
        words = ""
        if self._removals:
            count = self._removals[-1].contacts
            words = ngettext("{count} contact deleted.", "{count} contacts deleted.", count)
            words = words.format(count=number(count))
        self._show_deletion(words, undoable=True)

    def _show_deletion(self, words: str, *, undoable: bool) -> None:
        row, button = self.query_one("#undo-row"), self.query_one("#undo")
        if button.has_focus and not (words and undoable):
            self.take_focus()
        row.set_class(bool(words), "-shown")
        row.query_one(Words).update(words)
        button.display = undoable
        self.refresh_bindings()


async def _forget(contacts: Contacts, removals: list[Removal]) -> None:
    for removal in removals:
        await contacts.forget(removal)
