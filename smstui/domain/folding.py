"""Text as a search compares it, and as a list sorts it."""

import unicodedata


def folded(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
