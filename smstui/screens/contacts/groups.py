"""Address book › Groups (the guide, part 4): groups of contacts, chosen one by one or found by words."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.contacts.group import GroupPage, found_by
from smstui.screens.contacts.group_form import GroupForm
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.screens.saving import hand_out
from smstui.services.groups import Group
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class GroupsPage(ListPage[int]):
    """The list; Enter opens a group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "create", N_("Create group"), id="groups.create"),
        Binding("e", "edit", N_("Edit"), id="groups.edit"),
        Binding("delete", "remove", N_("Delete"), id="groups.remove"),
        Binding("x", "export", N_("Export"), show=False, id="groups.export"),
        Binding("r", "refresh_list", N_("Refresh"), show=False, id="groups.refresh"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, Group] = {}

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[int](
            [
                Column("name", _("Name of the group"), 15, grows=True, sortable=True),
                Column("description", _("Description"), 12, grows=True, from_width=66),
                Column("created", _("Created on"), 16, sortable=True),
                Column("contacts", _("Contacts"), 10, right=True, sortable=True),
            ],
            empty=_("No group yet: press n to create one. Then put contacts into it, or import them into it."),
            sorted_by=("name", False),
            markable=True,
        )
        with Horizontal(classes="actions"):
            yield Button(_("Refresh"), id="refresh", compact=True)
            yield Button(_("Delete"), id="remove", compact=True)
            yield Button(_("Create group"), id="create", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        groups = await self.backend.groups.list(self.actor)
        self._known = {group.id: group for group in groups}
        self.list.show([_entry(group) for group in groups])
        self.note = ngettext("{count} group", "{count} groups", len(groups)).format(count=number(len(groups)))

    @once_at_a_time("groups-export")
    async def action_export(self) -> None:
        """Write the ticked groups, or else all, to a file; its ending says of which kind."""
        chosen = self.table.marks or None

        async def write(path: Path) -> None:
            await self.backend.contact_files.export_groups(self.actor, path, chosen)

        await hand_out(self.host, write, _("groups{suffix}").format(suffix=".xlsx"), None)

    @on(Button.Pressed, "#refresh")
    def action_refresh_list(self) -> None:
        """Read the list again."""
        self.read_soon()

    @on(Button.Pressed, "#create")
    @once_at_a_time("groups-write")
    async def action_create(self) -> None:
        """Ask for a name and a description, and create the group."""
        if await self.ask(GroupForm(self.backend, self.actor, None)):
            self.read_soon()

    @once_at_a_time("groups-write")
    async def action_edit(self) -> None:
        """Give the group under the cursor another name or description."""
        group = self._known.get(self.table.cursor_key or 0)
        if group is not None and await self.ask(GroupForm(self.backend, self.actor, group)):
            self.read_soon()

    @on(Button.Pressed, "#remove")
    @once_at_a_time("groups-write")
    async def action_remove(self) -> None:
        """Delete the ticked groups, or else the one under the cursor, once that is confirmed."""
        ids = self.chosen
        if not ids:
            return
        count = number(len(ids))
        sentence = ngettext(
            "Delete {count} group? Its contacts stay in the address book.",
            "Delete {count} groups? Their contacts stay in the address book.",
            len(ids),
        ).format(count=count)
        confirm = ngettext("Delete {count} group", "Delete {count} groups", len(ids)).format(count=count)
        if await self.ask(ConfirmModal(_("Delete"), sentence, confirm=confirm, dangerous=True)):
            await self.backend.groups.remove(self.actor, ids)
            self.read_soon()

    @on(WindowedTable.Chosen)
    def _opened(self, event: WindowedTable.Chosen) -> None:
        if (group := self._known.get(int(event.key))) is not None:
            self.open(GroupPage(group))


def _entry(group: Group) -> Entry[int]:
    name, description = printable(group.name), printable(group.description) or found_by(group)
    return Entry(
        group.id,
        (name, description, day_and_time(group.created_at), number(group.contacts)),
        search=f"{name} {description}",
        order={"name": name, "created": group.created_at, "contacts": group.contacts},
    )
