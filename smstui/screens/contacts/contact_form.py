"""The page of one contact (the guide, part 4: "Créer contact" and "Édition d'un contact")."""

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.contact import FIELD_LABELS, ContactDetails, ContactField
from smstui.domain.errors import Refusal
from smstui.domain.phone import InvalidNumber
from smstui.domain.visible import printable
from smstui.formats import explain, local
from smstui.i18n import N_, _
from smstui.screens.contacts.contact_field import ContactLine
from smstui.screens.contacts.contact_values import details_of, text_of
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.contacts.group_picker import GroupPicker
from smstui.screens.contacts.person import handle_person
from smstui.screens.latest import Latest
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.contact_rows import Contact
from smstui.services.contacts import MobileTaken
from smstui.widgets.labelled import Labelled
from smstui.widgets.words import Words


class ContactForm(Page):
    """Creates a contact, or edits one."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), id="contact.save", priority=True),
        Binding("f4", "open_other", N_("Open the contact of this number"), show=False, id="contact.open_other"),
        Binding("f7", "person", N_("Personal data"), show=False, id="contact.person"),
    ]

    def __init__(self, contact_id: int | None) -> None:
        """`contact_id`: the contact to edit, None for a new one."""
        super().__init__()
        self._contact_id = contact_id
        self._contact: Contact | None = None
        self._groups: dict[int, str] = {}
        """Ids and names of the groups that the form says."""
        self._old_groups: dict[int, str] = {}
        self._other: Contact | None = None
        """Whose number is the one written."""
        self._saved = False
        self._looking = Latest(self, self._look_for_other, group="contact-other")

    def compose(self) -> ComposeResult:
        """What the book says about the contact, one field a line, and the saving at the bottom."""
        today = local(self.backend.clock.now()).date()
        with VerticalScroll(can_focus=False):
            yield Words("", id="stop")
            for field in ContactField:
                yield ContactLine(_(FIELD_LABELS[field]), field, today)
            yield Labelled(_("Groups"), Button("", id="groups", compact=True), id="groups-row", classes="-wide")
            yield Words("", id="dates")
        with Horizontal(classes="actions"):
            yield Button(
                _("Create") if self._contact_id is None else _("Save"), id="save", variant="primary", compact=True
            )

    def on_mount(self) -> None:
        """Name the page, and read what is known."""
        self.heading = _("Create contact") if self._contact_id is None else _("Edit a contact")
        self._line(ContactField.BIRTH_DATE).input.placeholder = _("31/12/1990")
        self._show_groups()
        self._read()

    def take_focus(self) -> None:
        """Start at the first field."""
        self.query_one(ContactLine).input.focus()

    def shown_again(self) -> None:
        """The contact in front, of the same number, may have changed."""
        self._looking.ask()

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        changed = self._groups != self._old_groups or any(line.is_changed for line in self.query(ContactLine))
        if self._saved or not changed:
            return True
        return await self.ask(leave_question(_("What you wrote about this contact is not saved.")))

    @work(group="contact-read")
    async def _read(self) -> None:
        """The contact as it is now, and the fields that the account adds."""
        try:
            contact = (
                None if self._contact_id is None else await self.backend.contacts.get(self.actor, self._contact_id)
            )
        except Refusal:
            self.notify(_("This contact is no longer in the address book."), severity="error", markup=False)
            self.close()
            return
        details = contact.details if contact else None
        extra = dict(details.extra) if details else {}
        today = local(self.backend.clock.now()).date()
        names = await self.backend.free_fields.list(self.actor)
        free = [ContactLine(printable(name), None, today, name) for name in names]
        await self.query_one(VerticalScroll).mount_all(free, before="#groups-row")
        for line in self.query(ContactLine):
            known = text_of(details, line.field) if line.field else extra.get(line.free_name, "")
            if known:
                line.start(known)
        if contact is not None:
            await self._show_facts(contact)

    async def _show_facts(self, contact: Contact) -> None:
        """Its groups, whether it wants messages, since when it is in the book."""
        self._contact = contact
        self.heading = printable(contact.details.name)
        groups = await self.backend.groups.list(self.actor)
        self._old_groups = {group.id: group.name for group in groups if group.name in contact.groups}
        self._groups = dict(self._old_groups)
        self._show_groups()
        dates = [_("Created on {time}").format(time=day_and_time(contact.created_at))]
        if contact.updated_at != contact.created_at:
            dates.append(_("Changed on {time}").format(time=day_and_time(contact.updated_at)))
        self.query_one("#dates", Words).update(Content("\n".join(dates)))
        if listed := await self.backend.opt_outs.find(self.actor, contact.mobile):
            words = _("On the STOP list since {day}: your campaigns don't go to this number.")
            stop = self.query_one("#stop", Words)
            stop.update(Content(f"✕ {words.format(day=day_and_time(listed.at))}"))
            stop.add_class("-shown")

    def _show_groups(self) -> None:
        names = ", ".join(sorted(map(printable, self._groups.values())))
        button = self.query_one("#groups", Button)
        button.label = Content(names or _("none: choose"))
        button.refresh(layout=True)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        line = next(each for each in self.query(ContactLine) if each.input is event.input)
        if line.check(lenient=True) and line.field is ContactField.MOBILE:
            self._looking.ask()

    async def _look_for_other(self) -> None:
        """Whether another contact has the number written."""
        line = self._line(ContactField.MOBILE)
        try:
            found = await self.backend.contacts.find(self.actor, line.text)
        except InvalidNumber:
            found = None
        self._other = found if found is not None and found.id != self._contact_id else None
        if self._other is not None:
            line.fail(explain(MobileTaken(self._other.mobile)))
        self.query_one("#open-other").set_class(self._other is not None, "-shown")

    @on(Button.Pressed, "#open-other")
    def action_open_other(self) -> None:
        """Show the contact that has this number already; what is written here stays."""
        if self._other is not None:
            self.open(ContactForm(self._other.id))

    @on(Button.Pressed, "#groups")
    @once_at_a_time("contact-groups")
    async def action_groups(self) -> None:
        """Choose the groups of the contact."""
        picker = GroupPicker(self.backend.groups, self.actor, _("Groups of the contact"), self._groups.keys())
        if (choice := await self.ask(picker)) is not None:
            self._groups = {group.id: group.name for group in choice.groups}
            self._show_groups()

    @once_at_a_time("contact-person")
    async def action_person(self) -> None:
        """Hand out all that is held about this person, or erase it."""
        if self._contact is not None and await handle_person(self, self._contact.mobile):
            self._saved = True
            self.close()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, and go back to the list."""
        broken = [line for line in self.query(ContactLine) if not line.check()]
        if not broken:
            self._save(self._written())
            return
        broken[0].input.focus()

    def _written(self) -> ContactDetails:
        lines = self.query(ContactLine)
        extra = dict(self._contact.details.extra) if self._contact else {}
        extra |= {line.free_name: line.text for line in lines if line.field is None}
        texts = {line.field: line.text for line in lines if line.field is not None}
        return details_of(texts, extra, local(self.backend.clock.now()).date())

    @once_at_a_time("contact-save")
    async def _save(self, details: ContactDetails) -> None:
        contacts = self.backend.contacts
        try:
            if self._contact_id is None:
                await contacts.add(self.actor, details, self._groups.keys())
            else:
                groups = None if self._groups == self._old_groups else self._groups.keys()
                await contacts.edit(self.actor, self._contact_id, details, groups)
        except MobileTaken as refusal:
            self._line(ContactField.MOBILE).fail(explain(refusal))
            self._line(ContactField.MOBILE).input.focus()
            self._looking.ask()
        except Refusal as refusal:
            self.say(refusal)
        else:
            self._saved = True
            self.notify(_("Contact created.") if self._contact_id is None else _("Contact saved."), markup=False)
            self.close()

    def _line(self, field: ContactField) -> ContactLine:
        return next(line for line in self.query(ContactLine) if line.field is field)
