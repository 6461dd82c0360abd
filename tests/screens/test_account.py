"""Entering, as the guide's first part tells it: log in, sign up, welcome, certify a number."""

import re

import pytest
from sqlalchemy import select
from textual.widgets import Button, Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.account.certification import CertificationModal
from smstui.screens.account.login import LoginScreen
from smstui.screens.account.sign_up import SignUpScreen
from smstui.screens.account.welcome import WelcomeModal
from smstui.screens.shell import Shell
from smstui.services.connection_settings import ConnectionSettings
from smstui.smpp.values import BindSettings
from smstui.storage.tables import campaign
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal, TextModal
from smstui.widgets.tick import Tick
from tests.screens.conftest import account
from tests.screens.stage import Stage
from tests.support import PASSWORD, FakeClock

NUMBER = "06 01 02 03 04"


@pytest.fixture
def starts_at_login() -> bool:
    return True


def error(stage: Stage, field: str) -> str:
    return stage.app.screen.query_one(field, Labelled).error


async def sign_up(stage: Stage, login: str = "ma-boutique") -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.fill("#login", login)
    await stage.fill("#email", f"{login}@example.com")
    await stage.fill("#password", PASSWORD)
    stage.app.screen.query_one("#terms", Tick).value = True
    stage.app.screen.query_one("#sign-up").focus()
    await stage.press("enter")


async def connect(stage: Stage) -> None:
    bind = BindSettings(host="127.0.0.1", port=2775, system_id="shop", password="secret")
    await stage.app.backend.connections.add(None, ConnectionSettings("main", bind))


async def code_sent(app: SmstuiApp) -> str:
    """The newest code, as its text message goes out."""
    newest = select(campaign.c.text).where(campaign.c.kind == "certification").order_by(campaign.c.id.desc())
    text = await app.backend.database.read(lambda tx: tx.execute(newest).scalars().first())
    assert text is not None
    found = re.search(r"\b\d{6}\b", text)
    assert found
    return found.group()


async def test_logs_in_by_keyboard(stage: Stage, shop: Actor) -> None:
    await stage.type("ma-boutique")
    await stage.press("enter")
    assert stage.focused is stage.app.screen.query_one("#password")
    await stage.fill("#password", PASSWORD)
    await stage.press("enter")
    await stage.until_screen(Shell)
    assert stage.app.actor == shop
    await stage.until(lambda: "100 credits" in stage.text())


