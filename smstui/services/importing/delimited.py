"""CSV files and their kin: texts with a character between cells."""

import csv
import io

from smstui.domain.spreadsheet_text import may_hold_guards, unguarded
from smstui.services.importing.encodings import decoded
from smstui.services.importing.foreign import refuse_markup
from smstui.services.importing.refusals import BrokenLine, TooManyColumns
from smstui.services.importing.separators import NO_SEPARATOR, UNUSED, announced_separator, likely_separator
from smstui.services.importing.sheet import COLUMN_LIMIT, FileKind, ReadingOptions, Sheet, even_rows


def read_delimited(octets: bytes, options: ReadingOptions) -> Sheet:
    """The table in a text file. Rows may be of different lengths; formula guards are taken away.

    Raises UndecodableText, BinaryFile, BrokenLine, what `even_rows` raises, and what says of which other format it is.
    """
    text, encoding = decoded(octets, options.encoding)
    refuse_markup(text)
    announced, start = announced_separator(text)
    separator = options.separator
    if separator is None:
        separator = announced or likely_separator(text)
    lines, rows = _records(text, start, separator)
    if may_hold_guards(text):
        rows = [tuple([unguarded(cell).strip() for cell in row]) for row in rows]
    return Sheet(FileKind.CSV, encoding, separator, even_rows(lines, rows))


def _records(text: str, start: int, separator: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """The records of `text` from the line at `start` on that are not blank, and the lines where they start.

    Raises BrokenLine, TooManyColumns.
    """
    source = io.StringIO(text, newline="")
    line = 1
    if start:
        source.readline()
        line = 2
    skipped = line - 1
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    reader = csv.reader(source, delimiter=UNUSED if separator == NO_SEPARATOR else separator, strict=True)
    try:
        for record in reader:
            cells = tuple(map(str.strip, record))
            if any(cells):
                lines.append(line)
                rows.append(cells if len(cells) <= COLUMN_LIMIT else _without_blank_end(cells))
            line = skipped + reader.line_num + 1
    except csv.Error:
        raise BrokenLine(line) from None
    return lines, rows


def _without_blank_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells up to the last one that is not blank. Raises TooManyColumns."""
    if any(cells[COLUMN_LIMIT:]):
        raise TooManyColumns(COLUMN_LIMIT)
    return cells[:COLUMN_LIMIT]
