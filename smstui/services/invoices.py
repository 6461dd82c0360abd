"""Invoices and credit notes: numbered without gaps, by kind and year, and never changed once issued.

CGI, annexe II, article 242 nonies A: a unique number in a chronological and continuous sequence. `issue` and
`issue_credit_note` work inside the transaction of what causes them, which no other write of any process interrupts.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, insert, select

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.company import Billing, Company
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.services.company import billing, company
from smstui.services.documents.document import Document, InvoiceKind
from smstui.services.exporting.new_file import write_file
from smstui.services.exporting.off_loop import off_loop
from smstui.services.order_rows import Order, OrderState, UnknownOrder, all_orders, find_order, order_of
from smstui.storage.columns import EPOCH
from smstui.storage.database import Database
from smstui.storage.tables import account, invoice, payment_order

ZONE: Final = ZoneInfo("Europe/Paris")
"""Whose days and years the invoices have, wherever the program runs."""
SHOWN: Final = 500
CLAIMED: Final = EPOCH
"""In `mailed_at`: somebody began to send it by e-mail, and has not said since that it has left."""
_LETTERS: Final = {InvoiceKind.INVOICE: "F", InvoiceKind.CREDIT_NOTE: "A"}
_KINDS: Final = {letter: kind for kind, letter in _LETTERS.items()}
_NUMBER: Final = re.compile(r"([FA])-([0-9]{4})-([0-9]{5,9})", re.ASCII)


@dataclass(eq=False)
class UnknownInvoice(Refusal):
    """No invoice of this account has this number."""

    number: str
    sentence: ClassVar[str] = N_("There is no invoice “{number}”: look at the list of invoices.")


class NoCompany(Refusal):
    """Nobody has said yet who sells."""

    sentence: ClassVar[str] = N_("There are no invoices yet: an administrator must give the company's details first.")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note that was issued."""

    id: int
    number: str
    kind: InvoiceKind
    issued_at: datetime
    document: Document
    mailed_at: datetime | None
    """When it was last sent by e-mail."""
    perhaps_mailed: bool
    """Whether somebody began to send it, and has not said since what came of it: it is being sent, or nobody knows."""


def issue(tx: Connection, order: Order, at: datetime) -> str | None:
    """Issue the invoice of an order that was paid; its number. None while nobody has said who sells (`issue_due`)."""
    seller = company(tx)
    if seller is None:
        return None
    return _add(tx, order, _of_order(tx, order, InvoiceKind.INVOICE, seller, at), at)


def issue_credit_note(tx: Connection, order: Order, cents: int, at: datetime) -> str | None:
    """Issue a credit note of the last `cents` that were given back of `order`; its number. None without an invoice."""
    seller, corrected = company(tx), _invoice_number(tx, order)
    if seller is None or corrected is None:
        return None
    net, milli = (_part(whole, order, cents) for whole in (order.net, order.credits.milli))
    whole = _of_order(tx, order, InvoiceKind.CREDIT_NOTE, seller, at)
    note = replace(whole, net=net, vat=cents - net, credits=Credits(milli), corrects=corrected)
    return _add(tx, order, note, at)


def issue_due(tx: Connection, at: datetime) -> int:
    """Issue what could not be while nobody had said who sells; how many orders."""
    has_one = select(invoice.c.id).where(invoice.c.order_id == payment_order.c.id).exists()
    paid = payment_order.c.state.in_((OrderState.PAID, OrderState.REFUNDED))
    due = all_orders().where(paid, ~has_one).order_by(payment_order.c.closed_at, payment_order.c.id)
    orders = [order_of(row) for row in tx.execute(due)]
    for order in orders:
        issue(tx, order, at)
        if order.refunded:
            issue_credit_note(tx, order, order.refunded, at)
    return len(orders)


