"""Whether what a person decided about a file can be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.contact import FIELD_LABELS, ContactField
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _
from smstui.services.importing.mapping import Target


@dataclass(eq=False)
class NotCertified(Refusal):
    """The opt-in of the contacts was not certified."""

    sentence: ClassVar[str] = N_("Certify that these contacts agreed to receive your SMS: nothing is imported without.")


@dataclass(eq=False)
class NoMobileColumn(Refusal):
    """No column was said to hold the numbers."""

    sentence: ClassVar[str] = N_("Say which column holds the mobile numbers.")


@dataclass(eq=False)
class FieldGivenTwice(Refusal):
    """Two columns for one field."""

    field: str
    sentence: ClassVar[str] = N_("Two columns can't both be “{field}”: choose one of them.")


@dataclass(eq=False)
class NoSuchColumn(Refusal):
    """The file has fewer columns than were spoken of."""

    columns: int
    sentence: ClassVar[str] = N_("The file has {columns} columns only.")


def check_mapping(mapping: Sequence[Target | None], columns: int) -> None:
    """That the columns of a file with so many of them can be taken so.

    Raises NoSuchColumn, FieldGivenTwice, NoMobileColumn.
    """
    if len(mapping) > columns:
        raise NoSuchColumn(columns)
    counts = Counter(target for target in mapping if target is not None)
    twice = next((target for target, count in counts.items() if count > 1), None)
    if twice is not None:
        raise FieldGivenTwice(target_label(twice))
    if ContactField.MOBILE not in counts:
        raise NoMobileColumn


def target_label(target: Target) -> str:
    """The name of a field, in the current language; that of a free field is foreign text."""
    return _(FIELD_LABELS[target]) if isinstance(target, ContactField) else target.name
