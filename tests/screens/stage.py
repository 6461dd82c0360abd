"""The application on a stage: started without a terminal, driven by a pilot, watched until something is true."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from unittest.mock import patch

from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input

from smstui import app as application
from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens import sections
from smstui.screens.account.login import LoginScreen
from smstui.screens.shell import Shell
from smstui.widgets.header import HeaderBar
from smstui.widgets.modals import ErrorModal
from smstui.widgets.screen import TranslatedScreen
from tests.support import PASSWORD

DEADLINE = 45.0
"""Seconds after which what a test waits for is not coming."""
SMALL = (80, 24)
WIDE = (120, 40)

AnyScreen = TypeVar("AnyScreen", bound=Screen)  # type: ignore[type-arg]


@dataclass
class Stage:
    """A running application and its pilot."""

    app: SmstuiApp
    pilot: Pilot[int | None]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds; a query that finds nothing yet does not."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not self._holds(condition):  # noqa: ASYNC110 (anything may be waited for)
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not within {DEADLINE:.0f} s; the screen shows:\n{self.text()}") from None
        await self.pilot.pause()

    @staticmethod
    def _holds(condition: Callable[[], object]) -> bool:
        try:
            return bool(condition())
        except NoMatches:
            return False

    async def until_screen(self, kind: type[AnyScreen]) -> AnyScreen:
        """Wait until a screen of that kind is in front."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.screen.is_mounted)
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        """Press keys, and let them take effect."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type `text` where the focus is."""
        names = {"@": "at", "!": "exclamation_mark", "-": "minus", ".": "full_stop", "+": "plus", " ": "space"}
        await self.press(*(names.get(character, character) for character in text))

    async def fill(self, selector: str, text: str) -> None:
        """Put `text` into a field of the screen in front, as if it was pasted."""
        self.app.screen.query_one(selector, Input).value = text
        await self.pilot.pause()

    def text(self) -> str:
        """What the screen shows."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)

    @property
    def focused(self) -> Widget | None:
        """What has the focus."""
        return self.app.focused

    async def log_in(self, login: str) -> None:
        """Log in by the form."""
        await self.fill("#login", login)
        await self.fill("#password", PASSWORD)
        self.app.screen.query_one("#password").focus()
        await self.press("enter")
        await self.until(lambda: self.shell.page is not None and self.shell.page.is_mounted)

    async def enter(self, actor: Actor, section: str = sections.HOME) -> None:
        """Go to the pages of `actor`; the first, that of `section`, is shown, under its header, when this returns.

        What is typed next reaches it, unless it is the dashboard, which leaves the focus to the menu.
        """
        self.app.enter(actor, section)
        await self.until(lambda: self.shell.page is not None and self.shell.page.is_mounted)
        await self.until(lambda: self.shell.query_one(HeaderBar).line.balance)
        if section != sections.HOME:
            assert self.shell.page is not None
            self.shell.page.take_focus()
            await self.settle()
            await self.until(self._page_takes_keys)

    @property
    def shell(self) -> Shell:
        """The screen of the pages."""
        for screen in self.app.screen_stack:
            if isinstance(screen, Shell):
                return screen
        raise NoMatches("the pages are not shown")

    def cut_buttons(self) -> list[str]:
        """What is written on the buttons of the page that reach beyond their line."""
        assert self.shell.page is not None
        return [str(each.label) for each in self.shell.page.query(Button) if each.display and not _is_held(each)]

    async def go_to(self, section: str) -> None:
        """Show the page of that section; what is typed next reaches it."""
        self.app.go_to(section)
        shell = self.shell
        await self.until(lambda: shell.section == section and shell.page is not None and shell.page.is_mounted)
        await self.settle()
        await self.until(self._page_takes_keys)

    def _page_takes_keys(self) -> bool:
        page = self.shell.page
        return page is not None and (
            page.has_focus_within or not any(widget.focusable for widget in page.query(Widget))
        )

    async def settle(self) -> None:
        """Wait until what runs now has run, or given way to what runs later, and everything is painted."""
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(*(worker.wait() for worker in self.app.workers), return_exceptions=True)
        await self.pilot.pause()


def _is_held(button: Button) -> bool:
    assert isinstance(button.parent, Widget)
    line = button.parent.region
    return line.x <= button.region.x and button.region.right <= line.right


class NoLogin(TranslatedScreen[None]):
    """Empty, in the place of the login: most tests go past it, and it would be a sixth of their work."""


@asynccontextmanager
async def on_stage(app: SmstuiApp, size: tuple[int, int] = SMALL, *, login: bool = True) -> AsyncIterator[Stage]:
    """Run `app`, its services open, at its login or at nothing; an error that nothing foresaw fails the test."""
    app.animation_level = "none"
    first = patch.object(application, "LoginScreen", LoginScreen if login else NoLogin)
    with first:
        async with app.run_test(size=size, notifications=True) as pilot:
            async with asyncio.timeout(DEADLINE):
                await app.opened_backend()
            stage = Stage(app, pilot)
            yield stage
            unforeseen = [screen for screen in app.screen_stack if isinstance(screen, ErrorModal)]
            assert not unforeseen, stage.text()
