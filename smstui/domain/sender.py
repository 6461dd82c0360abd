"""Custom senders: the name that a phone shows instead of a number (SMPP 3.4, 5.2.5, TON 5; the operators' charter)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.i18n import N_

LONGEST_SENDER = 11

FORBIDDEN_SENDERS = frozenset(
    {"ameli", "antai", "caf", "douane", "gendarmerie", "gouv", "impots", "police", "pompiers", "samu", "urssaf"}
)
"""Names of public services that fraud borrows, in lower case: the default list."""


@dataclass(eq=False)
class InvalidSender(Refusal):
    """A name that operators would refuse or replace; the base of the more precise refusals."""

    name: str
    """As written, made printable."""
    sentence: ClassVar[str] = N_("“{name}” can't be a sender: 11 letters and digits at most, and not only digits.")


@dataclass(eq=False)
class EmptySender(InvalidSender):
    """No name at all."""

    sentence: ClassVar[str] = N_("Give the sender a name: 11 letters and digits at most.")


@dataclass(eq=False)
class SenderCharacters(InvalidSender):
    """A space, an accent, a punctuation mark."""

    sentence: ClassVar[str] = N_(
        "“{name}” can't be a sender: only letters without accents and digits, no space, no punctuation."
    )


@dataclass(eq=False)
class SenderTooLong(InvalidSender):
    """More than 11 characters."""

    length: int
    sentence: ClassVar[str] = N_("“{name}” has {length} characters: a sender has 11 at most.")


@dataclass(eq=False)
class SenderOnlyDigits(InvalidSender):
    """A number in the place of a name."""

    sentence: ClassVar[str] = N_("“{name}” has only digits: a sender needs at least one letter.")


@dataclass(eq=False)
class SenderForbidden(InvalidSender):
    """A name that belongs to a public service."""

    sentence: ClassVar[str] = N_("“{name}” is a reserved name: choose another sender.")


def check_sender(name: str, forbidden: Collection[str] = FORBIDDEN_SENDERS) -> str:
    """`name`, if it can be a sender. Raises a subclass of InvalidSender. `forbidden` is in lower case."""
    if not name:
        raise EmptySender(name)
    if not (name.isascii() and name.isalnum()):
        raise SenderCharacters(printable(name))
    if len(name) > LONGEST_SENDER:
        raise SenderTooLong(name, len(name))
    if name.isdigit():
        raise SenderOnlyDigits(name)
    if name.lower() in forbidden:
        raise SenderForbidden(name)
    return name
