"""Contacts and groups as the rows of a table: what an import of it would read back."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from smstui.domain.contact import FIELD_LABELS, GROUPS_LABEL, ContactField
from smstui.i18n import N_, translated
from smstui.services.contact_rows import Contact
from smstui.services.groups import Group

GROUP_LABELS: Final = (N_("Name of the group"), N_("Description"), N_("Contacts"))
"""Message ids."""
MODEL_ROWS: Final = (
    ("Dupont", "Hugo", "tech@smsmode.com", "601010101"),
    ("Leduc", "Marie", "tech@smsmode.com", "602020202"),
    ("Desmoineau", "Claude", "tech@smsmode.com", "603030303"),
    ("Henry", "Francis", "tech@smsmode.com", "604040404"),
)
MODEL_HEADER: Final = ("Nom", "Prénom", "Email", "Mobile")
"""The guide's model 1 (part 4, "importation des contacts"), as it stands there."""
MODEL_CSV: Final = """\
Dupont,Hugo,tech@smsmode.com,601010101
Leduc,Marie,tech@smsmode.com,602020202
Desmoineaux,Claude,tech@smsmode.com,603030303
Henry,Franis,tech@smsmode.com,604040404
"""
"""Its model 2."""


class ContactColumns:
    """The columns of an account's contacts, in its language."""

    def __init__(self, language: str, free_fields: Sequence[str]) -> None:
        self._language = language
        self._free_fields = free_fields

    @property
    def header(self) -> Sequence[str]:
        """The labels of the fields, the names of the free ones, and the groups."""
        labels = [translated(FIELD_LABELS[each], self._language) for each in ContactField]
        return [*labels, *self._free_fields, translated(GROUPS_LABEL, self._language)]

    def cells(self, contact: Contact) -> Sequence[str]:
        """A contact in those columns."""
        details, extra = contact.details, dict(contact.details.extra)
        return [
            details.last_name,
            details.first_name,
            details.email,
            details.mobile,
            details.title,
            day_text(details.birth_date, self._language),
            details.company,
            details.address,
            *(extra.get(name, "") for name in self._free_fields),
            ", ".join(contact.groups),
        ]


def group_header(language: str) -> Sequence[str]:
    """The labels of the columns of groups."""
    return [translated(each, language) for each in GROUP_LABELS]


def group_cells(group: Group) -> Sequence[str]:
    """A group in those columns."""
    return [group.name, group.description, str(group.contacts)]


def day_text(day: date | None, language: str) -> str:
    """A day as an import reads it, and as people of that language do; "" for none."""
    if day is None:
        return ""
    return f"{day:%d/%m/%Y}" if language == "fr" else day.isoformat()
