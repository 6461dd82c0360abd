"""The composer's text: merge fields, templates, cuts, spoken messages."""

import pytest
from textual.widgets import Input, Select, TextArea

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.states import MessageType
from smstui.screens.messaging.template_picker import TemplatePicker
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.templates import TemplateDetails
from smstui.smpp.values import BindSettings
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.merge_editor import MergeArea
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.phone_preview import PhonePreview
from tests.screens.book import HOSTILE, person
from tests.screens.composing import compose, composer, error, go_on
from tests.screens.conftest import account
from tests.screens.road import BLACK_FRIDAY, connect
from tests.screens.stage import WIDE, Stage, on_stage


@pytest.fixture
async def shopkeeper(stage: Stage) -> Actor:
    """In the composer, with two contacts in the book and the field "Town"."""
    return await enter(stage)


async def enter(stage: Stage, *types: MessageType) -> Actor:
    backend = stage.app.backend
    if types:
        bind = BindSettings("smsc.example.com", 2775, "boutique", "secret", rate=100)
        await backend.connections.add(None, ConnectionSettings("Opérateur", bind, frozenset(types)))
    else:
        await connect(backend)
    actor = await account(backend, "ma-boutique")
    await backend.free_fields.add(actor, "Town")
    await person(backend, actor, "+33601020301", "Leduc", "Marie")
    await person(backend, actor, "+33601020302", "Wałęsa", "Łukasz")
    await stage.enter(actor)
    await compose(stage)
    return actor


def area(stage: Stage) -> MergeArea:
    return stage.app.screen.query_one(MergeArea)


async def in_text(stage: Stage, text: str = "") -> MergeArea:
    """Stand in the text, which says that."""
    field = area(stage)
    field.focus()
    field.text = text
    field.move_cursor(field.document.end)
    await stage.until(lambda: composer(stage).written.text == text)
    return field


@pytest.mark.usefixtures("shopkeeper")
@pytest.mark.parametrize("key", ["tab", "enter"])
async def test_a_brace_offers_the_fields_and_a_key_takes_one(stage: Stage, key: str) -> None:
    field = await in_text(stage, "Hello ")
    await stage.press("{")
    await stage.until(
        lambda: "{first_name}" in stage.text() and "First name" in stage.text() and "{Town}" in stage.text()
    )
    assert "{first_name|customer}" in stage.text()
    await stage.press("l", key)
    assert field.text == "Hello {last_name}"
    await stage.until(lambda: "{Town}" not in stage.text())
    assert stage.focused is field


@pytest.mark.usefixtures("shopkeeper")
async def test_the_arrows_point_and_escape_closes_without_leaving(stage: Stage) -> None:
    field = await in_text(stage)
    await stage.press("{", "down", "down", "up", "enter")
    assert field.text == "{last_name}"
    await stage.press("space", "{")
    await stage.until(lambda: "{Town}" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: "{Town}" not in stage.text())
    assert stage.focused is field
    await stage.press("t")
    assert not field.offers
    await stage.press("space", "{", "t", "o")
    assert field.offers == ("{Town}",)


@pytest.mark.usefixtures("shopkeeper")
async def test_a_field_typed_ahead_is_taken_by_the_tab_that_follows(stage: Stage) -> None:
    field = await in_text(stage)
    await stage.pilot.press(*"Hi {fi", "tab", *" !", "tab")
    await stage.until(lambda: field.text == "Hi {first_name} !")
    await stage.until(lambda: stage.focused is not field)


@pytest.mark.usefixtures("shopkeeper")
async def test_an_unknown_field_is_said_under_the_text(stage: Stage) -> None:
    await in_text(stage, "Hello {frist_name}")
    await stage.press("x")
    await stage.until(lambda: error(stage, "text") == "✕ Contacts have no field “frist_name”: is it “first_name”?")
    await stage.press("ctrl+s")
    await stage.until(lambda: error(stage, "name"))
    assert "1/4" in composer(stage).note


@pytest.mark.usefixtures("shopkeeper")
async def test_the_counter_and_the_preview_are_those_of_one_contact_after_another(stage: Stage) -> None:
    await in_text(stage, "Hi {first_name|you} of {last_name}!")
    await stage.until(lambda: "29 characters - 1 SMS   for Marie Leduc" in stage.text())
    assert "The length depends on the contact" in stage.text()
    await stage.press("f4", "f7")
    await stage.until(lambda: "Hi Lukasz of Walesa! STOP" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: "for Łukasz Wałęsa" in stage.text())
    await stage.press("shift+f7")
    await stage.until(lambda: "for Marie Leduc" in stage.text())


