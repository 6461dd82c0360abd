"""What a file holds, for the person who decides what to do with it."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from smstui.services.importing.files import read_sheet
from smstui.services.importing.guessing import guess_mapping, has_header, recognised, samples
from smstui.services.importing.mapping import Target
from smstui.services.importing.sheet import ReadingOptions, SheetRow
from smstui.services.importing.values import ColumnLook, ContactFile, Look

SHOWN_ROWS: Final = 50


def look(file: ContactFile, options: ReadingOptions, free_fields: Sequence[str]) -> Look:
    """What `file` holds, read with `options`. Raises the refusals of `read_sheet`."""
    sheet = read_sheet(file.octets, options)
    with_header = has_header(sheet.rows)
    headers = sheet.rows[0].cells if with_header else ("",) * sheet.width
    data = sheet.rows[1:] if with_header else sheet.rows
    guesses = guess_mapping(sheet.rows, with_header, free_fields)
    return Look(
        kind=sheet.kind,
        encoding=sheet.encoding,
        separator=sheet.separator,
        rows=len(sheet.rows),
        first_rows=tuple(row.cells for row in islice(sheet.rows, SHOWN_ROWS)),
        has_header=with_header,
        columns=tuple(
            _column(data, index, guess, header)
            for index, (guess, header) in enumerate(zip(guesses, headers, strict=True))
        ),
    )


def _column(data: Sequence[SheetRow], index: int, guess: Target | None, header: str) -> ColumnLook:
    mobiles, looked_at = recognised(data, index)
    return ColumnLook(samples(data, index), header, guess, mobiles, looked_at)
