"""Messaging › Replies, by keyboard: conversations, what is unread, answers."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select
from textual.widgets import Input, Select

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageType
from smstui.screens.messaging.replies import RepliesPage
from smstui.screens.messaging.replies_conversation import ConversationPage
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.exchanges import Pair
from smstui.settings import Settings
from smstui.smpp.values import BindSettings
from smstui.storage.tables import campaign, message
from smstui.widgets.labelled import Labelled
from smstui.widgets.modals import ConfirmModal
from tests.screens.stage import WIDE, Stage, on_stage
from tests.screens.test_snapshots import SnapCompare, played
from tests.services.test_conversations import OTHER_PHONE, OURS, PHONE, came, deliver, sent
from tests.support import PASSWORD, FakeClock

THIRD_PHONE = "+33612345672"
SPENT = 3
"""Credits of the campaign that is answered."""


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


@pytest.fixture
async def french(french_app: SmstuiApp) -> AsyncIterator[Stage]:
    async with on_stage(french_app) as stage:
        yield stage


async def answered(backend: Backend, actor: Actor) -> None:
    """A campaign to three phones: one answered twice, one once, one not; the first one is Sophie's."""
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret", rate=100)
    types = frozenset({MessageType.PRO, MessageType.REPONSE})
    await backend.connections.add(None, ConnectionSettings("Opérateur", bind, types, OURS))
    await backend.contacts.add(actor, ContactDetails(PHONE, "Martin", "Sophie"))
    await sent(backend, actor, "Soldes", PHONE, OTHER_PHONE, THIRD_PHONE, text="Venez samedi !")
    await came(backend, "OUI")
    await came(backend, "À quelle heure ?")
    await came(backend, "Non merci", OTHER_PHONE)


async def opened(stage: Stage, actor: Actor, count: int = 2) -> RepliesPage:
    await stage.enter(actor, "replies")
    page = stage.shell.page
    assert isinstance(page, RepliesPage)
    await stage.until(lambda: page.table.row_count == count)
    return page


async def conversation(stage: Stage) -> ConversationPage:
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, ConversationPage) and stage.shell.page.has_focus_within)
    page = stage.shell.page
    assert isinstance(page, ConversationPage)
    return page


def badge(stage: Stage) -> str:
    """What stands beside the section in the menu."""
    line = next(line for line in stage.text().splitlines() if re.search("Replies|Réponses", line[:24]))
    return line[:23].split("s")[-1].strip()


async def replies(backend: Backend) -> list[tuple[str, str]]:
    """Number and text of the answers that were queued."""

    def work(tx: Connection) -> list[tuple[str, str]]:
        rows = (
            select(message.c.destination, campaign.c.text)
            .join(campaign, campaign.c.id == message.c.campaign_id)
            .where(campaign.c.kind == CampaignKind.REPLY)
        )
        return [tuple(row) for row in tx.execute(rows)]

    return await backend.database.read(work)


