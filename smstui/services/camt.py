"""Reading bank statements: ISO 20022 camt.053, of any version (.001.02 to .001.08 and later) and any name space.

The file is hostile until proven otherwise: no document type and no entity, a limit of octets, and never more than one
of its entries in memory. Blocks: to be called in a thread.
"""

import hashlib
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import IO, ClassVar, Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from smstui.domain.errors import Refusal
from smstui.domain.storable import storable
from smstui.i18n import N_
from smstui.services.order_rows import references_in

LIMIT: Final = 20
"""Megabytes."""
_MEGABYTE: Final = 1_000_000
_READ_AT_ONCE: Final = 1 << 16
_DEEPEST: Final = 50
_MOST_PARTS: Final = 100_000
"""Elements within one entry: a batch of thousands of payments has fewer."""
_KEPT: Final = frozenset({"Acct", "Ntry"})
_LONGEST_NAME: Final = 140
_LONGEST_TEXT: Final = 1_000
_EURO: Final = "EUR"
_BOOKED: Final = "BOOK"
_CREDIT: Final = "CRDT"
_AMOUNT: Final = re.compile(r"\s*([0-9]{1,13})(?:\.([0-9]{0,5}))?\s*", re.ASCII)
_NO_REFERENCES: Final = frozenset({"", "NONREF", "NOTPROVIDED"})


class Aside(StrEnum):
    """Why an entry pays nothing."""

    DEBIT = "debit"
    UNBOOKED = "unbooked"
    """The bank may still withdraw it."""
    REVERSED = "reversed"
    """What was debited before comes back."""
    CURRENCY = "currency"
    """Not euros."""
    UNCLEAR = "unclear"
    """Without a date or an amount in whole cents; or a batch whose parts don't make up its amount."""
    OTHER_ACCOUNT = "other_account"
    """Not the account of the platform's bank details."""
    APPLIED = "applied"
    """This very entry paid its order before."""
    PAID = "paid"
    """Its order is paid already: this money is one too many."""
    CARD = "card"
    """Its order is paid by card."""
    UNKNOWN = "unknown"
    """It names no order."""
    SEVERAL = "several"
    """It names several orders of that amount."""


@dataclass(eq=False)
class StatementNotFound(Refusal):
    """No file there, or none that may be read."""

    path: str
    sentence: ClassVar[str] = N_("The file {path} can't be read: check its name and its rights.")


@dataclass(eq=False)
class StatementTooBig(Refusal):
    """More than LIMIT."""

    limit: int = LIMIT
    sentence: ClassVar[str] = N_("The statement is too big: {limit} MB at most. Ask the bank for shorter periods.")


class UnsafeStatement(Refusal):
    """A document type, entities: no bank writes those."""

    sentence: ClassVar[str] = N_("The file is written in an unsafe way, as no bank does: get it from the bank again.")


class NotAStatement(Refusal):
    """Damaged, cut short, or something else."""

    sentence: ClassVar[str] = N_(
        "The file is no complete bank statement in the format camt.053: get it from the bank again, in this format."
    )


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """An entry of a statement, or one payment of an entry that holds several. Its texts are foreign."""

    fingerprint: str
    """SHA-256: the same in each file that holds the entry."""
    account: str
    """IBAN, or whatever number the bank gives it, without spaces."""
    amount: int
    """Hundredths of its currency; 0 when it can't be told."""
    currency: str
    booked_on: date | None
    payer: str
    remittance: str
    references: tuple[str, ...]
    """Of orders, as far as they are written like one."""
    aside: Aside | None
    """None when it may pay an order."""


Watch = Callable[[int, int], None]
"""Called while a file is read: octets read, and octets there are. What it raises ends the reading."""


def read_statement(path: Path, watch: Watch = lambda _done, _all: None) -> tuple[StatementEntry, ...]:
    """All entries of a file, in its order.

    Raises StatementNotFound, StatementTooBig, UnsafeStatement, NotAStatement, and what `watch` raises.
    """
    try:
        looked = path.stat()
        if not stat.S_ISREG(looked.st_mode):
            raise StatementNotFound(str(path))
        if looked.st_size > LIMIT * _MEGABYTE:
            raise StatementTooBig
        with path.open("rb") as file:
            return _entries(_Bounded(file), lambda done: watch(done, looked.st_size))
    except OSError:
        raise StatementNotFound(str(path)) from None
    except (ValueError, LookupError, expat.ExpatError):
        raise NotAStatement from None


