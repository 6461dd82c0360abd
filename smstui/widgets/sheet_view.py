"""The first rows of a table of any width, under the letters of its columns: scrolled by the arrows, both ways."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smstui.i18n import N_
from smstui.widgets.columns import GAP, align

_WIDEST: Final = 28
"""Cells of a column."""
_SIDEWAYS: Final = 8
"""Cells that one press of an arrow goes."""


class SheetView(ScrollView, can_focus=True):
    """Rows as they stand in the file, numbered, without a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"sheet-view--header", "sheet-view--left-out"}
    DEFAULT_CSS = """
    SheetView { height: 1fr; background: transparent; scrollbar-size: 1 1; }
    SheetView > .sheet-view--header { color: $text-muted; text-style: bold; }
    SheetView:focus > .sheet-view--header { color: $accent; }
    SheetView > .sheet-view--left-out { color: $text-disabled; text-style: italic; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "sideways(1)", N_("To the right"), show=False, id="sheet.right"),
        Binding("left,h", "sideways(-1)", N_("To the left"), show=False, id="sheet.left"),
        Binding("down,j", "scroll_down", N_("Down"), show=False, id="sheet.down"),
        Binding("up,k", "scroll_up", N_("Up"), show=False, id="sheet.up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: Sequence[Sequence[str]] = ()
        self._widths: Sequence[int] = ()
        self._left_out = 0

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows, all as long as the first, made printable by the owner."""
        self._rows = rows
        letters = map(column_letters, range(len(rows[0]) if rows else 0))
        self._widths = [
            min(_WIDEST, max(Content(cell).cell_length for cell in column))
            for column in zip(letters, *rows, strict=True)
        ]
        self.virtual_size = Size(self._margin + sum(width + GAP for width in self._widths), len(rows) + 1)
        self.scroll_to(0, 0, animate=False)
        self.refresh()

    def leave_out(self, rows: int) -> None:
        """The first `rows` rows are dimmed, and have no number."""
        self._left_out = rows
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The letters on the first line, then the rows."""
        index = round(self.scroll_offset.y) + y - 1
        if not self._rows or index >= len(self._rows):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        if y == 0:
            cells: Sequence[str] = [column_letters(index) for index in range(len(self._widths))]
            return self._draw("", cells, "sheet-view--header")
        if index < self._left_out:
            return self._draw("–", self._rows[index], "sheet-view--left-out")
        return self._draw(str(index + 1), self._rows[index])

    def action_sideways(self, by: int) -> None:
        """A column or so to the left or to the right."""
        self.scroll_relative(x=by * _SIDEWAYS, animate=False)

    @property
    def _margin(self) -> int:
        return len(str(len(self._rows))) + GAP

    def _draw(self, label: str, cells: Sequence[str], *classes: str) -> Strip:
        gap = Content(" " * GAP)
        style = self.get_visual_style(*classes) if classes else self.visual_style
        row = gap.join(align(cell, width, right=False) for cell, width in zip(cells, self._widths, strict=True))
        margin = Content.styled(label.rjust(self._margin - GAP), "$text-muted")
        strips = Visual.to_strips(
            self, gap.join([margin, row]), self.virtual_size.width, 1, style, pad=True, apply_selection=False
        )
        left = round(self.scroll_offset.x)
        return strips[0].crop_extend(left, left + self.size.width, style.rich_style)


def column_letters(index: int) -> str:
    """The name that spreadsheet programs give to column `index` (from 0): A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
