"""The entries of a bank statement, however many: narrowed to what becomes of them, searched, ticked."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Select

from smstui.domain.folding import folded
from smstui.formats import number
from smstui.i18n import N_, _, ngettext
from smstui.screens.admin.statement_words import Fate, Line, cells
from smstui.screens.latest import Latest
from smstui.screens.table_list import TableList
from smstui.widgets.columns import Column
from smstui.widgets.windowed_table import Cells, WindowedTable

_FATE_WORDS: Final = {
    Fate.PAYS: N_("pay an order"),
    Fate.PAID: N_("have paid"),
    Fate.DIFFERS: N_("of another amount"),
    Fate.LEFT: N_("pay nothing"),
}


class StatementList(TableList[int]):
    """All in memory; a search runs in a thread, and texts are made for the rows in view only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter"), show=False, id="statement.filter"),
    ]

    def __init__(self) -> None:
        self._lines: Sequence[Line] = ()
        self._texts: Sequence[str] = ()
        self._words = ""
        self._fate: Fate | None = None
        self._finding = Latest(self, self._find, group="statement-find")
        table: WindowedTable[int] = WindowedTable(
            [
                Column("day", _("Date"), 5),
                Column("amount", _("Amount"), 11, right=True),
                Column("fate", _("What"), 14, grows=True),
                Column("order", _("Order"), 13),
                Column("due", _("To pay"), 11, right=True, from_width=70),
                Column("login", _("Account"), 10, from_width=82),
                Column("payer", _("Payer"), 14, grows=True, from_width=98),
            ],
            markable=True,
        )
        super().__init__(table, empty=_("The statement has no entry."))

    def filters(self) -> ComposeResult:
        """What becomes of them."""
        yield Select[Fate]([], prompt=_("all entries"), id="fate", compact=True)

    @property
    def lines(self) -> Sequence[Line]:
        """All of them."""
        return self._lines

    @property
    def current(self) -> Line | None:
        """The entry under the cursor."""
        key = self.table.cursor_key
        return None if key is None or key >= len(self._lines) else self._lines[key]

    @property
    def ticked(self) -> Collection[Line]:
        """Those ticked."""
        return [self._lines[key] for key in self.table.marks]

    async def put(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self._lines = lines
        self._texts = await asyncio.to_thread(lambda: [line.searched for line in lines])
        counts = Counter(line.fate for line in lines)
        words = {fate: f"{_(words)} ({number(counts[fate])})" for fate, words in _FATE_WORDS.items() if counts[fate]}
        self._fate = None
        self.query_one("#fate", Select).set_options([(label, fate) for fate, label in words.items()])
        self.table.mark_only(())
        await self._find()

    def search(self, text: str) -> None:
        """Look for `text` in payers, texts, references, logins and amounts."""
        self._words = text
        self._finding.ask()

    @on(Select.Changed, "#fate")
    def _fate_chosen(self, event: Select.Changed) -> None:
        event.stop()
        self._fate = event.value if isinstance(event.value, Fate) else None
        self._finding.ask()

    @on(WindowedTable.Marked)
    def _say_marked(self, event: WindowedTable.Marked) -> None:
        words = ngettext("{count} ticked", "{count} ticked", event.count).format(count=number(event.count))
        self.say_aside(words if event.count else "")

    def action_filter(self) -> None:
        """Choose which entries are shown."""
        select = self.query_one("#fate", Select)
        select.focus()
        select.action_show_overlay()

    async def rows(self, keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        """What is shown of these."""
        return [(key, cells(self._lines[key])) for key in keys]

    async def _find(self) -> None:
        found = await asyncio.to_thread(_found, self._lines, self._texts, self._words, self._fate)
        await self.show(found, is_empty=not self._lines)
        shown, total = number(len(found)), number(len(self._lines))
        self.say_count(shown if shown == total else f"{shown} / {total}")
        self.post_message(WindowedTable.Moved(self.table))


def _found(lines: Sequence[Line], texts: Sequence[str], text: str, fate: Fate | None) -> tuple[int, ...]:
    words = folded(text).split()
    return tuple(
        index
        for index, line in enumerate(lines)
        if (fate is None or line.fate is fate) and all(word in texts[index] for word in words)
    )
