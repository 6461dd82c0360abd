"""The character between the cells of a text, by the consistency of its rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

from smstui.services.importing.encodings import LINE_END

SEPARATORS: Final = (";", ",", "\t", "|")
NO_SEPARATOR: Final = ""
"""Of a text with one cell a line."""
UNUSED: Final = "\0"
"""Divides nothing: no text that is read holds it."""
SAMPLE_LINES: Final = 200
_LONGEST_SAMPLE: Final = 200_000
"""Characters."""
_ANNOUNCED = re.compile(r'"?sep=([^"\r\n\w])"?[;,\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_DECIMAL = re.compile(
    r"""
      \d,\d+E\+?\d                           # 6,01010101E+08
    | (?<=[;|\t])\d+,\d+(?=[;|\t]|$)
    | ^\d+,\d+(?=[;|\t])
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
"""Numbers with a comma that can be told from a separator."""


def announced_separator(text: str) -> tuple[str | None, int]:
    """The separator that the first line announces as Excel understands it (sep=;), and the length of that line."""
    match = _ANNOUNCED.match(text)
    return (match[1], match.end()) if match else (None, 0)


def likely_separator(text: str) -> str:
    """The one of SEPARATORS that divides most rows at the start of `text` into the same number of cells.

    NO_SEPARATOR when none does. Separators in the first row count more than others, a comma less: it is found in
    addresses and numbers as well.
    """
    lines = LINE_END.split(text[:_LONGEST_SAMPLE])[:SAMPLE_LINES]
    with_points = _DECIMAL.sub(lambda number: number[0].replace(",", "."), "\n".join(lines)).split("\n")
    fits = ((_fit(with_points if each == "," else lines, each), each) for each in SEPARATORS)
    likely = [(fit, each) for fit, each in fits if fit]
    return max(likely, key=itemgetter(0))[1] if likely else NO_SEPARATOR


def _fit(lines: Sequence[str], separator: str) -> tuple[bool, bool, int, int] | None:
    """How well `separator` divides `lines`, to be compared; None when most rows are not divided alike."""
    widths = list(_widths(lines, separator))
    divided = Counter(width for width in widths if width > 1)
    if not divided:
        return None
    width, count = divided.most_common(1)[0]
    return (widths[0] > 1, separator != ",", width, count) if count * 2 > len(widths) else None


def _widths(lines: Sequence[str], separator: str) -> Iterator[int]:
    """How many cells the rows have, up to the first one whose quotes don't fit: the sample may end within quotes."""
    try:
        for row in csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True):
            if row:
                yield len(row)
    except csv.Error:
        return
