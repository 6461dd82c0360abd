"""A table of texts, as read from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from smstui.services.importing.refusals import NoFilledRow, TooManyCells, TooManyColumns, TooManyRows

MEGABYTE: Final = 1024 * 1024
FILE_LIMIT: Final = 10 * MEGABYTE
"""Octets of a file."""
COLUMN_LIMIT: Final = 100
ROW_LIMIT: Final = 1_048_576
"""Of a sheet of Excel."""
CELL_LIMIT: Final = 10_000_000
"""Rows × columns of the smallest table with all filled cells."""


class FileKind(StrEnum):
    """What files are read."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    """Any delimited text."""


class TextEncoding(StrEnum):
    """How a text file may be encoded: the names by which Python knows them."""

    UTF_8 = "utf-8"
    CP1252 = "cp1252"
    """Western Europe, Windows."""
    UTF_16 = "utf-16"
    """Excel's "Unicode text"."""
    LATIN_9 = "iso8859-15"
    MAC_ROMAN = "mac-roman"


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person decided about a CSV file; None where it is to be found out."""

    encoding: TextEncoding | None = None
    separator: str | None = None
    """One of SEPARATORS, or "" for one cell a line."""


class SheetRow(NamedTuple):
    """A row that is not blank."""

    line: int
    """The number that a spreadsheet program shows for the row; in a text, of the line where the row starts. From 1."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are not blank, all of the same width; the last column is not blank in all of them.

    Cells have neither spaces around them nor NUL characters. They are foreign: show them through `printable`.
    """

    kind: FileKind
    encoding: TextEncoding | None
    """None for a workbook."""
    separator: str | None
    """"" when there is one cell a line; None for a workbook."""
    rows: Sequence[SheetRow]

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0].cells)


def even_rows(lines: Sequence[int], rows: Sequence[tuple[str, ...]]) -> tuple[SheetRow, ...]:
    """`rows`, none of which is blank, with their `lines`, brought to the same width without blank columns at the right.

    Raises NoFilledRow, TooManyRows, TooManyColumns, TooManyCells.
    """
    if not rows:
        raise NoFilledRow
    width = max(map(len, rows))
    while not any(len(row) >= width and row[width - 1] for row in rows):
        width -= 1
    if len(rows) > ROW_LIMIT:
        raise TooManyRows(ROW_LIMIT)
    check_extent(len(rows), width)
    if set(map(len, rows)) != {width}:
        blank = ("",) * width
        rows = [row if len(row) == width else (row + blank)[:width] for row in rows]
    return tuple(map(SheetRow, lines, rows))


def check_extent(rows: int, columns: int) -> None:
    """Raise TooManyColumns or TooManyCells when a table of this size is too large."""
    if columns > COLUMN_LIMIT:
        raise TooManyColumns(COLUMN_LIMIT)
    if rows * columns > CELL_LIMIT:
        raise TooManyCells(CELL_LIMIT)
