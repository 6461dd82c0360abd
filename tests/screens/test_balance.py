"""Credits › Balance by keyboard: the figures and the alert, the chart, the ledger and its parts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert
from textual.widgets import Button, Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind
from smstui.screens.credits.alert_modal import AlertModal
from smstui.screens.credits.balance import BalancePage
from smstui.screens.credits.history_list import HistoryList
from smstui.screens.credits.order import OrderPage
from smstui.screens.credits.period_modal import PeriodModal
from smstui.screens.help import HelpModal
from smstui.screens.messaging.campaign import CampaignPage
from smstui.services.accounts import NewAccount
from smstui.services.credits import Cause, post
from smstui.services.orders import Method
from smstui.settings import Settings, SmtpAccess
from smstui.storage.tables import campaign, connection
from smstui.widgets.balance_chart import BalanceChart
from smstui.widgets.header import HeaderBar
from smstui.widgets.labelled import Labelled
from smstui.widgets.pick_list import PickModal
from smstui.widgets.windowed_table import WindowedTable
from tests.payments_support import open_shop
from tests.screens.stage import SMALL, WIDE, Stage, on_stage
from tests.support import PASSWORD, START, FakeClock

DAY = timedelta(days=1)
LOW = "▼ solde bas"


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    return SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)


@pytest.fixture
async def french(french_app: SmstuiApp) -> AsyncIterator[Stage]:
    async with on_stage(french_app, login=False) as stage:
        yield stage


async def owner(stage: Stage) -> Actor:
    """An account with a campaign half a year ago, one of yesterday, and an order paid now: 540 credits."""
    backend = stage.app.backend
    await open_shop(backend)
    new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", certified_number="+33601020304")
    actor = await backend.accounts.create(new)
    await backend.accounts.dismiss_welcome(actor)

    def work(tx) -> None:  # type: ignore[no-untyped-def]
        tx.execute(
            insert(connection).values(
                id=1, name="c", host="h", port=1, tls=False, system_id="s", password="p", system_type="",
                bind_mode="transceiver", window=1, types="pro", alphabet="gsm7", long_messages="udh", stop_code="36034",
                receipt_id_form="raw", enquire_link_interval=30, response_timeout=30, enabled=False, created_at=START,
            )
        )  # fmt: skip
        tx.execute(
            insert(campaign).values(
                id=7, account_id=actor.account_id, kind=CampaignKind.CAMPAIGN, name="Noël [b]", type="pro",
                state="done", connection_id=1, sender="s", text="t", segments=1, price=1000, cost=1000, priority=0,
                recipients=1, created_at=START,
            )
        )  # fmt: skip
        entries = ((100, Cause.GRANT, "g", 400), (-30, Cause.CAMPAIGN, "8888", 180), (-30, Cause.CAMPAIGN, "7", 1))
        for amount, cause, reference, days in entries:
            post(tx, actor.account_id, Credits.of(amount), cause, reference, START - days * DAY)

    await backend.database.write(work)
    order = await backend.orders.order(actor, 500, Method.TRANSFER)
    await backend.orders.confirm(None, order.reference)
    await stage.enter(actor)
    return actor


async def at_the_balance(stage: Stage, *, folded: bool = True) -> BalancePage:
    """The page; with the menu folded it has room for the balances."""
    if folded:
        await stage.press("ctrl+b")
    await stage.go_to("balance")
    page = stage.shell.page
    assert isinstance(page, BalancePage)
    await stage.until(lambda: table(page).row_count and "+500" in rows(stage)[0])
    return page


def table(page: BalancePage) -> WindowedTable[int]:
    return page.query_one(HistoryList).table


def rows(stage: Stage) -> list[str]:
    """The lines of the ledger that are shown, the newest first."""
    page = stage.shell.page
    assert page is not None
    region = page.query_one(WindowedTable).region
    lines = stage.text().splitlines()[region.y + 1 : region.bottom]
    return [
        line[region.x : region.right].rstrip("▁▂▃▄▅▆▇█ ") for line in lines if line[region.x : region.right].strip()
    ]


async def test_the_ledger_of_a_month_with_the_balance_after_each_entry(french: Stage) -> None:
    stage = french
    await owner(stage)
    await at_the_balance(stage)
    purchase, christmas = rows(stage)
    assert purchase.startswith("22/11 15:15  Achat · SMS-")
    assert purchase.endswith("540")
    assert "Campagne · Noël" in christmas
    assert christmas.split()[-2:] == ["-30", "40"]
    assert "2 écritures" in stage.text()
    assert "Disponible  540 crédits" in stage.text()


async def test_other_periods_and_reasons(french: Stage) -> None:
    stage = french
    await owner(stage)
    page = await at_the_balance(stage)
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("down", "down", "enter")
    await stage.until(lambda: len(rows(stage)) == 3 and "1 an ▾" in stage.text())
    assert rows(stage)[-1].split()[-2:] == ["-30", "70"]
    await stage.press("f")
    await stage.until_screen(PickModal)
    await stage.press("down", "down", "enter")
    await stage.until(lambda: len(rows(stage)) == 2 and "Campagne ▾" in stage.text())
    assert [line.split()[-1] for line in rows(stage)] == ["40", "70"]
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("up", "enter")
    await stage.until(lambda: len(rows(stage)) == 1)
    page.query_one("#cause", Button).focus()
    await stage.press("enter")
    await stage.until_screen(PickModal)
    await stage.press("home", "enter")
    await stage.until(lambda: len(rows(stage)) == 2)


async def test_from_a_day_to_another(french: Stage) -> None:
    stage = french
    await owner(stage)
    await at_the_balance(stage)
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("end", "enter")
    modal = await stage.until_screen(PeriodModal)
    await stage.type("31/02/2026")
    await stage.press("enter")
    await stage.type("21/11/2026")
    await stage.press("enter")
    row = modal.query_one("#first-row", Labelled)
    await stage.until(lambda: "31/12/2026" in row.error)
    await stage.fill("#first", "22/11/2026")
    modal.query_one("#last").focus()
    await stage.press("enter")
    await stage.until(lambda: "avant" in modal.query_one("#last-row", Labelled).error)
    await stage.fill("#first", "20/11/2026")
    modal.query_one("#last").focus()
    await stage.press("enter")
    await stage.until(lambda: len(rows(stage)) == 1 and "20/11/2026 – 21/11/2026 ▾" in stage.text())
    assert rows(stage)[0].split()[-1] == "40"
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("enter")
    await stage.until_screen(PeriodModal)
    assert stage.app.screen.query_one("#last", Input).value == "21/11/2026"
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)


async def test_what_is_searched_is_found_and_nothing_is_said(french: Stage) -> None:
    stage = french
    await owner(stage)
    page = await at_the_balance(stage)
    await stage.press("/")
    await stage.type("noel")
    await stage.until(lambda: page.query_one(HistoryList).has_class("-empty"))
    assert "(p)" in stage.text()
    await stage.press("enter")
    assert table(page).has_focus
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("escape")
    await stage.fill("HistoryList Input", "Noë")
    await stage.until(lambda: len(rows(stage)) == 1)
    assert "Noël" in rows(stage)[0]


async def test_the_chart_follows_the_period(french: Stage) -> None:
    stage = french
    await owner(stage)
    page = await at_the_balance(stage)
    chart = page.query_one(BalanceChart)
    await stage.until(lambda: "24/10/2026" in stage.text())
    lines = chart.render().plain.splitlines()
    assert "540 ┤" in lines[0]
    assert " 40 ┤" in lines[-2]
    assert lines[-1].split() == ["24/10/2026", "22/11/2026"]
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("down", "down", "down", "enter")
    await stage.until(lambda: chart.render().plain.splitlines()[-1].split() == ["18/10/2025", "22/11/2026"])


async def test_the_campaign_and_the_order_behind_an_entry_are_opened(french: Stage) -> None:
    stage = french
    await owner(stage)
    page = await at_the_balance(stage)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, OrderPage) and "● Payée" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page)
    await stage.press("down", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "Noël [b]" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page)
    await stage.press("p")
    await stage.until_screen(PickModal)
    await stage.press("down", "down", "down", "enter")
    await stage.until(lambda: len(rows(stage)) == 4)
    for _ in range(2):  # a campaign that is gone, then what an administrator gave
        await stage.press("down", "enter")
        await stage.settle()
        assert stage.shell.page is page
    await stage.until(lambda: len(stage.app._notifications) == 2)


async def test_the_alert_is_set_shown_everywhere_and_put_out(french: Stage) -> None:
    stage = french
    actor = await owner(stage)
    await at_the_balance(stage)
    assert LOW not in stage.text()
    await stage.press("w")
    modal = await stage.until_screen(AlertModal)
    assert "e-mails n’est pas configuré" in stage.text()
    row = modal.query_one(Labelled)
    await stage.type("beaucoup")
    await stage.press("enter")
    await stage.until(lambda: "100" in row.error)
    await stage.fill("#threshold", "0")
    await stage.press("enter")
    await stage.until(lambda: "0" in row.error and "100." not in row.error)
    await stage.fill("#threshold", "600,5")
    await stage.press("enter")
    await stage.until(lambda: stage.text().count(LOW) == 2 and "sous 600,5 crédits" in stage.text())
    assert stage.shell.query_one(HeaderBar).line.warning == LOW
    assert (await stage.app.backend.low_credit.get(actor)).threshold == Credits.of("600.5")
    await stage.go_to("dashboard")
    await stage.until(lambda: LOW in stage.text().splitlines()[0])
    await stage.go_to("balance")
    await stage.press("w")
    await stage.until_screen(AlertModal)
    await stage.fill("#threshold", "")
    await stage.press("enter")
    await stage.until(lambda: LOW not in stage.text() and "aucune" in stage.text())
    await stage.press("w")
    await stage.until_screen(AlertModal)
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)


async def test_where_e_mail_leaves_its_address_is_named(settings: Settings, clock: FakeClock) -> None:
    smtp = SmtpAccess("127.0.0.1", sender="a@example.com")
    async with on_stage(SmstuiApp(replace(settings, smtp=smtp), dispatch=False, clock=clock), login=False) as stage:
        await owner(stage)
        await at_the_balance(stage)
        await stage.press("w")
        await stage.until_screen(AlertModal)
        assert "m@example.com" in stage.text()


async def test_credits_are_bought_from_here(french: Stage) -> None:
    stage = french
    await owner(stage)
    await at_the_balance(stage)
    await stage.press("n")
    await stage.until(lambda: stage.shell.section == "buy")


async def test_a_new_account_is_told_what_to_do(stage: Stage) -> None:
    backend = stage.app.backend
    actor = await backend.accounts.create(NewAccount("new", "n@example.com", PASSWORD, "en"))
    await backend.accounts.dismiss_welcome(actor)
    await stage.enter(actor, "balance")
    await stage.until(lambda: "certify your number" in stage.text())
    page = stage.shell.page
    assert page is not None
    await stage.until(lambda: not page.query_one(BalanceChart).display)
    await stage.press("w")
    await stage.until_screen(AlertModal)


async def test_a_new_entry_appears_by_itself(french: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smstui.screens.credits.balance.READ_INTERVAL", 0.05)
    stage = french
    actor = await owner(stage)
    await at_the_balance(stage)
    give = stage.app.backend.database.write(
        lambda tx: post(tx, actor.account_id, Credits.of(5), Cause.ADMIN, "x", START)
    )
    await give
    await stage.until(lambda: len(rows(stage)) == 3 and rows(stage)[0].split()[-2:] == ["+5", "545"])


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_nothing_is_cut(french_app: SmstuiApp, size: tuple[int, int]) -> None:
    async with on_stage(french_app, size, login=False) as stage:
        await owner(stage)
        page = await at_the_balance(stage, folded=False)
        assert "Achat · SMS-" in rows(stage)[0]
        assert "…" not in rows(stage)[0]
        for widget in (page.query_one("#buy"), page.query_one("#alert"), page.query_one(BalanceChart), table(page)):
            assert stage.app.screen.region.contains_region(widget.region)
        assert table(page).region.height >= 5
        await stage.press("f1")
        await stage.until_screen(HelpModal)
        assert "Période" in stage.text()
