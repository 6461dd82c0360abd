"""Buttons whose words are not there yet, or have just been given: painted before they are laid out anew."""

import pytest
from textual.app import ComposeResult
from textual.widgets import Button

from smstui.screens.page import Page
from tests.screens.stage import Stage


class Nothing(Page):
    """A page with a button that says nothing."""

    def compose(self) -> ComposeResult:
        """The button."""
        yield Button("", compact=True)


@pytest.mark.usefixtures("shop")
async def test_a_button_that_said_nothing_can_be_painted_with_words(stage: Stage) -> None:
    page = Nothing()
    await stage.app.screen.mount(page)
    await stage.until(lambda: page.is_mounted and page.query_one(Button).size.width)
    button = page.query_one(Button)
    button.label = "choisir "
    lines = button.render_lines(button.size.region)
    assert any("c" in strip.text for strip in lines)