async def test_typing_starts_before_the_services_are_open(app: SmstuiApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("a", "b")
        assert app.screen.query_one("#login", Input).value == "ab"


async def test_says_what_is_missing(stage: Stage) -> None:
    stage.app.screen.query_one("#log-in").focus()
    await stage.press("enter")
    assert error(stage, "#login-field") == "✕ Enter your identifier."
    await stage.fill("#login", "shop")
    assert not error(stage, "#login-field")
    await stage.press("enter", "enter")
    assert error(stage, "#password-field") == "✕ Enter your password."


async def test_wrong_password_is_told_beside_the_field(stage: Stage, shop: Actor) -> None:
    await stage.fill("#login", shop.login)
    await stage.fill("#password", "not this one")
    stage.app.screen.query_one("#password").focus()
    await stage.press("enter")
    await stage.until(lambda: error(stage, "#password-field"))
    assert error(stage, "#password-field") == "✕ Wrong identifier or password."
    assert not stage.app.screen.query_one("#log-in", Button).disabled


async def test_sign_up_leads_to_the_pages(stage: Stage) -> None:
    await sign_up(stage)
    await stage.until_screen(WelcomeModal)
    assert stage.app.actor.login == "ma-boutique"
    assert stage.app.actor.is_admin


async def test_the_form_is_filled_and_sent_by_enter_and_space(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.type("ma-boutique")
    await stage.press("enter")
    await stage.type("moi@example.com")
    await stage.press("enter")
    await stage.type(PASSWORD)
    await stage.press("enter", "enter")
    assert "Accept the terms" in error(stage, "#terms-field")
    await stage.press("space", "enter")
    await stage.until_screen(WelcomeModal)


async def test_errors_stand_beside_each_field_as_it_is_typed(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.type("ab")
    assert "“ab” can't be an identifier" in error(stage, "#login-field")
    await stage.type("c")
    assert not error(stage, "#login-field")
    await stage.press("enter")
    await stage.type("me@")
    assert "is not an e-mail address" in error(stage, "#email-field")


async def test_rules_are_ticked_live(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    stage.app.screen.query_one("#password").focus()
    await stage.type("a1B")
    shown = stage.text()
    assert "○ 8 characters minimum." in shown
    assert "○ A special character." in shown
    assert "✓ A lower-case letter." in shown
    assert "✓ A digit." in shown
    assert "✓ An upper-case letter." in shown
    await stage.type("!aaaa")
    assert "○" not in stage.text()


async def test_password_is_shown_on_demand(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.fill("#password", "hunter2")
    assert "hunter2" not in stage.text()
    await stage.press("f2")
    assert "hunter2" in stage.text()
    await stage.press("f2")
    assert "hunter2" not in stage.text()


async def test_an_incomplete_form_says_everything_at_once(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    stage.app.screen.query_one("#sign-up").focus()
    await stage.press("enter")
    assert error(stage, "#login-field") == "✕ This is needed."
    assert error(stage, "#email-field") == "✕ This is needed."
    assert "every rule" in error(stage, "#password-field Labelled")
    assert "Accept the terms" in error(stage, "#terms-field")
    assert stage.focused is stage.app.screen.query_one("#login")


@pytest.mark.parametrize(("field", "login", "email"), [("login", "Ma-Boutique", "x@y.fr"), ("email", "x-y", "")])
async def test_what_is_taken_is_told_beside_its_field(
    stage: Stage, shop: Actor, field: str, login: str, email: str
) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.fill("#login", login)
    await stage.fill("#email", email or f"{shop.login}@example.com")
    await stage.fill("#password", PASSWORD)
    stage.app.screen.query_one("#terms", Tick).value = True
    await stage.pilot.click("#sign-up")
    await stage.until(lambda: error(stage, f"#{field}-field"))
    assert stage.focused is stage.app.screen.query_one(f"#{field}")


async def test_terms_can_be_read(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.press("f3")
    await stage.until_screen(TextModal)
    assert "1. The service." in stage.text()
    await stage.press("end")
    assert "6. Your password." in stage.text()
    assert "Close" in stage.text()
    await stage.press("escape")
    await stage.until_screen(SignUpScreen)


async def test_leaving_the_sign_up_asks_only_when_something_was_typed(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.press("escape")
    await stage.until_screen(LoginScreen)
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.type("shop")
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    screen = await stage.until_screen(SignUpScreen)
    assert screen.query_one("#login", Input).value == "shop"
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until_screen(LoginScreen)


async def test_welcome_comes_once(stage: Stage) -> None:
    await sign_up(stage)
    await stage.until_screen(WelcomeModal)
    assert "20 test credits" in stage.text()
    await stage.press("escape")
    await stage.until_screen(Shell)
    await stage.settle()
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    await stage.log_in("ma-boutique")
    await stage.settle()
    assert isinstance(stage.app.screen, Shell)


async def test_certifies_a_number(stage: Stage) -> None:
    await connect(stage)
    await sign_up(stage)
    await stage.until_screen(WelcomeModal)
    await stage.press("enter")
    modal = await stage.until_screen(CertificationModal)
    await stage.fill("#number", NUMBER)
    await stage.press("enter")
    await stage.until(lambda: modal.query_one("#code-step").display)
    await stage.type(await code_sent(stage.app))
    await stage.press("enter")
    await stage.until_screen(Shell)
    await stage.until(lambda: "20 credits" in stage.text())


async def test_the_guides_own_number_is_refused(stage: Stage) -> None:
    await connect(stage)
    await stage.enter(await account(stage.app.backend, "shop", certified=False))
    await stage.until_screen(WelcomeModal)
    await stage.press("enter")
    await stage.until_screen(CertificationModal)
    await stage.type("+336010304")
    await stage.press("enter")
    await stage.until(lambda: error(stage, "#number-field"))
    assert "+336010304" in error(stage, "#number-field")


async def ask_for_code(stage: Stage) -> CertificationModal:
    await connect(stage)
    actor = await account(stage.app.backend, "shop", certified=False)
    await stage.app.backend.accounts.dismiss_welcome(actor)
    await stage.enter(actor)
    stage.app.certify()
    modal = await stage.until_screen(CertificationModal)
    await stage.fill("#number", NUMBER)
    await stage.press("enter")
    await stage.until(lambda: modal.query_one("#code-step").display)
    return modal


async def test_wrong_and_malformed_codes_are_told(stage: Stage) -> None:
    await ask_for_code(stage)
    code = await code_sent(stage.app)
    await stage.type("12")
    await stage.press("enter")
    await stage.until(lambda: "6 digits" in error(stage, "#code-field"))
    await stage.fill("#code", f"{(int(code) + 1) % 1_000_000:06}")
    await stage.press("enter")
    await stage.until(lambda: "Tries left: 4" in error(stage, "#code-field"))
    await stage.type(code)
    await stage.press("enter")
    await stage.until_screen(Shell)


async def test_an_expired_code_is_told(stage: Stage, clock: FakeClock) -> None:
    await ask_for_code(stage)
    clock.advance(601)
    await stage.type(await code_sent(stage.app))
    await stage.press("enter")
    await stage.until(lambda: "no longer valid" in error(stage, "#code-field"))


async def test_another_code_waits_for_its_delay(stage: Stage, clock: FakeClock) -> None:
    modal = await ask_for_code(stage)
    first = await code_sent(stage.app)
    assert modal.query_one("#again", Button).disabled
    assert "Possible again in" in stage.text()
    clock.advance(61)
    await stage.until(lambda: not modal.query_one("#again", Button).disabled)
    assert "4 more codes this hour." in stage.text()
    await stage.pilot.click("#again")
    await stage.until(lambda: modal.query_one("#again", Button).disabled)
    await stage.fill("#code", first)
    await stage.press("enter")
    await stage.until(lambda: error(stage, "#code-field"))
    await stage.fill("#code", await code_sent(stage.app))
    await stage.press("enter")
    await stage.until_screen(Shell)


async def test_later_keeps_the_code_that_was_sent(stage: Stage) -> None:
    await ask_for_code(stage)
    await stage.press("escape")
    await stage.until_screen(Shell)
    stage.app.certify()
    modal = await stage.until_screen(CertificationModal)
    await stage.until(lambda: modal.query_one("#code-step").display)
    await stage.type(await code_sent(stage.app))
    await stage.press("enter")
    await stage.until_screen(Shell)


async def test_without_a_connection_the_code_is_refused(stage: Stage) -> None:
    actor = await account(stage.app.backend, "shop", certified=False)
    await stage.app.backend.accounts.dismiss_welcome(actor)
    await stage.enter(actor)
    stage.app.certify()
    await stage.until_screen(CertificationModal)
    await stage.type("0601020304")
    await stage.press("enter")
    await stage.until(lambda: error(stage, "#number-field"))
