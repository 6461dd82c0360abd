"""Payment by card: from the page to the credits, and back."""

import asyncio

import pytest

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.checkout import PaymentDiffers, TooLateForCard
from smstui.services.credits import Cause, post
from smstui.services.orders import NotPending, Order, OrderState, UnknownOrder
from smstui.settings import StripeAccess
from tests.payments.conftest import MakeOrder
from tests.payments.stripe_server import StripeServer
from tests.support import FakeClock


async def balance(backend: Backend, actor: Actor) -> Credits:
    return await backend.credits.available(actor)


async def purchases(backend: Backend, actor: Actor) -> list[str]:
    """The references of what the ledger says was bought."""
    return [one.reference for one in await backend.credits.history(actor) if one.cause is Cause.PURCHASE]


async def audited(backend: Backend, actor: Actor, action: AuditAction) -> list[str]:
    return [one.subject for one in await backend.audit.list(actor) if one.action is action]


async def state(backend: Backend, actor: Actor, order: Order) -> OrderState:
    return (await backend.orders.get(actor, order.reference)).state


async def test_the_page_asks_for_what_was_ordered(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer
) -> None:
    made = await order(1000)
    url = await backend.checkout.open(payer, made)
    (request,) = stripe.requests
    assert request.idempotency_key == made.reference
    assert request.form["line_items[0][price_data][unit_amount]"] == "7200"
    assert request.form["line_items[0][price_data][currency]"] == "eur"
    assert request.form["line_items[0][price_data][product_data][name]"] == "SMS × 1000"
    assert request.form["client_reference_id"] == request.form["metadata[order]"] == made.reference
    assert request.form["allowed_payment_method_types[0]"] == "card"
    assert request.form["adaptive_pricing[enabled]"] == "false"
    assert made.expires_at is not None
    assert int(request.form["expires_at"]) == int(made.expires_at.timestamp())
    assert url == stripe.books.of_order(made.reference).url
    assert await backend.checkout.open(payer, made) == url
    assert len(stripe.requests) == 1


async def test_only_its_own_account_opens_it(
    backend: Backend, other: Actor, order: MakeOrder, stripe: StripeServer
) -> None:
    with pytest.raises(UnknownOrder):
        await backend.checkout.open(other, await order())
    with pytest.raises(UnknownOrder):
        await backend.checkout.cancel(other, (await order()).reference)
    assert stripe.requests == []


