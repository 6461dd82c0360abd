"""What the cells of a column seem to hold."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from smstui.domain.contact import InvalidBirthDate, parse_birth_date
from smstui.domain.folding import folded
from smstui.domain.identity import InvalidEmail, check_email
from smstui.domain.phone import InvalidNumber, parse_number

_TITLES: Final = frozenset(
    {"m", "mr", "mm", "monsieur", "mister", "mme", "madame", "mlle", "mademoiselle", "mrs", "ms", "miss"}
    | {"dr", "docteur", "doctor", "pr", "professeur", "me", "maitre"}
)
"""Folded, without their full stop."""

Test = Callable[[str], bool]


def is_mobile(text: str) -> bool:
    """Whether SMS can be sent to it."""
    try:
        parse_number(text)
    except InvalidNumber:
        return False
    return True


def is_email(text: str) -> bool:
    """Whether it is written as an e-mail address."""
    try:
        check_email(text)
    except InvalidEmail:
        return False
    return True


def is_day(text: str) -> bool:
    """Whether somebody can have been born on it."""
    try:
        return parse_birth_date(text, date.max) is not None
    except InvalidBirthDate:
        return False


def is_title(text: str) -> bool:
    """Madame, Mr., Dr …"""
    return folded(text).rstrip(".") in _TITLES


def has_digits(text: str) -> bool:
    """Whether there is a digit in it."""
    return any(map(str.isdigit, text))


def is_name_like(text: str) -> bool:
    """Whether it could be a name: letters, neither digits nor an address."""
    return "@" not in text and not has_digits(text) and any(map(str.isalpha, text))


def count(test: Test, texts: Iterable[str]) -> int:
    """How many of `texts` pass."""
    return sum(map(test, texts))


def mostly(test: Test, texts: list[str]) -> bool:
    """Whether at least half of `texts` pass, and one at least."""
    return 0 < len(texts) <= 2 * count(test, texts)
