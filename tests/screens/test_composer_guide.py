"""The guide, part 2, step by step, by keyboard, in French, with its own example texts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.widgets import Input, TextArea

from smstui.app import SmstuiApp
from smstui.domain.credits import Credits
from smstui.domain.hours import SendingHours
from smstui.domain.states import CampaignState
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.preview import PreviewModal
from smstui.screens.messaging.send import SendPage
from smstui.screens.messaging.sending_modal import SendingModal
from smstui.screens.messaging.template_picker import TemplatePicker
from smstui.services.accounts import NewAccount
from smstui.services.templates import TemplateDetails
from smstui.settings import Settings
from smstui.widgets.calendar import Calendar
from smstui.widgets.recipients_area import RecipientsArea
from smstui.widgets.time_field import TimeField
from tests.screens.composing import compose, composer, go_on, to_confirmation, to_numbers, write
from tests.screens.road import BLACK_FRIDAY, Road, connect, on_the_road
from tests.screens.stage import Stage, on_stage
from tests.support import PASSWORD, FakeClock

TEMPLATE = "-40% BLACK FRIDAY"
NAME = "Black Friday"
NARROW = "\u202f"


@pytest.fixture
async def road(settings: Settings) -> AsyncIterator[Road]:
    async with on_the_road(replace(settings, language="fr")) as road:
        yield road


async def shopkeeper(stage: Stage, *, hours: SendingHours | None = None) -> None:
    """An account with a certified number and a sender, on a connection that nobody dispatches."""
    backend = stage.app.backend
    await connect(backend, reply_number="36105")
    if hours is not None:
        await backend.platform.set_sending_hours(None, hours)
    new = NewAccount(
        "boutique", "b@example.com", PASSWORD, "fr", certified_number="+33698765432", credits=Credits.of(100)
    )
    actor = await backend.accounts.create(new)
    await backend.senders.add(actor, "MaBoutique", default=True)
    await stage.enter(actor)


async def test_the_first_campaign(road: Road) -> None:
    stage = road.stage
    backend, actor = stage.app.backend, road.actor
    await backend.templates.add(actor, TemplateDetails(TEMPLATE, BLACK_FRIDAY, "MaBoutique"))

    # ETAPE 1: « Messagerie » puis « Envoyer »
    await stage.press("f8", "down", "down", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, SendPage) and "1/4 Texte" in stage.text())
    await stage.until(lambda: "10 caractères - 1 SMS" in stage.text())
    page = composer(stage)
    await stage.until(lambda: page.means is not None and stage.focused is not None and stage.focused.id == "name")

    # ETAPE 2: type, émetteur, modèle, nom, texte, STOP, aperçu
    assert all(each in stage.text() for each in ("(●) Pro", "( ) Unicode", "( ) Réponse", "( ) Voix"))
    assert "MaBoutique" in stage.text()
    await stage.press("shift+tab", "enter")
    await stage.until_screen(TemplatePicker)
    await stage.type("black")
    await stage.press("enter", "enter")
    await stage.until(lambda: stage.app.screen.query_one("#text", TextArea).text == BLACK_FRIDAY)
    await stage.until(lambda: TEMPLATE in stage.text() and stage.focused.id == "name")  # type: ignore[union-attr]
    await stage.type(NAME)
    await stage.until(lambda: "183 caractères - 3 SMS" in stage.text() and "à cause de «" in stage.text())
    assert "F6 remplace 2 caractères → 2 SMS" in stage.text()
    assert "[x] STOP SMS" in stage.text()
    await stage.press("f6")
    await stage.until(lambda: "183 caractères - 2 SMS" in stage.text())
    await stage.press("f4")
    await stage.until_screen(PreviewModal)
    await stage.until(lambda: "C'est bientot le Black" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, PreviewModal))

    # ETAPE 3: saisie manuelle, « + Ajouter »
    area = await to_numbers(stage)
    for words in ("Vos groupes de contacts", "Vos contacts", "Saisie manuelle", "Saisissez vos numéros", "+ Ajouter"):
        assert words in stage.text()
    assert f"sont limités à 200{NARROW}000" in stage.text()
    await stage.type("0601020304")
    await stage.press("tab", "enter")
    await stage.until(lambda: area.recipients.numbers == ("+33601020304",) and "+33601020304" in stage.text())
    await stage.until(lambda: "Nombre total de destinataires" in stage.text() and "coût 2 crédits" in stage.text())

    # ETAPE 4: envoyer immédiatement
    await go_on(stage)
    await go_on(stage)
    await stage.until(lambda: "1 destinataire" in stage.text())
    await stage.press("ctrl+s")
    await stage.until_screen(SendingModal)
    assert "Votre SMS va être envoyé immédiatement." in stage.text()
    assert "Envoyer maintenant à 1 numéro, 2 crédits" in stage.text()
    assert "Annuler" in stage.text()
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "● 1" in stage.text())
    assert [phone.number for phone in road.demo.handsets.received()] == ["+33601020304"]
    assert await backend.drafts.list(actor) == ()


async def test_a_campaign_for_later(settings: Settings) -> None:
    """ "cliquez sur la date qui s'affiche": 2022-02-28 14:15."""
    clock = FakeClock(datetime(2022, 2, 1, 9, tzinfo=UTC))
    async with on_stage(SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock), login=False) as stage:
        await shopkeeper(stage)
        await compose(stage)
        await write_and_go_to_date(stage)
        await stage.press("right")
        calendar = stage.app.screen.query_one(Calendar)
        await stage.until(lambda: calendar.region.height)
        await stage.press("tab", "end")
        await stage.until(lambda: calendar.day.isoformat() == "2022-02-28")
        await stage.press("enter")
        field = stage.app.screen.query_one(TimeField)
        await stage.until(lambda: stage.focused is field)
        await stage.press("ctrl+u")
        await stage.type("1415")
        await stage.until(lambda: "lundi 28 février" in stage.text() and "2022 à 14:15" in stage.text())
        await go_on(stage)
        await stage.until(lambda: "Programmer" in stage.text() and "14:15" in stage.text())
        await stage.press("ctrl+s")
        await stage.until_screen(SendingModal)
        assert "Programmer pour 1 numéro, 1 crédit" in stage.text()
        assert "Programmer le 28/02 14:15" in stage.text()
        await stage.press("enter")
        await stage.until(lambda: stage.shell.section == "campaigns" and NAME in stage.text())
        campaign = await stage.app.backend.campaigns.find(composer_actor(stage), NAME)
        assert campaign.state is CampaignState.SCHEDULED


async def write_and_go_to_date(stage: Stage) -> None:
    await stage.type(NAME)
    await stage.press("enter")
    await stage.type("Bonjour")
    area = await to_numbers(stage)
    await stage.type("0601020304")
    await stage.press("enter")
    await stage.until(lambda: area.recipients.numbers)
    await go_on(stage)


def composer_actor(stage: Stage):  # type: ignore[no-untyped-def]
    assert stage.shell.page is not None
    return stage.shell.page.actor


async def test_outside_the_hours_it_waits_or_the_date_is_changed(settings: Settings) -> None:
    """On a Sunday afternoon."""
    clock = FakeClock(datetime(2026, 11, 22, 14, 15, tzinfo=UTC))
    async with on_stage(SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock), login=False) as stage:
        await shopkeeper(stage, hours=SendingHours())
        page = await compose(stage)
        await write_and_go_to_date(stage)
        await go_on(stage)
        await stage.until(lambda: "attend" in stage.text() and "dimanche" in stage.text())
        await stage.press("ctrl+s")
        await stage.until_screen(SendingModal)
        assert "votre SMS partira dès qu" in stage.text()
        assert "Attendre le 23/11 08:00" in stage.text()
        await stage.press("left", "enter")
        await stage.until(lambda: page.note == "3/4 Date et heure" and not isinstance(stage.app.screen, SendingModal))
        await go_on(stage)
        await stage.press("ctrl+s")
        await stage.until_screen(SendingModal)
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.shell.page, CampaignPage))
        waiting = await stage.app.backend.campaigns.find(page.actor, NAME)
        assert (waiting.state, waiting.recipients) == (CampaignState.SENDING, 1)


async def test_a_test_goes_to_ones_own_number(road: Road) -> None:
    stage = road.stage
    await compose(stage)
    await write(road, text="Bonjour")
    await to_confirmation(road)
    await stage.until(lambda: "Envoi test à mon numéro" in stage.text() and "+33698765432" in stage.text())
    await stage.press("t")
    await stage.until(lambda: "Le test part vers +33698765432" in stage.text())
    await stage.until(lambda: [phone.number for phone in road.demo.handsets.received()] == ["+33698765432"])
    assert await stage.app.backend.campaigns.list(road.actor) == ()


async def test_a_longer_test_says_what_it_costs_and_an_uncertified_account_how_to_have_one(stage: Stage) -> None:
    backend = stage.app.backend
    await connect(backend)
    new = NewAccount("libre", "l@example.com", PASSWORD, "fr", credits=Credits.of(10))
    actor = await backend.accounts.create(new)
    await backend.accounts.dismiss_welcome(actor)
    await stage.enter(actor)
    page = await compose(stage)
    await stage.type(NAME)
    await stage.press("enter")
    stage.app.screen.query_one("#text", TextArea).text = "a" * 200
    await stage.until(lambda: page.written.text)
    area = await to_numbers(stage)
    await stage.type("0601020304")
    await stage.press("enter")
    await stage.until(lambda: area.recipients.numbers)
    await go_on(stage)
    await go_on(stage)
    await stage.until(lambda: "certifiez d" in stage.text())
    await stage.press("f5")
    await stage.until(lambda: "Le test prend 2 SMS" in stage.text())
    await stage.press("enter")
    await stage.until(lambda: "certifiez-le d" in stage.text() or "ertifi" in stage.text())
    assert (await backend.credits.balance(page.actor)).available == Credits.of(10)


async def test_what_is_typed_ahead_finds_its_place(stage: Stage) -> None:
    """A slow line brings all of it at once."""
    await shopkeeper(stage)
    page = await compose(stage)
    keys = [*"Promo", "enter", *"Bonjour", "ctrl+s", "tab", "tab", *"0601020304", "enter", *"0612345678", "ctrl+s"]
    await stage.pilot.press(*keys, "ctrl+s")
    await stage.until(lambda: page.note == "4/4 Confirmation")
    assert (page.written.name, page.written.text) == ("Promo", "Bonjour")
    assert page.whole_draft().numbers == ("+33601020304", "+33612345678")
    assert not stage.app.screen.query_one(RecipientsArea).written.typed
    assert stage.app.screen.query_one("#name", Input).value == "Promo"
