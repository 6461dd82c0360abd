"""Paying an order by card from the command line: the link, and the waiting for what becomes of it."""

import sys
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smstui.cli.context import Call, Json
from smstui.cli.output import print_error
from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _

if TYPE_CHECKING:
    from smstui.services.checkout import Seen
    from smstui.services.orders import Order


@dataclass(eq=False)
class NotPaidInTime(Refusal):
    """The page may still be paid when the command has waited long enough."""

    reference: str
    seconds: float
    sentence: ClassVar[str] = N_(
        "After {seconds} s the order {reference} is not paid yet: what is paid later is credited all the same."
    )


@dataclass(eq=False)
class OrderExpired(Refusal):
    """The page ran out before anybody paid."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} has expired without a payment: order again.")


@dataclass(eq=False)
class OrderCancelled(Refusal):
    """Somebody gave the order up while the command waited."""

    reference: str
    sentence: ClassVar[str] = N_("The order {reference} was cancelled: nothing is paid.")


async def pay_by_card(call: Call, actor: Actor, order: "Order", *, wait: bool, timeout: float) -> None:
    """Answer with the link where `order` is paid; with `wait`, first follow it for at most `timeout` seconds.

    Meanwhile the link is on stdout, or on stderr under --json. Raises what `Checkout.open` and `watch` do,
    NotPaidInTime, OrderExpired, OrderCancelled.
    """
    url = await _page(call, actor, order)
    if not wait:
        call.answer(_document(order, url), [_payable(order), url])
        return
    if call.options.as_json:
        print_error(url)
    else:
        call.answer(None, [_payable(order), url])
        sys.stdout.flush()
    order = await _followed(call, actor, order, timeout)
    refusal = _why(order, timeout)
    if call.options.as_json:
        call.answer(_document(order, url), ())
    elif refusal is None:
        call.answer(None, await _paid(call, actor, order))
    if refusal is not None:
        raise refusal


async def look_again(call: Call) -> None:
    """Ask Stripe once about every payment by card that is awaited or was given back, and say what came of it.

    For machines where neither `smstui dispatch` nor the application runs. Raises NoStripeKey, the first trouble.
    """
    call.backend.checkout.check()
    resumed = await call.backend.checkout.resume()
    call.answer(
        {"looked": resumed.looked, "changed": resumed.changed, "troubles": len(resumed.troubles)},
        _("Orders looked at: {looked}, changed: {changed}.").format(looked=resumed.looked, changed=resumed.changed),
    )
    for trouble in resumed.troubles:
        raise trouble


async def _page(call: Call, actor: Actor, order: "Order") -> str:
    """Where `order` is paid; when there is no such page, nothing is left of it."""
    try:
        return await call.backend.checkout.open(actor, order)
    except Refusal:
        await call.backend.orders.cancel(actor, order.reference)
        raise


def _document(order: "Order", url: str) -> dict[str, Json]:
    from smstui.cli.credit_document import order_document

    return {**order_document(order), "url": url}


async def _followed(call: Call, actor: Actor, order: "Order", timeout: float) -> "Order":
    """The order when it is closed, or when the time is over. What goes wrong meanwhile is said once."""
    async with aclosing(call.backend.checkout.watch(actor, order.reference, timeout)) as watched:
        async for seen in watched:
            order = seen.order
            _say_trouble(seen)
    return order


def _say_trouble(seen: "Seen") -> None:
    from smstui.formats import explain

    if seen.trouble is not None:
        print_error(explain(seen.trouble))


def _why(order: "Order", timeout: float) -> Refusal | None:
    """Why nothing was credited, if nothing was."""
    from smstui.services.orders import OrderState

    match order.state:
        case OrderState.PENDING:
            return NotPaidInTime(order.reference, timeout)
        case OrderState.EXPIRED:
            return OrderExpired(order.reference)
        case OrderState.CANCELLED:
            return OrderCancelled(order.reference)
        case _:
            return None


def _payable(order: "Order") -> str:
    from smstui import money

    words = _("Order {reference}: pay {total} by card on this page.")
    return words.format(reference=order.reference, total=money.euros(order.total))


async def _paid(call: Call, actor: Actor, order: "Order") -> list[str]:
    from smstui.formats import amount as shown

    available = await call.backend.credits.available(actor)
    words = _("The order {reference} is paid. Credits: {available}.")
    return [words.format(reference=order.reference, available=shown(available))]
