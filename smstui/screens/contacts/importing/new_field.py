"""The pop-up that names a new field of the contacts, while a column is being mapped."""

from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.contact import check_field_name
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.free_fields import FreeFields
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal


class NewFieldModal(TranslatedModal[str | None]):
    """Adds a field and answers with its name, or None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="new_field.cancel"),
    ]

    def __init__(self, free_fields: FreeFields, actor: Actor, header: str) -> None:
        """`header`: what stands above the column; foreign text, offered as the name when it can be one."""
        super().__init__()
        self._free_fields, self._actor = free_fields, actor
        self._offered = ""
        with suppress(Refusal):
            self._offered = check_field_name(header)

    def compose(self) -> ComposeResult:
        """The name and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("A new field"))
            yield Labelled(_("Name"), LineField(self._offered, id="name", compact=True), id="name-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Add"), id="add", variant="primary")

    def on_mount(self) -> None:
        """Say what it is for."""
        self._row.hint(_("All your contacts will have it, beside their other fields."))

    @property
    def _row(self) -> Labelled:
        return self.query_one("#name-row", Labelled)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._row.fail("")
        try:
            check_field_name(event.value)
        except Refusal as refusal:
            self._row.fail(explain(refusal) if event.value else "")

    @on(Input.Submitted)
    @on(Button.Pressed, "#add")
    def _add_asked(self) -> None:
        self._add(self.query_one(Input).value)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Add nothing."""
        self.dismiss(None)

    @once_at_a_time("new-field")
    async def _add(self, name: str) -> None:
        try:
            added = await self._free_fields.add(self._actor, name)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
            self.query_one(Input).focus()
        else:
            self.dismiss(added)
