"""The columns of a table: how wide each one is, and one row laid out on one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

GAP = 2
"""Blank cells between two columns."""

Cell = str | Content
"""What a table shows in one place. Foreign text comes as `str`: it is never markup."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Widths in terminal cells."""

    id: str
    label: str
    width: int
    right: bool = False
    """Numbers line up on their right."""
    grows: bool = False
    """Takes what the others leave; `width` is then its least."""
    from_width: int = 0
    """Shown only in a table at least this wide."""
    sortable: bool = False


def fit(columns: Sequence[Column], width: int) -> tuple[tuple[int, int], ...]:
    """Which of `columns` fit in `width` cells: (index, width) of each one; the growing ones share what is left."""
    shown = [index for index, column in enumerate(columns) if width >= column.from_width]
    growing = [index for index in shown if columns[index].grows]
    left = max(0, width - sum(columns[index].width for index in shown) - GAP * (len(shown) - 1))
    widths = {index: columns[index].width for index in shown}
    for position, index in enumerate(growing):
        widths[index] += (left * (position + 1)) // len(growing) - (left * position) // len(growing)
    return tuple(widths.items())


def align(cell: Cell, width: int, right: bool) -> Content:
    """`cell` in exactly `width` cells, cut with an ellipsis when it is longer."""
    content = cell if isinstance(cell, Content) else Content(cell)
    content = content.truncate(width, ellipsis=True)
    missing = width - content.cell_length
    return content.pad_left(missing) if right else content.pad_right(missing)


def line(columns: Sequence[Column], widths: Sequence[tuple[int, int]], cells: Sequence[Cell]) -> Content:
    """One row as one line."""
    gap = Content(" " * GAP)
    return gap.join(align(cells[index], width, columns[index].right) for index, width in widths)


def header(columns: Sequence[Column], sorted_by: tuple[str, bool] | None) -> list[str]:
    """The labels of the columns, with an arrow beside that by which the rows are sorted (and whether downwards)."""
    column, descending = sorted_by or ("", False)
    arrow = " ▾" if descending else " ▴"
    return [each.label + (arrow if each.id == column else "") for each in columns]


def next_order(columns: Sequence[Column], sorted_by: tuple[str, bool] | None) -> tuple[str, bool] | None:
    """The same column downwards, or else the next one upwards; None when no column is sortable."""
    sortable = [column.id for column in columns if column.sortable]
    if not sortable:
        return None
    current, descending = sorted_by or (sortable[-1], True)
    return (sortable[(sortable.index(current) + 1) % len(sortable)], False) if descending else (current, True)
