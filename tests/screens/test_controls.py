"""Pausing, resuming, cancelling and resending a campaign, from its page and from the list."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, update
from textual.widgets import Button, Static

from smstui.domain.actor import Actor
from smstui.domain.counts import Counts
from smstui.domain.states import CampaignState, MessageState
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.campaigns import CampaignsPage
from smstui.screens.messaging.resend_modal import ResendModal
from smstui.screens.shell import Shell
from smstui.services.campaigns import Draft
from smstui.storage.tables import campaign, message
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.modals import ConfirmModal
from tests.screens.road import connect, recount
from tests.screens.stage import Stage

NAME = "Soldes [b]"
COUNT = 20
UNKNOWN = 3
Opened = Callable[[type], Awaitable[None]]


@pytest.fixture
async def sent(stage: Stage, shop: Actor) -> Actor:
    """A campaign to COUNT numbers that nobody dispatches."""
    backend = stage.app.backend
    await connect(backend)
    await backend.senders.add(shop, "MaBoutique")
    numbers = tuple(f"+336010203{index:02}" for index in range(COUNT))
    await backend.campaigns.send(shop, Draft(NAME, "Bonjour", numbers=numbers, sender="MaBoutique"))
    return shop


@pytest.fixture
async def doubtful(stage: Stage, sent: Actor) -> Actor:
    """UNKNOWN of its messages have no known outcome, and the others arrived."""

    def settle(tx: Connection) -> None:
        tx.execute(update(message).values(state=MessageState.DELIVERED))
        tx.execute(update(message).where(message.c.id <= UNKNOWN).values(state=MessageState.UNKNOWN))
        tx.execute(update(campaign).values(state=CampaignState.DONE))
        recount(tx)

    await stage.app.backend.database.write(settle)
    return sent


@pytest.fixture(params=[CampaignsPage, CampaignPage])
def page(request: pytest.FixtureRequest) -> type[CampaignsPage | CampaignPage]:
    """Where the keys are pressed."""
    chosen: type[CampaignsPage | CampaignPage] = request.param
    return chosen


async def go(stage: Stage, actor: Actor, page: type[CampaignsPage | CampaignPage]) -> None:
    """Show the list, or the campaign; the buttons that make sense are there when this returns."""
    await stage.enter(actor, "campaigns")
    await stage.until(lambda: NAME in stage.text() and stage.shell.page.query("ControlButtons.-possible"))
    if page is CampaignPage:
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.shell.page, CampaignPage))
        await stage.until(lambda: stage.shell.page.query("ControlButtons.-possible"))


async def state(stage: Stage, actor: Actor, name: str = NAME) -> tuple[CampaignState, Counts]:
    found = await stage.app.backend.campaigns.find(actor, name)
    return found.state, (await stage.app.backend.campaigns.progress(actor, found.id)).counts


def sentence(question: ConfirmModal) -> str:
    return str(question.query_one(".dialog-text", Static).content)


def meant(question: ResendModal) -> list[str]:
    """What the question says."""
    return str(question.query_one("#meant", Static).content).splitlines()


def footer(stage: Stage) -> str:
    return stage.text().splitlines()[-1]


async def balance(stage: Stage, actor: Actor) -> int:
    return int((await stage.app.backend.credits.balance(actor)).available.decimal)


async def test_p_pauses_and_resumes(stage: Stage, sent: Actor, page: type[CampaignsPage | CampaignPage]) -> None:
    await go(stage, sent, page)
    assert "p Pause" in footer(stage)
    await stage.press("p")
    await stage.until(lambda: "○ paused" in stage.text() and "p Resume" in footer(stage))
    assert (await state(stage, sent))[0] is CampaignState.PAUSED
    await stage.press("p")
    await stage.until(lambda: "◐ in progress" in stage.text() and "p Pause" in footer(stage))
    assert (await state(stage, sent))[0] is CampaignState.SENDING


async def test_c_cancels_once_confirmed(stage: Stage, sent: Actor, page: type[CampaignsPage | CampaignPage]) -> None:
    await go(stage, sent, page)
    before = await balance(stage, sent)
    await stage.press("c")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question) == "20 messages will not be sent, and 20 credits will be given back."
    await stage.press("enter")
    await stage.until_screen(Shell)
    assert (await state(stage, sent))[0] is CampaignState.SENDING
    await stage.press("c")
    await stage.until_screen(ConfirmModal)
    await stage.press("left", "enter")
    await stage.until(lambda: "✕ cancelled" in stage.text())
    found, counts = await state(stage, sent)
    assert (found, counts.cancelled) == (CampaignState.CANCELLED, COUNT)
    assert await balance(stage, sent) == before + COUNT
    if page is CampaignPage:
        await stage.until(lambda: "– 20   STOP 0" in stage.text())
    await stage.until(lambda: "p Pause" not in footer(stage) and "Cancel the campaign" not in stage.text())


async def test_what_has_left_is_told_before_cancelling(stage: Stage, sent: Actor) -> None:
    def deliver(tx: Connection) -> None:
        tx.execute(update(message).where(message.c.id <= 1).values(state=MessageState.DELIVERED))
        recount(tx)

    await stage.app.backend.database.write(deliver)
    await go(stage, sent, CampaignPage)
    await stage.press("c")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question).splitlines() == [
        f"1 message of “{NAME}” has left and can't be called back.",
        "19 messages will not be sent, and 19 credits will be given back.",
    ]


async def test_r_sends_the_unknown_again_once_confirmed(
    stage: Stage, doubtful: Actor, page: type[CampaignsPage | CampaignPage]
) -> None:
    await go(stage, doubtful, page)
    await stage.app.backend.opt_outs.add(doubtful, "+33601020300")
    await stage.press("r")
    question = await stage.until_screen(ResendModal)
    assert meant(question) == [
        f"3 messages of “{NAME}” got no response: their phones may have received them already.",
        "1 of the numbers has answered STOP since.",
        "Send again to 2 numbers, for 2 credits of 80?",
    ]
    assert not question.query(ChoiceLine)
    await stage.press("escape")
    await stage.until_screen(Shell)
    assert len(await stage.app.backend.campaigns.list(doubtful)) == 1
    await stage.press("r")
    await stage.until_screen(ResendModal)
    await stage.press("enter")
    await stage.until_screen(Shell)
    assert len(await stage.app.backend.campaigns.list(doubtful)) == 1
    await stage.press("r")
    await stage.until_screen(ResendModal)
    await stage.press("left", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "resend" in stage.shell.page.heading)
    newest, *_ = await stage.app.backend.campaigns.list(doubtful)
    assert (newest.recipients, newest.state) == (2, CampaignState.SENDING)
    assert await balance(stage, doubtful) == 78


@pytest.fixture
async def failing(stage: Stage, doubtful: Actor) -> Actor:
    """Of the others, two were refused by the SMSC and one by the network."""

    def fail(tx: Connection) -> None:
        refused = update(message).where(message.c.id.in_((UNKNOWN + 1, UNKNOWN + 2)))
        tx.execute(refused.values(state=MessageState.REJECTED, status=0x0B))
        by_network = update(message).where(message.c.id == UNKNOWN + 3)
        tx.execute(by_network.values(state=MessageState.UNDELIVERED, error="UNDELIV [b]001"))
        recount(tx)

    await stage.app.backend.database.write(fail)
    return doubtful


async def test_what_is_sent_again_is_chosen(
    stage: Stage, failing: Actor, page: type[CampaignsPage | CampaignPage]
) -> None:
    await go(stage, failing, page)
    await stage.press("r")
    question = await stage.until_screen(ResendModal)
    await stage.until(lambda: "(●) unknown 3 ( ) failed 3 ( ) both 6" in stage.text())
    assert "got no response" in meant(question)[0]
    await stage.press("right")
    assert meant(question) == [
        f"3 messages of “{NAME}” did not arrive:",
        "  2  refused by the SMSC · 0x0000000B ESME_RINVDSTADR: invalid destination address",
        "  1  not received · UNDELIV [b]001",
        "Send again to 3 numbers, for 3 credits of 80?",
    ]
    await stage.press("right")
    assert "got no response" in meant(question)[0]
    assert meant(question)[-1] == "Send again to 6 numbers, for 6 credits of 80?"
    await stage.press("left", "enter", "right", "enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "resend" in stage.shell.page.heading)
    newest, *_ = await stage.app.backend.campaigns.list(failing)
    assert newest.recipients == 3
    sent_again = await stage.app.backend.campaigns.messages(failing, newest.id)
    assert [each.number for each in sent_again] == ["+33601020303", "+33601020304", "+33601020305"]


async def test_nothing_is_sent_again_that_can_not_be_paid(stage: Stage, failing: Actor) -> None:
    await go(stage, failing, CampaignPage)
    numbers = tuple(f"+336020203{index:02}" for index in range(78))
    await stage.app.backend.campaigns.send(failing, Draft("Dear", "Bonjour", numbers=numbers))
    await stage.press("r")
    question = await stage.until_screen(ResendModal)
    await stage.until(lambda: "credits" in meant(question)[-1])
    assert question.query_one("#confirm", Button).disabled
    await stage.press("escape")


async def test_what_was_sent_again_is_not_a_third_time(stage: Stage, doubtful: Actor) -> None:
    await go(stage, doubtful, CampaignPage)
    found = await stage.app.backend.campaigns.find(doubtful, NAME)
    await stage.app.backend.campaigns.resend(doubtful, found.id)
    await stage.press("r")
    await stage.until(lambda: "is in doubt" in stage.text())
    assert len(await stage.app.backend.campaigns.list(doubtful)) == 2


@pytest.mark.parametrize("button", ["pause", "cancel"])
async def test_the_buttons_do_what_the_keys_do(stage: Stage, sent: Actor, button: str) -> None:
    await go(stage, sent, CampaignPage)
    await stage.pilot.click(f"CampaignPage #{button}")
    if button == "cancel":
        await stage.until_screen(ConfirmModal)
    else:
        await stage.until(lambda: "○ paused" in stage.text())
        await stage.pilot.click("CampaignPage #resume")
        await stage.until(lambda: "◐ in progress" in stage.text())


async def test_the_palette_offers_what_makes_sense(stage: Stage, sent: Actor) -> None:
    await go(stage, sent, CampaignPage)
    titles = [command.title for command in stage.app.get_system_commands(stage.app.screen)]
    assert {"Pause", "Cancel the campaign"} <= set(titles)
    assert not {"Resume", "Send now", "Send again", "Edit"} & set(titles)
    assert {"Duplicate", "Export"} <= set(titles)
    assert len([each for each in footer(stage).split("  ") if each.strip()]) <= 5
