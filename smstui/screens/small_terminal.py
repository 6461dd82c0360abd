"""A terminal that is too small for the screens: it says so, and what is typed does not reach what can't be seen."""

from textual import events
from textual.app import App
from textual.screen import Screen

from smstui.widgets.too_small import SMALLEST_HEIGHT, SMALLEST_WIDTH, TooSmall

QUIT_KEY = "ctrl+q"


class CoversScreens(App[int]):
    """Covers whatever screen is in front while the terminal is too small; quitting still works."""

    def __init__(self) -> None:
        super().__init__()
        self._too_small = False

    def cover_new_screens(self) -> None:
        """From now on, those too that come to the front meanwhile."""
        self.screen_change_signal.subscribe(self, self._cover_if_too_small)

    async def on_event(self, event: events.Event) -> None:
        """Keep keys and pastes from what is covered."""
        if isinstance(event, events.Resize):
            self._too_small = event.size.width < SMALLEST_WIDTH or event.size.height < SMALLEST_HEIGHT
        typed = isinstance(event, (events.InputEvent, events.Paste))
        quits = isinstance(event, events.Key) and event.key == QUIT_KEY
        if quits or not (typed and self._too_small):
            await super().on_event(event)

    def on_resize(self) -> None:
        """Cover the screens, or show them again."""
        for screen in self.screen_stack:
            self._cover_if_too_small(screen)

    def _cover_if_too_small(self, screen: Screen[object]) -> None:
        if not self._too_small:
            screen.query(TooSmall).remove()
        elif not screen.query(TooSmall):
            screen.mount(TooSmall())
