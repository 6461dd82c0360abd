"""One widget on a screen of its own, with the application's look and keys, without its services."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from smstui import app as application
from smstui.app import SmstuiApp
from smstui.screens.messaging.date_step import DateStep
from smstui.settings import Settings
from smstui.widgets.calendar import Calendar
from smstui.widgets.key_bar import KeyBar
from smstui.widgets.screen import TranslatedScreen
from tests.screens.stage import SMALL, Stage

PAGE = (53, 16)
"""What a step has of a screen of 80×24 beside the open menu."""
WIDE_PAGE = (93, 30)
"""The same of 120×40."""


class GroundScreen(TranslatedScreen[None]):
    """The widget, in a part of the screen, and the footer."""

    def __init__(self, widget: Widget, size: tuple[int, int]) -> None:
        super().__init__()
        self.widget, self.part = widget, size
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        with Vertical() as part:
            part.styles.width, part.styles.height = self.part
            part.styles.margin = (2, 1)
            yield self.widget
        yield KeyBar()

    @on(Calendar.Changed)
    @on(Calendar.Refused)
    @on(Calendar.Submitted)
    @on(DateStep.Edited)
    def hear(self, message: Message) -> None:
        self.heard.append(message)


class Ground(SmstuiApp):
    """Shows one widget. `ready` is called once it is there."""

    CSS_PATH = Path(application.__file__).with_name("app.tcss")

    def __init__(
        self,
        widget: Widget,
        *,
        language: str = "fr",
        part: tuple[int, int] = PAGE,
        ready: Callable[[], None] | None = None,
    ) -> None:
        nowhere = Settings(database_url="sqlite://", account=None, language=language, data_directory=Path("/nowhere"))
        super().__init__(nowhere, dispatch=False)
        self.animation_level = "none"
        self.ground = GroundScreen(widget, part)
        self._on_ground = ready

    async def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        event.prevent_default()
        self.cover_new_screens()
        await self.push_screen(self.ground)
        if self._on_ground is not None:
            self._on_ground()


@asynccontextmanager
async def on_ground(ground: Ground, size: tuple[int, int] = SMALL) -> AsyncIterator[Stage]:
    """Run it."""
    async with ground.run_test(size=size) as pilot:
        yield Stage(ground, pilot)


def heard(stage: Stage) -> list[Message]:
    """What the widget has told, in order."""
    assert isinstance(stage.app, Ground)
    return stage.app.ground.heard
