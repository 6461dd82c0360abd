"""What leaves the book from its pages: files of contacts and groups, and all about one person."""

from pathlib import Path

import openpyxl
import pytest
from textual.widgets import Input

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.screens.contacts.contact_form import ContactForm
from smstui.screens.contacts.contacts import ContactsPage
from smstui.screens.saving import SaveModal
from smstui.services.groups import GroupDetails
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import PickModal
from tests.screens.stage import Stage
from tests.screens.test_contacts import opened


@pytest.fixture
async def two(stage: Stage, shop: Actor) -> Actor:
    for mobile, name in (("+33601010101", "Dupont"), ("+33602020202", "=Leduc")):
        await stage.app.backend.contacts.add(shop, ContactDetails(mobile, name))
    return shop


def cells(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


async def save(stage: Stage, path: Path) -> None:
    modal = await stage.until_screen(SaveModal)
    modal.query_one(Input).value = str(path)
    await stage.press("enter")
    await stage.until(path.exists)
    await stage.until(lambda: not isinstance(stage.app.screen, SaveModal))


async def test_what_the_list_shows_is_exported(stage: Stage, two: Actor, tmp_path: Path) -> None:
    await opened(stage, two)
    await stage.press("x")
    await save(stage, tmp_path / "all.xlsx")
    assert [row[0] for row in cells(tmp_path / "all.xlsx")] == ["Name", "=Leduc", "Dupont"]
    await stage.press("slash")
    await stage.type("dupont")
    await stage.until(lambda: "1 / 2" in stage.text())
    await stage.press("enter", "x")
    await save(stage, tmp_path / "found.csv")
    assert "Dupont" in (tmp_path / "found.csv").read_text()
    assert "Leduc" not in (tmp_path / "found.csv").read_text()


async def test_only_the_ticked_are_exported_and_nothing_is_replaced(stage: Stage, two: Actor, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    await opened(stage, two)
    await stage.press("end", "space", "x")
    modal = await stage.until_screen(SaveModal)
    modal.query_one(Input).value = str(tmp_path / "mine.csv")
    await stage.press("enter")
    await stage.until(lambda: "already" in stage.text())
    assert (tmp_path / "mine.csv").read_text() == "mine"
    await save(stage, tmp_path / "ticked.csv")
    assert "+33601010101" in (tmp_path / "ticked.csv").read_text()
    assert "+33602020202" not in (tmp_path / "ticked.csv").read_text()


async def test_groups_are_exported(stage: Stage, two: Actor, tmp_path: Path) -> None:
    await stage.app.backend.groups.add(two, GroupDetails("VIP", "The best"))
    await stage.enter(two, "groups")
    await stage.until(lambda: "VIP" in stage.text())
    await stage.press("x")
    await save(stage, tmp_path / "groups.xlsx")
    assert cells(tmp_path / "groups.xlsx")[1][:2] == ["VIP", "The best"]


async def person(stage: Stage, actor: Actor) -> None:
    """The question about the first contact's data."""
    await opened(stage, actor)
    await stage.press("end", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm) and "Created on" in stage.text())
    await stage.press("f7")
    await stage.until_screen(PickModal)


async def test_all_about_a_person_is_handed_out(stage: Stage, two: Actor, tmp_path: Path) -> None:
    await stage.app.backend.opt_outs.add(two, "0601010101")
    await person(stage, two)
    await stage.press("enter")
    await save(stage, tmp_path / "data.txt")
    text = (tmp_path / "data.txt").read_text()
    assert "+33601010101" in text
    assert "STOP list: since" in text
    assert await stage.app.backend.contacts.find(two, "0601010101") is not None


async def test_a_person_is_erased_after_a_question(stage: Stage, two: Actor) -> None:
    await person(stage, two)
    await stage.press("down", "enter")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, ContactForm))
    assert await stage.app.backend.contacts.find(two, "0601010101") is not None
    await stage.press("f7")
    await stage.until_screen(PickModal)
    await stage.press("down", "enter")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, ContactsPage) and "1 contact" in stage.text())
    assert await stage.app.backend.contacts.find(two, "0601010101") is None
    assert await stage.app.backend.opt_outs.find(two, "+33601010101") is not None
