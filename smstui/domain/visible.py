"""Foreign text made safe to show: what would act on a terminal, or hide, becomes something that can be seen."""

import re
import unicodedata

_ACTING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, format characters (bidirectional ones, zero-width ones), surrogates, private use, line separators."""

_BLANK_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Characters of other categories that no terminal shows (Unicode's Default_Ignorable_Code_Point)."""

_EMOJI_JOINER = re.compile(
    "(?<=[\ufe0f\u2600-\u27bf\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)

LONGEST_EXCERPT = 40
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def printable(text: str, keep_newlines: bool = False) -> str:
    """`text` with every control, bidirectional, zero-width or otherwise invisible character made visible.

    C0 controls become their control pictures, other characters their code point as ‹U+202E›. A line end (also CR LF)
    is shown as ⏎, or stays a line feed with `keep_newlines`. Joined emoji are shown one beside the other. Idempotent.
    """
    if text.isprintable() and _BLANK_LETTERS.search(text) is None:
        return text
    text = _EMOJI_JOINER.sub("", text.replace("\r\n", "\n"))
    return "".join(map(_visible_keeping_newlines if keep_newlines else _visible, text))


def _visible_keeping_newlines(character: str) -> str:
    return character if character == "\n" else _visible(character)


def _visible(character: str) -> str:
    if character.isprintable() and _BLANK_LETTERS.match(character) is None:
        return character
    code = ord(character)
    if character == "\n":
        return "⏎"
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    if unicodedata.category(character) in _ACTING_CATEGORIES or _BLANK_LETTERS.match(character):
        return f"‹U+{code:04X}›"
    return character


def excerpt(text: str) -> str:
    """`text` made printable, without the spaces around it, shortened to LONGEST_EXCERPT characters: for a sentence."""
    shown = printable(text.strip()[: LONGEST_EXCERPT + 1])
    return shown if len(shown) <= LONGEST_EXCERPT else f"{shown[: LONGEST_EXCERPT - 1]}…"
