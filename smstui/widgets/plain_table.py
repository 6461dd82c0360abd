"""A short table without a cursor: every row is shown, under a muted header, or a sentence when there is none."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from smstui.widgets.columns import Cell, Column, fit, line


class PlainTable(Static):
    """As high as its rows; filled by `show`."""

    DEFAULT_CSS = """
    PlainTable { height: auto; width: 1fr; text-wrap: nowrap; }
    """

    def __init__(self, columns: Sequence[Column], *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._columns = tuple(columns)
        self._empty = empty
        self._rows: Sequence[Sequence[Cell]] | None = None

    def show(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows; the same again costs nothing."""
        if rows != self._rows:
            self._rows = rows
            self.refresh(layout=True)

    def on_resize(self) -> None:
        """Another width has other columns."""
        self.refresh(layout=True)

    def render(self) -> Content:
        """The header, then a line for each row; nothing before the first `show`."""
        if self._rows is None:
            return Content("")
        widths = fit(self._columns, self.size.width)
        header = line(self._columns, widths, [Content.styled(each.label, "$text-muted") for each in self._columns])
        rows = [line(self._columns, widths, row) for row in self._rows]
        return Content("\n").join([header, *(rows or [Content.styled(self._empty, "$text-muted")])])
