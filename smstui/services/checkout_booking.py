"""What Stripe says of a Checkout session, booked: each function is part of one transaction."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Connection, select, update

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.services.audit import AuditAction, record_for
from smstui.services.orders import NotPending, Order, OrderState, close, lock_order, settle, take_back
from smstui.services.stripe_api import CURRENCY, Session
from smstui.storage.tables import audit_entry, payment_order


@dataclass(eq=False)
class PaymentDiffers(Refusal):
    """Stripe speaks of another payment than the one that was ordered."""

    reference: str
    paid: Decimal
    currency: str
    """Foreign text."""
    due: Decimal
    """Euros."""
    sentence: ClassVar[str] = N_(
        "Stripe names {paid} {currency} for the order {reference}, which comes to {due} EUR: nothing is credited; "
        "ask an administrator to look at the payment."
    )


@dataclass(eq=False)
class TooLateForCard(Refusal):
    """The order ends sooner than a page can be made for it."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} is too old to be paid by card: order again.")


def book(tx: Connection, order_id: int, session: Session, at: datetime) -> Order | PaymentDiffers:
    """The order, after what was paid is credited, given back or closed.

    What differs is audited, and not credited; once all of it was given back, the order is cancelled.
    """
    order = lock_order(tx, order_id)
    if session.is_paid:
        if (difference := differing(tx, order, session, at)) is not None:
            if session.refunded < session.amount or session.reference != order.reference:
                return difference
            close(tx, order_id, OrderState.CANCELLED, at)
            forget_page(tx, order_id)
            return lock_order(tx, order_id)
        settle(tx, order_id, at)
        take_back(tx, order_id, session.refunded - order.refunded, at)
        _change(tx, order_id, payment_id=session.payment_id, checkout_url=None)
    elif session.is_expired:
        close(tx, order_id, OrderState.EXPIRED, at)
        forget_page(tx, order_id)
    return lock_order(tx, order_id)


def differing(tx: Connection, order: Order, session: Session, at: datetime) -> PaymentDiffers | None:
    """What of the session is not as ordered, if anything; the audit trail keeps it once."""
    seen = session.amount, session.currency.lower(), session.reference
    if seen == (order.total, CURRENCY, order.reference):
        return None
    difference = PaymentDiffers(
        order.reference, Decimal(session.amount) / 100, session.currency.upper(), Decimal(order.total) / 100
    )
    named = "" if session.reference == order.reference else f" ({session.reference})"
    words = f"{order.reference}{named}: {difference.paid} {difference.currency} ≠ {difference.due} EUR"
    same = select(audit_entry.c.id).where(
        audit_entry.c.account_id == order.account_id,
        audit_entry.c.action == AuditAction.CHECKOUT_MISMATCH,
        audit_entry.c.subject == words,
    )
    if tx.execute(same).first() is None:
        record_for(tx, order.account_id, at, AuditAction.CHECKOUT_MISMATCH, words)
    return difference


def keep_page(tx: Connection, order_id: int, session: Session) -> str:
    """Keep where an order is paid; the address. Raises NotPending when the order was closed meanwhile."""
    order = lock_order(tx, order_id)
    if order.state is not OrderState.PENDING or not (url := order.checkout_url or session.url):
        raise NotPending(order.reference)
    if order.checkout_id is None:
        _change(tx, order_id, checkout_id=session.id, checkout_url=url)
    return url


def forget_page(tx: Connection, order_id: int) -> None:
    """The page of an order can't be paid any more."""
    _change(tx, order_id, checkout_url=None)


def _change(tx: Connection, order_id: int, **values: str | None) -> None:
    tx.execute(update(payment_order).where(payment_order.c.id == order_id).values(**values))
