"""Around the import: the file chooser, cancelling, leaving, the browser, the rejects, and the past imports."""

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input, Select, Static

from smstui.app import SmstuiApp
from smstui.screens.contacts.importing.certification_step import CertificationStep
from smstui.screens.contacts.importing.file_step import FileStep
from smstui.screens.contacts.importing.history import PastImportsPage
from smstui.screens.contacts.importing.preview_step import PreviewStep
from smstui.screens.contacts.importing.progress_step import ProgressStep
from smstui.screens.contacts.importing.result import ImportResultPage
from smstui.screens.contacts.importing.upload_panel import UploadPanel
from smstui.screens.saving import SaveModal
from smstui.services.contact_query import ContactQuery
from smstui.settings import Settings, UploadPlace
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal, TextModal
from smstui.widgets.pick_list import PickModal
from tests.screens.conftest import account
from tests.screens.importing import MODEL_2, Walk, documents, text_file, workbook
from tests.screens.stage import on_stage
from tests.support import FakeClock

__all__ = ["documents"]
WITH_REJECTS = MODEL_2 + "Petit,Inès,ines@example.com,0144556677\nGarcia,Léa,lea@example.com,601010101\n=1+1,,,\n"


@pytest.fixture
async def walk(settings: Settings, clock: FakeClock, documents: Path) -> AsyncIterator[Walk]:
    """In English, on the page of the import, with two files in the folder."""
    workbook(documents / "model.xlsx")
    text_file(documents / "rejects.csv", WITH_REJECTS)
    async with on_stage(SmstuiApp(settings, dispatch=False, clock=clock)) as stage:
        yield Walk(stage, await account(stage.app.backend, "ma-boutique"), documents)


@contextmanager
def nobody_writes(settings: Settings) -> Iterator[None]:
    """Hold back whatever writes to the database: an import reaches its last stage, and waits there."""
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def book_size(walk: Walk) -> int:
    return await walk.stage.app.backend.contacts.count(walk.actor, ContactQuery())


async def test_a_cancelled_import_writes_nothing(walk: Walk, settings: Settings) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    with nobody_writes(settings):
        await stage.press("space", "ctrl+s")
        await walk.until_running()
        await stage.press("escape")
        await stage.until_screen(ConfirmModal)
        await stage.press("right", "enter")
        await stage.until(lambda: "cancelled: nothing was written" in walk.words())
    await walk.at(CertificationStep)
    assert await book_size(walk) == 0
    assert await stage.app.backend.imports.list(walk.actor) == ()
    await stage.press("ctrl+s")
    await walk.result()
    assert await book_size(walk) == 4


async def test_an_import_goes_on_while_its_cancelling_is_asked(walk: Walk, settings: Settings) -> None:
    """It is said when it was too late."""
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    with nobody_writes(settings):
        await stage.press("space", "ctrl+s")
        await walk.until_running()
        await stage.press("c")
        await stage.until_screen(ConfirmModal)
    await stage.until(lambda: isinstance(stage.shell.page, ImportResultPage))
    await stage.press("right", "enter")
    await stage.until(lambda: "Too late" in stage.text())
    assert await book_size(walk) == 4


async def test_the_import_goes_on_unless_its_cancelling_is_confirmed(walk: Walk, settings: Settings) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    with nobody_writes(settings):
        await stage.press("space", "ctrl+s")
        await walk.until_running()
        await stage.press("escape")
        await stage.until_screen(ConfirmModal)
        await stage.press("escape")
    await walk.result()
    assert await book_size(walk) == 4


async def test_leaving_while_an_import_runs_asks_and_cancels_it(walk: Walk, settings: Settings) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    with nobody_writes(settings):
        await stage.press("space", "ctrl+s")
        await walk.until_running()
        stage.app.go_to("balance")
        await stage.until_screen(ConfirmModal)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.shell)
        assert stage.shell.section == "import"
        stage.app.go_to("balance")
        await stage.until_screen(ConfirmModal)
        await stage.press("right", "enter")
        await stage.until(lambda: stage.shell.section == "balance")
    assert await book_size(walk) == 0


