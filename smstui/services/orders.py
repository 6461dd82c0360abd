"""Buying credits: orders, the payments that settle them, what is given back.

`settle` is the only place where money becomes credits. The functions of this module work inside the transaction of what
causes them; `Orders` is what screens and the command line use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import Connection, Select, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.packs import PriceList
from smstui.i18n import N_
from smstui.services import invoices
from smstui.services.audit import AuditAction, record_for
from smstui.services.blocking import refuse_blocked
from smstui.services.company import NoBankDetails, bank_details, price_list
from smstui.services.credits import Cause, available, post, require
from smstui.services.order_rows import (
    Method,
    Order,
    OrderState,
    UnknownOrder,
    all_orders,
    find_order,
    lock_order,
    new_order,
    order_of,
)
from smstui.services.platform_settings import require_administrator
from smstui.services.transfers import Transfer, transfer_of
from smstui.storage.database import Database
from smstui.storage.tables import account, payment_order

__all__ = [
    "AlreadyPaid", "AwaitedOrder", "CertifyFirst", "Method", "NotATransfer", "NotPending", "Order", "OrderState",
    "Orders", "UnknownOrder", "close", "find_order", "lock_order", "new_order", "settle", "take_back",
]  # fmt: skip

CARD_LIFE: Final = timedelta(hours=2)
"""Stripe keeps a payment page for 30 minutes to 24 hours."""
TRANSFER_LIFE: Final = timedelta(days=30)
SHOWN: Final = 500


class CertifyFirst(Refusal):
    """Cards are for accounts with a certified number."""

    sentence: ClassVar[str] = N_("Certify your number to pay by card, or pay by bank transfer.")


@dataclass(eq=False)
class NotPending(Refusal):
    """Nothing is awaited any more for this order."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} is closed: nothing is awaited for it.")


@dataclass(eq=False)
class AlreadyPaid(Refusal):
    """Its credits were given before."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} was paid before: its credits are on the account.")


@dataclass(eq=False)
class NotATransfer(Refusal):
    """Stripe says what became of card payments, not a person."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} is paid by card: only transfers are confirmed by hand.")


@dataclass(frozen=True, slots=True)
class AwaitedOrder:
    """A transfer that an administrator waits for."""

    order: Order
    login: str
    """Whose it is."""


def settle(tx: Connection, order_id: int, at: datetime, by: int | None = None) -> bool:
    """Give the credits of an order that was paid, once, and issue its invoice; whether it was not paid before.

    A payment that comes after the order was cancelled or had expired counts all the same: the money is there. `by` is
    the account of the administrator who says so.
    """
    order = lock_order(tx, order_id)
    if order.state in (OrderState.PAID, OrderState.REFUNDED):
        return False
    if order.state is not OrderState.PENDING:
        record_for(tx, order.account_id, at, AuditAction.PAYMENT_AFTER_CLOSE, order.reference)
    _change(tx, order_id, state=OrderState.PAID, closed_at=at, confirmed_by=by)
    post(tx, order.account_id, order.credits, Cause.PURCHASE, order.reference, at)
    invoices.issue(tx, lock_order(tx, order_id), at)
    return True


def close(tx: Connection, order_id: int, state: OrderState, at: datetime) -> bool:
    """Make an order that is pending `state`, cancelled or expired; whether it was pending."""
    if lock_order(tx, order_id).state is not OrderState.PENDING:
        return False
    _change(tx, order_id, state=state, closed_at=at)
    return True


def take_back(tx: Connection, order_id: int, cents: int, at: datetime) -> Credits:
    """Take the credits of `cents` more that were given back of a paid order; those taken. A credit note is issued.

    Each refund takes its part of the credits, the last one what is left of them, but never more than the account still
    has: the audit trail keeps what is missing. What was not paid, or was given back before, changes nothing.
    """
    order = lock_order(tx, order_id)
    refunded = min(order.refunded + cents, order.total)
    if order.state is not OrderState.PAID or refunded <= order.refunded:
        return Credits(0)
    due = _share(order, refunded) - _share(order, order.refunded)
    require(tx, order.account_id, Credits(0))
    taken = min(due, available(tx, order.account_id))
    if taken:
        post(tx, order.account_id, -taken, Cause.REVERSAL, f"{order.reference}/{refunded}", at)
    if taken < due:
        missing = f"{order.reference}: {(due - taken).decimal}"
        record_for(tx, order.account_id, at, AuditAction.REFUND_SHORT, missing)
    state = OrderState.REFUNDED if refunded == order.total else OrderState.PAID
    _change(tx, order_id, state=state, refunded=refunded, refunded_at=at)
    invoices.issue_credit_note(tx, lock_order(tx, order_id), refunded - order.refunded, at)
    return taken


