"""What goes wrong between this program and Stripe: said, tried again, never credited twice, never a key shown."""

import asyncio
import json
import logging
import socket
from pathlib import Path

import pytest

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.formats import explain
from smstui.logs import LogFile, through
from smstui.services.backend import Backend
from smstui.services.checkout import Checkout
from smstui.services.orders import OrderState
from smstui.services.stripe_api import connected
from smstui.services.stripe_refusals import (
    InvalidStripeAddress,
    NoStripeKey,
    StripeKeyRefused,
    StripeRefused,
    StripeUnreachable,
)
from smstui.settings import NO_STRIPE, Settings, StripeAccess
from smstui.storage.database import Database
from tests.payments.conftest import MakeOrder, until
from tests.payments.stripe_server import KEY, StripeServer, Trouble
from tests.support import FakeClock


def _checkout(backend: Backend, access: StripeAccess) -> Checkout:
    return Checkout(backend.database, backend.clock, access)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_without_a_key_it_says_which_variable_to_set(backend: Backend, payer: Actor, order: MakeOrder) -> None:
    checkout = _checkout(backend, NO_STRIPE)
    with pytest.raises(NoStripeKey) as caught:
        await checkout.open(payer, await order())
    assert "SMSTUI_STRIPE_KEY" in explain(caught.value)
    assert not checkout.is_set_up
    assert (await checkout.resume()).looked == 0


@pytest.mark.parametrize(
    "address", ["http://stripe.example", "ftp://127.0.0.1", "api.stripe.com", "https://", "http://["]
)
async def test_the_key_goes_nowhere_in_clear(backend: Backend, payer: Actor, order: MakeOrder, address: str) -> None:
    with pytest.raises(InvalidStripeAddress) as caught:
        await _checkout(backend, StripeAccess(key=KEY, api=address)).open(payer, await order())
    assert "SMSTUI_STRIPE_API" in explain(caught.value)


def test_the_environment_says_how_to_reach_stripe() -> None:
    environment = {"SMSTUI_STRIPE_KEY": f" {KEY}\n", "SMSTUI_STRIPE_API": "https://stripe.example"}
    settings = Settings.load(environment=environment | {"SMSTUI_STRIPE_RETURN_URL": "https://shop.example/"})
    assert settings.stripe == StripeAccess(KEY, "https://stripe.example", "https://shop.example/")
    assert KEY not in repr(settings)
    assert Settings.load(environment={"SMSTUI_STRIPE_KEY": ""}).stripe == NO_STRIPE


async def test_a_wrong_key_is_named_by_its_variable_only(
    backend: Backend, payer: Actor, order: MakeOrder, access: StripeAccess, tmp_path: Path
) -> None:
    wrong = StripeAccess(key="sk_live_51Wrong", api=access.api)
    made = await order()
    with through(LogFile(tmp_path)):
        with pytest.raises(StripeKeyRefused) as caught:
            await _checkout(backend, wrong).open(payer, made)
        logging.getLogger("smstui").exception("as a bug would be", exc_info=caught.value)
    assert "SMSTUI_STRIPE_KEY" in explain(caught.value)
    logged = (tmp_path / "smstui.log").read_text()
    assert "StripeKeyRefused" in logged
    assert "51Wrong" not in logged + explain(caught.value) + repr(caught.value)


async def test_what_a_restricted_key_lacks_is_said_without_the_key(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer
) -> None:
    stripe.troubles = [Trouble(403, f"The key 'rk_live_*****XyZ9' or {KEY} lacks 'rak_checkout_session_write'.")]
    with pytest.raises(StripeKeyRefused) as caught:
        await backend.checkout.open(payer, await order())
    assert "(The key '…' or … lacks 'rak_checkout_session_write'.)" in explain(caught.value)


async def test_nothing_of_this_machine_is_told(backend: Backend, opened: MakeOrder, stripe: StripeServer) -> None:
    await backend.checkout.poll(await opened())
    for request in stripe.requests:
        assert {"platform", "telemetry_id"}.isdisjoint(json.loads(request.client))


async def test_the_key_is_nowhere_in_database_and_log(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, tmp_path: Path
) -> None:
    with through(LogFile(tmp_path)):
        made = await opened()
        for trouble in (Trouble(400, KEY), Trouble(403, KEY), Trouble(500, KEY, retry=False)):
            stripe.troubles = [trouble] * 9
            await backend.checkout.resume()
        stripe.books.pay(made.reference)
        stripe.troubles = []
        await backend.checkout.resume()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("smstui.*"))  # noqa: ASYNC240
    assert made.reference.encode() in kept
    assert b"StripeUnreachable" in kept
    assert KEY.encode() not in kept


@pytest.mark.parametrize("trouble", [Trouble(429), Trouble(409), Trouble(500), Trouble(503), Trouble(is_cut=True)])
async def test_what_passes_is_tried_again(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer, trouble: Trouble
) -> None:
    stripe.troubles = [trouble, trouble]
    await backend.checkout.open(payer, await order())
    assert stripe.count("POST") == 3
    assert len(stripe.books.sessions) == 1


async def test_what_stripe_says_not_to_try_again_is_not(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer
) -> None:
    stripe.troubles = [Trouble(500, retry=False)]
    with pytest.raises(StripeUnreachable):
        await backend.checkout.open(payer, await order())
    assert stripe.count("POST") == 1


