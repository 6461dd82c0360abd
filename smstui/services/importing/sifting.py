"""From the rows of a file to contacts, and to what is wrong with the others."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from smstui.domain.contact import (
    ContactField,
    clean_text,
    has_plain_names,
    is_blank,
    parse_birth_date,
    parse_email,
    search_text,
)
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from smstui.domain.phone import InvalidNumber, parse_number
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.services.contact_rows import extra_text
from smstui.services.importing.mapping import FreeField, Target
from smstui.services.importing.sheet import SheetRow
from smstui.services.importing.values import Reject, RejectKind
from smstui.storage.book_tables import SEARCHED

TEXT_FIELDS: Final = (
    ContactField.LAST_NAME,
    ContactField.FIRST_NAME,
    ContactField.EMAIL,
    ContactField.TITLE,
    ContactField.BIRTH_DATE,
    ContactField.COMPANY,
    ContactField.ADDRESS,
)
"""In the order of `Row`."""
_TOLD_EVERY: Final = 5000
Reader = Callable[[str], str]
"""From a value as written to one as kept. Raises a Refusal."""


@dataclass(eq=False)
class NoNumber(Refusal):
    """A row without a number."""

    sentence: ClassVar[str] = N_("There is no number on this line.")


class Row(NamedTuple):
    """A contact as it is written: texts, "" where nothing is known."""

    mobile: str
    last_name: str
    first_name: str
    email: str
    title: str
    birth_date: str
    company: str
    address: str
    extra: str
    search: str
    plain_names: bool


@dataclass(slots=True)
class Sifted:
    """The contacts of a file, one for each number, and the rejects in the order of the lines."""

    contacts: dict[str, Row] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    """Looked at, without the header."""


class Sieve:
    """Sifts rows by a mapping, one after the other."""

    def __init__(self, mapping: Sequence[Target | None], opted_out: Collection[str], today: date) -> None:
        """`opted_out`: the account's STOP list, in E.164."""
        columns = {target: index for index, target in enumerate(mapping) if isinstance(target, ContactField)}
        readers: dict[ContactField, Reader] = {
            ContactField.EMAIL: _email,
            ContactField.BIRTH_DATE: self._birth_date,
        }
        self._mobile = columns[ContactField.MOBILE]
        self._readers = [
            (slot, columns[each], readers.get(each, _text)) for slot, each in enumerate(TEXT_FIELDS) if each in columns
        ]
        self._free = {target.name: index for index, target in enumerate(mapping) if isinstance(target, FreeField)}
        self._opted_out = opted_out
        self._today = today
        self._lines: dict[str, int] = {}
        self.sifted = Sifted()

    def sift(self, rows: Sequence[SheetRow], told: Callable[[int], None]) -> Sifted:
        """The contacts of `rows`; `told` hears how many rows are done, from time to time."""
        for start in range(0, len(rows), _TOLD_EVERY):
            some = rows[start : start + _TOLD_EVERY]
            for row in some:
                self._take(row)
            self.sifted.rows += len(some)
            told(self.sifted.rows)
        return self.sifted

    def _take(self, row: SheetRow) -> None:
        line, cells = row
        written = cells[self._mobile]
        if is_blank(written):
            self._reject(RejectKind.REFUSED, row, explain(NoNumber()))
            return
        try:
            mobile = parse_number(written)
        except InvalidNumber as refusal:
            self._reject(RejectKind.REFUSED, row, explain(refusal))
            return
        first_line = self._lines.setdefault(mobile, line)
        if first_line != line:
            self._reject(RejectKind.DUPLICATE, row, _("The number of line {line} again.").format(line=first_line))
        elif mobile in self._opted_out:
            self._reject(RejectKind.OPTED_OUT, row, _("{number} is on the STOP list.").format(number=mobile))
        else:
            self.sifted.contacts[mobile] = self._contact(mobile, row)

    def _contact(self, mobile: str, row: SheetRow) -> Row:
        """A contact without the values that can't be read, which are told."""
        values, cells = [""] * len(TEXT_FIELDS), row.cells
        for slot, index, reader in self._readers:
            if written := cells[index]:
                try:
                    values[slot] = reader(written)
                except Refusal as refusal:
                    self._reject(RejectKind.INCOMPLETE, row, explain(refusal))
        last_name, first_name, email, title, birth_date, company, address = values
        search = search_text(mobile, last_name, first_name, email, company)[:SEARCHED]
        extra = self._extra(row) if self._free else ""
        plain = has_plain_names(last_name, first_name)
        return Row(mobile, last_name, first_name, email, title, birth_date, company, address, extra, search, plain)

    def _extra(self, row: SheetRow) -> str:
        known: list[tuple[str, str]] = []
        for name, index in self._free.items():
            try:
                if value := _text(row.cells[index]):
                    known.append((name, value))
            except Refusal as refusal:
                self._reject(RejectKind.INCOMPLETE, row, explain(refusal))
        return extra_text(tuple(known))

    def _birth_date(self, written: str) -> str:
        day = None if is_blank(written) else parse_birth_date(written, self._today)
        return day.isoformat() if day else ""

    def _reject(self, kind: RejectKind, row: SheetRow, reason: str) -> None:
        self.sifted.rejects.append(Reject(kind, row.line, reason, row.cells))


@lru_cache(maxsize=20_000)
def _text(written: str) -> str:
    return "" if is_blank(written) else clean_text(written)


def _email(written: str) -> str:
    try:
        return parse_email(written)
    except InvalidEmail:
        if is_blank(written):
            return ""
        raise
