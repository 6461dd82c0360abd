"""How the screens of messaging, the STOP list and the settings look, in French, at a fixed time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events
from textual.widgets import Input

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import MessageState
from smstui.screens.demo.handsets import HandsetPanel, HandsetsModal
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.sending_modal import SendingModal
from smstui.screens.settings.connection_form import ConnectionForm
from smstui.screens.settings.sender_form import SenderForm
from smstui.services.accounts import NewAccount
from smstui.settings import Settings
from smstui.smpp.simulator import HandsetMessage
from smstui.widgets.labelled import Labelled
from tests.screens.composing import compose, composer, go_on, to_numbers
from tests.screens.road import BLACK_FRIDAY, connect, seed_campaign
from tests.screens.stage import SMALL, WIDE, Stage
from tests.screens.test_snapshots import Scene, SnapCompare, played
from tests.support import PASSWORD, START, FakeClock

NUMBERS = "06 01 02 03 04\n0612345678\n0612345678\n+336010304\n01 44 55 66 77\nbonjour"


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


async def shopkeeper(stage: Stage) -> Actor:
    """An administrator with 30,000 credits, who reads French."""
    new = NewAccount(
        "ma-boutique",
        "ma-boutique@example.com",
        PASSWORD,
        "fr",
        admin=True,
        certified_number="+33601020304",
        credits=Credits.of(30_000),
    )
    return await stage.app.backend.accounts.create(new)


async def entered(stage: Stage, section: str) -> Actor:
    actor = await shopkeeper(stage)
    await shown(stage, actor, section)
    return actor


async def shown(stage: Stage, actor: Actor, section: str) -> None:
    await stage.enter(actor, section)


async def text(stage: Stage) -> None:
    """A text whose letters make it SMS Unicode, which could be plainer."""
    await connect(stage.app.backend, reply_number="36105")
    actor = await shopkeeper(stage)
    await stage.app.backend.senders.add(actor, "MaBoutique", default=True)
    await stage.enter(actor)
    await compose(stage)
    await stage.type("Black Friday")
    await stage.press("enter")
    stage.app.post_message(events.Paste(BLACK_FRIDAY))
    await stage.until(lambda: "F6 remplace 2" in stage.text())
    await stage.settle()


async def recipients(stage: Stage) -> None:
    await text(stage)
    await stage.press("f6")
    area = await to_numbers(stage)
    stage.app.post_message(events.Paste(NUMBERS))
    await stage.until(lambda: len(area.recipients.numbers) == 2 and "coût 4 crédits" in stage.text())
    await stage.settle()


async def confirmation(stage: Stage) -> None:
    await recipients(stage)
    await go_on(stage)
    await go_on(stage)
    page = composer(stage)
    await stage.until(lambda: page.plans.whole is not None)
    await stage.press("ctrl+s")
    question = await stage.until_screen(SendingModal)
    await stage.until(lambda: question.query_one(".dialog").region.x > 0)
    await stage.pilot.pause()


async def campaigns(stage: Stage) -> None:
    await connect(stage.app.backend)
    actor = await shopkeeper(stage)
    delivered, queued = MessageState.DELIVERED, MessageState.QUEUED
    failed = [MessageState.REJECTED] * 3
    await seed_campaign(stage.app.backend, actor, "Soldes d'hiver", [delivered] * 1_240 + failed)
    await seed_campaign(stage.app.backend, actor, "Black Friday", [delivered] * 700 + [queued] * 500, running=True)
    await shown(stage, actor, "campaigns")
    await stage.until(lambda: all(each in stage.text() for each in ("1\u202f243", "Black Friday", "Mettre en pause")))
    await stage.until(lambda: "…" not in stage.text())
    await stage.settle()


async def campaign(stage: Stage) -> None:
    await campaigns(stage)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage) and "58" in stage.text())
    await stage.until(lambda: "+33600000000  ● livré · envoyé" in stage.text())
    await stage.until(lambda: "+33600000005" in stage.text())
    await stage.settle()


async def connections(stage: Stage) -> None:
    await connect(stage.app.backend)
    await entered(stage, "connections")
    await stage.until(lambda: "Opérateur" in stage.text())


async def connection_form(stage: Stage) -> None:
    await entered(stage, "connections")
    await stage.press("n")
    await stage.until(lambda: isinstance(stage.shell.page, ConnectionForm))
    form = stage.shell.page
    assert form is not None
    form.query_one("#port", Input).value = "70000"
    await stage.press("ctrl+s")
    await stage.until(lambda: form.query_one("#password-row", Labelled).error)


async def senders(stage: Stage) -> None:
    actor = await shopkeeper(stage)
    for name in ("MaBoutique", "Promo"):
        await stage.app.backend.senders.add(actor, name)
    await shown(stage, actor, "senders")
    await stage.until(lambda: "Promo" in stage.text())


async def sender_form(stage: Stage) -> None:
    await senders(stage)
    await stage.press("n")
    await stage.until_screen(SenderForm)
    await stage.fill("#name", "Ma Boutique")
    await stage.until(lambda: "ponctuation" in stage.text())


async def opt_outs(stage: Stage) -> None:
    actor = await shopkeeper(stage)
    for number in ("0601020304", "0612345678"):
        await stage.app.backend.opt_outs.add(actor, number)
    await shown(stage, actor, "opt-outs")
    await stage.until(lambda: "+33612345678" in stage.text())


class Phones:
    """Phones that received what they always receive."""

    def received(self, limit: int = 100) -> tuple[HandsetMessage, ...]:
        texts = ("Votre code smstui : 223344", "Bonjour à tous ! STOP 36034")
        return tuple(
            HandsetMessage("+33601020304", "MaBoutique", text, START + timedelta(minutes=minutes))
            for minutes, text in enumerate(reversed(texts))
        )

    def subscribe(self, callback: object) -> object:
        return lambda: None


async def phones(stage: Stage) -> None:
    await entered(stage, "campaigns")
    stage.app.push_screen(HandsetsModal(Phones()))  # type: ignore[arg-type]
    modal = await stage.until_screen(HandsetsModal)
    await stage.until(lambda: modal.query_one(HandsetPanel).table.row_count == 2)
    await stage.settle()


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        (text, SMALL),
        (text, WIDE),
        (recipients, SMALL),
        (recipients, WIDE),
        (confirmation, SMALL),
        (campaigns, WIDE),
        (campaign, SMALL),
        (campaign, WIDE),
        (connections, SMALL),
        (connection_form, SMALL),
        (sender_form, SMALL),
        (opt_outs, SMALL),
        (phones, WIDE),
    ],
    ids=lambda value: f"{value[0]}x{value[1]}" if isinstance(value, tuple) else value.__name__,
)
def test_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp, scene: Scene, size: tuple[int, int]) -> None:
    assert snap_compare(french_app, terminal_size=size, run_before=played(scene))
