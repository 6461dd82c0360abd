"""Settings › My account: what an account changes about itself, and the sessions in which it is logged in."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from textual.widgets import Button, Input

from smstui import i18n
from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.company import Billing
from smstui.screens.account.login import LoginScreen
from smstui.screens.account.profile import ProfilePage
from smstui.screens.account.profile_billing import BillingModal
from smstui.screens.account.profile_email import EmailModal
from smstui.screens.account.profile_password import PasswordModal
from smstui.screens.account.profile_sessions import SessionsPage
from smstui.screens.account.profile_zone import ZonePicker
from smstui.screens.help import HelpModal
from smstui.screens.messaging.send import SendPage
from smstui.screens.shell import Shell
from smstui.services.sessions import Origin, Way
from smstui.settings import Settings
from smstui.theme import DARK, LIGHT
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import PickModal
from smstui.widgets.search_list import SearchList
from tests.screens.conftest import account
from tests.screens.stage import SMALL, WIDE, Stage, on_stage
from tests.support import PASSWORD, FakeClock

NEW = "Other-Horse8"


@pytest.fixture
def starts_at_login() -> bool:
    return True


@pytest.fixture(autouse=True)
def _at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "TEXTUAL_DRIVER", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM_PROGRAM", "[b]iTerm")


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> ProfilePage:
    return await shown(stage)


async def shown(stage: Stage) -> ProfilePage:
    """The page, after a login by the form."""
    await stage.log_in("ma-boutique")
    await stage.go_to("profile")
    page = stage.shell.page
    assert isinstance(page, ProfilePage)
    await stage.until(lambda: "open ›" in stage.text() or "›" in label(page, "sessions"))
    return page


@pytest.fixture
async def elsewhere(settings: Settings, clock: FakeClock, stage: Stage) -> AsyncIterator[Stage]:
    """Another program on the same database."""
    async with on_stage(SmstuiApp(settings, dispatch=False, clock=clock)) as other:
        yield other


def label(page: ProfilePage, button: str) -> str:
    return str(page.query_one(f"#{button}", Button).label)


def told(stage: Stage) -> str:
    """What was announced, however wide the announcements are."""
    return " ".join(each.message for each in stage.app._notifications)


def error(stage: Stage, row: str) -> str:
    return stage.app.screen.query_one(f"#{row}", Labelled).error


async def test_the_page_says_who_the_account_is(stage: Stage, page: ProfilePage) -> None:
    said = stage.text()
    assert all(each in said for each in ("ma-boutique@example.com", "+33639980001", "the identifier"))
    assert "It is 22/11 15:15 there." in said
    buttons = ["language", "theme", "time-zone", "sessions"]
    assert [label(page, each) for each in buttons] == ["English ▾", "dark ▾", "Europe/Paris ▾", "1 open ›"]
    for button in (*buttons, "billing", "email", "password"):
        assert stage.focused is page.query_one(f"#{button}")
        await stage.press("tab")


async def test_the_e_mail_address_is_changed_with_the_password(stage: Stage, page: ProfilePage) -> None:
    await stage.press("e")
    await stage.until_screen(EmailModal)
    await stage.press("enter", "enter")
    await stage.until(lambda: "needed" in error(stage, "email-row"))
    await stage.type("new@")
    await stage.until(lambda: "is not an e-mail address" in error(stage, "email-row"))
    await stage.type("example.com")
    assert not error(stage, "email-row")
    await stage.press("enter")
    await stage.type("Wrong-Horse9")
    await stage.press("enter")
    await stage.until(lambda: "not the password" in error(stage, "password-row"))
    await stage.fill("#password", PASSWORD)
    await stage.press("enter")
    await stage.until_screen(Shell)
    await stage.until(lambda: "Your e-mail address is now new@example.com." in told(stage))
    assert (await stage.app.backend.profiles.read(page.actor)).email == "new@example.com"


async def test_an_address_of_another_account_is_refused(stage: Stage, page: ProfilePage) -> None:
    await account(stage.app.backend, "rival")
    await stage.press("e")
    await stage.until_screen(EmailModal)
    await stage.type("rival@example.com")
    await stage.press("enter")
    await stage.type(PASSWORD)
    await stage.press("enter")
    await stage.until(lambda: "Another account" in error(stage, "email-row"))
    await stage.press("escape")
    await stage.until_screen(Shell)
    assert (await stage.app.backend.profiles.read(page.actor)).email == "ma-boutique@example.com"


async def test_the_password_is_changed_by_its_rules(stage: Stage, page: ProfilePage) -> None:
    await stage.press("p")
    await stage.until_screen(PasswordModal)
    await stage.press("tab", "enter")
    await stage.until(lambda: "needed" in error(stage, "old-row"))
    await stage.type("Wrong-Horse9")
    await stage.press("enter")
    await stage.type("weak")
    assert "✓ A lower-case letter." in stage.text()
    await stage.press("enter")
    await stage.until(lambda: "every rule" in stage.text())
    await stage.fill("#password", NEW)
    await stage.press("enter")
    await stage.until(lambda: "not the password" in error(stage, "old-row"))
    await stage.fill("#old", PASSWORD)
    await stage.fill("#password", PASSWORD)
    await stage.press("enter")
    await stage.press("enter")
    await stage.until(lambda: "password that you have" in stage.text())
    await stage.fill("#password", NEW)
    await stage.press("enter")
    await stage.until_screen(Shell)
    await stage.until(lambda: "Password changed." in told(stage))
    await stage.app.backend.accounts.log_in("ma-boutique", NEW)


async def test_guesses_are_told_when_to_go_on(stage: Stage, page: ProfilePage) -> None:
    await stage.press("p")
    await stage.until_screen(PasswordModal)
    await stage.fill("#password", NEW)
    for guess in range(4):
        await stage.fill("#old", f"Wrong-Horse{guess}")
        stage.app.screen.query_one("#save").focus()
        await stage.press("enter")
        await stage.until(lambda: error(stage, "old-row"))
    assert "Too many failed attempts" in error(stage, "old-row")
    await stage.press("escape")
    await stage.until_screen(Shell)


async def test_a_new_password_logs_the_other_program_out_and_keeps_what_is_written(
    stage: Stage, page: ProfilePage, elsewhere: Stage
) -> None:
    await elsewhere.log_in("ma-boutique")
    await elsewhere.go_to("send")
    composer = elsewhere.shell.page
    assert isinstance(composer, SendPage)
    await elsewhere.until(lambda: elsewhere.focused is composer.query_one("#name"))
    await elsewhere.type("Soldes")
    await stage.press("p")
    await stage.until_screen(PasswordModal)
    assert "All other sessions of your account end." in stage.text()
    await stage.fill("#old", PASSWORD)
    await stage.fill("#password", NEW)
    stage.app.screen.query_one("#save").focus()
    await stage.press("enter")
    await stage.until(lambda: "1 other session was ended." in told(stage))
    await elsewhere.until_screen(LoginScreen)
    assert "The password of this account was changed" in elsewhere.text()
    assert not elsewhere.app.logged_in
    assert [each.draft.name for each in await stage.app.backend.drafts.list(page.actor)] == ["Soldes"]
    await stage.settle()
    assert stage.app.screen is stage.shell
    assert stage.app.logged_in


async def test_an_account_that_is_blocked_is_logged_out_whatever_it_asks(
    stage: Stage, page: ProfilePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions of the application are over too: they may be asked again after the next login."""
    stage.app.certify()
    await stage.until(lambda: stage.app.screen is not stage.shell)
    await account(stage.app.backend, "boss")
    await stage.app.backend.administration.block(None, "ma-boutique", "Unpaid [b]x[/]")
    await stage.until_screen(LoginScreen)
    assert "(Unpaid [b]x[/])" in stage.text()
    assert await stage.app.backend.sessions.list(page.actor) == ()
    await stage.app.backend.administration.unblock(None, "ma-boutique")
    await stage.log_in("ma-boutique")
    before = stage.app.screen
    stage.app.certify()
    await stage.until(lambda: stage.app.screen is not before)


