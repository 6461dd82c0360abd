"""Fixtures of the screens: `app` is the application in English over a database of its own, without a dispatcher."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.settings import Settings
from tests.screens.stage import Stage, on_stage
from tests.support import PASSWORD, FakeClock


@pytest.fixture(autouse=True)
def _one_place_and_colours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "Europe/Paris")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    return SmstuiApp(settings, dispatch=False, clock=clock)


@pytest.fixture
def starts_at_login() -> bool:
    """Whether the stage shows the login first: only in modules that have a fixture of their own that says so."""
    return False


@pytest.fixture
async def stage(app: SmstuiApp, starts_at_login: bool) -> AsyncIterator[Stage]:
    """The application at 80×24, its services open, nobody logged in."""
    async with on_stage(app, login=starts_at_login) as stage:
        yield stage


async def account(backend: Backend, login: str, *, certified: bool = True, balance: int = 100) -> Actor:
    """An account that has answered the welcome, an administrator's."""
    return await backend.accounts.create(
        NewAccount(
            login=login,
            email=f"{login}@example.com",
            password=PASSWORD,
            language="en",
            admin=True,
            certified_number="+33639980001" if certified else None,
            credits=Credits.of(balance),
        )
    )


@pytest.fixture
async def shop(stage: Stage) -> Actor:
    """The account "ma-boutique" on the stage's database: certified, 100 credits."""
    async with asyncio.timeout(10):
        return await account(stage.app.backend, "ma-boutique")
