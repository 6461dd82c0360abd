"""What the tests of the messaging screens share: the demo on a stage, with a real simulator, and a seeded campaign."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update
from textual import events

from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind, CampaignState, MessageState, MessageType
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.demo import LOGIN, Demo
from smstui.settings import Settings
from smstui.smpp.values import BindSettings
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import campaign, message, message_count
from tests.screens.stage import SMALL, Stage, on_stage
from tests.support import START

BLACK_FRIDAY = (
    "C'est bientôt le Black Friday ! Profitez-en pour commencer vos cadeaux de Noël en bénéficiant de -30% sur une "
    "sélection d'articles du 22 au 27 novembre dans votre boutique."
)
"""The guide's own text."""


@dataclass
class Road:
    """The demo, its stage, and who is logged in."""

    demo: Demo
    stage: Stage
    actor: Actor

    def paste(self, text: str) -> None:
        """Paste where the focus is."""
        self.stage.app.post_message(events.Paste(text))


@asynccontextmanager
async def on_the_road(settings: Settings, size: tuple[int, int] = SMALL) -> AsyncIterator[Road]:
    """The demo with its simulator and its dispatcher, the sample account logged in."""
    async with (
        Demo.open(settings, keep=False) as demo,
        on_stage(SmstuiApp(demo.settings, dispatch=True, demo=demo), size) as stage,
    ):
        actor = await stage.app.backend.accounts.find(LOGIN)
        await stage.enter(actor)
        yield Road(demo, stage, actor)


async def connect(backend: Backend, *, reply_number: str | None = None) -> None:
    """A connection that nobody dispatches."""
    types = {MessageType.PRO, MessageType.UNICODE} | ({MessageType.REPONSE} if reply_number else set())
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret", rate=100)
    await backend.connections.add(None, ConnectionSettings("Opérateur", bind, frozenset(types), reply_number))


async def seed_campaign(
    backend: Backend, actor: Actor, name: str, states: Sequence[MessageState], *, running: bool = False
) -> int:
    """A campaign with one message in each of `states`, in that order; its id."""
    at = to_milliseconds(START)

    def work(tx: Connection) -> int:
        campaign_id = tx.execute(
            insert(campaign)
            .values(
                account_id=actor.account_id,
                kind=CampaignKind.CAMPAIGN,
                name=name,
                type=MessageType.PRO,
                state=CampaignState.SENDING if running else CampaignState.DONE,
                connection_id=1,
                sender="MaBoutique",
                text="Bonjour STOP 36034",
                segments=1,
                price=1000,
                priority=0,
                recipients=len(states),
                created_at=START,
            )
            .returning(campaign.c.id)
        ).scalar_one()
        rows = [
            (campaign_id, f"+336{index:08}", state.value, at if state is not MessageState.QUEUED else None)
            for index, state in enumerate(states)
        ]
        tx.exec_driver_sql("INSERT INTO message (campaign_id, destination, state, sent_at) VALUES (?, ?, ?, ?)", rows)
        recount(tx)
        return int(campaign_id)

    campaign_id = await backend.database.write(work)
    rejected = update(message).where(message.c.state == MessageState.REJECTED)
    await backend.database.write(lambda tx: tx.execute(rejected.values(status=0x0B)))
    return campaign_id


def recount(tx: Connection) -> None:
    """Bring the counts of all campaigns up to date, after messages were written past the services."""
    tx.execute(delete(message_count))
    counts = select(message.c.campaign_id, message.c.state, func.count()).group_by(
        message.c.campaign_id, message.c.state
    )
    tx.execute(insert(message_count).from_select(["campaign_id", "state", "messages"], counts))
