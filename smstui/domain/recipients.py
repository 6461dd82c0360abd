"""The recipients in a text typed, pasted or read from a file."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smstui.domain.errors import Refusal
from smstui.domain.phone import FRANCE, InvalidNumber, parse_number

_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELD = re.compile(
    r"""
      \s* ["']? [0-9]+,[0-9]+[eE]\+?[0-9]{1,2} ["']? \s* (?=[,;\t]|$)   # a float with a decimal comma
    | \s* ["']? [0-9]{9,15},0+ ["']? \s* (?=[,;\t]|$)
    | [^,;\t]+
    """,
    re.VERBOSE,
)
_BLANK = re.compile("[\\s\"'\ufeff\u200b]*")


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A field that is no number that can receive SMS."""

    line: int
    """From 1."""
    text: str
    """As it was written: show it through `printable`."""
    reason: Refusal
    """Without its traceback, which would keep every frame of a long list alive."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """What was found in a text."""

    numbers: tuple[str, ...]
    """In E.164, each once, in the order of their first appearance."""
    duplicates: int
    """Numbers left out because they were there already."""
    refused: tuple[RefusedLine, ...]


def read_recipients(text: str, region: str = FRANCE) -> Recipients:
    """The numbers of `text`, separated by new lines, commas, semicolons or tabs, with spaces allowed inside a number.

    Never raises: what is not a number that can receive SMS is listed with its line and the reason.
    """
    numbers: dict[str, None] = {}
    found = 0
    refused: list[RefusedLine] = []
    for line, field in _fields(text):
        try:
            number = parse_number(field, region)
        except InvalidNumber as reason:
            refused.append(RefusedLine(line, field, reason.with_traceback(None)))
        else:
            found += 1
            numbers[number] = None
    return Recipients(tuple(numbers), found - len(numbers), tuple(refused))


def without_fields(text: str, is_meant: Callable[[str], bool], may_hold: Callable[[str], bool]) -> str:
    """`text` without the fields that are meant; a line that loses all of its fields goes, the others stay as they are.

    `may_hold`: whether a whole line may hold such a field, which is cheaper to tell.
    """
    lines = _LINE_END.split(text)
    if not any(map(may_hold, lines)):
        return text
    kept = []
    for line in lines:
        fields = [field.strip() for field in _FIELD.findall(line)] if may_hold(line) else []
        others = [field for field in fields if not is_meant(field)]
        if len(others) == len(fields):
            kept.append(line)
        elif any(others):
            kept.append(", ".join(filter(None, others)))
    return "\n".join(kept)


def _fields(text: str) -> Iterator[tuple[int, str]]:
    """Every field that is not blank, with its line."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        for field in _FIELD.findall(line):
            if not _BLANK.fullmatch(field):
                yield number, field.strip()