@pytest.mark.each_database
async def test_what_is_paid_is_credited_once_however_many_look(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    assert (await backend.checkout.poll(made)).state is OrderState.PENDING
    assert await balance(backend, payer) == Credits.of(100)
    stripe.books.pay(made.reference)
    seen = await asyncio.gather(*(backend.checkout.poll(made) for _ in range(20)))
    assert {one.state for one in seen} == {OrderState.PAID}
    assert await balance(backend, payer) == Credits.of(1100)
    assert await purchases(backend, payer) == [made.reference]
    paid = await backend.orders.get(payer, made.reference)
    assert paid.payment_id == stripe.books.of_order(made.reference).payment_id
    assert paid.checkout_url is None


async def test_a_page_that_ran_out_closes_the_order(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await opened()
    clock.advance(3 * 3600)
    stripe.books.now = clock.now()
    assert await backend.orders.expire() == 0  # Stripe's word counts: it may have been paid in the last second
    assert (await backend.checkout.poll(made)).state is OrderState.EXPIRED
    assert await balance(backend, payer) == Credits.of(100)
    assert (await backend.checkout.resume()).looked == 0


async def test_what_was_paid_in_the_last_second_is_credited_however_late_it_is_seen(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    clock.advance(10 * 86400)
    stripe.books.now = clock.now()
    await backend.orders.expire()
    assert (await backend.checkout.resume()).changed == 1
    assert await state(backend, payer, made) is OrderState.PAID
    assert await balance(backend, payer) == Credits.of(1100)


async def test_a_cancelled_order_can_not_be_paid_any_more(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    assert (await backend.checkout.cancel(payer, made.reference)).state is OrderState.CANCELLED
    assert stripe.books.of_order(made.reference).status == "expired"
    with pytest.raises(NotPending):
        await backend.checkout.open(payer, made)
    with pytest.raises(NotPending):
        await backend.checkout.cancel(payer, made.reference)
    assert (await backend.checkout.resume()).looked == 0


async def test_whoever_watches_a_cancelled_order_does_not_call_it_expired(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    rounds = asyncio.gather(*(backend.checkout.resume() for _ in range(10)))
    cancelled = await backend.checkout.cancel(payer, made.reference)
    await rounds
    assert cancelled.state is await state(backend, payer, made) is OrderState.CANCELLED


async def test_an_order_that_was_paid_before_it_is_cancelled_is_credited(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    assert (await backend.checkout.cancel(payer, made.reference)).state is OrderState.PAID
    assert await balance(backend, payer) == Credits.of(1100)
    assert await audited(backend, payer, AuditAction.PAYMENT_AFTER_CLOSE) == []
    with pytest.raises(NotPending):
        await backend.checkout.cancel(payer, made.reference)


@pytest.mark.parametrize("is_paid", [False, True])
async def test_the_page_of_an_order_cancelled_without_stripe_is_closed_by_the_next_round(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, is_paid: bool
) -> None:
    made = await opened()
    await backend.orders.cancel(payer, made.reference)
    if is_paid:
        stripe.books.pay(made.reference)
    assert (await backend.checkout.resume()).troubles == ()
    if is_paid:
        assert await state(backend, payer, made) is OrderState.PAID
        assert await audited(backend, payer, AuditAction.PAYMENT_AFTER_CLOSE) == [made.reference]
    else:
        assert stripe.books.of_order(made.reference).status == "expired"
        assert await state(backend, payer, made) is OrderState.CANCELLED
    assert (await backend.checkout.resume()).looked == 0


@pytest.mark.each_database
async def test_refunds_in_two_steps_take_their_part_of_the_credits(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    await backend.checkout.resume()
    stripe.books.refund(made.reference, 1800)
    assert (await backend.checkout.resume()).changed == 1
    assert await balance(backend, payer) == Credits.of(850)
    assert await state(backend, payer, made) is OrderState.PAID
    looks = stripe.count("GET")
    assert (await backend.checkout.resume()).changed == 0
    assert stripe.count("GET") == looks + 1  # the list of refunds only: this one is known
    stripe.books.refund(made.reference, 5400)
    await asyncio.gather(*(backend.checkout.resume() for _ in range(5)))
    assert await balance(backend, payer) == Credits.of(100)
    assert await state(backend, payer, made) is OrderState.REFUNDED


async def test_a_refund_of_more_than_is_left_takes_what_is_left(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    await backend.checkout.poll(made)
    now = backend.clock.now()
    await backend.database.write(lambda tx: post(tx, payer.account_id, -Credits.of(900), Cause.ADMIN, "spent", now))
    stripe.books.refund(made.reference, 7200)
    await backend.checkout.resume()
    assert await balance(backend, payer) == Credits(0)
    assert await state(backend, payer, made) is OrderState.REFUNDED
    (short,) = await audited(backend, payer, AuditAction.REFUND_SHORT)
    assert short == f"{made.reference}: 800"


async def test_what_was_given_back_before_anybody_looked_credits_nothing_in_the_end(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    stripe.books.refund(made.reference, 7200)
    assert (await backend.checkout.poll(made)).state is OrderState.REFUNDED
    assert await balance(backend, payer) == Credits.of(100)


async def test_one_refund_that_fails_keeps_no_other_from_being_taken_back(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    orders = [await opened(1000) for _ in range(4)]
    for made in orders:
        stripe.books.pay(made.reference)
    await backend.checkout.resume()
    for made in orders:
        stripe.books.refund(made.reference, 720)
    lost = stripe.books.of_order(orders[1].reference)
    lost_id, lost.id = lost.id, "cs_test_elsewhere"
    stripe.books.sessions["cs_test_elsewhere"] = stripe.books.sessions.pop(lost_id)
    assert (await backend.checkout.resume()).changed == 3
    stripe.books.sessions[lost_id] = stripe.books.sessions.pop("cs_test_elsewhere")
    assert (await backend.checkout.resume()).changed == 1
    assert await balance(backend, payer) == Credits.of(100 + 4000 - 400)


async def test_refunds_are_found_weeks_later_and_after_a_restart(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, clock: FakeClock, access: StripeAccess
) -> None:
    orders = [await opened(1000) for _ in range(3)]
    for made in orders:
        stripe.books.pay(made.reference)
    await backend.checkout.resume()
    for _ in range(20):
        clock.advance(86400)
        stripe.books.now = clock.now()
        await backend.checkout.resume()
    stripe.books.refund(orders[1].reference, 720)
    clock.advance(5 * 86400)
    stripe.books.now = clock.now()
    assert (await Backend(backend.database, clock, access).checkout.resume()).changed == 1
    assert await balance(backend, payer) == Credits.of(100 + 3000 - 100)
    looks = stripe.count("GET")
    again = Backend(backend.database, clock, access).checkout
    await again.resume()
    await again.resume()
    assert stripe.count("GET") - looks <= 3  # it looks at the order again at most once


async def test_more_refunds_than_a_page_of_the_list_holds(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    first, second = await opened(1000), await opened(1000)
    for made in (first, second):
        stripe.books.pay(made.reference)
    await backend.checkout.resume()
    stripe.books.refund(first.reference, 72)
    for _ in range(150):
        stripe.books.refund(second.reference, 1)
    assert (await backend.checkout.resume()).changed == 2
    assert stripe.count("GET", "/refunds") >= 3
    assert (await backend.orders.get(payer, first.reference)).refunded == 72
    assert (await backend.orders.get(payer, second.reference)).refunded == 150


@pytest.mark.parametrize(("amount", "currency"), [(7199, "eur"), (7201, "eur"), (7200, "usd"), (72, "eur")])
async def test_another_amount_or_currency_credits_nothing_and_is_audited_once(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, amount: int, currency: str
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    session = stripe.books.of_order(made.reference)
    session.amount, session.currency = amount, currency
    for _ in range(2):
        with pytest.raises(PaymentDiffers) as caught:
            await backend.checkout.poll(made)
    assert caught.value.currency == currency.upper()
    (trouble,) = (await backend.checkout.resume()).troubles
    assert isinstance(trouble, PaymentDiffers)
    assert await balance(backend, payer) == Credits.of(100)
    assert await state(backend, payer, made) is OrderState.PENDING
    (subject,) = await audited(backend, payer, AuditAction.CHECKOUT_MISMATCH)
    assert subject.startswith(f"{made.reference}: ")


async def test_once_another_amount_was_given_back_the_order_is_over(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    stripe.books.of_order(made.reference).amount = 500
    with pytest.raises(PaymentDiffers):
        await backend.checkout.cancel(payer, made.reference)
    stripe.books.refund(made.reference, 499)
    with pytest.raises(PaymentDiffers):
        await backend.checkout.poll(made)
    stripe.books.refund(made.reference, 1)
    assert (await backend.checkout.resume()).changed == 1
    assert await state(backend, payer, made) is OrderState.CANCELLED
    assert await balance(backend, payer) == Credits.of(100)
    assert (await backend.checkout.resume()).looked == 0


async def test_the_payment_of_another_order_credits_nothing(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    session = stripe.books.of_order(made.reference)
    session.form = {**session.form, "client_reference_id": "SMS-0000-0000"}
    with pytest.raises(PaymentDiffers):
        await backend.checkout.poll(made)
    assert await balance(backend, payer) == Credits.of(100)
    (subject,) = await audited(backend, payer, AuditAction.CHECKOUT_MISMATCH)
    assert "SMS-0000-0000" in subject


async def test_an_old_order_gets_no_page(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await order()
    clock.advance(91 * 60)
    with pytest.raises(TooLateForCard):
        await backend.checkout.open(payer, made)
    assert stripe.requests == []


async def test_no_request_is_made_where_nothing_was_ever_opened(backend: Backend, stripe: StripeServer) -> None:
    assert (await backend.checkout.resume()).looked == 0
    assert stripe.requests == []