def _share(order: Order, cents: int) -> Credits:
    """The credits of so many cents of the order, rounded down; all of them for its total."""
    return Credits(order.credits.milli * cents // order.total)


def _change(tx: Connection, order_id: int, **values: object) -> None:
    tx.execute(update(payment_order).where(payment_order.c.id == order_id).values(**values))


class Orders:
    """The accounts' orders; administrators confirm what was transferred."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def prices(self) -> PriceList:
        """What credits cost now."""
        return await self._database.read(price_list)

    async def order(self, actor: Actor, amount: int, method: Method) -> Order:
        """Order `amount` credits at the prices of now.

        Raises AccountBlocked, InvalidAmount, CertifyFirst, NoBankDetails.
        """
        now = self._clock.now()
        expires_at = now + (CARD_LIFE if method is Method.CARD else TRANSFER_LIFE)

        def work(tx: Connection) -> Order:
            refuse_blocked(tx, actor)
            quote = price_list(tx).quote(amount)
            _check_method(tx, actor, method)
            return new_order(tx, actor.account_id, quote, method, now, expires_at)

        return await self._database.write(work)

    async def list(self, actor: Actor) -> tuple[Order, ...]:
        """The account's newest orders, the newest first."""
        statement = all_orders().where(payment_order.c.account_id == actor.account_id)
        newest = statement.order_by(payment_order.c.id.desc()).limit(SHOWN)
        rows = await self._database.read(lambda tx: tx.execute(newest).all())
        return tuple(map(order_of, rows))

    async def get(self, actor: Actor, reference: str) -> Order:
        """The account's order with this reference. Raises UnknownOrder."""
        return await self._database.read(lambda tx: find_order(tx, reference, actor.account_id))

    async def transfer(self, actor: Actor, reference: str) -> Transfer:
        """What the payer of an order needs to know. Raises UnknownOrder, NotPending, NoBankDetails."""
        order = await self.get(actor, reference)
        if order.state is not OrderState.PENDING:
            raise NotPending(order.reference)
        bank = await self._database.read(bank_details)
        if bank is None:
            raise NoBankDetails
        return await transfer_of(order, bank)

    async def cancel(self, actor: Actor, reference: str) -> Order:
        """Give up an order. Raises UnknownOrder, NotPending.

        Whoever pays it nevertheless gets the credits; the page of a card payment is closed by `Checkout`.
        """
        now = self._clock.now()

        def work(tx: Connection) -> Order:
            order = find_order(tx, reference, actor.account_id)
            if not close(tx, order.id, OrderState.CANCELLED, now):
                raise NotPending(order.reference)
            return lock_order(tx, order.id)

        return await self._database.write(work)

    async def pending(self, admin: Actor | None) -> tuple[AwaitedOrder, ...]:
        """The transfers that are awaited, of all accounts, the oldest first. Raises AdministratorsOnly."""

        def work(tx: Connection) -> tuple[AwaitedOrder, ...]:
            require_administrator(tx, admin)
            return tuple(AwaitedOrder(order_of(row), row.login) for row in tx.execute(_awaited()))

        return await self._database.read(work)

    async def confirm(self, admin: Actor | None, reference: str) -> Order:
        """Say that the transfer of an order, of whatever account, has arrived: its credits are given.

        Raises AdministratorsOnly, UnknownOrder, NotATransfer, AlreadyPaid.
        """
        now = self._clock.now()

        def work(tx: Connection) -> Order:
            require_administrator(tx, admin)
            order = find_order(tx, reference, None)
            if order.method is not Method.TRANSFER:
                raise NotATransfer(order.reference)
            if not settle(tx, order.id, now, admin.account_id if admin else None):
                raise AlreadyPaid(order.reference)
            who = f"{order.reference}: {admin.login}" if admin else order.reference
            record_for(tx, order.account_id, now, AuditAction.ORDER_CONFIRMED, who)
            return lock_order(tx, order.id)

        return await self._database.write(work)

    async def expire(self) -> int:
        """Close the orders whose time is over; how many. Card orders with a payment page are Stripe's to close."""
        now = self._clock.now()
        over = select(payment_order.c.id).where(
            payment_order.c.state == OrderState.PENDING,
            payment_order.c.expires_at <= now,
            payment_order.c.checkout_id.is_(None),
        )
        if not await self._database.read(lambda tx: tx.execute(over.limit(1)).first()):
            return 0

        def work(tx: Connection) -> int:
            ids = tx.execute(over).scalars().all()
            return sum(close(tx, order_id, OrderState.EXPIRED, now) for order_id in ids)

        return await self._database.write(work)


def _check_method(tx: Connection, actor: Actor, method: Method) -> None:
    """Raise CertifyFirst, NoBankDetails unless the account may pay so."""
    if method is Method.TRANSFER:
        if bank_details(tx) is None:
            raise NoBankDetails
        return
    number = select(account.c.certified_number).where(account.c.id == actor.account_id)
    if tx.execute(number).scalar_one() is None:
        raise CertifyFirst


def _awaited() -> Select[tuple[object, ...]]:
    waiting = payment_order.c.state == OrderState.PENDING, payment_order.c.method == Method.TRANSFER
    joined = all_orders().add_columns(account.c.login).join(account, account.c.id == payment_order.c.account_id)
    return joined.where(*waiting).order_by(payment_order.c.id)
