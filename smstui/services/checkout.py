"""Payment by card on a page of Stripe Checkout: the page is opened, looked at until it is paid, and what was paid is
credited by `orders.settle`, once, whoever looks and however often.

No webhook comes in, so that the program needs no public address: Stripe is asked instead, by whoever waits for a
payment, and by `order_upkeep` in every process that lives long.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import MILLI
from smstui.domain.errors import Refusal
from smstui.services.checkout_booking import PaymentDiffers, TooLateForCard, book, differing, forget_page, keep_page
from smstui.services.checkout_refunds import Refunds
from smstui.services.order_rows import all_orders, order_of
from smstui.services.orders import Method, NotPending, Order, Orders, OrderState
from smstui.services.stripe_api import NewSession, Session, StripeApi, checked_key, connected
from smstui.services.stripe_refusals import StripeRefused, StripeUnreachable
from smstui.settings import StripeAccess
from smstui.storage.database import Database
from smstui.storage.tables import payment_order

__all__ = ["Checkout", "PaymentDiffers", "Resumed", "Seen", "TooLateForCard"]

LOOK: Final = 3.0
"""Seconds between two looks of somebody who waits."""
LONGEST_PAUSE: Final = 60.0
"""Seconds between two looks when Stripe does not answer."""
SHORTEST_PAGE: Final = timedelta(minutes=30)
"""Stripe makes no page that expires sooner."""
_GRACE: Final = 60.0
"""Seconds after the end of a page, in which Stripe says what became of it."""
_MARGIN: Final = timedelta(minutes=1)
_FEW: Final = 3
"""After so many requests without an answer a round is given up."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who waits sees of an order."""

    order: Order
    trouble: StripeUnreachable | None = None
    """Why nothing newer is known; it is tried again."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What came of one round over all orders."""

    looked: int = 0
    """At so many orders."""
    changed: int = 0
    """So many were paid, closed or given back."""
    troubles: tuple[Refusal, ...] = ()
    """What could not be done; the next round tries again."""


@dataclass(slots=True)
class _Round:
    """What came of a round so far."""

    looked: int = 0
    changed: int = 0
    troubles: list[Refusal] = field(default_factory=list)

    @property
    def is_hopeless(self) -> bool:
        """Whether so little is answered that the rest would wait for nothing."""
        return sum(isinstance(one, StripeUnreachable) for one in self.troubles) >= _FEW


