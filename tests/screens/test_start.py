"""Starting: what is imported before the first paint, and what is said when the database can't be opened."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from smstui.app import SmstuiApp
from smstui.domain.errors import Refusal
from smstui.screens.account.login import LoginScreen
from smstui.settings import Settings
from smstui.widgets.modals import ErrorModal
from tests.screens.stage import Stage

HEAVY = ["sqlalchemy", "phonenumbers", "babel", "alembic", "argon2", "aiosmpplib", "openpyxl", "stripe"]


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    program = f"import sys, smstui.app; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.fixture
def starts_at_login() -> bool:
    return True


async def test_first_paint_is_the_login(stage: Stage) -> None:
    assert isinstance(stage.app.screen, LoginScreen)
    shown = stage.text()
    for words in ("Identifier", "Password", "Log in", "You have no account?", "Sign up!"):
        assert words in shown


@pytest.fixture
def unusable(settings: Settings, tmp_path: Path) -> Settings:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("")
    return replace(settings, database_url=f"sqlite:///{not_a_folder / 'smstui.db'}")


async def test_a_database_that_cannot_be_opened_is_one_sentence(unusable: Settings) -> None:
    app = SmstuiApp(unusable, dispatch=False)
    async with app.run_test() as pilot:
        stage = Stage(app, pilot)
        await stage.until_screen(ErrorModal)
        assert "smstui can't start" in stage.text()
        await stage.press("enter")
        await stage.until(lambda: not app.is_running)
    assert app.return_code == 1


async def test_the_refusal_is_raised_when_the_screen_is_left(unusable: Settings) -> None:
    app = SmstuiApp(unusable, dispatch=False)

    async def quit_when_told(pilot: object) -> None:
        stage = Stage(app, pilot)  # type: ignore[arg-type]
        await stage.until_screen(ErrorModal)
        await stage.press("escape")

    with pytest.raises(Refusal):
        await app.run_async(headless=True, size=(80, 24), auto_pilot=quit_when_told)