class _Bounded:
    """The octets of a file, up to the limit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = LIMIT * _MEGABYTE

    def read(self, size: int = -1) -> bytes:
        """The next octets. Raises StatementTooBig."""
        octets = self._file.read(size)
        self._left -= len(octets)
        if self._left < 0:
            raise StatementTooBig
        return octets


class _Walk:
    """Where the parser is, and what is kept of the tree: nothing but the entry, or the account, that it is in.

    What defusedxml forbids is forbidden here too; its parser is written in Python, and takes three times as long.
    """

    def __init__(self) -> None:
        self.entries: list[StatementEntry] = []
        self.is_statement = False
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._begin, self._end
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = _refuse
        self.parser.UnparsedEntityDeclHandler = self.parser.ExternalEntityRefHandler = _refuse
        self._account = ""
        self._path: list[str] = []
        self._kept: TreeBuilder | None = None
        self._kept_at = self._parts = 0
        self._seen = Counter[str]()

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Go into an element. Raises NotAStatement for a tree that no bank makes."""
        name, path = tag.rpartition("}")[2], self._path
        if self._kept is None and name in _KEPT and path and path[-1] == "Stmt":
            self._kept, self._kept_at, self._parts = TreeBuilder(), len(path), 0
            self.parser.CharacterDataHandler = self._kept.data
        path.append(name)
        if len(path) > _DEEPEST:
            raise NotAStatement
        if self._kept is None:
            self.is_statement |= name == "BkToCstmrStmt"
            return
        self._kept.start(name, attributes)
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise NotAStatement

    def _end(self, _tag: str) -> None:
        """Leave an element: perhaps an entry that is whole now."""
        name = self._path.pop()
        if self._kept is None:
            self._account = "" if name == "Stmt" else self._account
            return
        self._kept.end(name)
        if len(self._path) == self._kept_at:
            element, self._kept, self.parser.CharacterDataHandler = self._kept.close(), None, None
            if name == "Acct":
                self._account = _packed(_text(element, "Id", "IBAN") or _text(element, "Id", "Othr", "Id"))
            else:
                self.entries.extend(part.read(self._account, self._seen) for part in _parts(element))


def _refuse(*_declaration: object) -> NoReturn:
    raise UnsafeStatement


def _entries(file: _Bounded, watch: Callable[[int], None]) -> tuple[StatementEntry, ...]:
    walk, done = _Walk(), 0
    while octets := file.read(_READ_AT_ONCE):
        walk.parser.Parse(octets)
        watch(done := done + len(octets))
    walk.parser.Parse(b"", True)
    if not walk.is_statement:
        raise NotAStatement
    return tuple(walk.entries)