async def test_whom_the_invoices_are_for(stage: Stage, page: ProfilePage) -> None:
    await stage.press("b")
    await stage.until_screen(BillingModal)
    await stage.press("ctrl+s")
    await stage.until(lambda: "name of the company" in error(stage, "name-row"))
    await stage.type("Ma Boutique")
    await stage.press("ctrl+s")
    await stage.until(lambda: "Give the address" in error(stage, "address-0-row"))
    await stage.type("1 rue Neuve")
    await stage.press("enter")
    await stage.type("13001 Marseille")
    await stage.press("enter", "enter", "enter")
    await stage.type("FR1")
    await stage.press("enter")
    await stage.type("123")
    await stage.press("enter")
    await stage.until(lambda: "no VAT number" in error(stage, "vat-number-row"))
    await stage.fill("#vat-number", "FR40303265045")
    await stage.press("ctrl+s")
    await stage.until(lambda: "no SIREN" in error(stage, "siret-row"))
    await stage.fill("#siret", "303 265 045")
    await stage.press("enter")
    await stage.until(lambda: "From now on, invoices are for Ma Boutique." in told(stage))
    kept = Billing("Ma Boutique", ("1 rue Neuve", "13001 Marseille"), "FR40303265045", "303265045")
    assert await stage.app.backend.company.billing(page.actor) == kept
    await stage.press("b")
    await stage.until_screen(BillingModal)
    assert [field.value for field in stage.app.screen.query(Input)] == [
        "Ma Boutique", "1 rue Neuve", "13001 Marseille", "", "", "FR40303265045", "303265045",
    ]  # fmt: skip
    await stage.press("escape")
    await stage.until_screen(Shell)