class Invoices:
    """The accounts' invoices."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[Invoice, ...]:
        """The account's newest invoices and credit notes, the newest first."""
        mine = select(invoice).where(invoice.c.account_id == actor.account_id)
        newest = mine.order_by(invoice.c.id.desc()).limit(SHOWN)
        rows = await self._database.read(lambda tx: tx.execute(newest).all())
        return tuple(map(invoice_of, rows))

    async def of_order(self, actor: Actor, reference: str) -> Invoice | None:
        """The invoice of the account's order of this reference; None where it has none. Credit notes don't count."""
        of = payment_order.c.account_id == actor.account_id, payment_order.c.reference == reference
        one = select(invoice).join(payment_order).where(*of, invoice.c.kind == InvoiceKind.INVOICE)
        row = await self._database.read(lambda tx: tx.execute(one).first())
        return None if row is None else invoice_of(row)

    async def get(self, actor: Actor, number: str) -> Invoice:
        """The account's invoice or credit note of this number. Raises UnknownInvoice."""
        return await self._database.read(lambda tx: find_invoice(tx, actor, number))

    async def pdf(self, actor: Actor, number: str, language: str | None = None) -> bytes:
        """A document as PDF, in `language`, else the account's: by its number, or the proforma of an order's reference.

        Raises UnknownInvoice, NoCompany.
        """
        from smstui.services.documents.pdf import invoice_pdf

        now = self._clock.now()
        document = await self._database.read(lambda tx: _document(tx, actor, number, now))
        return await asyncio.to_thread(invoice_pdf, document, language or actor.language)

    async def save(self, actor: Actor, number: str, path: Path, *, overwrite: bool, language: str | None = None) -> int:
        """Write what `pdf` returns to a file, whole or not at all; how many octets.

        Raises what `pdf` does, NoFolder, FileThere, NoRoomForFile, FileNotWritable.
        """
        octets = await self.pdf(actor, number, language)
        await off_loop(write_file, path, octets, overwrite=overwrite)
        return len(octets)


def _of_order(tx: Connection, order: Order, kind: InvoiceKind, seller: Company, at: datetime) -> Document:
    """A document of the whole order, without a number yet."""
    columns = select(account.c.login, account.c.email).where(account.c.id == order.account_id)
    row = tx.execute(columns).one()
    paid = order.state in (OrderState.PAID, OrderState.REFUNDED) and order.closed_at
    return Document(
        kind=kind,
        number=order.reference,
        issued_on=_day(at),
        seller=seller,
        buyer=billing(tx, order.account_id) or Billing(row.login, ()),
        buyer_email=row.email,
        order_reference=order.reference,
        ordered_on=_day(order.created_at),
        paid_on=_day(paid) if paid else None,
        method=order.method,
        credits=order.credits,
        net=order.net,
        vat=order.vat,
        vat_rate=order.vat_rate,
    )


def _add(tx: Connection, order: Order, document: Document, at: datetime) -> str:
    """Keep a document under the next number of its kind and year; that number."""
    kind, year = document.kind, _day(at).year
    last = select(func.coalesce(func.max(invoice.c.number), 0)).where(invoice.c.kind == kind, invoice.c.year == year)
    ordinal = 1 + int(tx.execute(last).scalar_one())
    number = f"{_LETTERS[kind]}-{year}-{ordinal:05}"
    row = insert(invoice).values(
        account_id=order.account_id,
        order_id=order.id,
        kind=kind,
        year=year,
        number=ordinal,
        issued_at=at,
        document=replace(document, number=number).to_json(),
    )
    tx.execute(row)
    return number


def _part(whole: int, order: Order, cents: int) -> int:
    """The part of `whole` in the last `cents` given back: all parts together are neither more nor less than it."""
    before = order.refunded - cents
    return whole * order.refunded // order.total - whole * before // order.total


def _invoice_number(tx: Connection, order: Order) -> str | None:
    this = select(invoice).where(invoice.c.order_id == order.id, invoice.c.kind == InvoiceKind.INVOICE)
    row = tx.execute(this).first()
    return None if row is None else invoice_of(row).number


def find_invoice(tx: Connection, actor: Actor, number: str) -> Invoice:
    """The account's invoice or credit note of this number. Raises UnknownInvoice."""
    written = _NUMBER.fullmatch(number.strip().upper())
    if written is None:
        raise UnknownInvoice(number)
    letter, year, ordinal = written.groups()
    this = invoice.c.kind == _KINDS[letter], invoice.c.year == int(year), invoice.c.number == int(ordinal)
    row = tx.execute(select(invoice).where(invoice.c.account_id == actor.account_id, *this)).first()
    if row is None:
        raise UnknownInvoice(number)
    return invoice_of(row)


def _document(tx: Connection, actor: Actor, number: str, now: datetime) -> Document:
    """What has this number; a proforma where it is an order's reference."""
    try:
        order = find_order(tx, number, actor.account_id)
    except UnknownOrder:
        return find_invoice(tx, actor, number).document
    seller = company(tx)
    if seller is None:
        raise NoCompany
    return _of_order(tx, order, InvoiceKind.PROFORMA, seller, now)


def invoice_of(row: Row[Any]) -> Invoice:
    """The invoice that a row holds."""
    document = Document.from_json(row.document)
    claimed = row.mailed_at == CLAIMED
    mailed_at = None if claimed else row.mailed_at
    return Invoice(row.id, document.number, document.kind, row.issued_at, document, mailed_at, claimed)


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
