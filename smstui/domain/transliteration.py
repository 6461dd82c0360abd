"""What would bring a text into GSM-7: letters without their accents, plain quotes and dashes, ordinary spaces."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from smstui.domain.gsm7 import GSM7_CHARACTERS, is_gsm7


@dataclass(frozen=True, slots=True)
class Replacement:
    """A change that transliteration makes, and how many times."""

    before: str
    """A character with its combining marks."""
    after: str
    """In GSM-7; empty when the character is dropped."""
    count: int


@dataclass(frozen=True, slots=True)
class Transliteration:
    """A text brought as near to GSM-7 as it can be."""

    text: str
    replacements: tuple[Replacement, ...]
    """In order of first appearance."""
    unreplaced: tuple[str, ...]
    """What stays outside GSM-7 (emoji, other scripts), each once: the text still needs Unicode unless this is empty."""


_TABLE = {
    **dict.fromkeys("‘’‚‛′´`ʼʹˈ‹›", "'"),
    **dict.fromkeys("“”„‟″«»¨", '"'),
    **dict.fromkeys("‐‑‒–—―−•‣⁃", "-"),
    **dict.fromkeys("\u0085\u2028\u2029\v", "\n"),
    "\t": " ",
    "°": "o",
    "·": ".",
    "⁄": "/",
    "÷": "/",
    "×": "x",
    "±": "+/-",
    "≠": "<>",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "¦": "|",
    "©": "(c)",
    "®": "(r)",
    "¢": "c",
    "μ": "u",
    "œ": "oe",
    "Œ": "OE",
    "ẞ": "SS",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ħ": "h",
    "Ħ": "H",
    "ŧ": "t",
    "Ŧ": "T",
    "ı": "i",
    "ŋ": "n",
    "Ŋ": "N",
    "ƒ": "f",
}
_OUTSIDE: Final = re.compile(f"[^{re.escape(''.join(sorted(GSM7_CHARACTERS)))}]+")
_JOINERS = "\u200c\u200d"
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf"})
_OVERLAY = 1
"""The combining class of strokes through a character: without one, "not equal" would say "equal"."""


def transliterate(text: str) -> Transliteration:
    """`text` with what can be replaced replaced, and the list of it.

    Characters of GSM-7 are never touched, except that a letter followed by combining marks is composed with them
    first (é is in GSM-7). What has no faithful replacement stays. Idempotent.
    """
    if is_gsm7(text):
        return Transliteration(text, (), ())
    done, end, previous = [], 0, ""
    replaced: Counter[tuple[str, str]] = Counter()
    unreplaced: dict[str, None] = {}
    for found in _OUTSIDE.finditer(text):
        start = found.start() - 1 if found.start() and _follows(found[0][0]) else found.start()
        done.append(text[end:start])
        previous = text[start - 1 : start] or previous
        end = found.end()
        for cluster in _clusters(text[start:end]):
            after = cluster if cluster in GSM7_CHARACTERS else _replacement(cluster, after_digit=previous.isdigit())
            if after is None:
                unreplaced[cluster] = None
                after = cluster
            elif after != cluster:
                replaced[cluster, after] += 1
            done.append(after)
            previous = after[-1:] or previous
    replacements = tuple(Replacement(before, after, count) for (before, after), count in replaced.items())
    return Transliteration("".join((*done, text[end:])), replacements, tuple(unreplaced))


def _clusters(text: str) -> list[str]:
    """`text` cut into characters, each with the combining marks, variation selectors and joiners that follow it."""
    clusters: list[str] = []
    for character in text:
        if clusters and _follows(character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _follows(character: str) -> bool:
    """Whether it belongs to the character before it."""
    return character in _JOINERS or unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=4096)
def _replacement(cluster: str, *, after_digit: bool) -> str | None:
    """What stands for `cluster` in GSM-7; None when nothing does."""
    composed = unicodedata.normalize("NFC", cluster)
    after = "".join(_letters(composed))
    if not is_gsm7(after):
        return None
    if after_digit:
        return _after_digit(composed, after)
    return after


def _letters(composed: str) -> list[str]:
    """`composed` character by character: as it is, by the table, or decomposed and without its marks."""
    letters: list[str] = []
    for character in composed:
        if character in GSM7_CHARACTERS:
            letters.append(character)
        elif character in _TABLE:
            letters.append(_TABLE[character])
        elif (decomposed := unicodedata.normalize("NFKD", character)) != character:
            letters.extend(_letters(decomposed))
        elif not _is_dropped(character):
            letters.append(character)
    return letters


def _is_dropped(character: str) -> bool:
    """Whether a text says the same without `character`: accents, invisible characters and controls."""
    category = unicodedata.category(character)
    if category in {"Mn", "Me"}:
        return unicodedata.combining(character) != _OVERLAY
    return category in _DROPPED_CATEGORIES


def _after_digit(composed: str, after: str) -> str:
    """`after` kept apart from the digit before it: 1½ is not 11/2, 10² not 102, 180° not 180o."""
    if unicodedata.normalize("NFKD", composed).startswith("°"):
        return f" deg{after[1:]}"
    kind = unicodedata.decomposition(composed[0]).partition(" ")[0]
    if kind == "<fraction>":
        return f" {after}"
    if kind == "<super>" and after.isdigit():
        return f"^{after}"
    return after
