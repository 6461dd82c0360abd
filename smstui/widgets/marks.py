"""Which rows of a table are ticked."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import filterfalse
from typing import Final, Generic, TypeVar

FEW: Final = 20_000
"""Rows of which "all" is remembered one by one, and so outlasts a search; "all" of more rows ends with their list."""
_PIECE: Final = 1000

Key = TypeVar("Key", int, str)


class Marks(Generic[Key]):
    """These rows, or all but these: all of a million rows cost nothing."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._all_but = False

    def __contains__(self, key: Key) -> bool:
        return (key in self._keys) is not self._all_but

    def count(self, rows: int) -> int:
        """How many rows are ticked in a table of `rows` rows."""
        return rows - len(self._keys) if self._all_but else len(self._keys)

    def turn(self, key: Key) -> None:
        """Tick a row, or untick it."""
        self._keys ^= {key}

    def only(self, keys: Iterable[Key]) -> None:
        """Tick these rows and no other."""
        self._keys, self._all_but = set(keys), False

    def turn_all(self, keys: Sequence[Key], *, lasting: bool) -> None:
        """Tick all of `keys`; none of them when all are. `lasting`: rows hidden by a search stay as they are."""
        every = not self._keys if self._all_but else all(map(self._keys.__contains__, keys))
        if not lasting or len(keys) > FEW:
            self._keys, self._all_but = set(), not every
        elif every:
            self._keys.difference_update(keys)
        else:
            self._keys.update(keys)

    def among(self, keys: Sequence[Key]) -> Sequence[Key]:
        """The ticked rows in the order of `keys`, then those that are not among them; no copy when all are ticked."""
        if not self._keys:
            return keys if self._all_but else ()
        if not self._all_but:
            shown = tuple(filter(self._keys.__contains__, keys))
            return shown + tuple(self._keys.difference(shown)) if len(shown) < len(self._keys) else shown
        if isinstance(keys, array):
            return self._others(keys)
        return tuple(filterfalse(self._keys.__contains__, keys))

    def _others(self, keys: "array[Key]") -> "array[Key]":
        """All but the rows remembered: copied in pieces, for of a million one by one the screen would stand still."""
        left = keys[:0]
        for start in range(0, len(keys), _PIECE):
            piece = keys[start : start + _PIECE]
            left.extend(piece if self._keys.isdisjoint(piece) else filterfalse(self._keys.__contains__, piece))
        return left

    def follow(self, before: Sequence[Key], after: Sequence[Key], *, same_list: bool, lasting: bool) -> None:
        """Rows `after` are shown in the place of rows `before`; ticks of rows that went go, unless they are `lasting`.

        `same_list`: they are the same rows otherwise, or more or fewer of them: all of them still is all of them.
        """
        if self._all_but and not same_list:
            self.only(set(before) - self._keys if len(before) <= FEW else ())
        if self._keys and (self._all_but or not lasting):
            self._keys.intersection_update(after)
