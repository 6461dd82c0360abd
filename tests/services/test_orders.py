import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from smstui.domain.actor import Actor
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.packs import DEFAULT_PRICES, InvalidAmount, PriceList, PriceStep
from smstui.services import orders
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.blocking import AccountBlocked
from smstui.services.company import NoBankDetails
from smstui.services.credits import Cause, post
from smstui.services.order_rows import references_in, written_reference
from smstui.services.orders import (
    CARD_LIFE,
    TRANSFER_LIFE,
    AlreadyPaid,
    CertifyFirst,
    Method,
    NotATransfer,
    NotPending,
    Order,
    OrderState,
    UnknownOrder,
)
from smstui.services.platform_settings import AdministratorsOnly
from smstui.storage.tables import account
from tests.conftest import NewAccountFixture
from tests.payments_support import BANK, open_shop
from tests.support import START, FakeClock, run_together

pytestmark = pytest.mark.each_database


@pytest.fixture(autouse=True)
async def _open(backend: Backend) -> None:
    await open_shop(backend)


async def _certify(backend: Backend, actor: Actor) -> None:
    number = update(account).where(account.c.id == actor.account_id).values(certified_number="+33612345678")
    await backend.database.write(lambda tx: tx.execute(number))


async def _by_card(backend: Backend, actor: Actor, amount: int = 1_000) -> Order:
    await _certify(backend, actor)
    return await backend.orders.order(actor, amount, Method.CARD)


async def _settle(backend: Backend, order: Order) -> bool:
    return await backend.database.write(lambda tx: orders.settle(tx, order.id, backend.clock.now()))


async def _take_back(backend: Backend, order: Order, cents: int) -> Credits:
    return await backend.database.write(lambda tx: orders.take_back(tx, order.id, cents, backend.clock.now()))


async def _actions(backend: Backend, actor: Actor) -> list[tuple[AuditAction, str]]:
    return [(entry.action, entry.subject) for entry in await backend.audit.list(actor)]


