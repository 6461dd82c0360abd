"""What the tests of the administrators' pages share."""

from collections.abc import Callable
from pathlib import Path

from textual.widgets import Button, Input

from smstui.screens.saving import SaveModal
from smstui.widgets.file_chooser import FileChooser
from tests.screens.stage import Stage


async def choose(stage: Stage, name: str) -> None:
    """Choose a file of the person's documents by its path."""
    await stage.until(lambda: stage.app.screen.query_one(FileChooser).has_focus_within)
    await stage.fill("#path", f"~/Documents/{name}")
    stage.app.screen.query_one("#path").focus()
    await stage.press("enter")


async def save(stage: Stage, path: Path) -> None:
    """Answer where to save."""
    modal = await stage.until_screen(SaveModal)
    modal.query_one(Input).value = str(path)
    await stage.press("enter")
    await stage.until(path.exists)
    await stage.until(lambda: not isinstance(stage.app.screen, SaveModal))


def label(stage: Stage, button: str) -> str:
    """What a button says, "" while it is not shown."""
    found = stage.app.screen.query_one(button, Button)
    return str(found.label) if found.display else ""


def shows(stage: Stage, *words: str) -> Callable[[], bool]:
    """Whether the page, or what stands in front of it, shows all of these, on however many lines."""
    return lambda: all(each in words_of(stage) for each in words)


def words_of(stage: Stage) -> str:
    """What stands beside the menu and within the borders, on one line."""
    lines = (line.rpartition("▕")[2] if "│" not in line else line.split("│")[1] for line in stage.text().split("\n"))
    return " ".join(" ".join(lines).split())
