"""Quitting while sending: what is asked, what is waited for, and what is left for the next start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Static

from smstui.app import SmstuiApp
from smstui.domain.counts import Counts
from smstui.domain.states import MessageType
from smstui.screens.quitting import DrainModal
from smstui.screens.shell import Shell
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.settings import Settings
from smstui.smpp.simulator import Hazards, Simulator, SimulatorSettings
from smstui.smpp.values import BindSettings
from smstui.widgets.modals import ConfirmModal
from tests.screens.conftest import account
from tests.screens.stage import Stage, on_stage

NUMBERS = tuple(f"+336010203{index:02}" for index in range(60))
WINDOW = 10


@asynccontextmanager
async def sending(settings: Settings, hazards: Hazards) -> AsyncIterator[tuple[Stage, Simulator]]:
    """The application in the middle of a campaign to NUMBERS, WINDOW of them in flight."""
    async with Simulator(SimulatorSettings(hazards=hazards, receipt_delay=60)) as simulator:
        app = SmstuiApp(settings)
        async with on_stage(app) as stage:
            actor = await account(app.backend, "shop")
            bind = BindSettings("127.0.0.1", simulator.port, "test", "secret", window=WINDOW, response_timeout=60)
            await app.backend.connections.add(None, ConnectionSettings("main", bind, frozenset({MessageType.PRO})))
            await app.backend.senders.add(actor, "MaBoutique")
            draft = Draft("Black Friday", "Bonjour", numbers=NUMBERS, sender="MaBoutique")
            await app.backend.campaigns.send(actor, draft)
            await stage.enter(actor)
            await stage.until(lambda: sum(bind.in_flight for bind in app.backend.dispatcher.binds()) == WINDOW)
            yield stage, simulator


async def left_behind(settings: Settings) -> Counts:
    async with Backend.open(settings) as backend:
        actor = await backend.accounts.find("shop")
        (campaign,) = await backend.campaigns.list(actor)
        return (await backend.campaigns.progress(actor, campaign.id)).counts


async def test_it_asks_in_numbers_waits_for_responses_and_leaves_the_rest(settings: Settings) -> None:
    async with sending(settings, Hazards(response_delay=1.0)) as (stage, simulator):
        await stage.press("ctrl+q")
        question = await stage.until_screen(ConfirmModal)
        sentence = str(question.query_one(".dialog-text", Static).content)
        assert "in flight: their responses are awaited for 10 s at most" in sentence
        assert "stay in the queue; they go out at the next start, or with `smstui dispatch`" in sentence
        await stage.press("ctrl+q")
        assert stage.app.screen is question
        await stage.press("enter")
        await stage.until_screen(DrainModal)
        said = "Nothing more is sent.", "Every message has its response."
        await stage.until(lambda: any(words in stage.text() for words in said))
        await stage.until(lambda: not stage.app.is_running)
        received = len(simulator.handsets.messages())
    counts = await left_behind(settings)
    assert (counts.in_flight, counts.unknown) == (0, 0)
    assert received == counts.total - counts.queued
    assert 0 < counts.queued < len(NUMBERS)


async def test_responses_that_never_come_are_waited_for_no_longer_than_that(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.app.DRAIN_TIMEOUT", 0.5)
    async with sending(settings, Hazards(response_lost_share=1.0)) as (stage, _simulator):
        await stage.press("ctrl+q")
        await stage.until_screen(ConfirmModal)
        await stage.press("enter")
        await stage.until(lambda: not stage.app.is_running)
    counts = await left_behind(settings)
    assert (counts.in_flight, counts.unknown, counts.queued) == (0, WINDOW, len(NUMBERS) - WINDOW)


async def test_staying_goes_on_sending(settings: Settings) -> None:
    async with sending(settings, Hazards(response_delay=0.3)) as (stage, simulator):
        await stage.press("ctrl+q")
        await stage.until_screen(ConfirmModal)
        await stage.press("escape")
        await stage.until_screen(Shell)
        await stage.until(lambda: len(simulator.handsets.messages()) == len(NUMBERS))


async def test_nothing_is_asked_when_another_process_sends(settings: Settings) -> None:
    async with (
        sending(settings, Hazards(response_delay=0.5)) as (stage, _),
        on_stage(SmstuiApp(settings)) as other,
    ):
        await other.enter(await other.app.backend.accounts.find("shop"))
        await other.press("ctrl+q")
        await other.until(lambda: not other.app.is_running)
        assert stage.app.is_running


async def test_an_error_keeps_nobody_who_quits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> bool:
        raise OSError("the program was replaced")

    monkeypatch.setattr("smstui.screens.quitting.finish_sending", fail)
    async with sending(settings, Hazards(response_delay=0.5)) as (stage, _simulator):
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)
    counts = await left_behind(settings)
    assert (counts.in_flight, counts.unknown) == (0, 0)
