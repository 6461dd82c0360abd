"""The pages of administrators, by keyboard: accounts, and the transfers that are awaited."""

import pytest
from sqlalchemy import Connection, insert

from smstui.domain.actor import Actor, Role
from smstui.domain.company import BankDetails, Billing
from smstui.domain.credits import Credits
from smstui.screens.admin.account import AccountPage
from smstui.screens.admin.accounts import AccountsPage
from smstui.screens.admin.awaited import AwaitedPage
from smstui.screens.reason_modal import ReasonModal
from smstui.services.accounts import NewAccount
from smstui.services.orders import Method, OrderState
from smstui.storage.tables import account as account_table
from smstui.widgets.modals import ConfirmModal
from tests.screens.stage import Stage
from tests.support import PASSWORD

BANK = BankDetails("Shop", "FR7630006000011234567890189", "AGRIFRPP")


@pytest.fixture
async def rival(stage: Stage) -> Actor:
    """An ordinary account with 10 credits."""
    new = NewAccount("rival", "rival@example.com", PASSWORD, "en", credits=Credits.of(10))
    return await stage.app.backend.accounts.create(new)


async def accounts_page(stage: Stage, shop: Actor) -> AccountsPage:
    await stage.enter(shop, "accounts")
    page = stage.shell.page
    assert isinstance(page, AccountsPage)
    await stage.until(lambda: page.table.row_count == 2 and "rival" in stage.text())
    await stage.press("down")
    await stage.until(lambda: page.account is not None and page.account.login == "rival")
    return page


async def test_only_administrators_have_these_sections(stage: Stage, shop: Actor, rival: Actor) -> None:
    await stage.enter(rival)
    await stage.until(lambda: "Dashboard" in stage.text())
    assert "Administration" not in stage.text()
    stage.app.leave()
    await stage.enter(shop)
    await stage.until(lambda: "Administration" in stage.text())


async def test_credits_are_given_and_taken_back_with_a_reason(stage: Stage, shop: Actor, rival: Actor) -> None:
    page = await accounts_page(stage, shop)
    await stage.press("c")
    await stage.until_screen(ReasonModal)
    await stage.type("x")
    await stage.press("enter", "enter")
    await stage.until(lambda: "Write a number of credits" in stage.text())
    await stage.press("backspace")
    await stage.type("2,5")
    await stage.press("enter", "enter")
    await stage.until(lambda: "reason" in stage.text().lower() and isinstance(stage.app.screen, ReasonModal))
    await stage.type("Gift")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "12.5" in stage.text())
    assert (await stage.app.backend.credits.balance(rival)).available == Credits.of("12.5")
    await stage.press("c")
    await stage.until_screen(ReasonModal)
    await stage.type("-100")
    await stage.press("enter")
    await stage.type("Too much")
    await stage.press("enter")
    await stage.until(lambda: "take back no more than that" in stage.text())
    assert (await stage.app.backend.credits.balance(rival)).available == Credits.of("12.5")
    assert page.is_mounted


async def test_an_account_is_blocked_and_unblocked(stage: Stage, shop: Actor, rival: Actor) -> None:
    await accounts_page(stage, shop)
    await stage.press("b")
    await stage.until_screen(ReasonModal)
    await stage.press("enter")
    assert isinstance(stage.app.screen, ReasonModal)
    await stage.type("Spam [b]x[/]")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "✕ blocked" in stage.text())
    await stage.until(lambda: "Blocked: Spam [b]x[/]" in stage.text())
    row = await stage.app.backend.administration.find(shop, "rival")
    assert row.blocked_reason == "Spam [b]x[/]"
    await stage.press("b")
    await stage.until_screen(ConfirmModal)
    assert "“Spam [b]x[/]”" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen is stage.shell and "locked" not in stage.text())
    assert (await stage.app.backend.administration.find(shop, "rival")).blocked_at is None


async def test_ones_own_account_is_not_blocked(stage: Stage, shop: Actor, rival: Actor) -> None:
    page = await accounts_page(stage, shop)
    await stage.press("up")
    await stage.until(lambda: page.account is not None and page.account.login == "ma-boutique")
    await stage.press("b")
    await stage.until_screen(ReasonModal)
    await stage.type("Why not")
    await stage.press("enter")
    await stage.until(lambda: "block your own account" in stage.text())
    assert (await stage.app.backend.administration.find(shop, "ma-boutique")).blocked_at is None


async def test_the_right_to_leave_stop_out(stage: Stage, shop: Actor, rival: Actor) -> None:
    await accounts_page(stage, shop)
    administration = stage.app.backend.administration
    for expected in (True, False):
        await stage.press("o")
        await stage.until_screen(ConfirmModal)
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.shell)
        await stage.settle()
        assert ("without STOP" in stage.text()) is expected
        assert (await administration.find(shop, "rival")).may_omit_stop is expected


