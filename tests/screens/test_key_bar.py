"""The line of the keys."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot
from textual.widgets import Button

from smstui.widgets.key_bar import KeyBar

PRESSED = "pressed"


class Bench(App[None]):
    """Two buttons; one of them has a key of its own."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,b", "note('first')", "Take [b]all[/b]"),
        Binding("c", "refused", "Refused"),
        Binding("d", "note('hidden')", "Hidden", show=False),
        Binding("f1", "note('help')", "Help"),
        Binding("f2", "note('last')", "Last"),
    ]
    noted: str = ""

    def compose(self) -> ComposeResult:
        yield Button("one", id="one")
        own = Button("two", id="two")
        own._bindings.bind("x", "press", "Own")
        yield own
        yield KeyBar()

    def action_note(self, what: str) -> None:
        self.noted = what

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "refused" else True

    def on_mount(self) -> None:
        self.query_one("#one").focus()


async def line(pilot: Pilot[None]) -> str:
    await pilot.pause()
    return pilot.app.screen._compositor.render_strips()[-1].text.rstrip()


async def test_the_keys_of_what_has_the_focus_come_first() -> None:
    app = Bench()
    async with app.run_test(size=(80, 10)) as pilot:
        everywhere = "a Take [b]all[/b]  c Refused  f1 Help  f2 Last"
        assert await line(pilot) == f" {everywhere}"
        await pilot.press("tab")
        assert await line(pilot) == f" x Own  {everywhere}"


async def test_a_click_presses_the_key() -> None:
    app = Bench()
    async with app.run_test(size=(80, 10)) as pilot:
        shown = await line(pilot)
        for words, expected in (("Help", "help"), ("a Take", "first"), ("Last", "last"), ("Refused", "last")):
            await pilot.click(KeyBar, offset=(shown.index(words), 0))
            await pilot.pause()
            assert app.noted == expected


async def test_the_keys_of_the_application_stay_when_there_is_no_room_for_all() -> None:
    app = Bench()
    async with app.run_test(size=(40, 10)) as pilot:
        assert await line(pilot) == " a Take [b]all[/b]  …  f1 Help  f2 Last"
        await pilot.click(KeyBar, offset=(35, 0))
        await pilot.pause()
        assert app.noted == "last"
        await pilot.resize_terminal(48, 10)
        assert await line(pilot) == " a Take [b]all[/b]  c Refused  f1 Help  f2 Last"
