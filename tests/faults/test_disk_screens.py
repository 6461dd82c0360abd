"""A disk without room, met at a terminal: the screen says so, goes on, and with room it works."""

from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import make_url

from smstui.app import SmstuiApp
from smstui.screens.account.login import LoginScreen
from smstui.screens.account.profile_password import PasswordModal
from smstui.screens.shell import Shell
from smstui.settings import Settings
from tests.faults.conftest import NewDatabase
from tests.faults.disks import filled, small_disk
from tests.faults.test_disk import ONLY_FILES, ONLY_ROOT
from tests.screens.conftest import account
from tests.screens.stage import Stage, on_stage
from tests.support import PASSWORD

pytestmark = [ONLY_FILES, ONLY_ROOT]
LOGIN, NEW_PASSWORD = "ma-boutique", "Other-Horse8"


async def _says_that_it_is_full(stage: Stage, path: Path) -> None:
    await stage.until(lambda: "nothing was saved" in _words(stage))
    assert f"The disk that holds the database {path} is full" in _words(stage)


def _words(stage: Stage) -> str:
    """What is wrong with what is written, in one line."""
    return " ".join(str(each.visual) for each in stage.app.screen.query(".-error") if each.display)


async def _log_in(stage: Stage, path: Path, disk: Path) -> None:
    with filled(disk, path):
        await stage.fill("#login", LOGIN)
        await stage.fill("#password", PASSWORD)
        stage.app.screen.query_one("#password").focus()
        await stage.press("enter")
        await _says_that_it_is_full(stage, path)
        assert isinstance(stage.app.screen, LoginScreen)
    await stage.log_in(LOGIN)


async def _change_the_password(stage: Stage, path: Path, disk: Path) -> None:
    await stage.go_to("profile")
    await stage.press("p")
    await stage.until_screen(PasswordModal)
    with filled(disk, path):
        await stage.fill("#old", PASSWORD)
        await stage.fill("#password", NEW_PASSWORD)
        stage.app.screen.query_one("#password").focus()
        await stage.press("enter")
        await _says_that_it_is_full(stage, path)
        assert isinstance(stage.app.screen, PasswordModal)
    await stage.press("enter")
    await stage.until_screen(Shell)
    await stage.app.backend.accounts.log_in(LOGIN, NEW_PASSWORD)


async def test_whoever_finds_no_room_is_told_and_can_quit(new_database: NewDatabase, tmp_path: Path) -> None:
    with small_disk(8) as disk:
        url = new_database(disk)
        path = Path(str(make_url(url).database))
        app = SmstuiApp(Settings(url, account=None, language="en", data_directory=tmp_path), dispatch=False)
        async with AsyncExitStack() as stack:
            stage = await stack.enter_async_context(on_stage(app))
            await account(app.backend, LOGIN)
            await _log_in(stage, path, disk)
            await _change_the_password(stage, path, disk)
            with filled(disk, path):
                await stack.aclose()
        assert not app.return_code