async def test_a_long_foreign_address_is_kept_as_it_is(stage: Stage, shop: Actor) -> None:
    kept = Billing("a\u202eb", tuple(f"line {number}\u202e" for number in range(6)))
    await stage.app.backend.company.set_billing(shop, kept)
    await shown(stage)
    await stage.press("b")
    await stage.until_screen(BillingModal)
    await stage.fill("#siret", "303265045")
    await stage.press("ctrl+s")
    await stage.until_screen(Shell)
    stored = await stage.app.backend.company.billing(shop)
    assert stored is not None
    assert (stored.name, stored.address, stored.siret) == (kept.name, kept.address, "303265045")


async def test_the_language_is_chosen_for_good(stage: Stage, page: ProfilePage) -> None:
    before = stage.shell
    await stage.press("l")
    await stage.until_screen(PickModal)
    await stage.press("f", "enter")
    await stage.until(lambda: stage.shell is not before and stage.shell.page is not None)
    await stage.until(lambda: "Identifiant" in stage.text())
    assert stage.shell.section == "profile"
    assert stage.app.actor.language == "fr"
    i18n.use_language("en")
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    await stage.log_in("ma-boutique")
    await stage.until(lambda: "Tableau de bord" in stage.text())


async def test_the_colours_are_the_accounts(stage: Stage, page: ProfilePage) -> None:
    await stage.press("c")
    await stage.until_screen(PickModal)
    await stage.press("down", "enter")
    await stage.until(lambda: label(page, "theme") == "light ▾")
    assert stage.app.theme == LIGHT.name
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    assert stage.app.theme == DARK.name
    await account(stage.app.backend, "rival")
    await stage.log_in("rival")
    assert stage.app.theme == DARK.name
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    await stage.log_in("ma-boutique")
    assert stage.app.theme == LIGHT.name


async def test_what_the_palette_chooses_is_kept_too(stage: Stage, page: ProfilePage) -> None:
    commands = {each.title: each.callback for each in stage.app.get_system_commands(stage.app.screen)}
    commands["Colours: ansi-light"]()
    commands["Français"]()
    await stage.settle()
    kept = await stage.app.backend.profiles.read(page.actor)
    assert (kept.theme, kept.language, stage.app.theme) == ("ansi-light", "fr", "ansi-light")