@dataclass(frozen=True, slots=True)
class _Part:
    """An entry, or one payment of it, as elements."""

    entry: Element
    details: Element | None
    amount: Element | None
    aside: Aside | None

    def read(self, account: str, seen: Counter[str]) -> StatementEntry:
        """What it says; `seen` counts those that are alike."""
        amount, currency = _cents(self.amount), "" if self.amount is None else self.amount.get("Ccy", "")
        booked_on = _day(self.entry, "BookgDt") or _day(self.entry, "ValDt")
        remittance, named = self._texts()
        aside = self.aside
        if aside is None and currency != _EURO:
            aside = Aside.CURRENCY
        elif aside is None and (not amount or booked_on is None):
            aside = Aside.UNCLEAR
        alike = "\x1f".join((account, self._reference() or remittance, str(booked_on), str(amount), currency))
        seen[alike] += 1
        return StatementEntry(
            fingerprint=hashlib.sha256(f"{alike}\x1f{seen[alike]}".encode("utf-8", "replace")).hexdigest(),
            account=account,
            amount=amount,
            currency=_foreign(currency, len(_EURO)),
            booked_on=booked_on,
            payer=_foreign(self._payer(), _LONGEST_NAME),
            remittance=_foreign(remittance, _LONGEST_TEXT),
            references=tuple(dict.fromkeys(each for text in named if text for each in references_in(text))),
            aside=aside,
        )

    def _reference(self) -> str:
        """The bank's own, of the entry and of the payment in it; "" when it gives none."""
        refs = _child(self.details, "Refs")
        ways = (
            (_text(self.entry, "AcctSvcrRef"), _text(self.entry, "NtryRef")),
            (_text(refs, "AcctSvcrRef"), _text(refs, "TxId"), _text(refs, "EndToEndId")),
        )
        given = (next((text for text in texts if text.upper() not in _NO_REFERENCES), "") for texts in ways)
        return "/".join(given).strip("/")

    def _payer(self) -> str:
        debtor = _child(_child(self.details, "RltdPties"), "Dbtr")
        return _text(debtor, "Nm") or _text(debtor, "Pty", "Nm")

    def _texts(self) -> tuple[str, tuple[str, ...]]:
        """What the payer wrote; and every text in which an order may be named."""
        paid = _child(self.details, "RmtInf")
        lines = [each.text or "" for each in _all(paid, "Ustrd")]
        structured = [_text(each, "CdtrRefInf", "Ref") for each in _all(paid, "Strd")]
        more = _text(self.details, "AddtlTxInf"), _text(self.entry, "AddtlNtryInf")
        written = " ".join(filter(None, map(str.strip, [*lines, *structured])))
        end_to_end = _text(self.details, "Refs", "EndToEndId")
        return written or next(filter(None, more), ""), ("".join(lines), *structured, end_to_end, *more)


def _parts(entry: Element) -> Iterator[_Part]:
    """The payments in an entry: itself, unless it holds several whose amounts make up its own."""
    amount, aside = _child(entry, "Amt"), _aside(entry)
    details = [part for group in _all(entry, "NtryDtls") for part in _all(group, "TxDtls")]
    if len(details) <= 1:
        yield _Part(entry, details[0] if details else None, amount, aside)
        return
    amounts = [_child(part, "Amt") for part in details]
    amounts = [
        _child(_child(_child(part, "AmtDtls"), "TxAmt"), "Amt") if own is None else own
        for part, own in zip(details, amounts, strict=True)
    ]
    cents = [_cents(each) for each in amounts]
    if aside is None and (not all(cents) or sum(cents) != _cents(amount)):
        yield _Part(entry, None, amount, Aside.UNCLEAR)
        return
    for part, own in zip(details, amounts, strict=True):
        is_debit = _text(part, "CdtDbtInd") not in ("", _CREDIT)
        yield _Part(entry, part, own, Aside.DEBIT if is_debit and aside is None else aside)


def _aside(entry: Element) -> Aside | None:
    if _text(entry, "CdtDbtInd") != _CREDIT:
        return Aside.DEBIT
    if _text(entry, "RvslInd") in ("true", "1"):
        return Aside.REVERSED
    booked = _BOOKED in (_text(entry, "Sts"), _text(entry, "Sts", "Cd"))
    return None if booked else Aside.UNBOOKED


def _cents(element: Element | None) -> int:
    """Hundredths; 0 when it is no amount, or finer."""
    written = None if element is None else _AMOUNT.fullmatch(element.text or "")
    if written is None:
        return 0
    fraction = (written[2] or "").ljust(5, "0")
    return 0 if int(fraction[2:]) else int(written[1] + fraction[:2])


def _day(entry: Element, kind: str) -> date | None:
    try:
        return date.fromisoformat((_text(entry, kind, "Dt") or _text(entry, kind, "DtTm"))[:10])
    except ValueError:
        return None


def _all(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else element.findall(name)


def _child(element: Element | None, name: str) -> Element | None:
    return None if element is None else element.find(name)


def _text(element: Element | None, *path: str) -> str:
    for name in path:
        if element is None:
            return ""
        element = element.find(name)
    return "" if element is None else (element.text or "").strip()


def _packed(text: str) -> str:
    return "".join(text.split()).upper()


def _foreign(text: str, longest: int) -> str:
    return storable(text)[:longest]
