"""My templates (the guide, part 6), by keyboard: created, changed by the pencil, deleted by ticked rows, used."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input, Select, TextArea

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.screens.templates.template_form import TemplateForm
from smstui.screens.templates.templates import TemplatesPage
from smstui.services.accounts import NewAccount
from smstui.services.templates import TemplateDetails
from smstui.settings import Settings
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import PickModal
from tests.screens.road import BLACK_FRIDAY
from tests.screens.stage import SMALL, Stage, on_stage
from tests.screens.test_snapshots import SnapCompare, played
from tests.support import PASSWORD, FakeClock


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


@pytest.fixture
async def french(french_app: SmstuiApp) -> AsyncIterator[Stage]:
    async with on_stage(french_app) as stage:
        yield stage


async def reader(stage: Stage) -> Actor:
    """An account with two senders, that reads French."""
    new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", admin=False, certified_number="+33601020304")
    actor = await stage.app.backend.accounts.create(new)
    for name in ("MaBoutique", "Promo"):
        await stage.app.backend.senders.add(actor, name)
    return actor


async def opened(stage: Stage, actor: Actor, *templates: TemplateDetails) -> TemplatesPage:
    for details in templates:
        await stage.app.backend.templates.add(actor, details)
    await stage.enter(actor, "templates")
    page = stage.shell.page
    assert isinstance(page, TemplatesPage)
    await stage.until(lambda: page.table.row_count == len(templates))
    return page


async def form(stage: Stage) -> TemplateForm:
    await stage.until(lambda: isinstance(stage.shell.page, TemplateForm) and stage.shell.page.has_focus_within)
    page = stage.shell.page
    assert isinstance(page, TemplateForm)
    return page


async def test_the_guide_is_walked_through_in_french(french: Stage) -> None:
    actor = await reader(french)
    page = await opened(french, actor)
    assert "Aucun modèle" in french.text()
    await french.press("n")
    written = await form(french)
    await french.until(lambda: "Mes modèles › Créer modèle" in french.text())
    for label in ("Titre", "Émetteur", "Texte", "Sauvegarder"):
        assert label in french.text()
    await french.until(lambda: "par défaut (MaBoutique)" in french.text())
    await french.type("40 BLACK FRIDAY")
    await french.press("tab")
    await french.press("enter", "down", "down", "enter")
    await french.until(lambda: written.query_one(Select).value == "Promo")
    await french.press("tab")
    french.app.post_message(events.Paste(BLACK_FRIDAY))
    await french.until(lambda: "172 caractères - 3 SMS" in french.text() and "F6 remplace 2" in french.text())
    await french.press("f6")
    await french.until(lambda: "172 caractères - 2 SMS" in french.text())
    await french.press("ctrl+s")
    await french.until(lambda: page.table.row_count == 1)
    (made,) = await french.app.backend.templates.list(actor)
    assert (made.title, made.sender) == ("40 BLACK FRIDAY", "Promo")
    assert made.text == BLACK_FRIDAY.replace("ô", "o").replace("ë", "e")
    await french.until(lambda: "172 - 2 SMS" in french.text() and "✎" in french.text())


@pytest.mark.parametrize("key", ["enter", "e"])
async def test_the_pencil_opens_a_template_which_is_changed(stage: Stage, shop: Actor, key: str) -> None:
    page = await opened(stage, shop, TemplateDetails("Soldes", "Hello"))
    await stage.press(key)
    written = await form(stage)
    assert stage.focused is written.query_one("#text")
    await stage.type(" all")
    await stage.press("shift+tab", "shift+tab", "end")
    await stage.type(" 2")
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is page)
    (changed,) = await stage.app.backend.templates.list(shop)
    assert (changed.title, changed.text, changed.sender) == ("Soldes 2", "Hello all", None)


async def test_what_is_wrong_is_said_beside_its_field(stage: Stage, shop: Actor) -> None:
    await opened(stage, shop, TemplateDetails("Soldes", "Hello"))
    await stage.press("n")
    written = await form(stage)
    await stage.press("ctrl+s")
    await stage.until(lambda: "Give the template a title" in written.query_one("#title-row", Labelled).error)
    await stage.type("SOLDES")
    await stage.press("ctrl+s")
    await stage.until(lambda: "Write the text" in written.query_one("#text-row", Labelled).error)
    assert stage.focused is written.query_one("#text")
    await stage.type("Hi {firstname} {frist name}")
    await stage.until(lambda: "Contacts have no field “frist name”" in written.query_one("#text-row", Labelled).error)
    written.query_one(TextArea).text = "Hi {firstname}"
    await stage.until(lambda: not written.query_one("#text-row", Labelled).error)
    await stage.press("ctrl+s")
    await stage.until(lambda: "already called" in written.query_one("#title-row", Labelled).error)
    assert stage.focused is written.query_one("#title")


async def test_a_field_of_the_contacts_is_chosen_and_written_where_the_cursor_is(french: Stage) -> None:
    actor = await reader(french)
    await french.app.backend.free_fields.add(actor, "Magasin")
    await opened(french, actor)
    await french.press("n")
    written = await form(french)
    await french.type("Titre")
    await french.press("enter")
    await french.type("Bonjour !")
    await french.press("left", "left", "space", "f5")
    await french.until_screen(PickModal)
    assert "Civilité  {civilité}" in french.text()
    assert "Magasin  {Magasin}" in french.text()
    await french.press("enter")
    await french.until(lambda: written.query_one(TextArea).text == "Bonjour {prénom} !")
    assert french.focused is written.query_one("#text")


async def test_what_was_written_is_not_lost_without_a_question(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop)
    await stage.press("n")
    written = await form(stage)
    await stage.type("Soldes")
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: stage.focused is written.query_one("#title"))
    assert written.query_one("#title", Input).value == "Soldes"
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.shell.page is page)
    assert await stage.app.backend.templates.list(shop) == ()


async def test_ticked_templates_are_deleted_after_a_question(stage: Stage, shop: Actor) -> None:
    page = await opened(stage, shop, *(TemplateDetails(title, "Hello") for title in "ABC"))
    await stage.press("space", "space", "delete")
    await stage.until_screen(ConfirmModal)
    assert "Delete 2 templates?" in stage.text()
    await stage.press("escape", "delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: page.table.row_count == 1)
    assert [each.title for each in await stage.app.backend.templates.list(shop)] == ["C"]


async def test_search_narrows_and_sort_turns_the_list(stage: Stage, shop: Actor, clock: FakeClock) -> None:
    page = await opened(stage, shop)
    for title, text in (("Été", "Long text"), ("Hiver", "Short"), ("Automne", "Hello {first_name}")):
        clock.advance(60)
        await stage.app.backend.templates.add(shop, TemplateDetails(title, text))
    page.read_soon()
    await stage.until(lambda: page.table.row_count == 3)
    assert "≈ 20 - 1 SMS" in stage.text()
    await stage.press("s")
    await stage.until(lambda: stage.text().index("Hiver") < stage.text().index("Automne"))
    await stage.press("slash")
    await stage.type("ete long")
    await stage.until(lambda: page.table.row_count == 1 and "1 / 3" in stage.text())


async def test_a_template_begins_a_campaign(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.senders.add(shop, "Promo")
    await opened(stage, shop, TemplateDetails("Soldes", "Hello", "Promo"))
    await stage.press("u")
    await stage.until(lambda: stage.shell.section == "send")
    (kept,) = await stage.app.backend.drafts.list(shop)
    (used,) = await stage.app.backend.templates.list(shop)
    assert (kept.draft.text, kept.draft.sender, kept.draft.template_id) == ("Hello", "Promo", used.id)


async def test_a_template_begins_a_campaign_in_a_composer_that_was_open_before(stage: Stage, shop: Actor) -> None:
    await stage.app.backend.senders.add(shop, "Promo")
    await opened(stage, shop, TemplateDetails("Soldes", "Hello", "Promo"))
    await stage.go_to("send")
    await stage.type("Begun")
    await stage.go_to("templates")
    await stage.press("u")
    await stage.until(lambda: stage.shell.section == "send" and stage.app.screen.query_one("#text", TextArea).text)
    assert stage.app.screen.query_one("#text", TextArea).text == "Hello"
    assert {each.draft.name for each in await stage.app.backend.drafts.list(shop)} == {"Begun", ""}


async def test_foreign_text_in_a_template_is_no_markup(stage: Stage, shop: Actor) -> None:
    await opened(stage, shop, TemplateDetails("[b]x[/]\x1b", "[@click=app.quit]y[/]\u202e"))
    await stage.until(lambda: "[b]x[/]␛" in stage.text() and "[@click=app.quit]y[/]‹U+202E›" in stage.text())
    await stage.press("e")
    written = await form(stage)
    await stage.press("ctrl+s")
    await stage.until(lambda: stage.shell.page is not written)
    (kept,) = await stage.app.backend.templates.list(shop)
    assert kept.title == "[b]x[/]\x1b"


async def templates(stage: Stage) -> None:
    actor = await reader(stage)
    await opened(
        stage,
        actor,
        TemplateDetails("-40% BLACK FRIDAY", BLACK_FRIDAY, "MaBoutique"),
        TemplateDetails("Anniversaire", "Joyeux anniversaire {prénom} ! 10 € offerts en boutique."),
        TemplateDetails("Rendez-vous", "Bonjour, votre commande est prête.", "Promo"),
    )
    await stage.until(lambda: "≈ 59 - 1 SMS" in stage.text())


def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp) -> None:
    assert snap_compare(french_app, terminal_size=SMALL, run_before=played(templates))
