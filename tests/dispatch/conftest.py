"""A platform that really sends: a database file, the simulator on a free port, and dispatchers in this event loop.

platform       a Platform: accounts, a connection "main" to the simulator, helpers to send and to wait
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import Connection, func, select

from smstui.domain.actor import Actor
from smstui.domain.clock import SystemClock
from smstui.domain.counts import Counts
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageType
from smstui.domain.text import measure
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignSummary, Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.credits import Cause, post
from smstui.services.dispatch.dispatcher import Dispatcher
from smstui.services.outgoing import CAMPAIGN_PRIORITY, NewCampaign, OwnMessage, connection_for, enqueue_own
from smstui.smpp.simulator import Hazards, Simulator, SimulatorSettings
from smstui.smpp.values import BindSettings
from smstui.storage.database import Database
from smstui.storage.tables import message, message_count
from tests.support import PASSWORD

DEADLINE = 30.0
REPLY_NUMBER = "33700000000"
STOP_CODE = "36034"


def numbers(count: int, first: int = 0) -> tuple[str, ...]:
    """`count` mobile numbers in E.164."""
    return tuple(f"+336{10000000 + first + index}" for index in range(count))


@dataclass
class Platform:
    """The services over one database, and one simulated SMSC."""

    backend: Backend
    simulator: Simulator
    actor: Actor
    dispatchers: list[tuple[Dispatcher, asyncio.Task[None]]] = field(default_factory=list)

    async def account(self, login: str, balance: int = 100_000, *, admin: bool = False, language: str = "en") -> Actor:
        return await _account(self.backend, login, balance, admin, language)

    async def send(
        self, name: str, to: tuple[str, ...], text: str = "Hello", actor: Actor | None = None, **changes: object
    ) -> CampaignSummary:
        draft = replace(Draft(name=name, text=text, numbers=to), **changes)
        return await self.backend.campaigns.send(actor or self.actor, draft)

    async def send_own(
        self, name: str, texts: Mapping[str, str], kind: MessageType = MessageType.PRO, language: str | None = None
    ) -> CampaignSummary:
        """A campaign whose messages have texts of their own, by number; a credit a segment."""
        messages = [OwnMessage(number, text, n := measure(text).segments, 1000 * n) for number, text in texts.items()]
        database, actor, now = self.backend.database, self.actor, self.backend.clock.now()

        def work(tx: Connection) -> None:
            carrier = connection_for(tx, kind)
            new = NewCampaign(
                actor.account_id,
                CampaignKind.CAMPAIGN,
                name,
                kind,
                carrier.id,
                "SHOP",
                "never sent",
                99,
                Credits.of(99),
                CAMPAIGN_PRIORITY,
                now,
                language=language,
            )
            campaign_id = enqueue_own(tx, new, messages)
            cost = Credits(sum(one.price for one in messages))
            post(tx, actor.account_id, -cost, Cause.CAMPAIGN, str(campaign_id), now)

        await database.write(work)
        return await self.backend.campaigns.find(actor, name)

    def texts(self) -> dict[str, str]:
        """What phones have received, by number."""
        return {message.number: message.text for message in self.simulator.handsets.messages()}

    async def counts(self, campaign: CampaignSummary, actor: Actor | None = None) -> Counts:
        return (await self.backend.campaigns.progress(actor or self.actor, campaign.id)).counts

    async def balance(self, actor: Actor | None = None) -> int:
        return int((await self.backend.credits.balance(actor or self.actor)).available.decimal)

    def dispatch(self, owner: str = "one") -> Dispatcher:
        """A dispatcher that runs until the end of the test, or `kill`."""
        dispatcher = Dispatcher(self.backend.database, self.backend.clock, owner)
        self.dispatchers.append((dispatcher, asyncio.create_task(dispatcher.run())))
        return dispatcher

    async def kill(self, dispatcher: Dispatcher) -> None:
        """End a dispatcher as a crash would: without drain nor release."""
        for known, task in self.dispatchers:
            if known is dispatcher:
                task.cancel()
                await asyncio.wait({task})

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not await condition():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def settled(self, campaign: CampaignSummary, actor: Actor | None = None) -> Counts:
        """Wait until every message of `campaign` has a final state."""

        async def all_final() -> bool:
            counts = await self.counts(campaign, actor)
            assert counts.total == campaign.recipients
            return counts.final == counts.total

        await self.until(all_final)
        return await self.counts(campaign, actor)

    async def done(self, campaign: CampaignSummary, actor: Actor | None = None) -> Counts:
        """Wait until nothing of `campaign` is queued or in flight."""

        async def nothing_left() -> bool:
            return (await self.backend.campaigns.find(actor or self.actor, campaign.name)).state == "done"

        await self.until(nothing_left)
        return await self.counts(campaign, actor)

    def received(self) -> list[str]:
        """The numbers whose phones received something, in order."""
        return [message.number for message in self.simulator.handsets.messages()]


async def _account(backend: Backend, login: str, balance: int, admin: bool, language: str = "en") -> Actor:
    return await backend.accounts.create(
        NewAccount(
            login=login,
            email=f"{login}@example.com",
            password=PASSWORD,
            admin=admin,
            language=language,
            credits=Credits.of(balance),
        )
    )


def settings_for(simulator: Simulator, name: str = "main", **bind: object) -> ConnectionSettings:
    """A connection to `simulator`."""
    base = BindSettings("127.0.0.1", simulator.port, "test", "secret", window=50, response_timeout=5)
    return ConnectionSettings(
        name=name,
        bind=replace(base, **bind),
        types=frozenset({MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE}),
        reply_number=REPLY_NUMBER,
        stop_code=STOP_CODE,
        enabled=True,
    )


@asynccontextmanager
async def open_platform(
    database: Database, hazards: Hazards | None = None, receipt_delay: float = 0.05, **bind: object
) -> AsyncIterator[Platform]:
    settings = SimulatorSettings(hazards=hazards or Hazards(), receipt_delay=receipt_delay, kept_messages=100_000)
    async with Simulator(settings) as simulator:
        backend = Backend(database, SystemClock())
        await backend.connections.add(None, settings_for(simulator, **bind))
        platform = Platform(backend, simulator, await _account(backend, "shop", 100_000, admin=False))
        try:
            yield platform
        finally:
            for dispatcher, task in platform.dispatchers:
                if not task.done():
                    await dispatcher.drain(5.0)
                if not task.cancelled():
                    await task
            await _counts_are_right(database)


async def _counts_are_right(database: Database) -> None:
    """The counts that are kept are those of the messages."""
    counted = select(message.c.campaign_id, message.c.state, func.count()).group_by(
        message.c.campaign_id, message.c.state
    )
    kept = select(message_count).where(message_count.c.messages != 0)
    rows, counts = await database.read(lambda tx: (tx.execute(counted).all(), tx.execute(kept).all()))
    assert sorted(map(tuple, rows)) == sorted(map(tuple, counts))


OpenPlatform = Callable[..., Awaitable[Platform]]


@pytest.fixture
async def opened(database: Database) -> AsyncIterator[OpenPlatform]:
    """Opener of platforms whose SMSC may misbehave: it takes hazards, a delay of receipts, settings of the bind."""
    async with AsyncExitStack() as stack:

        async def enter(hazards: Hazards | None = None, **options: object) -> Platform:
            return await stack.enter_async_context(open_platform(database, hazards, **options))

        yield enter


@pytest.fixture
async def platform(opened: OpenPlatform) -> Platform:
    return await opened()
