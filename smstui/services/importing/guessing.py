"""What each column of a file seems to be, as an offer to the person who imports it."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from smstui.domain.contact import ContactField
from smstui.domain.folding import folded
from smstui.services.importing.contents import (
    Test,
    count,
    has_digits,
    is_day,
    is_email,
    is_mobile,
    is_name_like,
    is_title,
    mostly,
)
from smstui.services.importing.header_words import Clarity, Unwanted, announced
from smstui.services.importing.mapping import FreeField, Target
from smstui.services.importing.sheet import SheetRow

_ROWS_GUESSED_FROM: Final = 200
_ROWS_COUNTED: Final = 1000
_ENOUGH_WORDS: Final = 2
"""Cells with known words that make a header, whatever is below."""


def has_header(rows: Sequence[SheetRow]) -> bool:
    """Whether the first of `rows` says what the columns are: it holds no mobile number and no e-mail address, but
    words that are known, or words over a column of numbers or addresses.
    """
    first, below = rows[0].cells, rows[1 : 1 + _ROWS_GUESSED_FROM]
    filled = [cell for cell in first if cell]
    if any(is_mobile(cell) or is_email(cell) for cell in filled):
        return False
    known = sum(announced(cell) is not None for cell in filled)
    if known * 2 >= len(filled) and (known >= _ENOUGH_WORDS or not below):
        return True
    return any(_is_named(cell, texts) for cell, texts in zip(first, _columns(below, len(first)), strict=True))


def _is_named(cell: str, texts: list[str]) -> bool:
    """Whether `cell` is no value of a column of `texts`, but its name."""
    if not is_name_like(cell):
        return False
    return mostly(is_mobile, texts) or mostly(is_email, texts) or (bool(announced(cell)) and mostly(has_digits, texts))


def guess_mapping(rows: Sequence[SheetRow], with_header: bool, free_fields: Sequence[str]) -> tuple[Target | None, ...]:
    """What each column is likely to be, None for what is not known; nothing twice.

    `free_fields` are the names of those of the account. Words of the header count first, then what the cells hold.
    """
    width = len(rows[0].cells)
    columns = _columns(rows[with_header : with_header + _ROWS_GUESSED_FROM], width)
    guess = _Guess(columns, rows[0].cells if with_header else ("",) * width)
    guess.by_free_fields(free_fields)
    guess.by_words()
    guess.by_contents()
    if not with_header:
        guess.by_order()
    return tuple(guess.targets)


def samples(rows: Sequence[SheetRow], column: int, wanted: int = 3) -> tuple[str, ...]:
    """The first different cells of a column that are not blank; rows without the header."""
    found: dict[str, None] = {}
    for row in rows:
        if len(found) == wanted:
            break
        if cell := row.cells[column]:
            found[cell] = None
    return tuple(found)


def recognised(rows: Sequence[SheetRow], column: int) -> tuple[int, int]:
    """How many cells of a column are mobile numbers, and how many are not blank, of the first thousand rows."""
    cells = [cell for row in islice(rows, _ROWS_COUNTED) if (cell := row.cells[column])]
    return count(is_mobile, cells), len(cells)


def _columns(rows: Sequence[SheetRow], width: int) -> list[list[str]]:
    """The cells of each column that are not blank."""
    return [[cell for row in rows if (cell := row.cells[column])] for column in range(width)]


class _Guess:
    """The targets that were found so far for some columns."""

    def __init__(self, columns: list[list[str]], headers: Sequence[str]) -> None:
        self.targets: list[Target | None] = [None] * len(columns)
        self._columns = columns
        self._headers = headers
        self._announced = [announced(header) if header else None for header in headers]

    def by_free_fields(self, names: Sequence[str]) -> None:
        """Columns headed by the very name of a free field."""
        fields = {folded(name): FreeField(name) for name in names}
        for index, header in enumerate(self._headers):
            self._take(index, fields.pop(folded(header), None))

    def by_words(self) -> None:
        """Columns whose header is known; of several for the mobile, the one with the most of them."""
        for field in ContactField:
            found = [
                (count(is_mobile, self._columns[index]) if field is ContactField.MOBILE else 0, clarity, -index)
                for index, (target, clarity) in self._known()
                if target is field
            ]
            if found:
                self._take(-max(found)[2], field)

    def by_contents(self) -> None:
        """Columns whose header says nothing. A day is a birth date only where there is no header to contradict."""
        mobiles = self._likely(is_mobile)
        if mobiles and not self._holds_mobiles():
            self._move(ContactField.MOBILE, max(mobiles, key=lambda index: count(is_mobile, self._columns[index])))
        for field, test in ((ContactField.EMAIL, is_email), (ContactField.TITLE, is_title)):
            self._take_first(field, self._likely(test))
        self._take_first(ContactField.BIRTH_DATE, [each for each in self._likely(is_day) if not self._headers[each]])

    def by_order(self) -> None:
        """Name and first name, in this order, usually before the mobile."""
        names = (ContactField.LAST_NAME, ContactField.FIRST_NAME)
        likely = self._likely(is_name_like)
        mobile = self.targets.index(ContactField.MOBILE) if ContactField.MOBILE in self.targets else len(self.targets)
        before = [index for index in likely if index < mobile]
        for field, index in zip(names, before or likely, strict=False):
            self._take(index, field)

    def _known(self) -> list[tuple[int, tuple[ContactField | Unwanted, Clarity]]]:
        """The columns that are free and whose header is known, with what it announces."""
        return [(index, each) for index, each in enumerate(self._announced) if each and self.targets[index] is None]

    def _likely(self, test: Test) -> list[int]:
        """The columns that are free, say nothing in their header, and hold mostly what passes `test`."""
        return [
            index
            for index, texts in enumerate(self._columns)
            if self.targets[index] is None and self._announced[index] is None and mostly(test, texts)
        ]

    def _holds_mobiles(self) -> bool:
        """Whether the column of the mobile is found, and mostly right."""
        if ContactField.MOBILE not in self.targets:
            return False
        return mostly(is_mobile, self._columns[self.targets.index(ContactField.MOBILE)])

    def _move(self, target: ContactField, index: int) -> None:
        self.targets = [None if each is target else each for each in self.targets]
        self._take(index, target)

    def _take(self, index: int, target: Target | None) -> None:
        if target is not None and self.targets[index] is None:
            self.targets[index] = target

    def _take_first(self, target: ContactField, columns: Sequence[int]) -> None:
        if columns and target not in self.targets:
            self._take(columns[0], target)
