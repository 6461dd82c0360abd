"""The pop-up of the fields that the account gives its contacts."""

from pathlib import Path
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
from smstui.domain.visible import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.services.free_fields import FreeFields
from smstui.widgets.columns import Column
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class FreeFieldsModal(TranslatedModal[None]):
    """Lists them, adds one, deletes one after a question."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", N_("Close"), show=False, id="free_fields.close"),
        Binding("delete", "remove", N_("Delete"), show=False, id="free_fields.remove"),
    ]

    def __init__(self, free_fields: FreeFields, actor: Actor) -> None:
        super().__init__()
        self._free_fields, self._actor = free_fields, actor
        self._reading = Latest(self, self._read, group="free-fields")

    def compose(self) -> ComposeResult:
        """The fields, the name of a new one, and the buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Free fields"))
            yield Words(_("Each contact has them beside its other fields."), classes="muted")
            yield WindowedTable[str]([Column("name", _("Field"), 12, grows=True)])
            yield Labelled(_("New field"), LineField(id="name", compact=True), id="name-row")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Close"), id="close")
                yield Button(_("Delete"), id="remove")
                yield Button(_("Add"), id="add", variant="primary")

    def on_mount(self) -> None:
        """Read the fields."""
        self._reading.ask()

    async def _read(self) -> None:
        names = await self._free_fields.list(self._actor)
        self._table.show_rows({name: (printable(name),) for name in names})
        self._table.display = bool(names)
        self._table.styles.height = len(names) + 1

    @property
    def _table(self) -> WindowedTable[str]:
        return self.query_one(WindowedTable)

    @property
    def _row(self) -> Labelled:
        return self.query_one("#name-row", Labelled)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        try:
            check_field_name(event.value)
        except Refusal as refusal:
            self._row.fail(explain(refusal) if event.value else "")
        else:
            self._row.fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#add")
    def _add_asked(self) -> None:
        self._add(self.query_one(Input).value)

    @once_at_a_time("free-fields-change")
    async def _add(self, name: str) -> None:
        field = self.query_one(Input)
        try:
            await self._free_fields.add(self._actor, name)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
        else:
            field.value = ""
            self._reading.ask()
        field.focus()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("free-fields-change")
    async def action_remove(self) -> None:
        """Delete the field under the cursor, once that is confirmed."""
        if (name := self._table.cursor_key) is None:
            return
        sentence = _("Delete the field “{name}”? What contacts have in it is kept, and is back when you add it again.")
        question = ConfirmModal(
            _("Free fields"), sentence.format(name=printable(name)), confirm=_("Delete the field"), dangerous=True
        )
        if await self.app.push_screen_wait(question):
            await self._free_fields.remove(self._actor, name)
            self._reading.ask()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
