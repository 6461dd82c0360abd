"""Administration › Company and Administration › Prices, by keyboard."""

import pytest
from textual.widgets import Input, TextArea

from smstui.domain.actor import Actor
from smstui.domain.packs import DEFAULT_PRICES, Pack, PriceStep
from smstui.screens.admin.company import CompanyPage
from smstui.screens.admin.price_form import PriceForm
from smstui.screens.admin.prices import PricesPage
from smstui.services.audit import AuditAction
from smstui.services.orders import Method
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from tests.payments_support import BANK, COMPANY
from tests.screens.administering import shows
from tests.screens.stage import Stage


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> CompanyPage:
    await stage.enter(shop, "company")
    page = stage.shell.page
    assert isinstance(page, CompanyPage)
    await stage.until(lambda: page._company is not None)
    return page


@pytest.fixture
async def prices(stage: Stage, shop: Actor) -> PricesPage:
    await stage.enter(shop, "prices")
    page = stage.shell.page
    assert isinstance(page, PricesPage)
    await stage.until(lambda: page.table.row_count == 12)
    return page


def error(page: CompanyPage | PricesPage, field: str) -> str:
    return page.query_one(f"#{field}-row", Labelled).error


async def test_the_company_and_its_bank_are_said_by_keyboard(stage: Stage, page: CompanyPage, shop: Actor) -> None:
    settings = stage.app.backend.company
    assert stage.focused is page.query_one("#name")
    await stage.type("Envoi SAS")
    await stage.press("enter")
    assert stage.focused is page.query_one("#address")
    await stage.type("1 rue de la Paix")
    await stage.press("enter")
    await stage.type("13001 Marseille")
    await stage.press("tab")
    for text in ("732 829 320 00074", "FR44732829320", "facturation@envoi.example", ""):
        await stage.type(text)
        await stage.press("enter")
    assert stage.focused is page.query_one("#holder")
    for text in ("Envoi SAS", "FR7630006000011234567890189", "agrifrpp"):
        await stage.type(text)
        await stage.press("enter")
    await stage.press("ctrl+s")
    await stage.until(shows(stage, "Saved."))
    company, bank = await settings.company(), await settings.bank()
    assert company is not None
    assert (company.name, company.address, company.siret) == ("Envoi SAS", COMPANY.address, "73282932000074")
    assert bank == BANK
    assert page.query_one("#iban", Input).value == BANK.iban_in_groups
    kept = [entry.action for entry in await stage.app.backend.audit.list(shop)]
    assert kept == [AuditAction.SETTINGS_CHANGED] * 2
    await stage.go_to("balance")


async def test_each_error_stands_under_its_field(stage: Stage, page: CompanyPage) -> None:
    await stage.fill("#siret", "123")
    assert "no SIREN" in error(page, "siret")
    assert error(page, "name") == ""
    await stage.fill("#iban", "FR76 3000")
    await stage.until(lambda: "no IBAN" in error(page, "iban"))
    await stage.press("ctrl+s")
    await stage.until(lambda: "Give the name" in error(page, "name"))
    assert "Give the address" in error(page, "address")
    assert "email" in error(page, "email").lower() or "e-mail" in error(page, "email").lower()
    assert "Give the name" in error(page, "holder")
    assert stage.focused is page.query_one("#name")
    assert await stage.app.backend.company.company() is None
    await stage.fill("#siret", "732829320")
    assert error(page, "siret") == ""


async def test_one_part_is_saved_without_the_other(stage: Stage, page: CompanyPage) -> None:
    await stage.fill("#holder", "Envoi SAS")
    await stage.fill("#iban", BANK.iban)
    await stage.press("ctrl+s")
    await stage.until(shows(stage, "Saved."))
    assert await stage.app.backend.company.bank() is not None
    assert await stage.app.backend.company.company() is None


async def test_leaving_asks_only_when_something_would_be_lost(stage: Stage, page: CompanyPage) -> None:
    page.query_one("#address", TextArea).text = "1 rue X"
    stage.app.go_to("balance")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    page.query_one("#address", TextArea).text = "\n"
    await stage.go_to("balance")


async def test_prices_are_changed_as_a_whole_and_orders_keep_theirs(
    stage: Stage, prices: PricesPage, shop: Actor
) -> None:
    backend = stage.app.backend
    await backend.company.set_bank(None, BANK)
    order = await backend.orders.order(shop, 500, Method.TRANSFER)
    await stage.press("enter")
    form = await stage.until_screen(PriceForm)
    assert form.query_one("#price", Input).value == "32.00"
    await stage.type("30")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "€30.00" in stage.text())
    await stage.press("end", "delete")
    await stage.until(lambda: prices.table.row_count == 11)
    await stage.press("n")
    await stage.until_screen(PriceForm)
    await stage.type("2 000")
    await stage.press("enter")
    await stage.type("110,50")
    await stage.press("enter")
    await stage.until(lambda: prices.table.row_count == 12 and "€110.50" in stage.text())
    await stage.fill("#vat", "5,5")
    assert await backend.company.prices() == DEFAULT_PRICES
    await stage.press("ctrl+s")
    await stage.until_screen(ConfirmModal)
    await stage.until(shows(stage, "7 packs, 5 steps, VAT 5.5%"))
    await stage.press("enter")
    await stage.until(shows(stage, "Prices saved."))
    stored = await backend.company.prices()
    assert stored.packs[:3] == (Pack(500, 30_00), Pack(1_000, 60_00), Pack(2_000, 110_50))
    assert (len(stored.steps), stored.vat_rate) == (5, 550)
    assert (await backend.orders.get(shop, order.reference)).total == order.total == 38_40
    assert [each.subject for each in await backend.audit.list(shop)] == ["prices"]
    await stage.go_to("balance")


async def test_a_step_is_changed_and_what_cant_be_is_said(stage: Stage, prices: PricesPage) -> None:
    await stage.press("n")
    form = await stage.until_screen(PriceForm)
    await stage.type("99")
    await stage.press("ctrl+s")
    await stage.until(lambda: "from 100 to 1,000,000" in form.query_one("#credits-row", Labelled).error)
    await stage.fill("#credits", "1000")
    await stage.press("ctrl+s")
    await stage.until(lambda: "for that many already" in form.query_one("#credits-row", Labelled).error)
    form.query_one("#kind").focus()
    await stage.press("right")
    await stage.until(shows(stage, "Euros for each credit"))
    await stage.fill("#credits", "2000")
    await stage.fill("#price", "0")
    await stage.press("ctrl+s")
    await stage.until(lambda: "above zero" in form.query_one("#price-row", Labelled).error)
    await stage.fill("#price", "0,0595")
    await stage.press("ctrl+s")
    await stage.until(lambda: prices.table.row_count == 13 and "€0.0595" in stage.text())
    assert PriceStep(2_000, 595) in prices._lines.values()


async def test_a_list_that_cant_be_applied_is_not_saved(stage: Stage, prices: PricesPage) -> None:
    prices.table.move_to(6)
    await stage.press("delete")
    await stage.until(shows(stage, "✕ These prices can't be applied"))
    await stage.press("ctrl+s")
    await stage.fill("#vat", "101")
    assert "from 0 to 100" in error(prices, "vat")
    await stage.press("ctrl+s")
    assert stage.app.screen is stage.shell
    assert stage.focused is prices.query_one("#vat")
    assert await stage.app.backend.company.prices() == DEFAULT_PRICES
    stage.app.go_to("balance")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.shell.section == "balance")
