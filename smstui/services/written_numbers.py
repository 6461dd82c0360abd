"""A phone number in texts that people and spreadsheets wrote, in whatever form."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_BETWEEN: Final = r"[\s.,/()'-]*"
"""What people and spreadsheets write between two digits."""
_PIECE: Final = 100_000
"""Characters that are searched at once."""
_OVERLAP: Final = 200


def number_pattern(number: str) -> re.Pattern[str]:
    """The digits of `number` (E.164) without its country code, whatever is between them; found in a `normal` text."""
    from phonenumbers import parse

    return re.compile(_BETWEEN.join(str(parse(number).national_number)) + "(?![0-9])")


def normal(text: str) -> str:
    """With ASCII digits and spaces."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def pieces(text: str) -> Iterator[str]:
    """`text` in pieces that overlap, so that whoever else needs the interpreter does not wait for all of it."""
    for start in range(0, len(text), _PIECE):
        yield normal(text[start : start + _PIECE + _OVERLAP])
