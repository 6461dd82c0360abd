"""What must be known of the XML in a workbook before a parser is given it: whether it is safe, and how far cells reach.

A parser makes room for all cells from the first to the last filled one: two cells far apart would need all memory.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from smstui.services.importing.refusals import DamagedFile, UncomputedFormula, UnusualXml
from smstui.services.importing.sheet import check_extent

_LAST_ROWS: Final = 64 * 1024
"""Octets at the end of a piece where the start of a row is looked for."""
_LONGEST_TAG: Final = 1024 * 1024
_ROW_START: Final = re.compile(rb"<(?:\w+:)?row\b")
_DECLARATION: Final = re.compile(rb"<!(?![\[-])")
"""Neither a comment nor a CDATA section."""
_UTF_8_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[^\0]|\Z)")
_ENCODING: Final = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["'](?!(?:utf-?8|us-ascii)["'])""", re.IGNORECASE)

_OUTSIDE: Final = (
    re.compile(rb'<c(?:[\t\r\n/>]| (?!r="[A-J][1-9][0-9]{0,5}"))'),
    re.compile(rb'<c(?:[\t\r\n/>]| (?!r="(?:[A-Z]|[ABC][A-Z])[1-9][0-9]{0,4}"))'),
)
"""Cells that reach beyond a frame of about CELL_LIMIT cells, or are not written as programs write them.

The two frames: 10 columns of 999,999 rows, 104 columns of 99,999 rows.
"""
_PREFIXED: Final = re.compile(rb":c[\s/>]")
_TAG: Final = re.compile(rb"""<(?:\w+:)?(?P<name>row|c)(?=[\s/>])(?P<attributes>(?:[^>"']++|"[^"]*"|'[^']*')*+)>""")
_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{0,9})\$?([0-9]{0,9})""")

_FORMULA: Final = b"<f"
_NO_VALUE: Final = re.compile(
    rb"""
    <(?:\w+:)?c(?P<attributes>\s[^>]*)?>\s*
    <(?:\w+:)?f(?:[\s/][^>]*)?(?:(?<=/)>|>[^<]*</(?:\w+:)?f>)\s*
    (?:(?P<no_element></)|<(?:\w+:)?v\s*/>|<(?:\w+:)?v[^>]*>\s*</)
    """,
    re.VERBOSE,
)
_OF_TEXT: Final = re.compile(rb"""\st\s*=\s*["']str["']""")
"""The type of a formula that gives a text, which may be empty."""


def tag_aligned(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets, cut before a tag: the last row of a piece where there is one. Raises DamagedFile."""
    kept = b""
    for piece in pieces:
        block = kept + piece
        rows = list(_ROW_START.finditer(block, max(len(block) - _LAST_ROWS, 0)))
        cut = rows[-1].start() if rows else block.rfind(b"<")
        if cut == 0 and b">" not in block:
            if len(block) > _LONGEST_TAG:
                raise DamagedFile
            kept = block
            continue
        cut = cut if cut > 0 else len(block)
        kept = block[cut:]
        yield block[:cut]
    yield kept


def refuse_unsafe(part: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """`blocks`, of an XML part. Raises UnusualXml when it declares entities or is not in UTF-8."""
    for index, block in enumerate(blocks):
        if index == 0 and (not _UTF_8_START.match(block) or _ENCODING.match(block)):
            raise UnusualXml(part)
        if _DECLARATION.search(block):
            raise UnusualXml(part)
        yield block


def is_within_frame(blocks: Iterable[bytes]) -> bool:
    """Whether the cells of a part surely are few enough to be read. Fast; False does not say that they aren't.

    Raises UncomputedFormula.
    """
    frames = set(_OUTSIDE)
    for block in blocks:
        frames = {frame for frame in frames if not frame.search(block)}
        has_prefix = _PREFIXED.search(block)
        if has_prefix:
            frames.clear()
        if has_prefix or _FORMULA in block:
            _refuse_uncomputed(block)
    return bool(frames)


def check_cells(blocks: Iterable[bytes]) -> None:
    """Look at each cell of a part. Raises TooManyColumns, TooManyCells when its filled cells reach too far."""
    row = column = last_row = last_column = 0
    for block in blocks:
        for tag in _TAG.finditer(block):
            attributes = tag["attributes"]
            reference = _REFERENCE.search(attributes)
            letters, digits = reference.groups() if reference else (b"", b"")
            if tag["name"] == b"row":
                row, column = int(digits or row + 1), 0
                continue
            column = _column_number(letters) or column + 1
            if not attributes.endswith(b"/"):
                last_row = max(last_row, int(digits or row))
                last_column = max(last_column, column)
    check_extent(last_row, last_column)


def _column_number(letters: bytes) -> int:
    """From 1; 0 for no letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("@")
    return number


def _refuse_uncomputed(block: bytes) -> None:
    for match in _NO_VALUE.finditer(block):
        attributes = match["attributes"] or b""
        if match["no_element"] or not _OF_TEXT.search(attributes):
            reference = _REFERENCE.search(attributes)
            raise UncomputedFormula(b"".join(reference.groups()).decode() if reference else "?")
