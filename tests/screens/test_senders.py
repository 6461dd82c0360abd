"""Settings › Senders: the pop-up checks while one types; what is ticked is deleted after a question."""

from dataclasses import replace

import pytest

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.settings.sender_form import SenderForm
from smstui.screens.settings.senders import SendersPage
from smstui.services.accounts import NewAccount
from smstui.services.campaigns import Draft
from smstui.services.templates import TemplateDetails
from smstui.settings import Settings
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal, TextModal
from smstui.widgets.pick_list import PickModal
from tests.screens.stage import Stage, on_stage
from tests.support import PASSWORD, FakeClock


@pytest.fixture
async def page(stage: Stage, shop: Actor) -> SendersPage:
    for name in ("MaBoutique", "Promo", "Soldes"):
        await stage.app.backend.senders.add(shop, name)
    await stage.enter(shop, "senders")
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
    await stage.enter(shop, "senders")
    await stage.until(lambda: "press n to add" in stage.text())
    await stage.press("n")
    await stage.until_screen(SenderForm)


async def test_a_sender_that_is_needed_is_kept_or_replaced_everywhere(stage: Stage, page: SendersPage) -> None:
    backend, actor = stage.app.backend, stage.app.actor
    await backend.templates.add(actor, TemplateDetails("Soldes", "Hello", "MaBoutique"))
    await backend.drafts.save(actor, Draft(name="Été", text="Hello", sender="MaBoutique"))
    await stage.press("delete")
    question = await stage.until_screen(ConfirmModal)
    for words in ("MaBoutique is still needed:", "· template “Soldes”", "· draft “Été”"):
        assert words in stage.text()
    await stage.press("left", "enter")
    await stage.until(lambda: stage.app.screen is not question)
    assert len(await names(stage)) == 3
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until_screen(PickModal)
    await stage.press("down", "enter")
    await stage.until(lambda: page.table.row_count == 2)
    assert await names(stage) == ["Promo", "Soldes"]
    (template,) = await backend.templates.list(actor)
    (draft,) = await backend.drafts.list(actor)
    assert (template.sender, draft.draft.sender) == ("Soldes", "Soldes")


async def test_no_other_sender_can_take_the_place(stage: Stage, page: SendersPage) -> None:
    await stage.app.backend.templates.add(stage.app.actor, TemplateDetails("Soldes", "Hello", "MaBoutique"))
    await stage.press("a", "delete")
    await stage.until_screen(TextModal)
    assert "Add another sender first" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: not isinstance(stage.app.screen, TextModal))
    assert len(await names(stage)) == 3


async def test_a_name_that_an_administrator_forbade_is_said_as_it_is_typed(stage: Stage, page: SendersPage) -> None:
    await stage.app.backend.senders.forbid(None, ["Rival"])
    await stage.press("n")
    form = await stage.until_screen(SenderForm)
    await stage.type("RIVAL")
    await stage.until(lambda: "reserved name" in form.query_one("#name-row", Labelled).error)


async def test_the_guide_is_walked_through_in_french(settings: Settings, clock: FakeClock) -> None:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    async with on_stage(app) as stage:
        new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", certified_number="+33601020304")
        await stage.enter(await app.backend.accounts.create(new), "senders")
        await stage.until(lambda: "Paramètres › Émetteurs" in stage.text() and "Ajouter" in stage.text())
        await stage.press("n")
        await stage.until_screen(SenderForm)
        await stage.until(lambda: "Créer" in stage.text() and "par défaut" in stage.text())
        await stage.type("MaBoutique")
        await stage.press("tab", "space", "tab", "tab", "enter")
        await stage.until(lambda: "● par défaut" in stage.text())
        await stage.press("space", "delete")
        await stage.until_screen(ConfirmModal)
        assert "Supprimer 1 émetteur" in stage.text()
        await stage.press("right", "enter")
        await stage.until(lambda: "Aucun émetteur" in stage.text())
