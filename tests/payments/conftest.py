"""Fixtures of the payment tests.

stripe   a StripeServer at START, which answers to KEY
access   the StripeAccess to it
payer    the Actor of an account "shop" with a certified number and 100 credits, whose `backend` reaches that server
order    `await order(1000)` orders so many credits by card
opened   `await opened(1000)` also opens the page
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import update

from smstui.domain.actor import Actor
from smstui.services import stripe_api
from smstui.services.backend import Backend
from smstui.services.orders import Method, Order
from smstui.settings import StripeAccess
from smstui.storage.database import Database
from smstui.storage.tables import account
from tests.conftest import NewAccountFixture
from tests.payments.stripe_server import KEY, StripeServer, running_stripe
from tests.support import START, FakeClock

MakeOrder = Callable[..., Awaitable[Order]]
NUMBER = "+33612345678"
DEADLINE = 30.0


async def until(condition: Callable[[], object]) -> None:
    """Wait for `condition`."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy to this machine, and little time between the tries of a request."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(stripe_api, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr("smstui.services.checkout.LOOK", 0.02)


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with running_stripe(START) as server:
        yield server


@pytest.fixture
def access(stripe: StripeServer) -> StripeAccess:
    return StripeAccess(key=KEY, api=stripe.url, timeout=10.0)


@pytest.fixture
def backend(database: Database, clock: FakeClock, access: StripeAccess) -> Backend:
    return Backend(database, clock, access)


@pytest.fixture
async def payer(new_account: NewAccountFixture, backend: Backend) -> Actor:
    actor = await new_account("shop", balance=100)
    certified = update(account).where(account.c.id == actor.account_id).values(certified_number=NUMBER)
    await backend.database.write(lambda tx: tx.execute(certified))
    return actor


@pytest.fixture
def order(backend: Backend, payer: Actor) -> MakeOrder:
    async def make(credits: int = 1000) -> Order:  # noqa: A002
        return await backend.orders.order(payer, credits, Method.CARD)

    return make


@pytest.fixture
def opened(backend: Backend, payer: Actor, order: MakeOrder) -> MakeOrder:
    async def make(credits: int = 1000) -> Order:  # noqa: A002
        made = await order(credits)
        await backend.checkout.open(payer, made)
        return await backend.orders.get(payer, made.reference)

    return make