async def test_leaving_asks_when_choices_would_be_lost(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_mapping("model.xlsx")
    await stage.press("delete")
    stage.app.go_to("balance")
    question = await stage.until_screen(ConfirmModal)
    assert "will be lost" in stage.text()
    question.dismiss(True)
    await stage.until(lambda: stage.shell.section == "balance")


async def test_leaving_a_file_for_which_nothing_was_chosen_asks_nothing(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_mapping("model.xlsx")
    await stage.go_to("balance")
    assert stage.app.screen is stage.shell


async def test_a_path_is_completed_and_a_folder_left(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    (documents / "archives").mkdir()
    workbook(documents / "archives" / "march.xlsx")
    workbook(documents / "archives" / "may.xlsx")
    await walk.open()
    await stage.press("shift+tab")
    field = walk.chooser.query_one(Input)
    assert field.has_focus
    await stage.type("arc")
    await stage.press("tab")
    await stage.until(lambda: field.value == "~/Documents/archives/" and "march.xlsx" in stage.text())
    await stage.type("m")
    await stage.press("tab")
    await stage.until(lambda: field.value == "~/Documents/archives/ma")
    await stage.type("y")
    await stage.press("tab")
    await stage.until(lambda: field.value == "~/Documents/archives/may.xlsx")
    await stage.press("enter")
    await walk.at(PreviewStep)
    await stage.press("escape")
    await walk.at(FileStep)
    await stage.until(lambda: "march.xlsx" in stage.text() and walk.chooser.table.cursor_key == "may.xlsx")
    await stage.press("backspace")
    await stage.until(lambda: walk.chooser.table.cursor_key == "archives")
    assert field.value == "~/Documents/"


async def test_typing_on_the_list_narrows_it(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    for index in range(5000):
        (documents / f"{index:04}.xlsx").touch()
    await walk.open()
    table = walk.chooser.table
    await stage.until(lambda: table.row_count == 5002)
    await stage.type("mode")
    await stage.until(lambda: table.keys(0, 9) == ("model.xlsx",) or list(table.keys(0, 9)) == ["model.xlsx"])
    await stage.press("enter")
    await walk.at(PreviewStep)


@pytest.mark.parametrize("begun", ["{documents}/", "~/Documents/"], ids=["root", "home"])
async def test_a_whole_path_is_typed_after_the_folder_that_is_shown(walk: Walk, documents: Path, begun: str) -> None:
    stage = walk.stage
    (documents / "archives").mkdir()
    await walk.open()
    await stage.fill("#path", "~/Documents/archives/" + begun.format(documents=documents) + "model.xlsx")
    walk.chooser.query_one(Input).focus()
    await stage.until(lambda: walk.chooser.table.row_count == 1)
    await stage.press("enter")
    await walk.at(PreviewStep)


@pytest.mark.parametrize("typed", ["model.xlsx", "archives/model.xlsx"])
async def test_enter_opens_what_was_typed_on_the_list_in_one_burst(walk: Walk, documents: Path, typed: str) -> None:
    stage = walk.stage
    (documents / "archives").mkdir()
    workbook(documents / "archives" / "model.xlsx")
    workbook(documents / "a.xlsx")
    await walk.open()
    await stage.until(lambda: walk.chooser.table.has_focus and walk.chooser.table.row_count)
    for character in typed:
        stage.app.post_message(Key({".": "full_stop", "/": "slash"}.get(character, character), character))
    stage.app.post_message(Key("enter", None))
    await walk.at(PreviewStep)
    assert typed.rpartition("/")[2] in stage.text()


async def test_a_folder_or_a_file_that_is_not_there_is_told(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await stage.fill("#path", "/nowhere/at all/")
    await stage.until(lambda: "There is no such folder" in stage.text())
    await stage.fill("#path", "~/Documents/nothing.xlsx")
    walk.chooser.query_one(Input).focus()
    await stage.press("enter")
    await stage.until(lambda: "There is no such file" in stage.text())


@pytest.mark.skipif(os.getuid() == 0, reason="root may read all folders")
async def test_a_folder_that_may_not_be_read_is_told(walk: Walk, documents: Path) -> None:
    (documents / "secret").mkdir(mode=0)
    await walk.open()
    await walk.stage.fill("#path", "~/Documents/secret/")
    await walk.stage.until(lambda: "You may not open this folder" in walk.stage.text())


async def test_the_next_file_is_looked_for_where_the_last_one_was(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    (documents / "archives").mkdir()
    text_file(documents / "archives" / "march.csv", MODEL_2)
    await walk.open()
    await walk.choose("archives/march.csv")
    await stage.go_to("balance")
    await stage.go_to("import")
    await stage.until(lambda: "march.csv" in stage.text())
    assert walk.chooser.query_one(Input).value == "~/Documents/archives/"


async def test_rejects_are_shown_filtered_and_saved(walk: Walk, documents: Path) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("rejects.csv")
    page = await walk.certify()
    await stage.until(lambda: "Line 5" in stage.text())
    assert "Petit · Inès" in stage.text()
    page.query_one("#reject-kind", Select).value = "duplicate"
    await stage.until(lambda: "Line 6" in stage.text() and "Petit" not in stage.text())
    text_file(documents / "rejects-rejects.csv", "mine")
    await stage.press("ctrl+s")
    modal = await stage.until_screen(SaveModal)
    assert modal.query_one(Input).value == "~/Documents/rejects-rejects-2.csv"
    await stage.fill("#path", "~/Documents/rejects-rejects.csv")
    await stage.press("enter")
    await stage.until(lambda: modal.query_one(Labelled).error)
    await stage.fill("#path", "~/Documents/nowhere/rejects.csv")
    await stage.press("enter")
    await stage.until(lambda: "no folder" in modal.query_one(Labelled).error)
    await stage.fill("#path", "~/Documents/to correct.csv")
    await stage.press("enter")
    await stage.until(lambda: "Saved as ~/Documents/to correct.csv" in stage.text())
    saved = (documents / "to correct.csv").read_text("utf-8-sig")
    assert "0144556677" in saved
    assert "'=1+1" in saved
    assert (documents / "rejects-rejects.csv").read_text() == "mine"


@pytest.mark.parametrize(("keys", "name"), [(["enter"], "model-2.xlsx"), (["down", "enter"], "model.csv")])
async def test_the_models_of_the_guide_are_handed_out(walk: Walk, documents: Path, keys: list[str], name: str) -> None:
    """They are beside the other files then, and can be imported."""
    stage = walk.stage
    await walk.open()
    await stage.press("f6")
    await stage.until_screen(PickModal)
    await stage.press(*keys)
    await stage.until_screen(SaveModal)
    await stage.press("enter")
    await stage.until(lambda: (documents / name).exists())
    await walk.to_certification(name)
    await walk.certify()
    assert await book_size(walk) == 4


async def test_another_file_and_the_contacts_follow_the_result(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    await walk.certify()
    await stage.press("n")
    await walk.at(FileStep)
    await walk.to_certification("model.xlsx")
    await walk.certify()
    assert "Already there 4" in walk.words()
    await stage.press("o")
    await stage.until(lambda: stage.shell.section == "contacts")


async def test_past_imports_keep_their_proof(walk: Walk) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("rejects.csv")
    await walk.certify()
    await stage.press("escape")
    await walk.at(FileStep)
    await stage.press("f3")
    await stage.until(lambda: isinstance(stage.shell.page, PastImportsPage) and "rejects.csv" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, ImportResultPage) and "Line 5" in stage.text())
    await stage.press("p")
    proof = await stage.until_screen(TextModal)
    (result,) = await stage.app.backend.imports.list(walk.actor)
    told = str(proof.query_one(".dialog-text", Static).content)
    assert result.sha256 in told
    assert "ma-boutique, 22/11/2026 15:15" in told


async def test_a_file_comes_from_the_browser(
    settings: Settings, clock: FakeClock, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of the server are not offered; what is sent is taken as soon as it is there, wrong ones told."""
    uploads = UploadPlace("http://localhost/upload/key", tmp_path / "uploads")
    downloads = tmp_path / "Downloads"
    for each in (uploads.directory / "old", downloads):
        each.mkdir(parents=True)
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(downloads))
    workbook(uploads.directory / "old" / "old.xlsx")

    def send(name: str, text: str) -> None:
        beside = uploads.directory / f".{name}"
        beside.mkdir()
        text_file(beside / name, text)
        beside.rename(uploads.directory / f"new {name}")

    async with on_stage(SmstuiApp(replace(settings, uploads=uploads), dispatch=False, clock=clock)) as stage:
        opened: list[str] = []
        monkeypatch.setattr(stage.app, "open_url", opened.append)
        walk = Walk(stage, await account(stage.app.backend, "ma-boutique"), documents)
        await stage.enter(walk.actor, "import")
        assert "http://localhost/upload/key" in stage.text()
        await stage.press("f2")
        await stage.until(lambda: opened == [uploads.url])
        panel = walk.page.query_one(UploadPanel)
        await stage.until(lambda: panel.watches)
        send("wrong.csv", "%PDF-1.7\n")
        await stage.until(lambda: "PDF" in stage.text())
        send("rejects.csv", WITH_REJECTS)
        await walk.at(PreviewStep)
        await walk.on_to_certification()
        await walk.certify()
        await stage.press("ctrl+s")
        await stage.until(lambda: (downloads / "rejects-rejects.csv").exists())


async def test_the_progress_is_shown_while_it_waits(walk: Walk, settings: Settings) -> None:
    stage = walk.stage
    await walk.open()
    await walk.to_certification("model.xlsx")
    with nobody_writes(settings):
        await stage.press("space", "ctrl+s")
        await walk.until_running()
        await stage.until(lambda: "Checking the lines" in stage.text())
        assert walk.page.note == "Importing"
        assert walk.page.query_one(ProgressStep).has_focus_within
    await walk.result()
