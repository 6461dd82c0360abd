"""A small chart of an amount over a time: columns of eighths of a cell, its highest, its lowest and its ends beside."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widgets import Static

from smstui.widgets.columns import align

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_CELL = len(_EIGHTHS) - 1
_TICK, _LINE = " ┤", " │"


def columns(values: Sequence[int], width: int) -> list[int]:
    """`values` in `width` columns: each shows the last of those that fall into it."""
    return [values[max(0, -(-(column + 1) * len(values) // width) - 1)] for column in range(width)]


def heights(values: Sequence[int], rows: int) -> list[int]:
    """Of each value: its height in eighths of a cell, from one for the lowest to all `rows` for the highest."""
    low, high = min(values), max(values)
    levels = rows * _CELL
    if low == high:
        return [levels // 2] * len(values)
    return [1 + (value - low) * (levels - 1) // (high - low) for value in values]


class BalanceChart(Static):
    """As high as its style says; filled by `show`."""

    DEFAULT_CSS = """
    BalanceChart { height: 6; width: 1fr; text-wrap: nowrap; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._values: Sequence[int] = ()
        self._write: Callable[[int], str] = str
        self._ends = ("", "")

    def show(self, values: Sequence[int], write: Callable[[int], str], ends: tuple[str, str]) -> None:
        """Show `values`, the oldest first, at equal distances; `write` says a value, `ends` when they begin and end."""
        self._values, self._write, self._ends = values, write, ends
        self.refresh()

    def on_resize(self) -> None:
        """Another width has other columns."""
        self.refresh()

    def render(self) -> Content:
        """The columns with the axis at their left, and under them the two ends of the time."""
        rows = self.size.height - 1
        if not self._values or rows < 1:
            return Content("")
        beside = max(Content(self._write(value)).cell_length for value in (min(self._values), max(self._values)))
        shown = columns(self._values, max(1, self.size.width - beside - len(_TICK)))
        labels = {rows - 1: self._write(min(shown)), 0: self._write(max(shown))}
        tall = heights(shown, rows)
        lines = [
            Content.assemble(
                (align(labels.get(row, ""), beside, right=True).plain, "$text-muted"),
                (_TICK if row in labels else _LINE, "$text-muted"),
                ("".join(_cell(height - (rows - 1 - row) * _CELL) for height in tall), "$text-primary"),
            )
            for row in range(rows)
        ]
        first, last = self._ends
        gap = max(1, len(shown) - Content(first).cell_length - Content(last).cell_length)
        lines.append(Content.styled(" " * (beside + len(_TICK)) + first + " " * gap + last, "$text-muted"))
        return Content("\n").join(lines)


def _cell(eighths: int) -> str:
    return _EIGHTHS[max(0, min(_CELL, eighths))]