async def test_conversations_are_shown_with_contact_campaign_and_count(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    assert page.table.keys(0, 2) == (f"{OURS}>{OTHER_PHONE}", f"{OURS}>{PHONE}")
    await stage.press("down")
    await stage.until(lambda: f"{PHONE} → +{OURS}" in stage.text() and "À quelle heure ?" in stage.text())
    assert "Sophie Martin" in stage.text()
    assert "● 2" in stage.text()
    assert "2 conversations" in stage.text()


async def test_reading_an_exchange_marks_it_read_beside_the_menu_too(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    await stage.until(lambda: badge(stage) == "2")
    await stage.press("down")
    await conversation(stage)
    await stage.until(lambda: "Messaging › Replies › Sophie Martin" in stage.text())
    shown = " ".join(stage.text().split())
    for words in ("Campaign Soldes · 22/11 15:15 · ● delivered", "Sophie Martin · 22/11 15:16", "À quelle heure ?"):
        assert words in shown
    await stage.until(lambda: badge(stage) == "1")
    await stage.press("escape")
    await stage.until(lambda: stage.shell.page is page and "● 2" not in stage.text())
    assert [each.unread for each in await stage.app.backend.conversations.list(shop)] == [1, 0]


async def test_u_turns_a_conversation_unread_and_read(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    await stage.press("u")
    await stage.until(lambda: page.table.keys(0, 2) == (f"{OURS}>{PHONE}", f"{OURS}>{OTHER_PHONE}"))
    await stage.press("u")
    await stage.until(lambda: page.table.keys(0, 2) == (f"{OURS}>{OTHER_PHONE}", f"{OURS}>{PHONE}"))


async def test_an_opened_conversation_is_left_for_later(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    await conversation(stage)
    await stage.until(lambda: "Non merci" in stage.text())
    await stage.press("f7")
    await stage.until(lambda: stage.shell.page is page)
    assert (await stage.app.backend.conversations.state(shop)).unread == 2


async def test_an_answer_of_one_sms_leaves_at_once(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    await opened(stage, shop)
    page = await conversation(stage)
    await stage.type("OK, merci")
    row = page.query_one("#answer-row", Labelled)
    await stage.until(lambda: "9 characters - 1 SMS" in stage.text() and "cost 1 credit" in stage.text())
    assert not row.error
    await stage.press("enter")
    await stage.until(lambda: "You · 22/11" in stage.text() and "○ queued" in stage.text())
    assert page.query_one(Input).value == ""
    assert stage.focused is page.query_one("#answer")
    assert await replies(stage.app.backend) == [(OTHER_PHONE, "OK, merci")]
    assert (await stage.app.backend.credits.balance(shop)).available == Credits.of(100 - SPENT - 1)


async def test_an_answer_of_several_sms_is_confirmed(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    await opened(stage, shop)
    page = await conversation(stage)
    await stage.fill("#answer", "x" * 161)
    await stage.press("enter")
    await stage.until_screen(ConfirmModal)
    assert "This answer takes 2 SMS" in stage.text()
    await stage.press("escape")
    await stage.until(lambda: stage.focused is page.query_one("#answer"))
    assert page.query_one(Input).value == "x" * 161
    await stage.press("enter")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: page.query_one(Input).value == "")
    assert await replies(stage.app.backend) == [(OTHER_PHONE, "x" * 161)]


async def test_what_stands_in_the_way_is_said_under_the_answer(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    await opened(stage, shop)
    page = await conversation(stage)
    row = page.query_one("#answer-row", Labelled)
    await stage.press("enter")
    await stage.until(lambda: "Write the text" in row.error)
    await stage.press("f8")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: "is on the STOP list" in row.error)
    await stage.type("Hello")
    await stage.press("enter")
    await stage.settle()
    assert await replies(stage.app.backend) == []
    (listed,) = await stage.app.backend.opt_outs.list(shop)
    assert (listed.number, listed.source) == (OTHER_PHONE, "reply")


async def test_an_answer_that_was_begun_is_not_lost_without_a_question(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    await conversation(stage)
    await stage.type("Hel")
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("escape")
    await stage.type("lo")
    await stage.until(lambda: stage.app.screen.query_one("#answer", Input).value == "Hello")
    await stage.press("escape")
    await stage.until_screen(ConfirmModal)
    await stage.press("right", "enter")
    await stage.until(lambda: stage.shell.page is page)


async def test_new_messages_appear(stage: Stage, shop: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("replies", "replies_conversation"):
        monkeypatch.setattr(f"smstui.screens.messaging.{module}.LIVE_INTERVAL", 0.05)
    backend = stage.app.backend
    await answered(backend, shop)
    page = await opened(stage, shop)
    await came(backend, "Oui aussi", THIRD_PHONE)
    await stage.until(lambda: page.table.row_count == 3 and "Oui aussi" in stage.text())
    await conversation(stage)
    await stage.until(lambda: "Non merci" in stage.text())
    await came(backend, "Finalement oui", OTHER_PHONE)
    await stage.until(lambda: "Finalement oui" in stage.text())
    await stage.settle()
    unread = {each.pair: each.unread for each in await backend.conversations.list(shop)}
    assert unread[Pair(OURS, OTHER_PHONE)] == 0


async def test_search_finds_names_numbers_and_texts(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    page = await opened(stage, shop)
    for typed, found in (("sophie", PHONE), ("0612345671", OTHER_PHONE), ("NON", OTHER_PHONE), ("a quelle", PHONE)):
        await stage.press("slash")
        await stage.fill("SearchList Input", typed)
        await stage.until(lambda found=found: page.table.keys(0, 2) == (f"{OURS}>{found}",))


async def test_the_list_is_filtered_by_campaign(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    await sent(stage.app.backend, shop, "Rentrée", THIRD_PHONE)
    await came(stage.app.backend, "Oui", THIRD_PHONE)
    page = await opened(stage, shop, 3)
    await stage.press("f", "down", "enter")
    await stage.until(lambda: page.table.row_count == 1)
    assert page.query_one(Select).value != Select.NULL
    assert page.table.keys(0, 1) == (f"{OURS}>{THIRD_PHONE}",)


async def test_what_phones_write_is_no_markup(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    await came(stage.app.backend, "[@click=app.quit]x[/]\x1b]0;owned\x07\u202e", OTHER_PHONE)
    await opened(stage, shop)
    await stage.until(lambda: "[@click=app.quit]x[/]␛]0;owned␇‹U+202E›" in stage.text())
    await conversation(stage)
    await stage.until(lambda: "[@click=app.quit]x[/]␛]0;owned␇" in stage.text())


async def test_a_long_exchange_is_scrolled_from_the_answer(stage: Stage, shop: Actor) -> None:
    await answered(stage.app.backend, shop)
    for index in range(12):
        await came(stage.app.backend, f"Message {index:02}", OTHER_PHONE)
    await opened(stage, shop)
    await conversation(stage)
    await stage.until(lambda: "Message 11" in stage.text() and "Campaign Soldes" not in stage.text())
    await stage.press(*["pageup"] * 8)
    await stage.until(lambda: "Campaign Soldes" in stage.text())
    await stage.press(*["pagedown"] * 8)
    await stage.until(lambda: "Message 11" in stage.text())


async def test_the_guide_words_in_french_and_the_count_of_many(french: Stage, clock: FakeClock) -> None:
    backend = french.app.backend
    new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", certified_number="+33601020304")
    actor = await backend.accounts.create(replace(new, credits=Credits.of(1000)))
    await answered(backend, actor)
    await opened(french, actor)
    await french.until(lambda: "Messagerie › Réponses" in french.text() and "Non lu ▾" in french.text())
    phones = [f"+336200000{index:02}" for index in range(99)]
    await sent(backend, actor, "Grande", *phones)
    for phone in phones:
        await came(backend, "Oui", phone)
    await french.until(lambda: badge(french) == "99+")
    await french.press("ctrl+b")
    await french.until(lambda: "«•" in french.text())


async def exchange(stage: Stage) -> None:
    backend = stage.app.backend
    new = NewAccount("ma-boutique", "m@example.com", PASSWORD, "fr", certified_number="+33601020304")
    actor = await backend.accounts.create(replace(new, credits=Credits.of(1000)))
    await answered(backend, actor)
    await backend.conversations.reply(actor, Pair(OURS, PHONE), "Bonjour Sophie, nous ouvrons à 10 h.")
    await deliver(backend)
    await came(backend, "Parfait, à samedi")
    await backend.conversations.mark_read(actor, Pair(OURS, OTHER_PHONE))
    await opened(stage, actor)
    await conversation(stage)
    await stage.until(lambda: "Parfait" in stage.text() and "Soldes" in stage.text())
    await stage.until(lambda: not badge(stage))
    await stage.type("A bientot")
    await stage.until(lambda: "coût 1 crédit" in stage.text())


def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp) -> None:
    assert snap_compare(french_app, terminal_size=WIDE, run_before=played(exchange))
