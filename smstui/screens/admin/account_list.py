"""The accounts of the platform, however many: searched, filtered and sorted by the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import amount, date_time, explain
from smstui.i18n import N_, _
from smstui.screens.admin.account_words import state_words
from smstui.screens.latest import Latest
from smstui.screens.table_list import TableList
from smstui.services.account_query import AccountFilter, AccountQuery, AccountRow, AccountSort
from smstui.services.administration import Administration
from smstui.widgets.columns import Column
from smstui.widgets.row_store import PAGE_ROWS
from smstui.widgets.windowed_table import Cells, WindowedTable

_FILTER_WORDS: Final = {AccountFilter.ADMINISTRATORS: N_("administrators"), AccountFilter.BLOCKED: N_("blocked")}
_ALL: Final = AccountQuery()


class AccountList(TableList[int]):
    """The search, the filter and the table, with the account under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), show=False, id="accounts.filter"),
    ]

    @dataclass
    class Counted(Message):
        """The platform has `total` accounts, whatever is searched in them."""

        total: int

    def __init__(self, administration: Administration, actor: Actor) -> None:
        self._administration, self._actor = administration, actor
        self._query = self._shown = _ALL
        self._known: dict[int, AccountRow] = {}
        self._reading = Latest(self, self._read, group="accounts")
        columns = (
            Column(AccountSort.LOGIN, _("Identifier"), 14, grows=True, sortable=True),
            Column(AccountSort.EMAIL, _("E-mail address"), 18, grows=True, sortable=True, from_width=80),
            Column("number", _("Certified number"), 16, from_width=110),
            Column(AccountSort.BALANCE, _("Balance"), 11, right=True, sortable=True),
            Column("state", _("State"), 14),
            Column(AccountSort.CREATED, _("Opened on"), 11, sortable=True, from_width=74),
        )
        table: WindowedTable[int] = WindowedTable(columns, sorted_by=(_ALL.sort, _ALL.descending))
        super().__init__(table, empty=_("No account."))

    def filters(self) -> ComposeResult:
        """All accounts, administrators, or those that are blocked."""
        options = [(_(words), only) for only, words in _FILTER_WORDS.items()]
        yield Select(options, prompt=_("all accounts"), id="only", compact=True)

    def on_mount(self) -> None:
        """Read the first rows, once it is known how many can be seen."""
        self.call_after_refresh(self._reading.ask)

    @property
    def current(self) -> AccountRow | None:
        """The account under the cursor, as it was read last."""
        key = self.table.cursor_key
        return None if key is None else self._known.get(key)

    def read_soon(self) -> None:
        """Read everything again: something may have changed."""
        self._reading.ask()

    def search(self, text: str) -> None:
        """Look for `text` in logins, addresses and numbers."""
        self._look_for(replace(self._query, search=text))

    @on(Select.Changed, "#only")
    def _filtered(self, event: Select.Changed) -> None:
        event.stop()
        only = event.value if isinstance(event.value, AccountFilter) else AccountFilter.ALL
        self._look_for(replace(self._query, only=only))

    @on(WindowedTable.SortAsked)
    def _sort_asked(self, event: WindowedTable.SortAsked) -> None:
        event.stop()
        self._look_for(replace(self._query, sort=AccountSort(event.column), descending=event.descending))

    def action_filter(self) -> None:
        """Choose which accounts are shown."""
        select = self.query_one("#only", Select)
        select.focus()
        select.action_show_overlay()

    def _look_for(self, query: AccountQuery) -> None:
        if query != self._query:
            self._query = query
            self._reading.ask()

    async def rows(self, keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        """What is shown of these accounts."""
        try:
            rows = await self._administration.rows(self._actor, keys)
        except Refusal:  # no administrator any more, as reading the list says
            return ()
        self._known.update((row.id, row) for row in rows)
        return [(row.id, _cells(row)) for row in rows]

    async def _read(self) -> None:
        """The first page at once, then all ids and their count."""
        query, read = self._query, self._administration
        try:
            if not self.table.row_count:
                first = await read.ids(self._actor, query, PAGE_ROWS)
                self.table.show_keys(first, more_to_come=True)
            ids, total = await read.ids(self._actor, query), await read.count(self._actor)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
            return
        if query != self._query:
            return
        same_list = (query.search, query.only) == (self._shown.search, self._shown.only)
        self._shown, self._known = query, {}
        await self.show(ids, same_list=same_list, is_empty=not total)
        self.say_found(len(ids), total)
        self.post_message(self.Counted(total))
        self.post_message(WindowedTable.Moved(self.table))  # what is said of the row under the cursor may be new


def _cells(row: AccountRow) -> Cells:
    words: tuple[str | Content, ...] = (
        printable(row.login),
        printable(row.email),
        row.certified_number or "",
        amount(row.balance),
        state_words(row),
        date_time(row.created_at),
    )
    return words
