"""Contacts between the book's tables and the values of the program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from smstui.domain.contact import ContactDetails, has_plain_names, search_text
from smstui.storage.book_tables import SEARCHED


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of an account's book."""

    id: int
    details: ContactDetails
    created_at: datetime
    updated_at: datetime
    groups: tuple[str, ...] = ()
    """The names of the groups that it was put into, by name."""
    opted_out: bool = False
    """Whether its number is on the account's STOP list."""

    @property
    def mobile(self) -> str:
        """E.164."""
        return self.details.mobile


@dataclass(frozen=True, slots=True)
class Facts:
    """What other tables say about contacts."""

    groups: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    opted_out: frozenset[str] = frozenset()


def to_columns(details: ContactDetails) -> dict[str, object]:
    """The columns of `details`, without account and times."""
    return {
        "mobile": details.mobile,
        "last_name": details.last_name,
        "first_name": details.first_name,
        "email": details.email,
        "title": details.title,
        "birth_date": details.birth_date.isoformat() if details.birth_date else "",
        "company": details.company,
        "address": details.address,
        "extra": extra_text(details.extra),
        "search": search_text(details.mobile, details.last_name, details.first_name, details.email, details.company)[
            :SEARCHED
        ],
        "plain_names": has_plain_names(details.last_name, details.first_name),
    }


def extra_text(extra: tuple[tuple[str, str], ...]) -> str:
    """The free fields as stored: the same values give the same text."""
    return json.dumps(dict(sorted(extra)), ensure_ascii=False) if extra else ""


def to_contact(row: Row[Any], facts: Facts) -> Contact:
    """The contact of a row of `contact`."""
    return Contact(
        id=row.id,
        details=to_details(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        groups=facts.groups.get(row.id, ()),
        opted_out=row.mobile in facts.opted_out,
    )


def to_details(row: Row[Any]) -> ContactDetails:
    """The fields of a row of `contact`."""
    return ContactDetails(
        mobile=row.mobile,
        last_name=row.last_name,
        first_name=row.first_name,
        email=row.email,
        title=row.title,
        birth_date=date.fromisoformat(row.birth_date) if row.birth_date else None,
        company=row.company,
        address=row.address,
        extra=extra_values(row.extra),
    )


def extra_values(stored: str) -> tuple[tuple[str, str], ...]:
    """The free fields of what is stored of them."""
    return tuple(json.loads(stored).items()) if stored else ()
