"""Bank statements (camt.053): which of their entries pay which orders, and paying them."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import Connection, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.company import BankDetails
from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record_for
from smstui.services.camt import Aside, StatementEntry, read_statement
from smstui.services.company import NoBankDetails, bank_details
from smstui.services.order_rows import Method, Order, OrderState, all_orders, lock_order, order_of
from smstui.services.orders import settle
from smstui.services.platform_settings import check_administrator, require_administrator
from smstui.storage.database import Database
from smstui.storage.tables import account, bank_entry, payment_order
from smstui.storage.upsert import insert

_AT_ONCE: Final = 500
_BBAN: Final = 4
"""Where the national number begins in an IBAN."""
_CLOSED: Final = frozenset({OrderState.PAID, OrderState.REFUNDED})


Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def _untold(_done: int, _of: int) -> None:
    pass


class _Stopped(Exception):
    """Nobody waits for the file any more."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that names an order."""

    entry: StatementEntry
    order: Order
    login: str
    """Whose order it is."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """An entry that pays nothing."""

    entry: StatementEntry
    reason: Aside


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a statement would do."""

    matches: tuple[Match, ...]
    """Of the very amount of an order that is not paid."""
    differing: tuple[Match, ...]
    """Of another amount: a person decides, and confirms the order by hand or sends the money back."""
    leftovers: tuple[Leftover, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying it did."""

    paid: tuple[Match, ...]
    skipped: tuple[Leftover, ...]
    """Those that somebody else was quicker to apply, or whose order was paid meanwhile."""


@dataclass(eq=False)
class PartlyApplied(Refusal):
    """Something came between; what was paid before stays paid."""

    paid: int
    of: int
    because: Refusal
    sentence: ClassVar[str] = N_(
        "{paid} of {of} orders were paid, and stay so. Then: {because} Apply the statement again afterwards: "
        "nothing is paid twice."
    )


class BankStatements:
    """Statements that administrators read and apply."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def preview(self, admin: Actor | None, path: Path, progress: Progress = _untold) -> Preview:
        """What is in a statement; changes nothing. `progress`, in octets, is called from a thread.

        Who cancels it ends the reading too. Raises AdministratorsOnly, NoBankDetails, and the refusals of
        `read_statement`.
        """
        check_administrator(admin)
        entries = await _read(path, progress)

        def work(tx: Connection) -> Preview:
            require_administrator(tx, admin)
            return _preview(tx, entries)

        return await self._database.read(work)

    async def apply(
        self,
        admin: Actor | None,
        preview: Preview,
        chosen: Collection[str] | None = None,
        progress: Progress = _untold,
    ) -> Applied:
        """Pay orders by the matches of a preview, each in a transaction of its own, each once whoever applies it again.

        `chosen` are fingerprints; all matches when None. `progress` is told how many are done. What a cancelled call
        has paid stays paid. Raises AdministratorsOnly and the refusals of the database; within PartlyApplied, once
        something is paid.
        """
        check_administrator(admin)
        paid: list[Match] = []
        skipped: list[Leftover] = []
        matches = [each for each in preview.matches if chosen is None or each.entry.fingerprint in chosen]
        for done, match in enumerate(matches):
            progress(done, len(matches))
            try:
                reason = await self._pay(admin, match)
            except Refusal as refusal:
                if not paid:
                    raise
                raise PartlyApplied(len(paid), len(matches), refusal) from refusal
            if reason is None:
                paid.append(match)
            else:
                skipped.append(Leftover(match.entry, reason))
        return Applied(tuple(paid), tuple(skipped))

    async def _pay(self, admin: Actor | None, match: Match) -> Aside | None:
        now, by = self._clock.now(), admin.account_id if admin else None

        def work(tx: Connection) -> Aside | None:
            require_administrator(tx, admin)
            order, entry = lock_order(tx, match.order.id), match.entry
            if entry.fingerprint in _applied(tx, [entry]):
                return Aside.APPLIED
            if order.state in _CLOSED:
                return Aside.PAID
            row = insert(tx, bank_entry).values(
                fingerprint=entry.fingerprint,
                order_id=order.id,
                amount=entry.amount,
                booked_on=entry.booked_on,
                payer=entry.payer,
                remittance=entry.remittance,
                applied_at=now,
                applied_by=by,
            )
            tx.execute(row)
            settle(tx, order.id, now, by)
            who = f"{order.reference}: {admin.login}" if admin else order.reference
            record_for(tx, order.account_id, now, AuditAction.BANK_STATEMENT_APPLIED, who)
            return None

        return await self._database.write(work)


async def _read(path: Path, progress: Progress) -> Sequence[StatementEntry]:
    """The entries of a file, read in a thread that ends with whoever waits for it."""
    stopped = threading.Event()

    def watch(done: int, of: int) -> None:
        if stopped.is_set():
            raise _Stopped
        progress(done, of)

    try:
        return await asyncio.to_thread(read_statement, path, watch)
    finally:
        stopped.set()


def _preview(tx: Connection, entries: Sequence[StatementEntry]) -> Preview:
    bank = bank_details(tx)
    if bank is None:
        raise NoBankDetails
    named = _named(tx, {reference for entry in entries for reference in entry.references})
    sorting = _Sorting(bank, named, _applied(tx, entries))
    matches: list[Match] = []
    differing: list[Match] = []
    leftovers: list[Leftover] = []
    for entry in entries:
        found = sorting.judge(entry)
        if isinstance(found, Aside):
            leftovers.append(Leftover(entry, found))
        else:
            (matches if found.order.total == entry.amount else differing).append(found)
    return Preview(tuple(matches), tuple(differing), tuple(leftovers))


class _Sorting:
    """Finds the order of each entry, one entry an order."""

    def __init__(self, bank: BankDetails, named: Mapping[str, tuple[Order, str]], applied: frozenset[str]) -> None:
        self._accounts = bank.iban, bank.iban[_BBAN:]
        self._named = named
        self._applied = applied
        self._taken: set[int] = set()

    def judge(self, entry: StatementEntry) -> Match | Aside:
        """The order that the entry names, or why it pays nothing."""
        if entry.aside is not None:
            return entry.aside
        if entry.account not in self._accounts:
            return Aside.OTHER_ACCOUNT
        if entry.fingerprint in self._applied:
            return Aside.APPLIED
        found = [self._named[reference] for reference in entry.references if reference in self._named]
        if not found:
            return Aside.UNKNOWN
        transfers = [each for each in found if each[0].method is Method.TRANSFER]
        if not transfers:
            return Aside.CARD
        due = [each for each in transfers if each[0].state not in _CLOSED and each[0].id not in self._taken]
        if not due:
            return Aside.PAID
        equal = [each for each in due if each[0].total == entry.amount]
        if len(equal) > 1:
            return Aside.SEVERAL
        order, login = (equal or due)[0]
        if equal:
            self._taken.add(order.id)
        return Match(entry, order, login)


def _named(tx: Connection, references: Iterable[str]) -> dict[str, tuple[Order, str]]:
    """The orders with these references, and whose they are."""
    joined = all_orders().add_columns(account.c.login).join(account, account.c.id == payment_order.c.account_id)
    found: dict[str, tuple[Order, str]] = {}
    for some in _batches(references):
        rows = tx.execute(joined.where(payment_order.c.reference.in_(some)))
        found.update((row.reference, (order_of(row), row.login)) for row in rows)
    return found


def _applied(tx: Connection, entries: Iterable[StatementEntry]) -> frozenset[str]:
    """The fingerprints of those that paid an order before."""
    seen = bank_entry.c.fingerprint
    batches = _batches(entry.fingerprint for entry in entries)
    return frozenset(row for some in batches for row in tx.execute(select(seen).where(seen.in_(some))).scalars())


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    every = list(values)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