async def test_the_palette_of_the_login_is_for_this_program_only(stage: Stage, shop: Actor) -> None:
    commands = {each.title: each.callback for each in stage.app.get_system_commands(stage.app.screen)}
    commands[f"Colours: {LIGHT.name}"]()
    await stage.log_in("ma-boutique")
    assert stage.app.theme == LIGHT.name
    assert (await stage.app.backend.profiles.read(shop)).theme is None


async def test_a_time_zone_is_found_by_its_country(stage: Stage, page: ProfilePage) -> None:
    await stage.press("z")
    await stage.until_screen(ZonePicker)
    zones = stage.app.screen.query_one(SearchList)
    await stage.until(lambda: zones.table.cursor_key == "Europe/Paris")
    await stage.type("united kingdom")
    await stage.until(lambda: zones.table.cursor_key == "Europe/London")
    assert "14:15" in stage.text()
    await stage.press("escape")
    await stage.until_screen(Shell)
    await stage.press("z")
    await stage.until_screen(ZonePicker)
    await stage.type("reunion")
    zones = stage.app.screen.query_one(SearchList)
    await stage.until(lambda: zones.table.cursor_key == "Indian/Reunion")
    await stage.press("enter", "enter")
    await stage.until(lambda: "Indian/Reunion ▾" in stage.text() and "It is 22/11 18:15 there." in stage.text())
    assert (await stage.app.backend.profiles.read(page.actor)).time_zone == "Indian/Reunion"


async def test_times_are_those_of_the_accounts_zone_on_every_page_wherever_the_machine_is(
    stage: Stage, shop: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    await stage.app.backend.opt_outs.add(shop, "+33601020304")
    await stage.log_in("ma-boutique")
    await stage.go_to("opt-outs")
    await stage.until(lambda: "22/11 15:15" in stage.text())
    await stage.go_to("profile")
    await stage.until(lambda: "Europe/Paris ▾" in stage.text())
    await stage.press("z")
    await stage.until_screen(ZonePicker)
    await stage.type("martinique")
    zones = stage.app.screen.query_one(SearchList)
    await stage.until(lambda: zones.table.cursor_key == "America/Martinique")
    await stage.press("enter", "enter")
    await stage.until(lambda: "America/Martinique ▾" in stage.text())
    await stage.go_to("opt-outs")
    await stage.until(lambda: "22/11 10:15" in stage.text())


async def test_sessions_are_listed_and_ended(stage: Stage, page: ProfilePage, clock: FakeClock) -> None:
    accounts = stage.app.backend.accounts
    first = await accounts.log_in("ma-boutique", PASSWORD, Origin(Way.SSH, "10.0.0.5"))
    clock.advance(60)
    await accounts.log_in("ma-boutique", PASSWORD, Origin(Way.BROWSER))
    await stage.press("s")
    await stage.until(lambda: isinstance(stage.shell.page, SessionsPage) and "3 sessions" in stage.text())
    sessions = stage.shell.page
    assert isinstance(sessions, SessionsPage)
    assert "Terminal [b]iTerm" in stage.text()
    assert stage.text().count("● this session") == 1
    await stage.press("G")
    await stage.until(lambda: sessions.table.cursor_key == page.actor.session)
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    assert "that you are in" in stage.text()
    await stage.press("escape")
    await stage.until_screen(Shell)
    await stage.press("slash")
    await stage.type("ssh")
    await stage.press("enter", "delete")
    await stage.until_screen(ConfirmModal)
    assert "SSH from 10.0.0.5 goes back to the login" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: "2 sessions" in stage.text())
    assert first.session not in {each.id for each in await stage.app.backend.sessions.list(page.actor)}
    await stage.press("o")
    await stage.until_screen(ConfirmModal)
    assert "1 other session" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: "1 session" in stage.text())
    await stage.press("o")
    await stage.until(lambda: "There is no other session." in told(stage))
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page and label(page, "sessions") == "1 open ›")


