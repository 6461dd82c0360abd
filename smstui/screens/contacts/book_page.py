"""What the pages around a list of contacts share: the whole book, and one group of it."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contact_list import ContactList
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.saving import hand_out
from smstui.widgets.windowed_table import WindowedTable


class BookPage(Page):
    """Has one `ContactList`; Enter opens a contact, x exports those that are ticked or shown."""

    DEFAULT_CSS = """
    BookPage > .actions { height: 1; align-horizontal: right; margin-top: 1; }
    BookPage > .actions > Button { margin-left: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", N_("Export"), show=False, id="contacts.export"),
    ]

    @property
    def list(self) -> ContactList:
        """The list."""
        return self.query_one(ContactList)

    @property
    def table(self) -> WindowedTable[int]:
        """Its table."""
        return self.list.table

    def take_focus(self) -> None:
        """Stand in the list."""
        self.table.focus()

    def shown_again(self) -> None:
        """The page in front is closed: it may have changed something."""
        self.list.read_soon()

    def action_edit(self) -> None:
        """Open the contact under the cursor."""
        self.table.action_choose()

    @once_at_a_time("contacts-export")
    async def action_export(self) -> None:
        """Write the ticked contacts, or else all that the list shows, to a file; its ending says of which kind."""
        chosen = await self.list.chosen() if self.table.mark_count else self.list.query_shown

        async def write(path: Path) -> None:
            await self.backend.contact_files.export_contacts(self.actor, path, chosen)

        await hand_out(self.host, write, _("contacts{suffix}").format(suffix=".xlsx"), None)

    @on(WindowedTable.Chosen)
    def _contact_chosen(self, event: WindowedTable.Chosen) -> None:
        self.open(ContactForm(int(event.key)))

    @on(ContactList.Counted)
    def _counted(self, event: ContactList.Counted) -> None:
        self.note = ngettext("{count} contact", "{count} contacts", event.total).format(count=number(event.total))