async def test_the_name_of_a_sample_is_never_markup(stage: Stage, shopkeeper: Actor) -> None:
    await person(stage.app.backend, shopkeeper, "+33601020303", "Aaa", HOSTILE[:60])
    await stage.go_to("campaigns")
    await compose(stage)
    await in_text(stage, "Hi {first_name}!")
    await stage.until(lambda: "[@click=app.quit]x[/]␛]0;owned" in stage.text())


async def test_a_template_fills_text_and_sender_and_asks_before_it_overwrites(stage: Stage, shopkeeper: Actor) -> None:
    backend = stage.app.backend
    await backend.senders.add(shopkeeper, "MaBoutique")
    await backend.senders.add(shopkeeper, "Promo")
    await backend.templates.add(shopkeeper, TemplateDetails("Sales", "The sales begin.", "Promo"))
    await backend.templates.add(shopkeeper, TemplateDetails("Winter", "Winter is here."))
    await stage.go_to("campaigns")
    page = await compose(stage)
    await choose_template(stage, "sales")
    await stage.until(lambda: page.written.text == "The sales begin.")
    assert (page.written.sender, stage.app.screen.query_one("#sender", Select).value) == ("Promo", "Promo")
    await stage.until(lambda: "Sales ▾" in stage.text())
    await choose_template(stage, "winter")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, ConfirmModal))
    assert page.written.text == "The sales begin."
    await choose_template(stage, "winter")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: page.written.text == "Winter is here.")
    area(stage).focus()
    await stage.press("ctrl+z")
    await stage.until(lambda: page.written.text == "The sales begin.")


async def choose_template(stage: Stage, search: str) -> None:
    stage.app.screen.query_one("#template").focus()
    await stage.press("enter")
    await stage.until_screen(TemplatePicker)
    await stage.type(search)
    await stage.press("enter", "enter")
    await stage.until(lambda: not isinstance(stage.app.screen, TemplatePicker))


async def test_f3_shows_each_sms_in_a_bubble_of_its_own(app: SmstuiApp) -> None:
    async with on_stage(app, WIDE, login=False) as stage:
        await enter(stage)
        await in_text(stage, BLACK_FRIDAY)
        phone = stage.app.screen.query_one(PhonePreview)

        def bubbles() -> list[str]:
            return [str(each.render()) for each in phone.query(".phone--bubble") if each.display]

        complete = f"{BLACK_FRIDAY} STOP 36034"
        await stage.until(lambda: bubbles() == [complete])
        assert "F3: where it is cut" in stage.text()
        await stage.press("f3")
        await stage.until(lambda: len(bubbles()) == 3)
        assert "".join(bubbles()) == complete
        assert "SMS 2/3" in stage.text()
        await stage.press("f3")
        await stage.until(lambda: bubbles() == [complete])


async def test_a_spoken_message_has_a_title_and_a_language(stage: Stage) -> None:
    await enter(stage, MessageType.PRO, MessageType.VOIX)
    page = composer(stage)
    title = stage.app.screen.query_one("#title-row")
    assert not title.display
    stage.app.screen.query_one("#type", ChoiceLine).focus()
    await stage.press("left")
    await stage.until(lambda: title.display and "Read aloud by the operator" in stage.text())
    stage.app.screen.query_one("#title", Input).focus()
    await stage.type("Shop")
    stage.app.screen.query_one("#language", Select).value = "en-GB"
    await in_text(stage, "Sales today")
    await stage.until(lambda: "28 characters - 1 SMS Voix" in stage.text())
    assert "132 more characters can be read" in stage.text()
    assert (page.written.title, page.written.language) == ("Shop", "en-GB")
    await in_text(stage, "a" * 150)
    await stage.until(lambda: error(stage, "text").startswith("✕ A voice message holds 160 characters"))
    await in_text(stage, "Sales today")
    stage.app.screen.query_one("#name", Input).focus()
    await stage.type("Voice")
    await go_on(stage)
    assert page.whole_draft().title == "Shop"


@pytest.mark.usefixtures("shopkeeper")
async def test_each_type_says_what_it_is(stage: Stage) -> None:
    assert "160 characters an SMS" in stage.text()
    stage.app.screen.query_one("#type", ChoiceLine).focus()
    await stage.press("right")
    await stage.until(lambda: "Every script and emoji, 70 characters" in stage.text())
    assert "Not carried by any connection: Réponse" in stage.text()


@pytest.mark.usefixtures("shopkeeper")
async def test_f6_replaces_what_it_can_and_says_what_stays(stage: Stage) -> None:
    await in_text(stage, "Noël 🎄")
    await stage.until(lambda: "F6 replaces 1 character" in stage.text() and "“🎄” stays" in stage.text())
    await stage.press("f6")
    await stage.until(lambda: stage.app.screen.query_one("#text", TextArea).text == "Noel 🎄")