@pytest.mark.parametrize("status", [400, 402, 404])
async def test_what_stripe_refuses_is_said_in_its_words(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer, status: int
) -> None:
    stripe.troubles = [Trouble(status)]
    with pytest.raises(StripeRefused) as caught:
        await backend.checkout.open(payer, await order())
    assert f"Trouble {status}" in explain(caught.value)
    assert stripe.count("POST") == 1


@pytest.mark.parametrize("body", ["<html>Log in to the WLAN", "", "[]", "null", "3", "{}", '{"object": "refund"}'])
@pytest.mark.parametrize("status", [200, 502])
async def test_an_answer_that_is_none_credits_nothing(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, body: str, status: int
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    stripe.troubles = [Trouble(status, body=body)] * 3
    with pytest.raises(StripeUnreachable):
        await backend.checkout.poll(made)
    assert await backend.credits.available(payer) == Credits.of(100)
    stripe.troubles = []
    assert (await backend.checkout.poll(made)).state is OrderState.PAID


async def test_after_lost_answers_it_is_the_same_page(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await order()
    lost = Trouble(is_cut=True, is_done=True)
    stripe.troubles = [lost, lost, lost]
    with pytest.raises(StripeUnreachable):
        await backend.checkout.open(payer, made)
    clock.advance(600)
    stripe.books.now = clock.now()
    stripe.troubles = [lost]
    url = await backend.checkout.open(payer, made)
    assert stripe.count("POST") == 5
    assert url == stripe.books.of_order(made.reference).url


async def test_two_who_open_it_at_once_get_the_same_page(
    backend: Backend, payer: Actor, order: MakeOrder, stripe: StripeServer
) -> None:
    made = await order()
    urls = await asyncio.gather(*(backend.checkout.open(payer, made) for _ in range(5)))
    assert set(urls) == {stripe.books.of_order(made.reference).url}


async def test_without_a_network_it_is_said_and_the_next_round_credits(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, caplog: pytest.LogCaptureFixture
) -> None:
    orders = [await opened(), await opened()]
    for made in orders:
        stripe.books.pay(made.reference)
    down = _checkout(backend, StripeAccess(key=KEY, api=f"http://127.0.0.1:{_free_port()}"))
    with pytest.raises(StripeUnreachable) as caught:
        await down.poll(orders[0])
    assert "nothing is lost" in explain(caught.value)
    for _ in range(2):
        resumed = await down.resume()
        assert len(resumed.troubles) >= 2
        assert all(isinstance(one, StripeUnreachable) for one in resumed.troubles)
    assert sum(made.reference in record.getMessage() for record in caplog.records for made in orders) == 2
    assert await backend.credits.available(payer) == Credits.of(100)
    assert (await backend.checkout.resume()).changed == 2
    assert await backend.credits.available(payer) == Credits.of(2100)


async def test_a_round_is_given_up_when_nothing_answers(
    backend: Backend, opened: MakeOrder, stripe: StripeServer
) -> None:
    for _ in range(6):
        await opened()
    stripe.troubles = [Trouble(503)] * 100
    assert (await backend.checkout.resume()).looked == 3


async def test_one_order_that_fails_keeps_no_other_from_its_credits(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer
) -> None:
    orders = [await opened() for _ in range(4)]
    for made in orders:
        stripe.books.pay(made.reference)
    del stripe.books.sessions[stripe.books.of_order(orders[1].reference).id]
    resumed = await backend.checkout.resume()
    assert resumed.changed == 3
    assert [type(one) for one in resumed.troubles] == [StripeRefused]


async def test_a_slow_answer_is_waited_for_no_longer_than_is_said(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, access: StripeAccess
) -> None:
    made = await opened()
    stripe.books.pay(made.reference)
    stripe.hold.clear()
    with pytest.raises(StripeUnreachable) as caught:
        await _checkout(backend, StripeAccess(access.key, access.api, timeout=0.1)).poll(made)
    assert "Timeout" in explain(caught.value)
    stripe.hold.set()
    assert (await backend.checkout.poll(made)).state is OrderState.PAID


async def test_whoever_waits_for_a_slow_answer_can_give_up(
    backend: Backend, opened: MakeOrder, stripe: StripeServer
) -> None:
    made = await opened()
    stripe.hold.clear()
    polling = asyncio.create_task(backend.checkout.poll(made))
    await until(lambda: stripe.waiting)
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling


async def test_a_page_that_stripe_forgot_is_given_up_in_the_end(
    backend: Backend, payer: Actor, opened: MakeOrder, stripe: StripeServer, clock: FakeClock
) -> None:
    made = await opened()
    await backend.orders.cancel(payer, made.reference)
    stripe.books.sessions.clear()
    for _ in range(2):
        assert (await backend.checkout.resume()).looked == 1
    clock.advance(3 * 3600)
    await backend.checkout.resume()
    assert (await backend.checkout.resume()).looked == 0


async def test_it_goes_through_the_proxy_of_the_environment(
    access: StripeAccess, stripe: StripeServer, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", stripe.url)
    async with connected(StripeAccess(access.key, "http://localhost:1")) as api:
        with pytest.raises(StripeRefused):
            await api.find("cs_test_none")
    assert stripe.count("GET") == 1
