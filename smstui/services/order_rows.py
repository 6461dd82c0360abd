"""Orders of credits, as they are kept. All of these work inside the transaction of what needs them."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, Select, select

from smstui.domain.credits import MILLI, Credits
from smstui.domain.errors import Refusal
from smstui.domain.packs import Quote
from smstui.i18n import N_
from smstui.storage.tables import payment_order
from smstui.storage.upsert import insert

PREFIX: Final = "SMS"
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nobody takes one of them for another."""
_HALF: Final = 4
_LOOK_ALIKE: Final = str.maketrans("OIL", "011")
_NOT_WRITTEN: Final = re.compile(r"[^0-9A-Z]+")
_REFERENCE: Final = re.compile(f"(?=({PREFIX}[{_DIGITS}]{{{2 * _HALF}}}))")


class Method(StrEnum):
    """How an order is paid."""

    CARD = "card"
    TRANSFER = "transfer"


class OrderState(StrEnum):
    """Where an order is."""

    PENDING = "pending"
    """Its payment is awaited."""
    PAID = "paid"
    """Its credits were given; perhaps a part of the money was given back since."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Nothing came in time. What comes later is credited all the same."""
    REFUNDED = "refunded"
    """All of the money was given back."""


@dataclass(eq=False)
class UnknownOrder(Refusal):
    """No order of this account has this reference."""

    reference: str
    sentence: ClassVar[str] = N_("There is no order “{reference}”: look at the list of orders.")


@dataclass(frozen=True, slots=True)
class Order:
    """An order of credits. Money is in cents."""

    id: int
    account_id: int
    reference: str
    """What a payer writes on a transfer."""
    method: Method
    state: OrderState
    credits: Credits
    net: int
    vat: int
    vat_rate: int
    """Hundredths of a percent."""
    created_at: datetime
    expires_at: datetime | None
    closed_at: datetime | None
    """When it was paid, cancelled, or had expired."""
    refunded_at: datetime | None
    refunded: int
    """Given back, with VAT."""
    checkout_id: str | None
    checkout_url: str | None
    payment_id: str | None
    confirmed_by: int | None
    """The account of the administrator."""

    @property
    def total(self) -> int:
        """With VAT: what is paid."""
        return self.net + self.vat


def new_order(
    tx: Connection, account_id: int, quote: Quote, method: Method, at: datetime, expires_at: datetime | None
) -> Order:
    """Add an order of what was quoted, with a reference that no other one has."""
    while True:
        row = insert(tx, payment_order).values(
            account_id=account_id,
            reference=_random_reference(),
            method=method,
            state=OrderState.PENDING,
            credits=quote.credits * MILLI,
            net=quote.net,
            vat=quote.vat,
            vat_rate=quote.vat_rate,
            created_at=at,
            expires_at=expires_at,
            refunded=0,
        )
        added = tx.execute(row.on_conflict_do_nothing().returning(payment_order.c.id)).scalar()
        if added is not None:
            return lock_order(tx, added)


def find_order(tx: Connection, reference: str, account_id: int | None) -> Order:
    """The order with this reference, however written; of one account, or of any when None. Raises UnknownOrder."""
    statement = all_orders().where(payment_order.c.reference == written_reference(reference))
    if account_id is not None:
        statement = statement.where(payment_order.c.account_id == account_id)
    row = tx.execute(statement).first()
    if row is None:
        raise UnknownOrder(reference)
    return order_of(row)


def lock_order(tx: Connection, order_id: int) -> Order:
    """The order, which no other transaction changes before this one ends; SQLite has a single writer anyway."""
    this = all_orders().where(payment_order.c.id == order_id)
    return order_of(tx.execute(this.with_for_update()).one())


def all_orders() -> Select[Any]:
    """Rows for `order_of`."""
    return select(payment_order)


def order_of(row: Row[Any]) -> Order:
    """The order that a row holds."""
    return Order(
        id=row.id,
        account_id=row.account_id,
        reference=row.reference,
        method=Method(row.method),
        state=OrderState(row.state),
        credits=Credits(row.credits),
        net=row.net,
        vat=row.vat,
        vat_rate=row.vat_rate,
        created_at=row.created_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        refunded_at=row.refunded_at,
        refunded=row.refunded,
        checkout_id=row.checkout_id,
        checkout_url=row.checkout_url,
        payment_id=row.payment_id,
        confirmed_by=row.confirmed_by,
    )


def references_in(text: str) -> tuple[str, ...]:
    """Every reference that `text` may hold, each once, however it is written: case, spaces and dashes don't count."""
    packed = _NOT_WRITTEN.sub("", text.upper().translate(_LOOK_ALIKE))
    return tuple(dict.fromkeys(map(_grouped, _REFERENCE.findall(packed))))


def written_reference(text: str) -> str:
    """`text` as references are kept, when it is one; else unchanged."""
    found = references_in(text)
    return found[0] if len(found) == 1 else text


def _random_reference() -> str:
    return _grouped(PREFIX + "".join(secrets.choice(_DIGITS) for _ in range(2 * _HALF)))


def _grouped(packed: str) -> str:
    begin = len(PREFIX)
    return f"{packed[:begin]}-{packed[begin : begin + _HALF]}-{packed[begin + _HALF :]}"
