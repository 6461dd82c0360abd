"""A contact of an address book: its fields, and how each is read from what people and spreadsheets write."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.gsm7 import BASIC_CHARACTERS
from smstui.domain.identity import InvalidEmail, check_email
from smstui.domain.storable import storable
from smstui.domain.visible import excerpt
from smstui.i18n import LANGUAGES, N_, translated

LONGEST_VALUE: Final = 200
"""Characters of a text field."""
LONGEST_FIELD_NAME: Final = 30
MOST_FREE_FIELDS: Final = 20
FIRST_BIRTH_YEAR: Final = 1900


class ContactField(StrEnum):
    """What is known of a contact, beside the free fields of the account."""

    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    EMAIL = "email"
    MOBILE = "mobile"
    TITLE = "title"
    """Madame, Dr …"""
    BIRTH_DATE = "birth_date"
    COMPANY = "company"
    ADDRESS = "address"


FIELD_LABELS: Final = {
    ContactField.LAST_NAME: N_("Name"),
    ContactField.FIRST_NAME: N_("First name"),
    ContactField.EMAIL: N_("E-mail"),
    ContactField.MOBILE: N_("Mobile"),
    ContactField.TITLE: N_("Title"),
    ContactField.BIRTH_DATE: N_("Birth date"),
    ContactField.COMPANY: N_("Company"),
    ContactField.ADDRESS: N_("Address"),
}
"""Message ids."""
GROUPS_LABEL: Final = N_("Groups")
"""The message id of what a contact's groups are called."""


@dataclass(eq=False)
class ValueTooLong(Refusal):
    """More characters than a field holds."""

    text: str
    """As written, made printable and shortened."""
    limit: int
    sentence: ClassVar[str] = N_("“{text}” is too long: {limit} characters at most.")


@dataclass(eq=False)
class InvalidBirthDate(Refusal):
    """No day of the past since FIRST_BIRTH_YEAR."""

    text: str
    """As written, made printable and shortened."""
    sentence: ClassVar[str] = N_("“{text}” is not a birth date: write it as 31/12/1990.")


@dataclass(eq=False)
class InvalidFieldName(Refusal):
    """A name that no free field can have."""

    name: str
    """As written, made printable and shortened."""
    limit: int
    sentence: ClassVar[str] = N_(
        "“{name}” can't be the name of a field: letters, digits, spaces, “_” or “-”, {limit} characters at most."
    )


@dataclass(eq=False)
class FieldNameTaken(Refusal):
    """A free field named like one that all contacts have."""

    name: str
    sentence: ClassVar[str] = N_("Contacts have a field “{name}” already; choose another name.")


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """All that is known of a contact. Texts are foreign: show them through `printable`; "" is not known."""

    mobile: str
    """E.164."""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    title: str = ""
    birth_date: date | None = None
    company: str = ""
    address: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    """Name and value of the free fields that have one, by name."""

    @property
    def name(self) -> str:
        """First name and name, or the number when neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.mobile


_SPACES = re.compile(r"\s+")
_DATE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?:[ T]00:00(?::00)?)?")
_JOINTS = re.compile(r"[\s_-]+")
_FIELD_NAME = re.compile(r"\w[\w -]*")
_UNKNOWN = frozenset({"-", "--", "?", "n/a", "na", "nc", "n.c.", "null", "none", "nan", "#n/a", "neant", "inconnu"})
"""What people and programs write, folded, where they know nothing."""
_LONGEST_UNKNOWN = max(map(len, _UNKNOWN))


def clean_text(text: str) -> str:
    """`text` on one line, without the spaces around it. Raises ValueTooLong."""
    is_plain = text.isprintable() and "  " not in text
    clean = (text if is_plain else _SPACES.sub(" ", storable(text))).strip()
    if len(clean) > LONGEST_VALUE:
        raise ValueTooLong(excerpt(clean), LONGEST_VALUE)
    return clean


def is_blank(text: str) -> bool:
    """Whether `text` says nothing: empty, or a sign that nothing is known."""
    return not text or (len(text) <= _LONGEST_UNKNOWN and folded(text) in _UNKNOWN)


def parse_birth_date(text: str, today: date) -> date | None:
    """The day written as 31/12/1990, 31.12.1990 or 1990-12-31; None for a blank. Raises InvalidBirthDate."""
    text = text.strip()
    if not text:
        return None
    try:
        if match := _DATE.fullmatch(text):
            day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        else:
            day = datetime.fromisoformat(text).date()
    except ValueError:
        raise InvalidBirthDate(excerpt(text)) from None
    if day.year < FIRST_BIRTH_YEAR or day > today:
        raise InvalidBirthDate(excerpt(text))
    return day


def parse_email(text: str) -> str:
    """An address, or "" for a blank. Raises InvalidEmail."""
    text = text.strip()
    if not text:
        return ""
    try:
        return check_email(text)
    except InvalidEmail:
        raise InvalidEmail(excerpt(text)) from None


def check_field_name(name: str) -> str:
    """The name of a free field, on one line. Raises InvalidFieldName, FieldNameTaken."""
    clean = _SPACES.sub(" ", name).strip()
    if not _FIELD_NAME.fullmatch(clean) or len(clean) > LONGEST_FIELD_NAME:
        raise InvalidFieldName(excerpt(name), LONGEST_FIELD_NAME)
    if _bare(clean) in _taken_names():
        raise FieldNameTaken(clean)
    return clean


@cache
def _taken_names() -> frozenset[str]:
    """How exports and scripts call the fields of all contacts, in every language."""
    labels = (*FIELD_LABELS.values(), GROUPS_LABEL)
    return frozenset(map(_bare, (*ContactField, *(translated(each, to) for each in labels for to in LANGUAGES))))


def _bare(name: str) -> str:
    return _JOINTS.sub("", folded(name))


def search_text(mobile: str, last_name: str, first_name: str, email: str, company: str) -> str:
    """What a search in the book looks through: folded, the name first, so that it also sorts.

    The number is there in both forms, as +33612345678 and as 0612345678.
    """
    national = f"0{mobile[3:]}" if mobile.startswith("+33") else ""
    names = _folded_name(last_name), _folded_name(first_name)
    return " ".join(filter(None, (*names, mobile, national, folded(email), _folded_name(company))))


_folded_name = lru_cache(maxsize=20_000)(folded)


def has_plain_names(last_name: str, first_name: str) -> bool:
    """Whether each character of both costs one unit in every encoding: it is in the basic table of GSM-7."""
    return _is_plain(last_name) and _is_plain(first_name)


_is_plain = lru_cache(maxsize=20_000)(BASIC_CHARACTERS.issuperset)
