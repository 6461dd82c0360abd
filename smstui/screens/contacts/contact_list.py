"""A list of contacts of any length: searched, filtered and sorted by the database, its rows read as they are seen."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.contacts.contact_words import KIND_WORDS, cells, columns
from smstui.screens.latest import Latest
from smstui.screens.table_list import TableList
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactKind, ContactQuery, ContactSort, UnknownGroup
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.windowed_table import Cells, WindowedTable

REST = 0.2
"""Seconds that a search which finds many must rest before all of them are read: what is typed on finds fewer."""


class ContactTable(WindowedTable[int]):
    """Leaves g to the page around it: there it stands for groups."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("g", "leave", show=False)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key does that here."""
        return action != "leave" and super().check_action(action, parameters)


class ContactList(TableList[int]):
    """The search, the filters and the table; or a sentence when there is nobody at all."""

    DEFAULT_CSS = "ContactList .list--aside { width: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), show=False, id="contacts.filter"),
    ]

    @dataclass
    class Counted(Message):
        """The list holds `total` contacts, whatever is searched in it."""

        total: int

    def __init__(self, backend: Backend, actor: Actor, *, empty: str, group_id: int | None = None) -> None:
        """The book of `actor`, or one group of it; `empty` says what to do when there is nobody in it."""
        self._contacts, self._groups, self._actor = backend.contacts, backend.groups, actor
        self._all = ContactQuery(group_id=group_id)
        self._query = self._all
        self._whole = asyncio.Event()
        """Set as long as the table holds all that the query lets through."""
        self._rest: Timer | None = None
        """After which all ids are read."""
        self._first_reading = Latest(self, self._read_first, group="contacts-first")
        self._reading = Latest(self, self._read_all, group="contacts-list")
        self._group_reading = Latest(self, self._read_groups, group="contacts-groups")
        table = ContactTable(columns(), markable=True, sorted_by=(self._all.sort, self._all.descending))
        super().__init__(table, empty=empty)

    def filters(self) -> ComposeResult:
        """The group, in the whole book, and what the contacts have or lack."""
        if self._all.group_id is None:
            yield Select[int]([], prompt=_("all groups"), id="group", compact=True)
        kinds = [(_(words), kind) for kind, words in KIND_WORDS.items()]
        yield Select(kinds, prompt=_("all contacts"), id="kind", compact=True)

    def on_mount(self) -> None:
        """Read the first rows, then all."""
        self._first_reading.ask()
        self._group_reading.ask()

    @property
    def query_shown(self) -> ContactQuery:
        """What is asked for: search, filters and order."""
        return self._query

    def read_soon(self) -> None:
        """Read everything again: something may have changed."""
        self._whole.clear()
        self._reading.ask()
        self._group_reading.ask()

    async def chosen(self) -> Sequence[int]:
        """The ids of the ticked contacts, or else of the one under the cursor."""
        if self.table.mark_count:
            await self._whole.wait()
        return self.table.chosen

    def search(self, text: str) -> None:
        """Look for `text` in the contacts."""
        self._look_for(replace(self._query, search=text))

    @on(Select.Changed, "#group")
    def _group_chosen(self, event: Select.Changed) -> None:
        event.stop()
        group_id = event.value if isinstance(event.value, int) else None
        self._look_for(replace(self._query, group_id=group_id))

    @on(Select.Changed, "#kind")
    def _kind_chosen(self, event: Select.Changed) -> None:
        event.stop()
        kind = event.value if isinstance(event.value, ContactKind) else ContactKind.ALL
        self._look_for(replace(self._query, kind=kind))

    @on(WindowedTable.SortAsked)
    def _sort_asked(self, event: WindowedTable.SortAsked) -> None:
        event.stop()
        self._query = replace(self._query, sort=ContactSort(event.column), descending=event.descending)
        self._whole.clear()
        self.say_count("…")
        self._reading.ask()
        self._say_order()

    @on(WindowedTable.Marked)
    def _say_order(self) -> None:
        """How many are ticked; or else the order, when the column that tells it may have no room."""
        count, words = self.table.mark_count, ""
        if count:
            words = ngettext("{count} ticked", "{count} ticked", count).format(count=number(count))
        elif self._query.sort is ContactSort.CREATED:
            words = _("newest first") if self._query.descending else _("oldest first")
        self.say_aside(words)

    def action_filter(self) -> None:
        """Choose which contacts are shown."""
        select = next(each for each in self.query(Select) if each.display)
        select.focus()
        select.action_show_overlay()

    def _look_for(self, query: ContactQuery) -> None:
        """Show other contacts: their first rows at once, then all."""
        if query != self._query:
            self._query = query
            self._whole.clear()
            self.say_count("…")
            self._first_reading.ask()

    async def _read_first(self) -> None:
        """As many contacts as a page holds: even of a million they are there at once."""
        query = self._query
        try:
            ids = await self._contacts.ids(self._actor, query, limit=PAGE_ROWS)
        except UnknownGroup:  # deleted meanwhile: whoever shows it says so
            return
        except Refusal as refusal:
            self._say(refusal)
            return
        if query == self._query and not self._whole.is_set():
            self.table.show_keys(ids, more_to_come=True)
            if self._rest is not None:
                self._rest.stop()
            if len(ids) < PAGE_ROWS:
                self._reading.ask()
            else:
                self._rest = self.set_timer(REST, self._reading.ask)

    async def _read_all(self) -> None:
        """All ids, their count, and the rows in the window as they are now."""
        query = self._query
        try:
            total = await self._contacts.count(self._actor, self._all)
            ids = await self._contacts.ids(self._actor, query)
        except UnknownGroup:
            return
        except Refusal as refusal:
            self._say(refusal)
            return
        if query != self._query:
            return
        self.say_found(len(ids), total)
        self.post_message(self.Counted(total))
        self._whole.set()
        await self.show(ids, same_list=True, is_empty=not total)

    async def rows(self, keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        """What is shown of these contacts."""
        return [(row.id, cells(row)) for row in await self._contacts.rows(self._actor, keys)]

    async def _read_groups(self) -> None:
        """The groups to filter by."""
        if self._all.group_id is not None:
            return
        groups = await self._groups.list(self._actor)
        select = self.query_one("#group", Select)
        with self.prevent(Select.Changed):
            chosen = self._query.group_id
            select.set_options([(Content(printable(group.name)), group.id) for group in groups])
            if chosen in {group.id for group in groups}:
                select.value = chosen
        select.display = bool(groups)
        if select.value is Select.NULL and chosen is not None:  # the group was deleted
            self._look_for(replace(self._query, group_id=None))

    def _say(self, refusal: Refusal) -> None:
        self._whole.set()  # nothing more comes
        self.notify(explain(refusal), severity="error", markup=False)