async def test_an_order_has_the_prices_of_its_moment(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    await backend.company.set_prices(None, PriceList((), (PriceStep(100, 9_999),), 550))
    found = await backend.orders.get(actor, order.reference.lower().replace("-", " "))
    assert found == order
    assert (order.credits, order.net, order.vat, order.total) == (Credits.of(1_000), 60_00, 12_00, 72_00)
    assert (order.state, order.created_at, order.expires_at) == (OrderState.PENDING, START, START + TRANSFER_LIFE)
    dearer = await backend.orders.order(actor, 100, Method.TRANSFER)
    assert (dearer.net, dearer.vat) == (99_99, 5_50)
    assert await backend.orders.list(actor) == (dearer, order)


async def test_what_can_not_be_bought_is_refused(backend: Backend, actor: Actor) -> None:
    with pytest.raises(InvalidAmount):
        await backend.orders.order(actor, 99, Method.TRANSFER)
    with pytest.raises(CertifyFirst):
        await backend.orders.order(actor, 1_000, Method.CARD)
    assert await backend.orders.list(actor) == ()
    order = await _by_card(backend, actor)
    assert order.expires_at == START + CARD_LIFE


async def test_a_transfer_needs_an_account_to_go_to(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    transfer = await backend.orders.transfer(actor, order.reference)
    assert (transfer.reference, transfer.amount, transfer.bank) == (order.reference, 72_00, BANK)
    await backend.database.write(lambda tx: tx.exec_driver_sql("DELETE FROM platform_setting WHERE name = 'bank'"))
    with pytest.raises(NoBankDetails):
        await backend.orders.transfer(actor, order.reference)
    with pytest.raises(NoBankDetails):
        await backend.orders.order(actor, 1_000, Method.TRANSFER)


async def test_the_orders_of_another_account_are_not_there(backend: Backend, actor: Actor, other: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    assert await backend.orders.list(other) == ()
    for call in (backend.orders.get, backend.orders.cancel, backend.orders.transfer):
        with pytest.raises(UnknownOrder):
            await call(other, order.reference)
    for call in (backend.orders.pending, lambda actor: backend.orders.confirm(actor, order.reference)):
        with pytest.raises(AdministratorsOnly):
            await call(actor)
    assert (await backend.orders.get(actor, order.reference)).state is OrderState.PENDING


async def test_an_administrator_confirms_a_transfer_once(backend: Backend, actor: Actor, admin: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    (awaited,) = await backend.orders.pending(admin)
    assert (awaited.order, awaited.login) == (order, "shop")
    paid = await backend.orders.confirm(admin, order.reference.replace("-", ""))
    assert (paid.state, paid.closed_at, paid.confirmed_by) == (OrderState.PAID, START, admin.account_id)
    with pytest.raises(AlreadyPaid):
        await backend.orders.confirm(None, order.reference)
    assert await backend.credits.available(actor) == Credits.of(1_100)
    newest = (await backend.credits.history(actor))[0]
    assert (newest.cause, newest.reference, newest.amount) == (Cause.PURCHASE, order.reference, Credits.of(1_000))
    assert await backend.orders.pending(None) == ()
    assert await _actions(backend, actor) == [(AuditAction.ORDER_CONFIRMED, f"{order.reference}: boss")]


async def test_card_payments_are_not_confirmed_by_hand(backend: Backend, actor: Actor) -> None:
    order = await _by_card(backend, actor)
    assert await backend.orders.pending(None) == ()
    with pytest.raises(NotATransfer):
        await backend.orders.confirm(None, order.reference)
    assert await _settle(backend, order)
    assert not await _settle(backend, order)
    assert await backend.credits.available(actor) == Credits.of(1_100)


async def test_many_payments_of_one_order_at_once_credit_it_once(
    backend: Backend, actor: Actor, database_url: str
) -> None:
    order = await _by_card(backend, actor)
    program = f"""
import asyncio
from datetime import UTC, datetime
from smstui.services.orders import settle
from smstui.storage.database import Database
async def main():
    database = await Database.open({database_url!r})
    done = await asyncio.gather(*(
        database.write(lambda tx: settle(tx, {order.id}, datetime.now(UTC))) for _ in range(10)
    ))
    await database.close()
    print(sum(done))
asyncio.run(main())
"""
    outputs = await asyncio.to_thread(run_together, [program] * 4)
    assert sorted(map(int, outputs)) == [0, 0, 0, 1]
    assert await backend.credits.available(actor) == Credits.of(1_100)
    assert len(await backend.invoices.list(actor)) == 1


async def test_a_crash_before_the_end_credits_nothing(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)

    def work(tx: Connection) -> None:
        assert orders.settle(tx, order.id, START)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await backend.database.write(work)
    assert (await backend.orders.get(actor, order.reference)).state is OrderState.PENDING
    assert await backend.credits.available(actor) == Credits.of(100)
    assert await backend.invoices.list(actor) == ()
    assert await _settle(backend, order)


async def test_an_order_is_cancelled_once_and_only_while_it_is_awaited(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    cancelled = await backend.orders.cancel(actor, order.reference)
    assert (cancelled.state, cancelled.closed_at) == (OrderState.CANCELLED, START)
    for call in (backend.orders.cancel, backend.orders.transfer):
        with pytest.raises(NotPending):
            await call(actor, order.reference)


async def test_money_that_comes_after_all_is_credited_and_kept_in_the_trail(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    cancelled, expired = [await backend.orders.order(actor, 1_000, Method.TRANSFER) for _ in range(2)]
    await backend.orders.cancel(actor, cancelled.reference)
    clock.advance(TRANSFER_LIFE)
    assert await backend.orders.expire() == 1
    assert (await backend.orders.get(actor, expired.reference)).state is OrderState.EXPIRED
    for order in (cancelled, expired):
        assert (await backend.orders.confirm(None, order.reference)).state is OrderState.PAID
    assert await backend.credits.available(actor) == Credits.of(2_100)
    late = [subject for action, subject in await _actions(backend, actor) if action is AuditAction.PAYMENT_AFTER_CLOSE]
    assert late == [expired.reference, cancelled.reference]


async def test_what_is_over_expires_but_pages_of_cards_are_not_ours_to_close(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    opened, unopened = [await _by_card(backend, actor) for _ in range(2)]
    page = update(orders.payment_order).where(orders.payment_order.c.id == opened.id).values(checkout_id="cs_1")
    await backend.database.write(lambda tx: tx.execute(page))
    transfer = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    clock.advance(CARD_LIFE - timedelta(seconds=1))
    assert await backend.orders.expire() == 0
    clock.advance(1)
    assert await backend.orders.expire() == 1
    assert await backend.orders.expire() == 0
    states = [(await backend.orders.get(actor, each.reference)).state for each in (opened, unopened, transfer)]
    assert states == [OrderState.PENDING, OrderState.EXPIRED, OrderState.PENDING]


async def test_a_refund_takes_the_credits_back_and_issues_a_credit_note(backend: Backend, actor: Actor) -> None:
    order = await _by_card(backend, actor)
    await _settle(backend, order)
    assert await _take_back(backend, order, 72_00) == Credits.of(1_000)
    assert await _take_back(backend, order, 72_00) == NO_CREDITS
    refunded = await backend.orders.get(actor, order.reference)
    assert (refunded.state, refunded.refunded, refunded.refunded_at) == (OrderState.REFUNDED, 72_00, START)
    assert await backend.credits.available(actor) == Credits.of(100)
    note, invoice = await backend.invoices.list(actor)
    assert (note.document.corrects, note.document.total) == (invoice.number, 72_00)
    assert not await _settle(backend, order)


async def test_refunds_in_parts_take_all_credits_in_the_end(backend: Backend, actor: Actor) -> None:
    order = await _by_card(backend, actor, 777)
    await _settle(backend, order)
    parts = [1, 10_00, 7_77, order.total]
    taken = [await _take_back(backend, order, cents) for cents in parts]
    assert sum(part.milli for part in taken) == order.credits.milli
    assert all(taken)
    notes = [one.document for one in await backend.invoices.list(actor) if one.document.corrects]
    assert [note.number for note in notes] == [f"A-2026-0000{rank}" for rank in (4, 3, 2, 1)]
    assert (sum(note.net for note in notes), sum(note.vat for note in notes)) == (order.net, order.vat)
    assert sum(note.credits.milli for note in notes) == order.credits.milli
    assert [note.total for note in reversed(notes)][:3] == parts[:3]


async def test_a_refund_never_takes_the_balance_below_zero(backend: Backend, actor: Actor) -> None:
    order = await _by_card(backend, actor)
    await _settle(backend, order)
    spent = Credits.of("1099.5")
    await backend.database.write(lambda tx: post(tx, actor.account_id, -spent, Cause.CAMPAIGN, "7", START))
    assert await _take_back(backend, order, 36_00) == Credits.of("0.5")
    assert await backend.credits.available(actor) == NO_CREDITS
    assert await _take_back(backend, order, 36_00) == NO_CREDITS
    assert (await backend.orders.get(actor, order.reference)).state is OrderState.REFUNDED
    missing = [subject for action, subject in await _actions(backend, actor) if action is AuditAction.REFUND_SHORT]
    assert missing == [f"{order.reference}: 500", f"{order.reference}: 499.5"]


async def test_what_was_never_paid_gives_nothing_back(backend: Backend, actor: Actor) -> None:
    order = await _by_card(backend, actor)
    assert await _take_back(backend, order, 10_00) == NO_CREDITS
    assert (await backend.orders.get(actor, order.reference)).refunded == 0
    await _settle(backend, order)
    assert await _take_back(backend, order, 0) == NO_CREDITS
    assert await _take_back(backend, order, -5) == NO_CREDITS


async def test_a_blocked_account_orders_nothing_but_what_it_paid_for_is_its_own(backend: Backend, actor: Actor) -> None:
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    await backend.administration.block(None, actor.login, "unpaid")
    with pytest.raises(AccountBlocked):
        await backend.orders.order(actor, 1_000, Method.TRANSFER)
    await backend.orders.confirm(None, order.reference)
    assert await backend.credits.available(actor) == Credits.of(1_100)


async def test_who_was_an_administrator_confirms_nothing(
    backend: Backend, actor: Actor, admin: Actor, new_account: NewAccountFixture
) -> None:
    await new_account("chief", admin=True)
    order = await backend.orders.order(actor, 1_000, Method.TRANSFER)
    await backend.administration.block(None, admin.login, "gone")
    for call in (
        backend.orders.confirm(admin, order.reference),
        backend.orders.pending(admin),
        backend.company.set_bank(admin, BANK),
        backend.company.set_prices(admin, DEFAULT_PRICES),
    ):
        with pytest.raises(AdministratorsOnly):
            await call
    assert (await backend.orders.get(actor, order.reference)).state is OrderState.PENDING


async def test_everybody_sees_the_prices(backend: Backend, actor: Actor) -> None:
    assert await backend.orders.prices() == DEFAULT_PRICES
    assert (await backend.orders.prices()).quote(500).net == 32_00
    with pytest.raises(AdministratorsOnly):
        await backend.company.set_prices(actor, DEFAULT_PRICES)


@given(st.text(), st.text(), st.sampled_from(["{}", "{} ", " {}/"]))
def test_a_reference_is_found_however_a_bank_writes_it(before: str, after: str, around: str) -> None:
    reference = "SMS-7K3M-9Q2T"
    for form in (reference, reference.lower(), "SMS7K3M9Q2T", "sms 7k3m 9q2t", "S.M.S/7K3M:9Q2T", "SMS-7K3M\n-9Q2T"):
        assert reference in references_in(f"{before} {around.format(form)}{after}")
        assert written_reference(form) == reference


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    assert references_in("sms-oil0-0000") == ("SMS-0110-0000",)
    assert references_in("SMS-7K3M-9Q2") == ()
    assert references_in("SMS-7K3M-9Q2T and SMS-7K3M-9Q2T, sms00000000") == ("SMS-7K3M-9Q2T", "SMS-0000-0000")
