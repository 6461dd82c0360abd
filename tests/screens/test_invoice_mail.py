"""Credits › Invoices: an invoice by e-mail, once its address is confirmed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update
from textual.widgets import Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.credits.invoices import InvoicesPage
from smstui.screens.credits.mail_modal import MailModal
from smstui.screens.sections import HOME
from smstui.services.accounts import NewAccount
from smstui.services.invoices import CLAIMED
from smstui.services.orders import Method
from smstui.settings import Settings
from smstui.storage.tables import invoice
from smstui.widgets.labelled import Labelled
from tests.mail_house import MailHouse, attached
from tests.payments_support import open_shop
from tests.screens.stage import Stage, on_stage
from tests.support import PASSWORD, START, FakeClock

NUMBER = "F-2026-00001"


@pytest.fixture
async def house() -> AsyncIterator[MailHouse]:
    async with MailHouse().running() as house:
        yield house


@pytest.fixture
async def mailing(settings: Settings, clock: FakeClock, house: MailHouse) -> AsyncIterator[Stage]:
    """In French, with a mail server."""
    own = replace(settings, language="fr", smtp=house.access(security="none", timeout=1.0))
    async with on_stage(SmstuiApp(own, dispatch=False, clock=clock)) as stage:
        yield stage


async def payer(stage: Stage) -> Actor:
    """An account with an order that was paid, and one that waits; its invoice was not sent by itself."""
    backend = stage.app.backend
    await open_shop(backend)
    actor = await backend.accounts.create(NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr"))
    await backend.accounts.dismiss_welcome(actor)
    paid = await backend.orders.order(actor, 500, Method.TRANSFER)
    await backend.orders.confirm(None, paid.reference)
    await stage.enter(actor, "invoices")
    await stage.until(lambda: isinstance(stage.shell.page, InvoicesPage) and "● Payée" in stage.text())
    return actor


async def test_an_invoice_is_sent_to_the_address_that_is_confirmed(mailing: Stage, house: MailHouse) -> None:
    stage = mailing
    actor = await payer(stage)
    await stage.press("e")
    modal = await stage.until_screen(MailModal)
    assert NUMBER in stage.text()
    assert modal.query_one(Input).value == "m@example.com"
    await stage.fill("#address", "compta@example.com")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell)
    await stage.until(lambda: "compta@example.com" in stage.text())
    assert house.recipients == ["compta@example.com"]
    assert list(attached(house.received[0])) == [f"{NUMBER}.pdf"]
    assert "Facture" in house.received[0]["Subject"]
    assert (await stage.app.backend.invoices.get(actor, NUMBER)).mailed_at == START
    await stage.until(lambda: stage.shell.page._papers and all(p.mailed_at for p in stage.shell.page._papers.values()))  # type: ignore[union-attr]
    await stage.press("e")
    await stage.until_screen(MailModal)
    assert "22/11 15:15" in stage.text()
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert len(house.received) == 1


async def test_one_that_may_have_left_says_so_before_it_is_sent_again(mailing: Stage, house: MailHouse) -> None:
    stage = mailing
    await payer(stage)
    await stage.app.backend.database.write(lambda tx: tx.execute(update(invoice).values(mailed_at=CLAIMED)))
    await stage.go_to(HOME)
    await stage.go_to("invoices")
    await stage.until(lambda: isinstance(stage.shell.page, InvoicesPage) and "● Payée" in stage.text())
    await stage.press("e")
    await stage.until_screen(MailModal)
    await stage.until(lambda: "peut-être déjà partie" in " ".join(stage.text().split()))


async def test_what_is_refused_is_said_under_the_address_and_corrected(mailing: Stage, house: MailHouse) -> None:
    stage = mailing
    await payer(stage)
    house.refused["m@example.com"] = "550 [b]no such box"
    await stage.press("e")
    modal = await stage.until_screen(MailModal)
    row = modal.query_one(Labelled)
    await stage.fill("#address", "nobody")
    await stage.press("enter")
    await stage.until(lambda: "nobody" in row.error)
    await stage.fill("#address", "m@example.com")
    await stage.press("enter")
    await stage.until(lambda: "[b]no such box" in row.error)
    house.silent_at = "MAIL"
    await stage.press("enter")
    await stage.until(lambda: "127.0.0.1" in row.error)
    assert house.received == []
    house.silent_at = ""
    house.refused.clear()
    modal.query_one("#send").focus()
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert house.recipients == ["m@example.com"]


async def test_without_a_mail_server_it_is_said(settings: Settings, clock: FakeClock) -> None:
    async with on_stage(SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)) as stage:
        await payer(stage)
        page = stage.shell.page
        assert page is not None
        page.query_one("#mail").focus()
        await stage.press("enter")
        await stage.until(lambda: "SMSTUI_SMTP_HOST" in stage.text())
        assert stage.app.screen is stage.shell
