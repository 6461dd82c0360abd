"""Messaging › Campaigns: the list, one campaign, and the table that scrolls through any number of messages."""

import pytest
from sqlalchemy import Connection, update
from textual.widgets import Select

from smstui.domain.actor import Actor
from smstui.domain.states import MessageState
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.campaigns import CampaignsPage
from smstui.services.message_ids import message_ids
from smstui.storage.tables import message
from smstui.widgets.windowed_table import WindowedTable
from tests.screens.road import connect, recount, seed_campaign
from tests.screens.stage import Stage

QUEUED, DELIVERED, REJECTED = MessageState.QUEUED, MessageState.DELIVERED, MessageState.REJECTED


@pytest.fixture
async def connected(stage: Stage, shop: Actor) -> Actor:
    await connect(stage.app.backend)
    return shop


async def listed(stage: Stage, actor: Actor) -> CampaignsPage:
    await stage.enter(actor, "campaigns")
    page = stage.shell.page
    assert isinstance(page, CampaignsPage)
    return page


async def opened(stage: Stage, actor: Actor) -> CampaignPage:
    await listed(stage, actor)
    await stage.until(lambda: stage.app.screen.query_one(WindowedTable).row_count)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and stage.focused is table(stage))
    page = stage.shell.page
    assert isinstance(page, CampaignPage)
    return page


def table(stage: Stage) -> WindowedTable[int]:
    assert stage.shell.page is not None
    return stage.shell.page.query_one(WindowedTable)


async def test_an_empty_list_says_what_to_do(stage: Stage, shop: Actor) -> None:
    await listed(stage, shop)
    await stage.until(lambda: "press n to write the first one" in stage.text())
    await stage.press("n")
    await stage.until(lambda: stage.shell.section == "send")


async def test_each_campaign_has_its_sign_its_word_and_its_numbers(stage: Stage, connected: Actor) -> None:
    await seed_campaign(stage.app.backend, connected, "Black Friday", [DELIVERED] * 1200 + [REJECTED])
    await seed_campaign(stage.app.backend, connected, "Soldes [b]", [QUEUED] * 3, running=True)
    await listed(stage, connected)
    await stage.press("ctrl+b")
    await stage.until(lambda: "1,200" in stage.text())
    text = stage.text()
    assert "Soldes [b]" in text
    assert "● done" in text
    assert "◐ in progress" in text
    assert "1,201" in text
    assert text.count("22/11 15:15") == 2


async def test_search_and_sort(stage: Stage, connected: Actor) -> None:
    for name, count in (("Noël", 3), ("Soldes", 1), ("Promo", 2)):
        await seed_campaign(stage.app.backend, connected, name, [DELIVERED] * count)
    page = await listed(stage, connected)
    await stage.until(lambda: page.table.row_count == 3)
    await stage.press("slash")
    await stage.type("noel")
    await stage.until(lambda: page.table.row_count == 1 and "Noël" in stage.text())


async def test_the_line_of_truth_and_every_message(stage: Stage, connected: Actor) -> None:
    states = [QUEUED] * 5 + [DELIVERED] * 3 + [REJECTED, MessageState.UNKNOWN]
    await seed_campaign(stage.app.backend, connected, "Black Friday", states, running=True)
    await opened(stage, connected)
    await stage.until(lambda: "50 %" in stage.text())
    assert "10   ○ 5   ◐ 0   ● 3   ✕ 1   ? 1   STOP 0" in stage.text()
    assert "Bonjour STOP 36034" in stage.text()
    await stage.press("end", "up")
    await stage.until(lambda: "0x0000000B ESME_RINVDSTADR" in stage.text())
    await stage.press("escape")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignsPage))


async def test_only_one_state_is_shown(stage: Stage, connected: Actor) -> None:
    states = [QUEUED] * 5 + [DELIVERED] * 3
    await seed_campaign(stage.app.backend, connected, "Black Friday", states, running=True)
    await opened(stage, connected)
    await stage.until(lambda: table(stage).row_count == 8)
    await stage.press("f")
    await stage.until(lambda: isinstance(stage.focused, Select) or "OptionList" in repr(type(stage.focused).__mro__))
    stage.app.screen.query_one("#state", Select).value = DELIVERED
    await stage.until(lambda: table(stage).row_count == 3)
    await stage.until(lambda: "+33600000005" in stage.text())


async def test_200_000_messages_scroll_to_both_ends(stage: Stage, connected: Actor) -> None:
    campaign_id = await seed_campaign(stage.app.backend, connected, "Tous", [DELIVERED] * 200_000)
    await opened(stage, connected)
    await stage.until(lambda: table(stage).row_count == 200_000)
    await stage.press("end")
    await stage.until(lambda: "+33600199999" in stage.text())
    await stage.press("home")
    await stage.until(lambda: "+33600000000" in stage.text())
    ids = await message_ids(stage.app.backend.database, connected, campaign_id)
    assert len(ids) == 200_000


async def test_live_the_cursor_stays_on_its_message(stage: Stage, connected: Actor) -> None:
    await seed_campaign(stage.app.backend, connected, "Black Friday", [QUEUED] * 50, running=True)
    await opened(stage, connected)
    await stage.until(lambda: table(stage).row_count == 50)
    await stage.press("down", "down", "down")
    key = table(stage).cursor_key

    def deliver(tx: Connection) -> None:
        tx.execute(update(message).values(state=DELIVERED))
        recount(tx)

    await stage.app.backend.database.write(deliver)
    await stage.until(lambda: "● 50" in stage.text())
    await stage.until(lambda: "delivered" in stage.text())
    assert table(stage).cursor_key == key


async def test_another_accounts_messages_stay_hidden(stage: Stage, connected: Actor) -> None:
    campaign_id = await seed_campaign(stage.app.backend, connected, "Privé", [DELIVERED])
    stranger = Actor(connected.account_id + 1, "stranger", connected.role, "en")
    assert not await message_ids(stage.app.backend.database, stranger, campaign_id)
    assert await message_ids(stage.app.backend.database, connected, campaign_id, DELIVERED)
    assert not await message_ids(stage.app.backend.database, connected, campaign_id, QUEUED)
