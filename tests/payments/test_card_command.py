"""`smstui credit buy … --by card`."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from smstui.storage.stores import store_at
from smstui.storage.tables import account
from tests.cli.conftest import Cli, cli, environment, shop
from tests.payments.conftest import NUMBER
from tests.payments.stripe_server import KEY, StripeServer, Trouble, running_stripe

__all__ = ["cli", "environment", "shop"]


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    """Commands have a real clock, and so has this one."""
    with running_stripe(datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def payer(shop: Cli, stripe: StripeServer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line of an account that may pay by card."""
    monkeypatch.setenv("SMSTUI_STRIPE_KEY", KEY)
    monkeypatch.setenv("SMSTUI_STRIPE_API", stripe.url)
    store = store_at(database_url)
    store.write(lambda tx: tx.execute(update(account).values(certified_number=NUMBER)), None)
    store.close()
    return shop


def _meanwhile(stripe: StripeServer, work: Callable[[], None]) -> threading.Thread:
    """Do it as soon as somebody waits for the payment."""

    def wait() -> None:
        while not stripe.count("GET"):
            threading.Event().wait(0.01)
        work()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def _reference(stripe: StripeServer) -> str:
    (session,) = stripe.books.sessions.values()
    return session.reference


def _state(cli: Cli, reference: str) -> str:
    orders = cli("credit", "orders", "--json").document
    assert isinstance(orders, list)
    (state,) = [one["state"] for one in orders if one["reference"] == reference]
    return str(state)


def test_it_says_where_to_pay(payer: Cli, stripe: StripeServer) -> None:
    document = payer("credit", "buy", "1000", "--by", "card", "--json").document
    assert isinstance(document, dict)
    (session,) = stripe.books.sessions.values()
    assert document["url"] == session.url
    assert document["reference"] == session.reference
    assert (document["state"], document["credits"], document["total"]) == ("pending", 1000, 7200)
    stripe.books.sessions.clear()
    lines = payer("credit", "buy", "1000", "--by", "card").out.splitlines()
    (session,) = stripe.books.sessions.values()
    assert lines == [f"Order {session.reference}: pay €72.00 by card on this page.", session.url]


def test_it_waits_until_it_is_paid(payer: Cli, stripe: StripeServer) -> None:
    paying = _meanwhile(stripe, lambda: stripe.books.pay(_reference(stripe)))
    answer = payer("credit", "buy", "1000", "--by", "card", "--wait")
    paying.join()
    assert answer.code == 0, answer.err
    reference = _reference(stripe)
    assert answer.out.splitlines()[-1] == f"The order {reference} is paid. Credits: 1,000."
    assert payer("credit", "balance", "--json").document == {"balance": 1000, "reserved": 0}


def test_with_json_the_link_is_on_stderr_until_it_is_paid(payer: Cli, stripe: StripeServer) -> None:
    paying = _meanwhile(stripe, lambda: stripe.books.pay(_reference(stripe)))
    answer = payer("credit", "buy", "--pack", "1000", "--by", "card", "--wait", "--json")
    paying.join()
    assert answer.code == 0, answer.err
    (session,) = stripe.books.sessions.values()
    assert answer.err == f"{session.url}\n"
    document = json.loads(answer.out)
    assert (document["state"], document["credits"]) == ("paid", 1000)


def test_it_says_why_nothing_is_credited(payer: Cli, stripe: StripeServer) -> None:
    late = payer("credit", "buy", "1000", "--by", "card", "--wait", "--timeout", "0")
    assert late.code == 1
    assert "not paid yet" in late.err
    assert _state(payer, _reference(stripe)) == "pending"
    for session in list(stripe.books.sessions.values()):
        stripe.books.expire(session.id)
    assert payer("credit", "cancel", _reference(stripe)).refuses("closed")
    assert _state(payer, _reference(stripe)) == "expired"


def test_a_cancelled_order_has_no_page(payer: Cli, stripe: StripeServer) -> None:
    assert payer("credit", "buy", "1000", "--by", "card").code == 0
    assert payer("credit", "cancel", _reference(stripe)).code == 0
    (session,) = stripe.books.sessions.values()
    assert session.status == "expired"


def test_it_says_that_the_page_has_expired(payer: Cli, stripe: StripeServer) -> None:
    def expire() -> None:
        (session,) = stripe.books.sessions.values()
        stripe.books.expire(session.id)

    expiring = _meanwhile(stripe, expire)
    answer = payer("credit", "buy", "1000", "--by", "card", "--wait", "--json")
    expiring.join()
    assert answer.code == 1
    assert "has expired" in answer.err.splitlines()[-1]
    assert json.loads(answer.out)["state"] == "expired"


def test_it_says_that_somebody_cancelled_it(payer: Cli, stripe: StripeServer, environment: dict[str, str]) -> None:
    from smstui.services.backend import Backend
    from smstui.settings import Settings

    async def cancel() -> None:
        async with Backend.open(Settings.load()) as backend:
            await backend.checkout.cancel(await backend.accounts.find("shop"), _reference(stripe))

    cancelling = _meanwhile(stripe, lambda: asyncio.run(cancel()))
    answer = payer("credit", "buy", "1000", "--by", "card", "--wait")
    cancelling.join()
    assert answer.code == 1
    assert "was cancelled" in answer.err


def test_a_trouble_is_said_and_overcome(payer: Cli, stripe: StripeServer) -> None:
    def trouble() -> None:
        stripe.troubles = [Trouble(503)] * 3
        stripe.books.pay(_reference(stripe))

    paying = _meanwhile(stripe, trouble)
    answer = payer("credit", "buy", "1000", "--by", "card", "--wait")
    paying.join()
    assert answer.code == 0
    assert "Stripe cannot be reached (Trouble 503)" in answer.err


def test_without_a_key_nothing_is_ordered(payer: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMSTUI_STRIPE_KEY")
    assert payer("credit", "buy", "1000", "--by", "card").refuses("SMSTUI_STRIPE_KEY", "transfer")
    assert payer("credit", "orders", "--json").document == []


def test_without_a_certified_number_there_is_no_card(shop: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSTUI_STRIPE_KEY", KEY)
    assert shop("credit", "buy", "1000", "--by", "card").refuses("Certify your number")
