"""The pop-up that chooses contacts of the book, by search and boxes to tick."""

from collections.abc import Sequence
from pathlib import Path
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
from smstui.screens.contacts.contact_list import ContactList
from smstui.screens.once import once_at_a_time
from smstui.services.backend import Backend
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.windowed_table import WindowedTable


class ContactPicker(TranslatedModal[Sequence[int]]):
    """Answers with the ids of the ticked contacts, none when the person went back."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="contact_picker.cancel"),
        Binding("ctrl+s", "confirm", N_("Add"), show=False, id="contact_picker.confirm", priority=True),
    ]

    def __init__(self, backend: Backend, actor: Actor, title: str, *, search: str = "") -> None:
        """`search`: what stands in the search field, where the person then begins."""
        super().__init__()
        self._search = search
        self._book, self._actor = backend, actor
        self._title = title

    def compose(self) -> ComposeResult:
        """The book, and what to do with what is ticked."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield ContactList(self._book, self._actor, empty=_("Your address book is empty."))
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Tick all found (a)"), id="all")
                yield Button("", id="confirm", variant="primary")

    def on_mount(self) -> None:
        """What is ticked stays so while others are searched."""
        self._table.marks_last = True
        self._table.focus()
        if self._search:
            field = self._list.query_one(LineField)
            field.placeholder = self._search
            field.focus()
        self._show_count(0)

    @property
    def _list(self) -> ContactList:
        return self.query_one(ContactList)

    @property
    def _table(self) -> WindowedTable[int]:
        return self._list.table

    @on(WindowedTable.Marked)
    def _marked(self, event: WindowedTable.Marked) -> None:
        self._show_count(event.count)

    @on(WindowedTable.Chosen)
    def _tick_and_go_on(self) -> None:
        if not self._table.cursor_is_marked:
            self._table.action_mark()
        self._show_count(self._table.mark_count)
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#all")
    def _tick_all(self) -> None:
        self._table.action_mark_all()
        self._table.focus()

    @on(Button.Pressed, "#confirm")
    @once_at_a_time("contact-picker")
    async def action_confirm(self) -> None:
        """Answer with what is ticked."""
        if self._table.mark_count:
            self.dismiss(await self._list.chosen())

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Choose nobody."""
        self.dismiss(())

    def _show_count(self, count: int) -> None:
        button = self.query_one("#confirm", Button)
        button.disabled = not count
        label = ngettext("Add {count} contact", "Add {count} contacts", count)
        button.label = Content(label.format(count=number(count)))
        button.refresh(layout=True)
