"""Several binds a connection, a transmitter beside a receiver."""

from dataclasses import replace

import pytest

from smstui.smpp.simulator import Hazards
from smstui.smpp.values import BindMode
from tests.dispatch.conftest import OpenPlatform, Platform, numbers


async def _set(platform: Platform, **changes: object) -> None:
    connections = platform.backend.connections
    (settings,) = await connections.list()
    await connections.update(None, "main", replace(settings, **changes))


@pytest.mark.each_database
async def test_several_binds_share_a_campaign_and_each_message_goes_once(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.01), window=5)
    await _set(platform, binds=3)
    campaign = await platform.send("Three", numbers(600))
    dispatcher = platform.dispatch()
    assert (await platform.settled(campaign)).delivered == 600
    assert sorted(platform.received()) == sorted(numbers(600))
    assert platform.simulator.stats.binds == 3
    assert [one.bind for one in dispatcher.binds()] == [1, 2, 3]
    assert all(one.stats.accepted > 0 for one in dispatcher.binds())


@pytest.mark.each_database
async def test_the_binds_of_a_dead_process_are_taken_over_and_only_theirs_is_in_doubt(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.05), window=5)
    await _set(platform, binds=2)
    first = platform.dispatch("first")

    async def both_bound() -> bool:
        return len(first.binds()) == 2 and all(one.status.state == "bound" for one in first.binds())

    await platform.until(both_bound)
    campaign = await platform.send("Shared", numbers(400))

    async def enough() -> bool:
        return len(platform.received()) > 40

    await platform.until(enough)
    await platform.kill(first)
    second = platform.dispatch("second")
    counts = await platform.settled(campaign)
    assert counts.unknown + counts.delivered == 400
    assert len(platform.received()) == len(set(platform.received()))
    assert all(one.status.state == "bound" for one in second.binds())


async def test_a_transmitter_and_a_receiver_side_by_side(opened: OpenPlatform) -> None:
    platform = await opened(mode=BindMode.PAIR)
    campaign = await platform.send("Pair", numbers(50))
    dispatcher = platform.dispatch()
    assert (await platform.settled(campaign)).delivered == 50
    assert platform.simulator.stats.binds == 2
    assert dispatcher.statuses()["main"].state == "bound"
