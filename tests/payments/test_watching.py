"""Waiting for a payment."""

import asyncio
from contextlib import aclosing

import pytest

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.services.backend import Backend
from smstui.services.checkout import PaymentDiffers, Seen
from smstui.services.order_upkeep import orders_kept_up
from smstui.services.orders import OrderState, UnknownOrder
from tests.payments.conftest import DEADLINE, MakeOrder, until
from tests.payments.stripe_server import StripeServer, Trouble
from tests.support import FakeClock


async def _all(backend: Backend, payer: Actor, reference: str, seconds: float | None = None) -> list[Seen]:
    async with aclosing(backend.checkout.watch(payer, reference, seconds)) as watched:
        return [seen async for seen in watched]


async def test_it_ends_when_the_order_is_paid(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    states = []
    async with aclosing(backend.checkout.watch(payer, made.reference)) as watched:
        async for seen in watched:
            states.append(seen.order.state)
            if len(states) == 1:
                stripe.books.pay(made.reference)
    assert states == [OrderState.PENDING, OrderState.PAID]
    assert await backend.credits.available(payer) == Credits.of(1100)
    assert [seen.order.state for seen in await _all(backend, payer, made.reference)] == [OrderState.PAID]


async def test_a_trouble_is_told_once_and_overcome(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    stripe.troubles = [Trouble(503)] * 9
    first, last = await _all(backend, payer, made.reference)
    assert first.trouble is not None
    assert (first.order.state, last.order.state, last.trouble) == (OrderState.PENDING, OrderState.PAID, None)


async def test_it_ends_when_the_time_is_over(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await opened()
    assert [seen.order.state for seen in await _all(backend, payer, made.reference, 0)] == [OrderState.PENDING]
    waiting = asyncio.create_task(_all(backend, payer, made.reference))
    await until(lambda: stripe.count("GET") >= 4)
    clock.advance(2 * 3600)
    looks = stripe.count("GET")
    await until(lambda: waiting.done() or stripe.count("GET") >= looks + 3)
    assert not waiting.done()  # Stripe may still say that it was paid in the last second
    stripe.troubles = [Trouble(503)] * 1000
    clock.advance(61)
    seen = await waiting
    assert seen[-1].order.state is OrderState.PENDING


async def test_what_another_process_does_ends_it(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    async with aclosing(backend.checkout.watch(payer, made.reference)) as watched:
        assert (await anext(watched)).order.state is OrderState.PENDING
        await backend.orders.cancel(payer, made.reference)
        assert (await anext(watched)).order.state is OrderState.CANCELLED
        with pytest.raises(StopAsyncIteration):
            await anext(watched)
    assert stripe.books.of_order(made.reference).status == "expired"


async def test_another_amount_ends_it_with_a_refusal(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    stripe.books.of_order(made.reference).amount -= 1
    with pytest.raises(PaymentDiffers):
        await _all(backend, payer, made.reference)


async def test_nobody_watches_the_order_of_another_account(backend: Backend, other: Actor, opened: MakeOrder) -> None:
    with pytest.raises(UnknownOrder):
        await _all(backend, other, (await opened()).reference)


async def test_rounds_go_on_by_themselves(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.services.order_upkeep.EVERY", 0.01)
    made = await opened()
    async with orders_kept_up(backend):
        await until(lambda: stripe.count("GET"))
        stripe.troubles = [Trouble(body="[]")] * 5
        stripe.books.pay(made.reference)
        async with backend.database.watch() as changes:
            while (await backend.orders.get(payer, made.reference)).state is not OrderState.PAID:
                await changes.wait(DEADLINE)
        refunds = stripe.count("GET", "/refunds")
        stripe.troubles = [Trouble(body="[]")] * 5
        await until(lambda: stripe.count("GET", "/refunds") >= refunds + 10)
