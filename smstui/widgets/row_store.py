"""The rows of a long table that are known, and the pages of it that were asked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from smstui.widgets.columns import Cell

PAGE_ROWS: Final = 200
_PAGES_KEPT: Final = 12

Key = TypeVar("Key", int, str)
Cells = Sequence[Cell]
Span = tuple[int, int]
"""The indexes of the first row of a page and of the one after its last."""


class RowStore(Generic[Key]):
    """Holds the rows of the pages seen last."""

    def __init__(self) -> None:
        self._rows: dict[Key, Cells] = {}
        self._asked: set[int] = set()

    def get(self, key: Key) -> Cells | None:
        """The cells of a row, if they are known."""
        return self._rows.get(key)

    def put(self, rows: Iterable[tuple[Key, Cells]]) -> bool:
        """Take in these rows; whether that changes something."""
        changed = {key: cells for key, cells in rows if self._rows.get(key) != cells}
        self._rows.update(changed)
        return bool(changed)

    def restart(self, rows: Mapping[Key, Cells]) -> None:
        """Know these rows only, and nothing of what was asked for."""
        self._rows = dict(rows)
        self._asked.clear()

    def ask_anew(self, page: Span | None = None) -> None:
        """That page, or every one, counts as not asked for."""
        if page is None:
            self._asked.clear()
        else:
            self._asked.discard(page[0])

    def unknown(self, keys: Sequence[Key], pages: Iterable[Span]) -> Iterable[Span]:
        """Those of `pages` that lack a row and were not asked for yet; they are, from now on."""
        for first, last in pages:
            if first not in self._asked and any(key not in self._rows for key in keys[first:last]):
                self._asked.add(first)
                yield first, last

    def forget_far(self, keys: Sequence[Key], pages: Sequence[Span]) -> None:
        """When there are too many, keep the rows of `pages` only."""
        if len(self._rows) > PAGE_ROWS * _PAGES_KEPT:
            near = (key for first, last in pages for key in keys[first:last])
            self._rows = {key: self._rows[key] for key in near if key in self._rows}
            self._asked = {first for first, _last in pages}