async def test_accounts_are_searched_by_the_service_however_many_there_are(stage: Stage, shop: Actor) -> None:
    many, at = 2_500, stage.app.backend.clock.now()

    def add(tx: Connection) -> None:
        names = [f"client{index:05}" for index in range(many)]
        common = {"password_hash": "x", "language": "fr", "role": Role.USER, "may_omit_stop": False, "created_at": at}
        rows = [
            {"login": name, "login_key": name, "email": f"{name}@a.fr", "email_key": f"{name}@a.fr", **common}
            for name in names
        ]
        tx.execute(insert(account_table), rows)

    await stage.app.backend.database.write(add)
    await stage.enter(shop, "accounts")
    page = stage.shell.page
    assert isinstance(page, AccountsPage)
    await stage.until(lambda: page.table.row_count == many + 1 and "2,501 accounts" in stage.text())
    await stage.press("end")
    await stage.until(lambda: page.account is not None and page.account.login == "ma-boutique")
    await stage.press("home", "s")
    await stage.until(lambda: page.account is not None and "client02499" in stage.text())
    await stage.press("slash")
    await stage.type("02499")
    await stage.until(lambda: page.table.row_count == 1 and "1 / 2,501" in stage.text())
    await stage.press("enter", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, AccountPage) and "client02499@a.fr" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page and page.table.row_count == 1)


async def test_the_list_is_filtered_to_those_that_are_blocked(stage: Stage, shop: Actor, rival: Actor) -> None:
    page = await accounts_page(stage, shop)
    await stage.press("f", "down", "enter")
    await stage.until(lambda: page.table.row_count == 1 and "1 / 2" in stage.text() and "ma-boutique" in stage.text())
    await stage.app.backend.administration.block(None, "rival", "Unpaid")
    await stage.press("f", "down", "enter")
    await stage.until(lambda: page.table.row_count == 1 and "Blocked: Unpaid" in stage.text())


async def test_all_about_an_account_and_the_same_actions(stage: Stage, shop: Actor, rival: Actor) -> None:
    backend = stage.app.backend
    await backend.company.set_bank(None, BANK)
    order = await backend.orders.order(rival, 1000, Method.TRANSFER)
    await backend.company.set_billing(rival, Billing("Rival [b]SARL[/]", ("1 rue X", "33000 Bordeaux")))
    await accounts_page(stage, shop)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, AccountPage) and order.reference in stage.text())
    words = ("rival@example.com", "none certified", "10 credits", "Rival [b]SARL[/] · 33000 Bordeaux", "Awaiting")
    assert [each for each in words if each not in stage.text()] == []
    await stage.press("c")
    await stage.until_screen(ReasonModal)
    await stage.type("1 000,5")
    await stage.press("enter")
    await stage.type("Gift")
    await stage.press("enter")
    await stage.until(lambda: "1,010.5 credits" in stage.text() and stage.app.screen is stage.shell)
    await stage.press("o")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: "without STOP" in stage.text() and stage.app.screen is stage.shell)
    await stage.press("b")
    await stage.until_screen(ReasonModal)
    await stage.type("Unpaid")
    await stage.press("enter")
    await stage.until(lambda: "✕ blocked since" in stage.text() and "Unpaid" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, AccountsPage) and "Blocked: Unpaid" in stage.text())


async def test_who_is_no_administrator_any_more_is_told(stage: Stage, shop: Actor, rival: Actor) -> None:
    await accounts_page(stage, shop)
    await stage.app.backend.administration.set_rights(None, "rival", role=Role.ADMIN)
    await stage.app.backend.administration.set_rights(None, "ma-boutique", role=Role.USER)
    await stage.press("b")
    await stage.until_screen(ReasonModal)
    await stage.type("Why")
    await stage.press("enter")
    await stage.until(lambda: "Only an administrator may do this" in stage.text())
    assert (await stage.app.backend.administration.find(None, "rival")).blocked_at is None


async def test_a_transfer_is_confirmed_in_numbers(stage: Stage, shop: Actor, rival: Actor) -> None:
    backend = stage.app.backend
    await backend.company.set_bank(None, BANK)
    order = await backend.orders.order(rival, 1000, Method.TRANSFER)
    await stage.enter(shop, "transfers")
    page = stage.shell.page
    assert isinstance(page, AwaitedPage)
    await stage.until(lambda: order.reference in stage.text())
    await stage.press("c")
    await stage.until_screen(ConfirmModal)
    assert all(each in stage.text() for each in ("€72.00", order.reference, "rival gets", "Give 1,000 credits"))
    await stage.press("escape")
    await stage.until(lambda: stage.app.screen is stage.shell)
    assert (await backend.orders.get(rival, order.reference)).state is OrderState.PENDING
    await stage.press("enter")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: "No transfer is awaited." in stage.text())
    assert (await backend.orders.get(rival, order.reference)).state is OrderState.PAID
    assert (await backend.credits.balance(rival)).available == Credits.of(1010)
