"""A value over the last minutes: its label, a sparkline from zero to its peak, and the value now in words."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from smstui.widgets.columns import align

_BLOCKS = "▁▂▃▄▅▆▇"
"""Never a whole cell: two lines, one above the other, stay apart."""
LABEL_WIDTH = 12
_GAP = 2


def sparkline(values: Sequence[float | None], width: int) -> str:
    """`values` in at most `width` cells, each of as many neighbours as it takes and as high as the highest of them.

    Nothing known is a blank.
    """
    if not values or width <= 0:
        return ""
    together = -(-len(values) // width)
    # From the newest on: the oldest cell is the one that may hold fewer.
    ends = range(len(values), 0, -together)
    cells = [[one for one in values[max(0, end - together) : end] if one is not None] for end in reversed(ends)]
    peak = max((one for cell in cells for one in cell), default=0.0)
    return "".join(_block(max(cell), peak) if cell else " " for cell in cells)


def _block(value: float, peak: float) -> str:
    if value <= 0:
        return _BLOCKS[0]
    return _BLOCKS[round(value / peak * (len(_BLOCKS) - 1))]


class TrendLine(Static):
    """One line, filled by `show`."""

    DEFAULT_CSS = """
    TrendLine { height: 1; width: 1fr; text-wrap: nowrap; }
    """

    def __init__(self, label: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._label = label
        self._values: Sequence[float | None] = ()
        self._text = ""
        self._text_width = 0

    def show(self, values: Sequence[float | None], text: str, text_width: int) -> None:
        """Show `values`, the oldest first, and `text`, which takes `text_width` cells at least."""
        self._values, self._text, self._text_width = values, text, text_width
        self.refresh()

    def on_resize(self) -> None:
        """Another width has other cells."""
        self.refresh()

    def render(self) -> Content:
        """The label, the sparkline, the value."""
        text = align(self._text, max(self._text_width, Content(self._text).cell_length), right=False)
        width = min(len(self._values), self.size.width - LABEL_WIDTH - _GAP - text.cell_length)
        drawn = sparkline(self._values, width)
        return Content.assemble(
            align(Content.styled(self._label, "$text-muted"), LABEL_WIDTH, right=False),
            (drawn, "$text-primary"),
            " " * (width - len(drawn) + _GAP),
            text,
        )
