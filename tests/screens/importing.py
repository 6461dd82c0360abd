"""What the tests of the import share: files as the guide describes them, and a person who walks through the steps."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from textual.widgets import Button, Select

from smstui.domain.actor import Actor
from smstui.i18n import _
from smstui.screens.contacts.importing.certification_step import CertificationStep
from smstui.screens.contacts.importing.file_step import FileStep
from smstui.screens.contacts.importing.groups_step import GroupsStep
from smstui.screens.contacts.importing.mapping_step import MappingStep
from smstui.screens.contacts.importing.page import ImportPage
from smstui.screens.contacts.importing.preview_step import PreviewStep
from smstui.screens.contacts.importing.progress_step import ProgressStep
from smstui.screens.contacts.importing.result import ImportResultPage
from smstui.screens.contacts.importing.step import Step
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.file_chooser import FileChooser
from tests.screens.stage import Stage
from tests.support import START

MODEL_1 = (
    ("Nom", "Prénom", "Email", "Mobile"),
    ("Dupont", "Hugo", "tech@smsmode.com", 601010101),
    ("Leduc", "Marie", "tech@smsmode.com", 602020202),
    ("Desmoineau", "Claude", "tech@smsmode.com", 603030303),
    ("Henry", "Francis", "tech@smsmode.com", 604040404),
)
"""The guide's own workbook."""
MODEL_2 = """\
Dupont,Hugo,tech@smsmode.com,601010101
Leduc,Marie,tech@smsmode.com,602020202
Desmoineaux,Claude,tech@smsmode.com,603030303
Henry,Franis,tech@smsmode.com,604040404
"""
"""The guide's own CSV file."""
NUMBERS = ["+33601010101", "+33602020202", "+33603030303", "+33604040404"]


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's documents, where the chooser starts: ~/Documents."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_DOCUMENTS_DIR", "XDG_DOWNLOAD_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    return folder


def workbook(path: Path, rows: Sequence[Sequence[object]] = MODEL_1) -> Path:
    """A workbook at `path`, dated."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return dated(path)


def text_file(path: Path, text: str = MODEL_2, encoding: str = "utf-8") -> Path:
    """A text at `path`, dated."""
    path.write_bytes(text.encode(encoding))
    return dated(path)


def dated(path: Path) -> Path:
    """`path`, changed last when the tests begin."""
    os.utime(path, (START.timestamp(), START.timestamp()))
    return path


class Walk:
    """A person who imports. The folder that the chooser shows first is `folder`."""

    def __init__(self, stage: Stage, actor: Actor, folder: Path) -> None:
        self.stage, self.actor, self.folder = stage, actor, folder

    @property
    def page(self) -> ImportPage:
        """The page of the steps."""
        page = self.stage.shell.page
        assert isinstance(page, ImportPage)
        return page

    @property
    def chooser(self) -> FileChooser:
        """Of step 1."""
        return self.page.query_one(FileChooser)

    def words(self) -> str:
        """What the page says, without the menu beside it, its lines put together."""
        lines = [line.partition("▕")[2] for line in self.stage.text().splitlines()]
        return " ".join(" ".join(lines).replace("│", " ").replace("\u202f", " ").replace("\xa0", " ").split())

    async def open(self) -> None:
        """Show the page, and the folder in it."""
        await self.stage.enter(self.actor, "import")
        await self.stage.until(lambda: self.chooser.table.row_count and self.stage.focused is self.chooser.table)

    async def at(self, step: type[Step]) -> Step:
        """Wait until that step is in view, and settled."""
        await self.stage.until(lambda: self.page.query_one(step).display and self.page.note == _(step.note))
        await self.stage.settle()
        return self.page.query_one(step)

    async def choose(self, name: str) -> None:
        """Choose a file of the folder; its preview is shown then."""
        await self.try_to_choose(name)
        await self.at(PreviewStep)

    async def try_to_choose(self, name: str) -> None:
        """Choose a file of the folder, by its path."""
        await self.at(FileStep)
        await self.stage.until(lambda: self.chooser.table.row_count)
        self.page.query_one("#type", ChoiceLine).choose("csv" if name.endswith(("csv", "txt")) else "excel")
        await self.stage.fill("#path", f"{self.folder}/{name}")
        self.page.query_one("#path").focus()
        await self.stage.press("enter")

    async def confirm(self, following: type[Step]) -> None:
        """Press the key that leads on, and wait for the `following` step."""
        await self.stage.press("ctrl+s")
        await self.at(following)

    async def to_mapping(self, name: str) -> None:
        """As far as the mapping."""
        await self.choose(name)
        await self.confirm(MappingStep)

    async def to_groups(self, name: str) -> None:
        """As far as the groups."""
        await self.to_mapping(name)
        await self.confirm(GroupsStep)

    async def to_certification(self, name: str) -> None:
        """As far as the certification, in no group."""
        await self.choose(name)
        await self.on_to_certification()

    async def on_to_certification(self) -> None:
        """From the preview to the certification, in no group."""
        await self.confirm(MappingStep)
        await self.confirm(GroupsStep)
        await self.stage.press("ctrl+s")
        await self.confirm(CertificationStep)

    async def until_running(self) -> None:
        """Wait until the import is under way."""
        await self.stage.until(lambda: self.page.query_one(ProgressStep).has_focus_within)

    async def certify(self) -> ImportResultPage:
        """Certify, import, and wait for the result."""
        await self.stage.press("space", "ctrl+s")
        return await self.result()

    async def result(self) -> ImportResultPage:
        """Wait for the result."""
        await self.stage.until(lambda: isinstance(self.stage.shell.page, ImportResultPage))
        page = self.stage.shell.page
        assert isinstance(page, ImportResultPage)
        await self.stage.until(lambda: page.is_mounted and page.has_focus_within)
        await self.stage.settle()
        return page

    async def select(self, selector: str, value: str) -> None:
        """Choose in a list of the step in view."""
        self.page.query_one(selector, Select).value = value
        await self.stage.settle()

    def button(self, step: type[Step]) -> str:
        """What the button that leads on says."""
        return str(self.page.query_one(step).query_one("#next", Button).label)
