"""Text as a search compares it, and as a list sorts it."""

import re
import unicodedata

_USUAL_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""The combining marks of Latin, Greek and Cyrillic letters."""
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that have no decomposition, as people type them without a keyboard for them."""


def folded(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    plain = _USUAL_MARKS.sub("", unicodedata.normalize("NFKD", text))
    if plain.isascii():
        return plain.lower()
    if any(map(unicodedata.combining, plain)):
        plain = "".join(each for each in plain if not unicodedata.combining(each))
    return plain.casefold().translate(_LIGATURES)
