"""The demo's phones: what they received, a code read in front of a form, an answer, a STOP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from textual.widgets import Input

from smstui.screens.demo.handsets import HandsetPanel, HandsetsModal
from smstui.services.campaigns import Draft
from smstui.settings import Settings
from tests.screens.road import Road, on_the_road
from tests.screens.stage import DEADLINE


@pytest.fixture
async def road(settings: Settings) -> AsyncIterator[Road]:
    async with on_the_road(settings) as road:
        yield road


async def send(road: Road, text: str, *numbers: str) -> None:
    before = len(road.demo.handsets.received())
    draft = Draft(name=text, text=text, numbers=numbers)
    await road.stage.app.backend.campaigns.send(road.actor, draft)
    await road.stage.until(lambda: len(road.demo.handsets.received()) == before + len(numbers))


async def opened(road: Road) -> HandsetPanel:
    await road.stage.press("f9")
    modal = await road.stage.until_screen(HandsetsModal)
    return modal.query_one(HandsetPanel)


async def test_nothing_received_yet(road: Road) -> None:
    await opened(road)
    await road.stage.until(lambda: "Nothing received yet" in road.stage.text())


async def test_the_newest_comes_first_and_in_full(road: Road) -> None:
    await send(road, "Votre code : 123456", "+33601020304")
    panel = await opened(road)
    await road.stage.until(lambda: panel.table.row_count == 1)
    assert "MaBoutique → +33601020304" in road.stage.text()
    assert "123456" in road.stage.text()
    await send(road, "Autre", "+33612345678")
    await road.stage.until(lambda: "MaBoutique → +33612345678" in road.stage.text())


async def test_the_phones_are_in_front_of_a_form_and_nothing_is_lost(road: Road) -> None:
    stage = road.stage
    await stage.go_to("send")
    await stage.until(lambda: stage.focused is stage.app.screen.query_one("#name"))
    await stage.type("Soldes")
    await opened(road)
    await stage.press("escape")
    await stage.until(lambda: not isinstance(stage.app.screen, HandsetsModal))
    assert stage.app.screen.query_one("#name", Input).value == "Soldes"
    assert stage.focused is stage.app.screen.query_one("#name")


async def test_a_stop_from_the_phone_opts_its_number_out(road: Road) -> None:
    stage = road.stage
    await send(road, "Bonjour", "+33601020304")
    panel = await opened(road)
    await stage.until(lambda: panel.table.row_count == 1)
    panel.query_one("#stop").focus()
    await stage.press("enter")
    await stage.until(lambda: "+33601020304 answered: STOP" in stage.text())
    await stage.press("escape")
    async with asyncio.timeout(DEADLINE):
        while not await stage.app.backend.opt_outs.list(road.actor):
            await stage.pilot.pause(0.05)
    await stage.go_to("opt-outs")
    await stage.until(lambda: "answered STOP" in stage.text())


async def test_a_reply_is_typed_and_arrives_on_the_page_of_replies(road: Road) -> None:
    stage = road.stage
    await send(road, "Bonjour", "+33601020304")
    panel = await opened(road)
    await stage.until(lambda: panel.table.row_count == 1)
    await stage.press("enter")
    await stage.type("Oui merci")
    await stage.press("enter")
    await stage.until(lambda: "answered: Oui merci" in stage.text())
    await stage.press("escape")
    await stage.go_to("replies")
    await stage.until(lambda: "Oui merci" in stage.text())
