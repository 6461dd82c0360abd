"""Administration › Transfers › Bank statement, by keyboard: previewed, narrowed, applied in numbers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.screens.admin.statement import StatementPage
from smstui.screens.contacts.importing.upload_panel import UploadPanel
from smstui.services.accounts import NewAccount
from smstui.services.orders import Method, Order, OrderState
from smstui.settings import Settings, UploadPlace
from smstui.widgets.modals import ConfirmModal
from tests.payments_support import BANK, Payment, statement, written
from tests.screens.administering import choose, label, shows
from tests.screens.conftest import account
from tests.screens.importing import documents
from tests.screens.stage import DEADLINE, Stage, on_stage
from tests.support import PASSWORD, FakeClock

__all__ = ["documents"]


@pytest.fixture
async def rival(stage: Stage) -> Actor:
    new = NewAccount("rival", "rival@example.com", PASSWORD, "en", credits=Credits.of(10))
    await stage.app.backend.company.set_bank(None, BANK)
    return await stage.app.backend.accounts.create(new)


async def page_of(stage: Stage, shop: Actor) -> StatementPage:
    await stage.enter(shop, "transfers")
    await stage.press("i")
    await stage.until(lambda: isinstance(stage.shell.page, StatementPage))
    page = stage.shell.page
    assert isinstance(page, StatementPage)
    return page


async def orders(stage: Stage, rival: Actor, *amounts: int) -> list[Order]:
    return [await stage.app.backend.orders.order(rival, amount, Method.TRANSFER) for amount in amounts]


async def states(stage: Stage, rival: Actor) -> list[OrderState]:
    return [order.state for order in reversed(await stage.app.backend.orders.list(rival))]


async def test_a_statement_is_previewed_and_applied_in_numbers(
    stage: Stage, shop: Actor, rival: Actor, documents: Path
) -> None:
    first, second, third = await orders(stage, rival, 1_000, 5_000, 500)
    payments = [
        Payment("72.00", f"Facture {first.reference}", payer="[b]Dupont[/] \u202e", reference="1"),
        Payment("330.00", second.reference, payer="Leduc", reference="2"),
        Payment("30.00", third.reference, payer="Henry", reference="3"),
        Payment("12.00", "Loyer", direction="DBIT", reference="4"),
        Payment("72.00", "bonjour", payer="Inconnu", reference="5"),
    ]
    written(documents, statement(*payments), "releve.xml")
    page = await page_of(stage, shop)
    await choose(stage, "releve.xml")
    await stage.until(shows(stage, "2 entries pay an order, 1 of another amount, 2 pay nothing"))
    await stage.until(
        shows(stage, "● pays", "≠ another amount", "○ Names no", first.reference, "[b]Dupont[/] ‹U+202E›")
    )
    assert label(stage, "#apply") == "Pay 2 orders"
    await stage.press("slash")
    await stage.type("henry")
    await stage.press("enter")
    await stage.until(lambda: page.entries.table.row_count == 1 and "1 / 5" in stage.text())
    await stage.until(shows(stage, f"{third.reference} of rival: €38.40 due"))
    await stage.press("slash", *["backspace"] * 5, "enter", "f", "down", "down", "down", "enter")
    await stage.until(lambda: page.entries.table.row_count == 2 and third.reference not in stage.text())
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.until(shows(stage, "Take 2 orders as paid: €402.00", "6,000 credits"))
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert await states(stage, rival) == [OrderState.PENDING] * 3
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(shows(stage, "● 2 orders paid."))
    await stage.until(shows(stage, "● paid"))
    assert label(stage, "#apply") == ""
    assert await states(stage, rival) == [OrderState.PAID, OrderState.PAID, OrderState.PENDING]
    assert await stage.app.backend.credits.available(rival) == Credits.of(6_010)

    await stage.press("escape")
    await choose(stage, "releve.xml")
    await stage.until(shows(stage, "2 entries were applied before: no order is paid twice."))
    assert label(stage, "#apply") == ""
    await stage.press("escape", "escape")
    await stage.until(lambda: third.reference in stage.text() and first.reference not in stage.text())


async def test_only_what_is_ticked_is_paid(stage: Stage, shop: Actor, rival: Actor, documents: Path) -> None:
    first, second = await orders(stage, rival, 1_000, 1_000)
    payments = [Payment("72.00", each.reference, reference=each.reference) for each in (first, second)]
    written(documents, statement(*payments), "releve.xml")
    await page_of(stage, shop)
    await choose(stage, "releve.xml")
    await stage.until(lambda: label(stage, "#apply") == "Pay 2 orders")
    await stage.press("down", "space")
    await stage.until(lambda: label(stage, "#apply") == "Pay 1 order" and "1 ticked" in stage.text())
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(shows(stage, "● 1 order paid."))
    assert await states(stage, rival) == [OrderState.PENDING, OrderState.PAID]
    assert label(stage, "#apply") == "Pay 1 order"


async def test_an_order_that_was_paid_meanwhile_is_said(
    stage: Stage, shop: Actor, rival: Actor, documents: Path
) -> None:
    (order,) = await orders(stage, rival, 1_000)
    written(documents, statement(Payment("72.00", order.reference)), "releve.xml")
    await page_of(stage, shop)
    await choose(stage, "releve.xml")
    await stage.until(lambda: label(stage, "#apply") == "Pay 1 order")
    await stage.app.backend.orders.confirm(None, order.reference)
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(shows(stage, "0 orders paid. 1 was paid meanwhile.", "Its order is"))
    assert await stage.app.backend.credits.available(rival) == Credits.of(1_010)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "written in an unsafe way"),
        ("no xml", "no complete bank statement"),
        (statement(Payment())[:-30], "no complete bank statement"),
        (b"\0" * 20_000_001, "too big: 20 MB at most"),
    ],
    ids=["entities", "text", "cut", "big"],
)
async def test_hostile_files_get_a_sentence(
    stage: Stage, shop: Actor, rival: Actor, documents: Path, text: str | bytes, words: str
) -> None:
    written(documents, text, "bad.xml")
    page = await page_of(stage, shop)
    await choose(stage, "bad.xml")
    await stage.until(shows(stage, words))
    assert not page.has_class("-read")


async def test_without_bank_details_it_says_so(stage: Stage, shop: Actor, documents: Path) -> None:
    written(documents, statement(Payment()), "releve.xml")
    page = await page_of(stage, shop)
    await choose(stage, "releve.xml")
    await stage.until(shows(stage, "must give the bank details"))
    assert not page.has_class("-read")


async def test_escape_stops_the_reading_of_a_long_file(
    stage: Stage, shop: Actor, rival: Actor, documents: Path
) -> None:
    entry = Payment("72.00", "x" * 400).xml(2)
    whole = statement(Payment())
    written(documents, whole.replace("</Ntry>", "</Ntry>" + entry * 20_000, 1), "long.xml")
    page = await page_of(stage, shop)
    choosing = asyncio.create_task(choose(stage, "long.xml"))  # which waits until the reading leaves it time
    async with asyncio.timeout(DEADLINE):
        while not page.reads or "%, Esc stops" not in stage.text():
            await stage.pilot.pause(0.01)
    await stage.press("escape")
    await choosing
    await stage.until(lambda: not page.reads and "Esc stops" not in stage.text())
    assert stage.shell.page is page
    assert not page.has_class("-read")
    written(documents, whole, "short.xml")
    await stage.press("f5")
    await choose(stage, "short.xml")
    await stage.until(shows(stage, "1 pays nothing"))


@pytest.fixture
async def browser(settings: Settings, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A page of `smstui serve`: files come from the person's computer."""
    uploads = UploadPlace("http://localhost/upload/key", tmp_path / "uploads")
    uploads.directory.mkdir()
    async with on_stage(SmstuiApp(replace(settings, uploads=uploads), dispatch=False, clock=clock)) as stage:
        yield stage


async def test_the_browser_sends_the_file(browser: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, opened = browser, list[str]()
    monkeypatch.setattr(stage.app, "open_url", opened.append)
    shop = await account(stage.app.backend, "ma-boutique")
    await stage.app.backend.company.set_bank(None, BANK)
    page = await page_of(stage, shop)
    await stage.press("f2")
    assert opened == ["http://localhost/upload/key"]
    await stage.until(lambda: page.query_one(UploadPanel).watches)
    beside = tmp_path / "uploads" / ".new"
    beside.mkdir()
    written(beside, statement(Payment("72.00", "bonjour")), "releve.xml")
    beside.rename(tmp_path / "uploads" / "new")
    await stage.until(shows(stage, "releve.xml", "1 pays nothing"))
