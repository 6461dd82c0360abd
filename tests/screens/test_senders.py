"""Settings › Senders: the pop-up checks while one types; what is ticked is deleted after a question."""

import pytest

from smstui.domain.actor import Actor
from smstui.screens.settings.sender_form import SenderForm
from smstui.screens.settings.senders import SendersPage
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from tests.screens.stage import Stage


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> SendersPage:
    for name in ("MaBoutique", "Promo", "Soldes"):
        await stage.app.backend.senders.add(shop, name)
    await stage.enter(shop)
    await stage.go_to("senders")
    page = stage.shell.page
    assert isinstance(page, SendersPage)
    await stage.until(lambda: page.table.row_count == 3)
    return page


async def names(stage: Stage) -> list[str]:
    return [sender.name for sender in await stage.app.backend.senders.list(stage.app.actor)]


async def test_a_sender_is_added_and_made_the_default(stage: Stage, page: SendersPage) -> None:
    await stage.press("n")
    await stage.until_screen(SenderForm)
    await stage.type("Ventes")
    await stage.press("tab", "space", "shift+tab", "enter")
    await stage.until(lambda: page.table.row_count == 4)
    senders = {each.name: each.is_default for each in await stage.app.backend.senders.list(stage.app.actor)}
    assert senders == {"MaBoutique": False, "Promo": False, "Soldes": False, "Ventes": True}


@pytest.mark.parametrize(("typed", "words"), [("Ma Boutique", "no space"), ("123", "only digits"), ("É", "accents")])
async def test_a_broken_rule_is_said_as_it_is_typed(stage: Stage, page: SendersPage, typed: str, words: str) -> None:
    await stage.press("n")
    form = await stage.until_screen(SenderForm)
    await stage.fill("#name", typed)
    await stage.until(lambda: words in form.query_one("#name-row", Labelled).error)
    await stage.press("enter")
    await stage.until(lambda: form.query_one("#name-row", Labelled).error)
    assert await names(stage) == ["MaBoutique", "Promo", "Soldes"]


async def test_a_name_taken_is_said_in_the_form(stage: Stage, page: SendersPage) -> None:
    await stage.press("n")
    form = await stage.until_screen(SenderForm)
    await stage.type("Promo")
    await stage.press("enter")
    await stage.until(lambda: "exists already" in form.query_one("#name-row", Labelled).error)
    await stage.press("escape")
    assert await names(stage) == ["MaBoutique", "Promo", "Soldes"]


async def test_ticked_senders_are_deleted_after_a_question(stage: Stage, page: SendersPage) -> None:
    await stage.press("down", "space", "space", "delete")
    question = await stage.until_screen(ConfirmModal)
    assert "Delete 2 senders: Promo, Soldes?" in stage.text()
    assert stage.focused is question.query_one("#cancel")
    await stage.press("right", "enter")
    await stage.until(lambda: page.table.row_count == 1)
    assert await names(stage) == ["MaBoutique"]


async def test_escape_deletes_nothing(stage: Stage, page: SendersPage) -> None:
    await stage.press("a", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    assert len(await names(stage)) == 3


async def test_the_default_is_changed(stage: Stage, page: SendersPage) -> None:
    await stage.press("end", "d")
    await stage.settle()
    senders = await stage.app.backend.senders.list(stage.app.actor)
    assert [each.name for each in senders if each.is_default] == ["Soldes"]


async def test_search_narrows_and_sort_turns_the_list(stage: Stage, page: SendersPage) -> None:
    await stage.press("s")
    await stage.until(lambda: page.table.keys(0, 3) == ("Soldes", "Promo", "MaBoutique"))
    await stage.press("slash")
    await stage.type("PRÔ")
    await stage.until(lambda: page.table.keys(0, 3) == ("Promo",))
    assert "1 / 3" in stage.text()


async def test_an_empty_list_says_what_to_do(stage: Stage, shop: Actor) -> None:
    await stage.enter(shop)
    await stage.go_to("senders")
    await stage.until(lambda: "press n to add" in stage.text())
    await stage.press("n")
    await stage.until_screen(SenderForm)
