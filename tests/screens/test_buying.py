"""Credits bought (the guide, part 3), by keyboard: packs and amounts, by card at a Checkout server, by transfer."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.company import BankDetails, Company
from smstui.domain.credits import Credits
from smstui.money import euros
from smstui.screens.account.certification import CertificationModal
from smstui.screens.credits.buy import BuyPage
from smstui.screens.credits.invoices import InvoicesPage
from smstui.screens.credits.order import OrderPage
from smstui.screens.saving import SaveModal
from smstui.services.accounts import NewAccount
from smstui.services.orders import Method, Order, OrderState
from smstui.services.transfers import epc_lines
from smstui.settings import Settings, StripeAccess
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.qr_code import QrModal
from smstui.widgets.windowed_table import WindowedTable
from tests.payments.stripe_server import KEY, StripeServer, running_stripe
from tests.screens.stage import SMALL, WIDE, Stage, on_stage
from tests.screens.test_snapshots import SnapCompare, played
from tests.support import PASSWORD, START, FakeClock

COMPANY = Company("Ma Société SAS", ("1 rue de la Paix", "75002 Paris"), "732829320", "FR44732829320", "a@example.com")
BANK = BankDetails("Ma Société SAS", "FR7630006000011234567890189", "AGRIFRPP")
NARROW = "\u202f"


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr("smstui.services.checkout.LOOK", 0.05)
    with running_stripe(START) as server:
        yield server


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock, stripe: StripeServer) -> SmstuiApp:
    access = StripeAccess(key=KEY, api=stripe.url, timeout=10.0)
    app = SmstuiApp(replace(settings, language="fr", stripe=access), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


@pytest.fixture
async def french(french_app: SmstuiApp) -> AsyncIterator[Stage]:
    async with on_stage(french_app, login=False) as stage:
        yield stage


async def buyer(stage: Stage, *, certified: bool = True) -> Actor:
    """An account with 20 credits, on a platform that says who sells and where transfers go."""
    backend = stage.app.backend
    await backend.company.set_company(None, COMPANY)
    await backend.company.set_bank(None, BANK)
    number = "+33601020304" if certified else None
    new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", certified_number=number, credits=Credits.of(20))
    actor = await backend.accounts.create(new)
    await backend.accounts.dismiss_welcome(actor)
    await stage.enter(actor)
    return actor


async def at_the_prices(stage: Stage) -> BuyPage:
    await stage.go_to("buy")
    page = stage.shell.page
    assert isinstance(page, BuyPage)
    await stage.until(lambda: page.query_one(WindowedTable).row_count == 6 and "32,00" in stage.text())
    return page


async def the_order(stage: Stage, actor: Actor) -> Order:
    await stage.until(lambda: isinstance(stage.shell.page, OrderPage))
    (order, *_before) = await stage.app.backend.orders.list(actor)
    await stage.until(lambda: order.reference in stage.text())
    return order


async def test_the_guide_is_walked_through_by_card(french: Stage, stripe: StripeServer) -> None:
    stage, actor = french, await buyer(french)
    # ETAPE 1: « Crédits » puis « Achat crédits »
    await stage.press("f8", "home", *["down"] * 12)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, BuyPage) and "Achat crédits" in stage.text())
    page = stage.shell.page
    assert page is not None
    await stage.until(lambda: "Solde  20 crédits" in stage.text() and "38,40" in stage.text())

    # ETAPE 2: un pack ; « Procéder au paiement » par carte
    assert "Un pack de crédits" in stage.text()
    assert "Un montant personnalisé" in stage.text()
    page.take_focus()
    await stage.press("down")
    await stage.until(lambda: f"1{NARROW}000 crédits\u00a0: 72,00{NARROW}€ TTC" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.focused, ChoiceLine) and stage.focused.value == Method.CARD)
    await stage.press("ctrl+s")
    order = await the_order(stage, actor)
    await stage.until(lambda: stripe.url.split("//")[1].split(":")[0] in stage.text() or "https://" in stage.text())
    await stage.until(lambda: "Paiement attendu" in stage.text())
    assert (order.method, order.credits, order.total) == (Method.CARD, Credits.of(1000), 72_00)

    stripe.books.pay(order.reference)
    await stage.until(lambda: "● Payée" in stage.text() and "F-2026-00001" in stage.text())
    assert (await stage.app.backend.credits.balance(actor)).available == Credits.of(1020)
    await stage.until(lambda: f"1{NARROW}020 crédits" in stage.text().splitlines()[0])


async def test_an_amount_of_ones_own_by_transfer(
    french: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, actor = french, await buyer(french)
    page = await at_the_prices(stage)
    page.query_one("#what").focus()
    await stage.press("right", "tab")
    await stage.type("50")
    await stage.until(lambda: "de 100 à" in stage.text())
    await stage.press("home", "delete", "delete")
    await stage.type("2 500")
    await stage.until(lambda: f"2{NARROW}500 crédits\u00a0: 183,00{NARROW}€ TTC" in stage.text())
    await stage.press("enter", "right", "ctrl+s")
    order = await the_order(stage, actor)
    await stage.until(lambda: "FR76 3000 6000 0112 3456 7890 189" in stage.text())
    assert (order.method, order.net, order.vat) == (Method.TRANSFER, 152_50, 30_50)
    assert stage.cut_buttons() == []
    assert order.reference in stage.text()
    await stage.press("q")
    await stage.until_screen(QrModal)
    await stage.until(lambda: _whole(epc_lines(order, BANK), stage.text()))
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    await stage.press("d")
    await stage.until_screen(SaveModal)
    target = tmp_path / "proforma.pdf"
    await stage.fill("#path", str(target))
    await stage.press("enter")
    await stage.until(target.exists)
    assert target.read_bytes().startswith(b"%PDF-")
    await stage.until(lambda: stage.app.screen is stage.shell)

    await stage.app.backend.orders.confirm(None, order.reference)
    await stage.until(lambda: "● Payée" in stage.text())
    assert (await stage.app.backend.credits.balance(actor)).available == Credits.of(2520)


def _whole(code: Sequence[str], text: str) -> bool:
    """Whether all lines of a QR code are there, one below the other."""
    lines = text.splitlines()
    return all(any(line in shown for shown in lines) for line in code)


async def test_a_code_that_does_not_fit_says_how_large_the_window_must_be(french: Stage) -> None:
    """Such as that of a real address of Stripe at 80×24."""
    await buyer(french)
    french.app.push_screen(QrModal(["█" * 77] * 39, "https://example.com/" + "a" * 300))
    await french.until_screen(QrModal)
    await french.until(lambda: "77 × 39 caractères" in french.text() and "sa police." in french.text())
    assert "█" * 9 not in french.text()


async def test_the_page_of_a_payment_is_opened_where_there_is_a_browser(
    french: Stage, stripe: StripeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    monkeypatch.setenv("BROWSER", str(browser))
    stage, actor = french, await buyer(french)
    await at_the_prices(stage)
    await stage.press("ctrl+s")
    order = await the_order(stage, actor)
    await stage.until(lambda: "https://" in stage.text())
    assert stage.cut_buttons() == []
    await stage.press("o")
    await stage.until(lambda: "Aucun navigateur" in stage.text())
    browser.chmod(0o700)
    await stage.press("o")
    await stage.until(opened.exists)
    address = stripe.books.of_order(order.reference).url
    await stage.until(lambda: opened.read_text() == address)


async def test_without_a_certified_number_a_card_is_refused_and_the_way_shown(french: Stage) -> None:
    stage, actor = french, await buyer(french, certified=False)
    page = await at_the_prices(stage)
    await stage.press("ctrl+s")
    row = page.query_one("#method-row", Labelled)
    await stage.until(lambda: "Certifiez votre numéro" in row.error)
    assert await stage.app.backend.orders.list(actor) == ()
    page.query_one("#certify").focus()
    await stage.press("enter")
    await stage.until_screen(CertificationModal)


async def test_where_nobody_can_pay_it_is_said_beside_the_way(stage: Stage, shop: Actor) -> None:
    """No Stripe key, no bank account."""
    await stage.enter(shop, "buy")
    await stage.until(lambda: "€32.00" in stage.text())
    row = stage.app.screen.query_one("#method-row", Labelled)
    await stage.press("ctrl+s")
    await stage.until(lambda: "SMSTUI_STRIPE_KEY" in row.error)
    stage.app.screen.query_one("#method").focus()
    await stage.press("right", "ctrl+s")
    await stage.until(lambda: "bank" in row.error and "SMSTUI" not in row.error)
    assert await stage.app.backend.orders.list(shop) == ()


async def test_an_order_is_given_up_after_a_question(french: Stage, stripe: StripeServer) -> None:
    stage, actor = french, await buyer(french)
    await at_the_prices(stage)
    await stage.press("ctrl+s")
    order = await the_order(stage, actor)
    await stage.until(lambda: "https://" in stage.text())
    await stage.press("delete")
    question = await stage.until_screen(ConfirmModal)
    assert "500 crédits" in stage.text()
    question.query_one("#confirm").focus()
    await stage.press("enter")
    await stage.until(lambda: "✕ Annulée" in stage.text())
    assert (await stage.app.backend.orders.get(actor, order.reference)).state is OrderState.CANCELLED
    assert "https://" not in stage.text()


async def test_a_server_that_does_not_answer_is_said_and_asked_again(french: Stage, stripe: StripeServer) -> None:
    stage, actor = french, await buyer(french)
    await at_the_prices(stage)
    await stage.press("ctrl+s")
    order = await the_order(stage, actor)
    await stage.until(lambda: "https://" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, BuyPage))
    await stage.go_to("invoices")
    await stage.until(lambda: order.reference in stage.text() and "○ À payer" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, OrderPage) and "https://" in stage.text())
    stripe.books.pay(order.reference)
    await stage.until(lambda: "● Payée" in stage.text())


async def test_number_date_and_amount_of_an_order_are_seen_beside_the_menu(french: Stage) -> None:
    stage, actor = french, await buyer(french)
    backend = stage.app.backend
    paid = await backend.orders.order(actor, 50_000, Method.TRANSFER)
    await backend.orders.confirm(None, paid.reference)
    awaited = await backend.orders.order(actor, 500, Method.TRANSFER)
    await stage.go_to("invoices")
    await stage.until(lambda: awaited.reference in stage.text())
    for order, state in ((paid, "● Payée"), (awaited, "○ À payer")):
        [line] = [each for each in stage.text().splitlines() if order.reference in each]
        for said in (f"{order.created_at:%d/%m/%Y}", euros(order.total, "fr"), state):
            assert said in line


async def test_the_invoice_is_saved_from_the_list(french: Stage, tmp_path: Path) -> None:
    stage, actor = french, await buyer(french)
    backend = stage.app.backend
    order = await backend.orders.order(actor, 500, Method.TRANSFER)
    await backend.orders.confirm(None, order.reference)
    await stage.go_to("invoices")
    assert isinstance(stage.shell.page, InvoicesPage)
    await stage.until(lambda: order.reference in stage.text() and "● Payée" in stage.text())
    await stage.press("d")
    await stage.until_screen(SaveModal)
    assert stage.app.screen.query_one("#path", Input).value.endswith("F-2026-00001.pdf")
    target = tmp_path / "facture.pdf"
    await stage.fill("#path", str(target))
    await stage.press("enter")
    await stage.until(target.exists)


async def packs(stage: Stage) -> None:
    await buyer(stage)
    page = await at_the_prices(stage)
    page.take_focus()
    await stage.press("down", "down")
    await stage.until(lambda: f"5{NARROW}000 crédits\u00a0:" in stage.text())


async def transfer(stage: Stage) -> None:
    actor = await buyer(stage)
    order = await stage.app.backend.orders.order(actor, 1000, Method.TRANSFER)
    page = OrderPage(order.reference)
    await stage.go_to("invoices")
    await stage.until(lambda: order.reference in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, OrderPage) and "FR76" in stage.text())
    await stage.settle()
    assert page


@pytest.mark.parametrize(("scene", "size"), [(packs, SMALL), (transfer, WIDE)], ids=["packs", "transfer"])
def test_looks_as_before(
    snap_compare: SnapCompare,
    french_app: SmstuiApp,
    monkeypatch: pytest.MonkeyPatch,
    scene,  # type: ignore[no-untyped-def]
    size: tuple[int, int],
) -> None:
    monkeypatch.setattr("smstui.services.order_rows._random_reference", lambda: "SMS-7F3K-2Q9A")
    assert snap_compare(french_app, run_before=played(scene), terminal_size=size)
