"""The same book in Textual's own DataTable: `python -m benchmarks.workers.data_table FILE`; any key loads it."""

import sqlite3
import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Label

_ROWS = "SELECT last_name, first_name, mobile, email, company FROM contact ORDER BY search"


class Book(App[None]):
    """A label, then the table."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "load", priority=True)]

    def compose(self) -> ComposeResult:
        """What says that it is there."""
        yield Label("Ready")

    async def action_load(self) -> None:
        """Show all rows."""
        table: DataTable[str] = DataTable()
        await self.mount(table)
        table.add_columns("Name", "First name", "Mobile", "E-mail", "Company")
        database = sqlite3.connect(sys.argv[1])
        table.add_rows(database.execute(_ROWS))
        table.focus()


if __name__ == "__main__":
    Book().run()
