"""How the screens of the account and the shell look, in French, at a fixed time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from smstui.app import SmstuiApp
from smstui.screens.account.certification import CertificationModal
from smstui.screens.account.sign_up import SignUpScreen
from smstui.screens.account.welcome import WelcomeModal
from smstui.services.connection_settings import ConnectionSettings
from smstui.settings import Settings
from smstui.smpp.values import BindSettings
from tests.screens.conftest import account
from tests.screens.stage import SMALL, WIDE, Stage
from tests.support import FakeClock

SnapCompare = Callable[..., bool]
Scene = Callable[[Stage], Awaitable[None]]


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


def played(scene: Scene) -> Callable[[Pilot[int | None]], Awaitable[None]]:
    """`scene` as the snapshot plugin runs it."""

    async def play(pilot: Pilot[int | None]) -> None:
        app = pilot.app
        assert isinstance(app, SmstuiApp)
        await app.opened_backend()
        await scene(Stage(app, pilot))

    return play


async def login(stage: Stage) -> None:
    await stage.fill("#login", "ma-boutique")
    await stage.until(lambda: "Inscription" in stage.text())


async def sign_up(stage: Stage) -> None:
    await stage.press("f2")
    await stage.until_screen(SignUpScreen)
    await stage.fill("#login", "ma")
    await stage.fill("#email", "moi@")
    await stage.fill("#password", "abcD5")


async def shell(stage: Stage, *, certified: bool = True) -> None:
    app = stage.app
    actor = replace(await account(app.backend, "ma-boutique", certified=certified), language="fr")
    bind = BindSettings(host="127.0.0.1", port=2775, system_id="shop", password="secret")
    await app.backend.connections.add(None, ConnectionSettings("Opérateur", bind))
    await app.backend.senders.add(actor, "MaBoutique")
    await stage.enter(actor)
    await stage.until(lambda: "aucun envoi" in stage.text() or stage.app.screen is not stage.shell)


async def dashboard(stage: Stage) -> None:
    await shell(stage)
    await stage.until(lambda: "✓ Ajouter un émetteur" in stage.text())


async def balance(stage: Stage) -> None:
    await shell(stage)
    await stage.go_to("balance")
    await stage.until(lambda: "Donné avec le compte" in stage.text())


async def welcome(stage: Stage) -> None:
    await shell(stage, certified=False)
    await stage.until_screen(WelcomeModal)


async def certification(stage: Stage) -> None:
    await welcome(stage)
    await stage.press("enter")
    await stage.until_screen(CertificationModal)
    await stage.fill("#number", "06 01 02 03 04")
    await stage.press("enter")
    await stage.until(lambda: stage.app.screen.query_one("#code-step").display)


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        (login, SMALL),
        (sign_up, SMALL),
        (welcome, SMALL),
        (certification, SMALL),
        (dashboard, SMALL),
        (dashboard, WIDE),
        (balance, SMALL),
    ],
    ids=lambda value: value.__name__ if callable(value) else f"{value[0]}x{value[1]}",
)
def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp, scene: Scene, size: tuple[int, int]) -> None:
    assert snap_compare(french_app, run_before=played(scene), terminal_size=size)


@pytest.mark.parametrize("name", ["smstui-light", "ansi-dark"])
def test_other_looks(snap_compare: SnapCompare, french_app: SmstuiApp, name: str) -> None:
    french_app.theme = name
    assert snap_compare(french_app, run_before=played(dashboard), terminal_size=SMALL)