async def test_ending_ones_own_session_is_logging_out(stage: Stage, page: ProfilePage) -> None:
    await stage.press("s")
    await stage.until(lambda: isinstance(stage.shell.page, SessionsPage) and "this session" in stage.text())
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until_screen(LoginScreen)
    assert "ended" not in stage.text()
    async with asyncio.timeout(10):
        while await stage.app.backend.sessions.list(page.actor):
            await stage.pilot.pause(0.01)
    await stage.log_in("ma-boutique")
    assert len(await stage.app.backend.sessions.list(page.actor)) == 1


async def test_a_session_that_was_ended_says_so(stage: Stage, page: ProfilePage, elsewhere: Stage) -> None:
    await elsewhere.log_in("ma-boutique")
    await elsewhere.app.backend.sessions.end_others(elsewhere.app.actor)
    await stage.until_screen(LoginScreen)
    assert "This session was ended from another one: log in again" in stage.text()
    assert elsewhere.app.logged_in
    await stage.log_in("ma-boutique")
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    assert "This session was ended" not in stage.text()


async def test_quitting_ends_the_session(stage: Stage, shop: Actor, settings: Settings, clock: FakeClock) -> None:
    async with on_stage(SmstuiApp(settings, dispatch=False, clock=clock)) as other:
        await other.log_in("ma-boutique")
        assert len(await stage.app.backend.sessions.list(shop)) == 1
        await other.press("ctrl+q")
        await other.until(lambda: not other.app.is_running)
    assert await stage.app.backend.sessions.list(shop) == ()


async def test_a_question_about_quitting_ends_with_the_session(
    stage: Stage, page: ProfilePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+Q still quits afterwards."""

    async def ask(host: SmstuiApp, _seconds: float, *, asking: bool) -> bool:
        return bool(await host.push_screen_wait(ConfirmModal("Quit?", "", confirm="Quit")))

    monkeypatch.setattr("smstui.screens.quitting.finish_sending", ask)
    monkeypatch.setattr(stage.app, "_dispatch", True)
    await stage.press("ctrl+q")
    await stage.until_screen(ConfirmModal)
    await stage.app.backend.profiles.set_password(page.actor, None, NEW)
    await stage.app.backend.sessions.end_others(await stage.app.backend.accounts.find("ma-boutique"))
    await stage.until_screen(LoginScreen)
    await stage.press("ctrl+q")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: not stage.app.is_running)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_nothing_is_cut(settings: Settings, clock: FakeClock, size: tuple[int, int]) -> None:
    async with on_stage(SmstuiApp(settings, dispatch=False, clock=clock), size) as stage:
        await account(stage.app.backend, "ma-boutique")
        page = await shown(stage)
        for button in page.query(Button):
            assert page.region.contains_region(button.region), button.id
            assert str(button.label) in stage.text()
        await stage.press("f1")
        await stage.until_screen(HelpModal)
        for described in ("Password", "E-mail", "Sessions", "Billing", "Language", "Time zone", "Colours"):
            assert described in stage.text()


async def test_in_french(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.profiles.set_preferences(shop, language="fr")
    page = await shown(stage)
    assert "Paramètres › Mon compte" in stage.text()
    assert label(page, "theme") == "sombre ▾"
    for button in page.query(Button):
        assert page.region.contains_region(button.region), button.id
    for key, modal, words in (
        ("p", PasswordModal, "Changer le mot de passe"),
        ("e", EmailModal, "Changer l’adresse e-mail"),
        ("b", BillingModal, "À qui vont les factures"),
        ("z", ZonePicker, "Fuseau horaire"),
    ):
        await stage.press(key)
        await stage.until_screen(modal)
        await stage.until(lambda words=words: words in stage.text())
        await stage.press("escape")
        await stage.until_screen(Shell)
    await stage.app.backend.profiles.set_password(shop, None, NEW)
    await stage.until_screen(LoginScreen)
    said = " ".join(stage.text().replace("│", " ").split()).replace("\u00a0", " ")
    assert "Le mot de passe de ce compte a changé : reconnectez-vous avec le nouveau." in said
