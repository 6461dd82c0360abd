"""The shell: menu, pages, header, keys, palette, help, language, small terminals, the end."""

import asyncio
from dataclasses import replace

import pytest
from textual.command import CommandInput
from textual.widgets import Button, Input

from smstui import theme
from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.failure import LOG_FILE
from smstui.i18n import use_language
from smstui.screens import sections
from smstui.screens.account.certification import CertificationModal
from smstui.screens.account.login import LoginScreen
from smstui.screens.help import HelpModal
from smstui.screens.page import Page
from smstui.screens.palette import Palette
from smstui.screens.shell import Shell, describe_connections
from smstui.services.connections import NO_DISPATCHER, ConnectionStatus
from smstui.services.credits import Cause, post
from smstui.smpp.values import BindState
from smstui.widgets.key_bar import KeyBar
from smstui.widgets.modals import ConfirmModal, ErrorModal
from smstui.widgets.sidebar import FOLDED_WIDTH, OPEN_WIDTH, Sidebar
from smstui.widgets.too_small import TooSmall
from tests.screens.conftest import account
from tests.screens.stage import WIDE, Stage


@pytest.fixture
def starts_at_login() -> bool:
    return True


def sidebar(stage: Stage) -> Sidebar:
    return stage.shell.query_one(Sidebar)


def test_menu_has_the_guides_headings_in_french() -> None:
    use_language("fr")
    assert [sections.path(section) for section in sections.sections(demo=False, admin=True)] == [
        "Tableau de bord",
        "Messagerie › Envoyer",
        "Messagerie › Campagnes",
        "Messagerie › Réponses",
        "Carnet d’adresses › Contacts",
        "Carnet d’adresses › Groupes",
        "Carnet d’adresses › Importer contacts",
        "Carnet d’adresses › Liste STOP",
        "Mes modèles",
        "Crédits › Achat crédits",
        "Crédits › Factures",
        "Crédits › Solde",
        "Paramètres › Mon compte",
        "Paramètres › Émetteurs",
        "Paramètres › Connexions",
        "Paramètres › Plages d’envoi",
        "Administration › Comptes",
        "Administration › Virements",
        "Administration › Prix des crédits",
        "Administration › Tarifs des SMS",
        "Administration › Société",
        "Administration › Journal",
    ]


@pytest.mark.parametrize("section", [section.id for section in sections.sections(demo=False, admin=True)])
async def test_every_section_leads_somewhere(stage: Stage, shop: Actor, section: str) -> None:
    await stage.enter(shop)
    await stage.go_to(section)
    assert sections.path(sections.find(section)) in stage.text()


