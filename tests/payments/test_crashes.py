"""Several processes and kill -9: what is paid is credited once, whoever dies where."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.services.backend import Backend
from smstui.services.credits import Cause
from smstui.services.orders import OrderState
from tests.faults.locks import file_lock, run, table_lock, write_transaction
from tests.payments.conftest import DEADLINE, MakeOrder, until
from tests.payments.stripe_server import KEY, StripeServer
from tests.support import FakeClock

pytestmark = pytest.mark.each_database
PROGRAM = """
import asyncio, sys
from smstui.services.backend import Backend
from smstui.settings import Settings

async def main():
    async with Backend.open(Settings.load()) as backend:
        actor = await backend.accounts.find("shop")
        order = await backend.orders.get(actor, sys.argv[1])
        print("ready", flush=True)
        sys.stdin.readline()
        {work}

asyncio.run(main())
"""
POLL = PROGRAM.format(work="await asyncio.gather(*(backend.checkout.poll(order) for _ in range(10)))")
RESUME = PROGRAM.format(work="await backend.checkout.resume()")
OPEN = PROGRAM.format(work="await backend.checkout.open(actor, order)")


class Helper:
    """A process of its own that has a database and Stripe, and waits to be told."""

    def __init__(self, program: str, reference: str, database_url: str, stripe: StripeServer) -> None:
        reaching = {"SMSTUI_DATABASE_URL": database_url, "SMSTUI_STRIPE_KEY": KEY, "SMSTUI_STRIPE_API": stripe.url}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, reference], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **reaching, "NO_PROXY": "127.0.0.1"},
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        """Tell it to begin."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL, in whatever it is doing."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(database_url: str, stripe: StripeServer) -> Iterator[Callable[[str, str], Helper]]:
    helpers: list[Helper] = []

    def begin(program: str, reference: str) -> Helper:
        helpers.append(Helper(program, reference, database_url, stripe))
        return helpers[-1]

    yield begin
    for helper in helpers:
        helper.kill()


StartHelper = Callable[[str, str], Helper]


def _path(database_url: str) -> Path:
    return Path(str(make_url(database_url).database))


def _hold(database_url: str, table: str) -> AbstractContextManager[None]:
    """Nobody else writes, on PostgreSQL to a table only."""
    if database_url.startswith("sqlite"):
        return write_transaction(_path(database_url))
    return table_lock(database_url, table)


def _is_waiting(database_url: str) -> bool:
    """Whether some process of ours waits for what `_hold` holds."""
    if not database_url.startswith("sqlite"):
        return bool(run(database_url, "SELECT 1 FROM pg_locks WHERE NOT granted"))
    with suppress(BlockingIOError), file_lock(_path(database_url)):
        return False
    return True


async def _check_credited_once(backend: Backend, payer: Actor, reference: str) -> None:
    assert await backend.credits.available(payer) == Credits.of(1100)
    bought = [one.reference for one in await backend.credits.history(payer) if one.cause is Cause.PURCHASE]
    assert bought == [reference]
    assert (await backend.orders.get(payer, reference)).state is OrderState.PAID


async def test_two_processes_that_look_at_once_credit_once(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, start: StartHelper
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    helpers = [start(POLL, made.reference) for _ in range(2)]
    stripe.hold.clear()
    for helper in helpers:
        helper.go()
    await until(lambda: stripe.waiting >= 10)
    stripe.hold.set()
    codes = await asyncio.gather(*(asyncio.to_thread(helper.process.wait, DEADLINE) for helper in helpers))
    assert codes == [0, 0]
    await _check_credited_once(backend, payer, made.reference)


@pytest.mark.parametrize("table", ["payment_order", "ledger_entry"])
async def test_killed_between_the_payment_and_the_credit(
    backend: Backend,
    payer: Actor,
    opened: MakeOrder,
    stripe: StripeServer,
    start: StartHelper,
    database_url: str,
    table: str,
) -> None:
    """It knows that the order is paid, and has not committed the credits: on PostgreSQL before and after the order."""
    made = await opened(1000)
    helper = start(RESUME, made.reference)
    stripe.books.pay(made.reference)
    with _hold(database_url, table):
        helper.go()
        await until(lambda: _is_waiting(database_url))
        assert stripe.count("GET") == 1
        helper.kill()
    assert (await backend.orders.get(payer, made.reference)).state is OrderState.PENDING
    assert await backend.credits.available(payer) == Credits.of(100)
    assert (await backend.checkout.resume()).changed == 1
    await _check_credited_once(backend, payer, made.reference)
    assert (await backend.checkout.resume()).changed == 0
    await _check_credited_once(backend, payer, made.reference)


async def test_killed_while_a_refund_is_taken_back(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, start: StartHelper, database_url: str
) -> None:
    made = await opened(1000)
    stripe.books.pay(made.reference)
    await backend.checkout.resume()
    stripe.books.refund(made.reference, 3600)
    helper = start(RESUME, made.reference)
    with _hold(database_url, "ledger_entry"):
        helper.go()
        await until(lambda: _is_waiting(database_url))
        helper.kill()
    assert await backend.credits.available(payer) == Credits.of(1100)
    await asyncio.gather(backend.checkout.resume(), backend.checkout.resume())
    assert await backend.credits.available(payer) == Credits.of(600)


async def test_killed_before_the_page_was_kept(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer, start: StartHelper, clock: FakeClock
) -> None:
    clock.advance(datetime.now(UTC) - clock.now())  # the other process has a real one
    stripe.books.now = clock.now()
    made = await order(1000)
    helper = start(OPEN, made.reference)
    stripe.hold.clear()
    helper.go()
    await until(lambda: stripe.waiting == 1)
    helper.kill()
    stripe.hold.set()
    url = await backend.checkout.open(payer, made)
    assert url == stripe.books.of_order(made.reference).url
    stripe.books.pay(made.reference)
    await backend.checkout.resume()
    await _check_credited_once(backend, payer, made.reference)