class Checkout:
    """Payments by card."""

    def __init__(self, database: Database, clock: Clock, access: StripeAccess) -> None:
        self._database = database
        self._clock = clock
        self._access = access
        self._orders = Orders(database, clock)
        self._refunds = Refunds(database)
        self._said: dict[str, type[Refusal]] = {}

    @property
    def is_set_up(self) -> bool:
        """Whether there is a key, so that cards can be offered."""
        return self._access.key is not None

    def check(self) -> None:
        """That cards can be paid with: before an order is made. Raises NoStripeKey, InvalidStripeAddress."""
        checked_key(self._access)

    async def open(self, actor: Actor, order: Order) -> str:
        """The address of the page where `order` is paid: the same one each time, also after an answer that was lost.

        Raises UnknownOrder, NotPending, TooLateForCard, PaymentDiffers, NoStripeKey, InvalidStripeAddress,
        StripeKeyRefused, StripeRefused, StripeUnreachable.
        """
        known = await self._orders.get(actor, order.reference)
        if known.state is not OrderState.PENDING or known.method is not Method.CARD:
            raise NotPending(known.reference)
        if known.checkout_url is not None:
            return known.checkout_url
        asked = _asked(known)
        if asked.expires_at - self._clock.now() < SHORTEST_PAGE:
            raise TooLateForCard(known.reference)
        async with connected(self._access) as api:
            session = await api.create(asked)
        if difference := await self._database.write(lambda tx: differing(tx, known, session, self._clock.now())):
            raise difference
        return await self._database.write(lambda tx: keep_page(tx, known.id, session))

    async def poll(self, order: Order) -> Order:
        """The order as Stripe's word leaves it: paid, its refunds taken back, expired, or still pending.

        Raises PaymentDiffers when something else was paid than ordered: nothing is credited then. Raises NoStripeKey,
        InvalidStripeAddress, StripeKeyRefused, StripeRefused, StripeUnreachable.
        """
        if order.checkout_id is None:
            return order
        async with connected(self._access) as api:
            return await self._look(api, order)

    async def cancel(self, actor: Actor, reference: str) -> Order:
        """Give up an order and close its page; when it was paid before, it is credited instead, and returned as paid.

        Without an answer of Stripe the order is cancelled all the same, and `resume` closes the page later.
        Raises UnknownOrder, NotPending, PaymentDiffers.
        """
        order = await self._orders.get(actor, reference)
        if order.state is not OrderState.PENDING:
            raise NotPending(order.reference)
        order = await self._tried(order)
        if order.state in (OrderState.PAID, OrderState.REFUNDED):
            return order
        return await self._tried(await self._orders.cancel(actor, reference))

    async def watch(self, actor: Actor, reference: str, seconds: float | None = None) -> AsyncGenerator[Seen]:
        """The order now and each time something about it changes, until it is not pending or the time is over.

        The time is `seconds`, or as long as the page can be paid. To begin again later, after a crash too, loses
        nothing. Close it with `contextlib.aclosing`. Raises UnknownOrder and what `poll` does, but StripeUnreachable.
        """
        order = await self._orders.get(actor, reference)
        deadline, failures, last = self._clock.monotonic() + self._wait(order, seconds), 0, None
        async with connected(self._access) as api:
            while True:
                try:
                    order, trouble = await self._look(api, order), None
                except StripeUnreachable as refusal:
                    trouble = refusal
                failures = failures + 1 if trouble else 0
                seen = Seen(order, trouble)
                if last is None or (last.order, last.trouble is None) != (order, trouble is None):
                    yield (last := seen)
                left = deadline - self._clock.monotonic()
                if order.state is not OrderState.PENDING or left <= 0:
                    return
                await asyncio.sleep(min(LOOK * 2**failures, LONGEST_PAUSE, left))
                order = await self._orders.get(actor, reference)

    async def resume(self) -> Resumed:
        """Look once at every order whose page may be paid, at those cancelled whose page is open, and at refunds.

        Nothing is asked where no key is set up, or nothing was ever paid by card. Never raises a refusal.
        """
        if not self.is_set_up:
            return Resumed()
        done = _Round()
        try:
            orders = list(await self._database.read(_awaited))
            random.shuffle(orders)
            if not orders and not await self._refunds.may_come():
                return Resumed()
            async with connected(self._access) as api:
                await self._go_through(api, orders, done)
                if not done.is_hopeless:
                    troubles = len(done.troubles)
                    await self._go_through(api, await self._refunds.found(api, self._clock.now()), done)
                    if len(done.troubles) == troubles:
                        await self._refunds.handled(self._clock.now())
        except Refusal as refusal:
            done.troubles.append(refusal)
            self._say("", refusal)
        else:
            self._said.pop("", None)
        return Resumed(done.looked, done.changed, tuple(done.troubles))

    async def _go_through(self, api: StripeApi, orders: Sequence[Order], done: _Round) -> None:
        """Look at each of them, unless nothing answers; what fails keeps none of the others from it."""
        for order in orders:
            done.looked += 1
            try:
                done.changed += await self._look(api, order) != order
            except Refusal as refusal:
                done.troubles.append(refusal)
                await self._trouble(order, refusal)
                if done.is_hopeless:
                    return
            else:
                self._said.pop(order.reference, None)

    async def _tried(self, order: Order) -> Order:
        """The order after a look at its page, if it has one that may be open; as it is where Stripe does not answer."""
        if order.checkout_url is None:
            return order
        try:
            return await self.poll(order)
        except PaymentDiffers:
            raise
        except Refusal as refusal:
            self._say(order.reference, refusal)
            return order

    async def _look(self, api: StripeApi, order: Order) -> Order:
        """See `poll`. The page of a cancelled order is closed, unless it was paid."""
        if order.checkout_id is None or (order.state is OrderState.EXPIRED and order.checkout_url is None):
            return order
        if order.state is OrderState.CANCELLED and order.checkout_url is not None:
            session = await _closed_page(api, order.checkout_id)
        else:
            session = await api.find(order.checkout_id)
        return await self._book(order, session)

    async def _book(self, order: Order, session: Session) -> Order:
        if not session.is_paid and not session.is_expired:
            return order
        now = self._clock.now()
        booked = await self._database.write(lambda tx: book(tx, order.id, session, now))
        if isinstance(booked, PaymentDiffers):
            raise booked
        return booked

    async def _trouble(self, order: Order, refusal: Refusal) -> None:
        """Say it; a page that Stripe does not know is closed for sure when its time is over."""
        self._say(order.reference, refusal)
        is_over = order.expires_at is not None and order.expires_at < self._clock.now()
        if isinstance(refusal, StripeRefused) and order.state is not OrderState.PENDING and is_over:
            await self._database.write(lambda tx: forget_page(tx, order.id))

    def _say(self, reference: str, refusal: Refusal) -> None:
        """Log it, once in a row of the same."""
        if self._said.get(reference) is not type(refusal):
            self._said[reference] = type(refusal)
            _log.warning("payment by card %s: %r", reference, refusal)

    def _wait(self, order: Order, seconds: float | None) -> float:
        if seconds is not None:
            return seconds
        end = order.expires_at or self._clock.now()
        return max(0.0, (end - self._clock.now()).total_seconds() + _GRACE)


def _asked(order: Order) -> NewSession:
    """What Stripe is asked to make; always the same for one order."""
    latest = order.created_at + timedelta(hours=24) - _MARGIN
    expires_at = latest if order.expires_at is None else min(order.expires_at, latest)
    return NewSession(order.reference, order.total, f"SMS × {order.credits.milli // MILLI}", expires_at)


async def _closed_page(api: StripeApi, session_id: str) -> Session:
    """A session that can't be paid any more, unless it was."""
    try:
        return await api.expire(session_id)
    except StripeRefused:
        return await api.find(session_id)


def _awaited(tx: Connection) -> tuple[Order, ...]:
    """The card orders whose page was opened, and may be paid or is to be closed."""
    may_change = (payment_order.c.state == OrderState.PENDING) | payment_order.c.checkout_url.is_not(None)
    opened = all_orders().where(payment_order.c.checkout_id.is_not(None), may_change)
    return tuple(map(order_of, tx.execute(opened.order_by(payment_order.c.id))))
