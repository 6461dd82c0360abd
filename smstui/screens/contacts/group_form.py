"""The pop-up that creates a group or describes it anew (the guide, part 4: "Créer groupe")."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery
from smstui.services.groups import DescriptionTooLong, Group, GroupDetails, check_group
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.screen import TranslatedModal


class GroupForm(TranslatedModal[bool]):
    """Creates or changes a group and answers True, or False when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="group_form.cancel"),
        Binding("ctrl+s", "save", N_("Save"), show=False, id="group_form.save", priority=True),
    ]

    def __init__(self, backend: Backend, actor: Actor, edited: Group | None) -> None:
        """`edited`: the group to change, None for a new one."""
        super().__init__()
        self._book, self._actor = backend, actor
        self._edited = edited
        old = (edited.name, edited.description, edited.filter or "") if edited else ("", "", "")
        self._old = dict(zip(("name", "description", "words"), old, strict=True))
        self._counting = Latest(self, self._count, group="group-count")

    def compose(self) -> ComposeResult:
        """Name, description, words, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Create group") if self._edited is None else _("Edit a group"))
            labels = (_("Name"), _("Description"), _("Words"))
            for (field, old), label in zip(self._old.items(), labels, strict=True):
                control = LineField(printable(old), id=field, compact=True)
                yield Labelled(label, control if field == "words" else control.leading_to(NEXT), id=f"{field}-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Save"), id="save", variant="primary")

    def on_mount(self) -> None:
        """Say what the words do."""
        self._counting.ask()

    @property
    def _written(self) -> GroupDetails:
        """What the form says; a field that was not written anew is as it was, whatever it holds."""
        shown = {field: self.query_one(f"#{field}", Input).value for field in self._old}
        name, description, words = (
            old if shown[field] == printable(old) else shown[field] for field, old in self._old.items()
        )
        return GroupDetails(name, description, words if words.strip() else None)

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.input.id == "words":
            self._counting.ask()
        else:
            self._check(lenient=True)

    def _check(self, *, lenient: bool = False) -> bool:
        """Say what is wrong, and whether nothing is; `lenient` about a name that is not there yet."""
        for field in ("name", "description"):
            self._row(field).fail("")
        try:
            check_group(self._written)
        except Refusal as refusal:
            if self._written.name or not lenient:
                self._fail(refusal)
            return False
        return True

    def _fail(self, refusal: Refusal) -> None:
        self._row("description" if isinstance(refusal, DescriptionTooLong) else "name").fail(explain(refusal))

    async def _count(self) -> None:
        """How many contacts the words find now."""
        words = self._written.filter
        if words is None:
            self._row("words").hint(_("Empty: you choose the contacts one by one. Words choose all that hold them."))
            return
        count = await self._book.contacts.count(self._actor, ContactQuery(search=words))
        found = ngettext("{count} contact found now.", "{count} contacts found now.", count)
        self._row("words").hint(found.format(count=number(count)))

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, and go back to the list."""
        if self._check():
            self._save(self._written)
        else:
            self.query_one("#name").focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(False)

    @once_at_a_time("group-form")
    async def _save(self, written: GroupDetails) -> None:
        groups, edited = self._book.groups, self._edited
        if not await self._members_may_go(written):
            return
        try:
            if edited is None:
                await groups.add(self._actor, written)
            else:
                await groups.edit(self._actor, edited.id, written)
        except Refusal as refusal:
            self._fail(refusal)
            self.query_one("#name").focus()
        else:
            self.dismiss(True)

    async def _members_may_go(self, written: GroupDetails) -> bool:
        """Whether contacts chosen one by one, if there are any, may leave a group that is to be found by words."""
        edited = self._edited
        if edited is None or edited.is_dynamic or written.filter is None or not edited.contacts:
            return True
        sentence = ngettext(
            "The {count} contact chosen for this group leaves it: from now on its words find its contacts.",
            "The {count} contacts chosen for this group leave it: from now on its words find its contacts.",
            edited.contacts,
        ).format(count=number(edited.contacts))
        question = ConfirmModal(_("Edit a group"), sentence, confirm=_("Find its contacts by words"), dangerous=True)
        agreed: bool = await self.app.push_screen_wait(question)
        return agreed
