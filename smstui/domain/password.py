"""The five rules of a password, in the order of the guide (part 1, step 3)."""

from collections.abc import Callable
from enum import StrEnum

from smstui.i18n import N_

SHORTEST_PASSWORD = 8


class PasswordRule(StrEnum):
    """What a password must have. The values are message ids: the labels that screens tick, to be translated."""

    LENGTH = N_("8 characters minimum.")
    SPECIAL = N_("A special character.")
    LOWER = N_("A lower-case letter.")
    DIGIT = N_("A digit.")
    UPPER = N_("An upper-case letter.")


def _is_special(character: str) -> bool:
    return not character.isalnum()


_CHARACTERS: dict[PasswordRule, Callable[[str], bool]] = {
    PasswordRule.SPECIAL: _is_special,
    PasswordRule.LOWER: str.islower,
    PasswordRule.DIGIT: str.isdecimal,
    PasswordRule.UPPER: str.isupper,
}


def broken_rules(password: str) -> tuple[PasswordRule, ...]:
    """The rules that `password` doesn't follow yet, in the order of the guide; none when it is good."""
    return tuple(rule for rule in PasswordRule if not _follows(rule, password))


def _follows(rule: PasswordRule, password: str) -> bool:
    if rule is PasswordRule.LENGTH:
        return len(password) >= SHORTEST_PASSWORD
    return any(map(_CHARACTERS[rule], password))