async def test_menu_by_keyboard(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    assert stage.focused is sidebar(stage)
    await stage.press("down", "down", "down", "down", "down", "down", "enter")
    await stage.until(lambda: stage.shell.section == "contacts" and stage.focused is not sidebar(stage))
    await stage.press("f8", "left", "left")
    assert "Import contacts" not in stage.text()
    await stage.press("right")
    assert "Import contacts" in stage.text()
    await stage.press("home", "enter")
    await stage.until(lambda: stage.shell.section == "dashboard")
    await stage.press("f8", "end", *["up"] * 12, "enter")
    await stage.until(lambda: stage.shell.section == "balance")


async def test_menu_by_mouse(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.pilot.click(Sidebar, offset=(5, 6))
    await stage.until(lambda: stage.shell.section == "contacts")
    await stage.pilot.click(Sidebar, offset=(2, 5))
    await stage.until(lambda: "Import contacts" not in stage.text())


async def test_menu_folds_to_signs(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    assert sidebar(stage).outer_size.width == OPEN_WIDTH
    await stage.press("ctrl+b")
    assert sidebar(stage).outer_size.width == FOLDED_WIDTH
    await stage.press("home", "down", "down", "enter")
    await stage.until(lambda: stage.shell.section == "campaigns")
    await stage.press("ctrl+b")
    assert sidebar(stage).outer_size.width == OPEN_WIDTH


async def test_menu_opens_on_a_wide_terminal(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.press("ctrl+b")
    await stage.pilot.resize_terminal(*WIDE)
    await stage.until(lambda: sidebar(stage).outer_size.width == OPEN_WIDTH)


async def test_escape_goes_from_the_page_to_the_menu(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.press("tab")
    assert stage.focused is not sidebar(stage)
    await stage.press("escape")
    await stage.until(lambda: stage.focused is sidebar(stage))
    await stage.press("tab", "f8")
    assert stage.focused is sidebar(stage)


class Note(Page):
    """A page with something to lose, that opens another and fails on demand."""

    def compose(self):  # type: ignore[no-untyped-def]
        yield Input()
        yield Button("open", id="open")

    def on_button_pressed(self) -> None:
        child = Note()
        child.heading = "child [@click=app.quit]x[/]"
        self.open(child)

    async def may_leave(self) -> bool:
        if not self.query_one(Input).value:
            return True
        return await self.ask(ConfirmModal("Leave?", "It will be lost.", confirm="Leave", dangerous=True))

    def break_down(self, error: Exception) -> None:
        async def fail() -> None:
            raise error

        self.run_worker(fail(), group="fail")


async def show_note(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Note:
    monkeypatch.setattr(sections, "make_page", lambda section: Note())
    await stage.go_to("contacts")
    assert isinstance(stage.shell.page, Note)
    return stage.shell.page


async def test_a_page_opens_another_and_comes_back(stage: Stage, shop: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.enter(shop)
    first = await show_note(stage, monkeypatch)
    first.query_one("#open").focus()
    await stage.press("enter")
    await stage.until(lambda: stage.shell.page is not first and stage.shell.page is not None)
    assert "Address book › Contacts › child [@click=app.quit]x[/]" in stage.text()
    await stage.until(lambda: stage.shell.page is not None and stage.focused in stage.shell.page.walk_children())
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is first and first.display)
    assert "child" not in stage.text()


async def test_unsaved_work_is_asked_about(stage: Stage, shop: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.enter(shop)
    page = await show_note(stage, monkeypatch)
    page.query_one(Input).value = "draft"
    stage.app.go_to("groups")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.settle()
    assert stage.shell.page is page
    assert stage.shell.section == sidebar(stage).current == "contacts"
    stage.app.go_to("groups")
    await stage.until_screen(ConfirmModal)
    await stage.press("tab", "enter")
    await stage.until(lambda: stage.shell.section == "groups")


async def test_an_error_of_a_worker_is_told_and_the_screen_goes_on(
    stage: Stage, shop: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.enter(shop)
    page = await show_note(stage, monkeypatch)
    page.break_down(ValueError("bad [red]value\x1b[31m"))
    await stage.until_screen(ErrorModal)
    assert "(ValueError): bad" in stage.text()
    assert "Traceback" in (stage.app.settings.data_directory / LOG_FILE).read_text(encoding="utf-8")
    assert "[red]value␛[31m" in stage.text()
    await stage.press("escape")
    await stage.until_screen(Shell)
    await stage.go_to("dashboard")


async def test_what_a_page_still_reads_when_it_is_left_is_nobodys_error(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    shell = stage.shell

    async def read_until_gone() -> None:
        while shell.query(Sidebar):  # noqa: ASYNC110
            await asyncio.sleep(0)
        shell.query_one(Sidebar)

    reading = shell.run_worker(read_until_gone(), group="late")
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    await stage.until(lambda: reading.is_finished)


async def test_header_is_live(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.until(lambda: "100 credits" in stage.text().splitlines()[0])
    first_line = stage.text().splitlines()[0]
    assert "smstui  ma-boutique" in first_line
    assert "no SMPP connection" in first_line
    backend = stage.app.backend
    await backend.database.write(
        lambda tx: post(tx, shop.account_id, Credits.of("2.5"), Cause.GRANT, "more", backend.clock.now())
    )
    await stage.until(lambda: "102.5 credits" in stage.text().splitlines()[0])


def status(state: BindState | str, rate: float | None = None, enabled: bool = True) -> ConnectionStatus:
    return ConnectionStatus("main", state, "", enabled, rate)  # type: ignore[arg-type]


def test_the_best_connection_is_described() -> None:
    assert describe_connections([]) == ("○", "no SMPP connection", False)
    assert describe_connections([status(BindState.BOUND, 42)]) == ("●", "SMPP bound 42/s", True)
    assert describe_connections([status(BindState.WAITING), status(BindState.BOUND)]) == ("●", "SMPP bound", True)
    assert describe_connections([status(BindState.WAITING)]) == ("✕", "SMPP unavailable", False)
    assert describe_connections([status(NO_DISPATCHER)]) == ("○", "not sending", False)
    assert describe_connections([status(BindState.BOUND, enabled=False)]) == ("○", "no SMPP connection", False)


async def test_dashboard_tells_the_first_steps(stage: Stage) -> None:
    actor = await account(stage.app.backend, "shop", certified=False)
    await stage.app.backend.accounts.dismiss_welcome(actor)
    await stage.app.backend.senders.add(actor, "MaBoutique")
    await stage.enter(actor)
    await stage.until(lambda: "✓ Add a sender" in stage.text())
    assert "○ Certify your number" in stage.text()
    await stage.press("tab", "enter")
    await stage.until_screen(CertificationModal)


async def test_dashboard_leads_to_the_composer(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.until(lambda: stage.shell.query("#write"))
    stage.shell.query_one("#write").focus()
    await stage.press("n")
    await stage.until(lambda: stage.shell.section == "send")


async def test_balance_page_shows_the_ledger(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.go_to("balance")
    await stage.until(lambda: "Given with the account" in stage.text())
    assert "+100" in stage.text()
    assert "1 entry" in stage.text()


async def test_palette_holds_sections_and_actions(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    titles = {command.title for command in stage.app.get_system_commands(stage.app.screen)}
    assert {sections.path(section) for section in sections.sections(demo=False, admin=True)} <= titles
    assert {"Certify my number", "Log out", "Français", "Quit", "Help", "Fold or open the menu"} <= titles
    assert "Scroll Left" not in titles
    await stage.press("ctrl+p")
    await stage.until_screen(Palette)
    await stage.type("stop")
    await stage.until(lambda: "Address book › STOP list" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: stage.shell.section == "opt-outs")


async def test_palette_that_finds_nothing_says_so_in_french(stage: Stage, shop: Actor) -> None:
    await stage.enter(replace(shop, language="fr"))
    await stage.press("ctrl+p")
    await stage.until_screen(Palette)
    await stage.type("zzqx")
    await stage.until(lambda: "Rien ne correspond" in stage.text())
    assert "No matches" not in stage.text()
    await stage.press("enter")
    assert isinstance(stage.app.screen, Palette)
    await stage.press("escape")
    await stage.until_screen(Shell)


async def test_palette_opens_on_the_login_too(stage: Stage) -> None:
    await stage.press("ctrl+p")
    await stage.until_screen(Palette)
    assert stage.app.screen.query_one(CommandInput).has_focus
    await stage.press("escape")
    await stage.until_screen(LoginScreen)


async def test_help_lists_our_keys(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.press("f1")
    await stage.until_screen(HelpModal)
    shown = stage.text()
    assert "^B" in shown
    assert "Fold or open the menu" in shown
    assert "Focus Next" not in shown
    await stage.press("escape")
    await stage.until_screen(Shell)


async def test_footer_has_at_most_five_keys(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    for section in sections.sections(demo=False, admin=True):
        await stage.go_to(section.id)
        assert stage.shell.page is not None
        stage.shell.page.take_focus()
        await stage.pilot.pause()
        await stage.until(lambda: stage.app.screen.query_one(KeyBar).hints)
        assert len(stage.app.screen.query_one(KeyBar).hints) <= 5, section.id


def test_every_binding_can_be_remapped() -> None:
    for screen in (SmstuiApp, Shell, LoginScreen, Sidebar, Page, ConfirmModal, HelpModal, CertificationModal):
        for binding in screen.BINDINGS:
            assert binding.id, (screen, binding)  # type: ignore[union-attr]


async def test_language_changes_at_once(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.go_to("balance")
    before = stage.shell
    stage.app.speak("fr")
    await stage.until(lambda: stage.shell is not before and stage.shell.page is not None)
    assert stage.shell.section == "balance"
    assert "English" in {command.title for command in stage.app.get_system_commands(stage.app.screen)}


async def test_logs_out(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    stage.app.leave()
    await stage.until_screen(LoginScreen)
    assert not stage.app.logged_in
    await stage.log_in("ma-boutique")


async def test_a_small_terminal_says_so_and_loses_nothing(stage: Stage) -> None:
    await stage.type("abc")
    await stage.pilot.resize_terminal(40, 10)
    await stage.until(lambda: stage.app.screen.query(TooSmall))
    assert "too small" in stage.text()
    assert "80×24" in stage.text()
    assert "Identifier" not in stage.text()
    await stage.press("d", "tab")
    await stage.pilot.resize_terminal(80, 24)
    await stage.until(lambda: not stage.app.screen.query(TooSmall))
    field = stage.app.screen.query_one("#login", Input)
    assert field.value == "abc"
    assert field.has_focus


async def test_a_screen_that_comes_while_the_terminal_is_small_is_covered(stage: Stage, shop: Actor) -> None:
    await stage.pilot.resize_terminal(40, 10)
    await stage.enter(shop)
    await stage.until(lambda: stage.app.screen.query(TooSmall))
    await stage.pilot.resize_terminal(80, 24)
    await stage.until(lambda: "Dashboard" in stage.text())


async def test_quits(stage: Stage) -> None:
    await stage.press("ctrl+q")
    await stage.until(lambda: not stage.app.is_running)


async def test_ctrl_c_says_what_quits(stage: Stage) -> None:
    await stage.press("ctrl+c")
    await stage.until(lambda: "Ctrl+Q" in stage.text())


@pytest.mark.parametrize("name", theme.CHOICES)
async def test_every_look_can_be_shown(stage: Stage, shop: Actor, name: str) -> None:
    await stage.enter(shop)
    stage.app.theme = name
    await stage.pilot.pause()
    assert "Dashboard" in stage.text()
