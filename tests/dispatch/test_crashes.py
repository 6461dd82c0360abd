"""Dispatchers that die, and others that take over: nothing goes out twice, nothing is lost."""

from collections import Counter

import pytest
from sqlalchemy import update

from smstui.services.dispatch import lease as leases
from smstui.services.dispatch.lease import LEASE_TIME, LeaseLost, LeaseTime
from smstui.smpp.simulator import Hazards
from smstui.smpp.values import BindState, BindStatus
from smstui.storage.tables import lease
from tests.dispatch.conftest import OpenPlatform, Platform, numbers
from tests.support import FakeClock


async def _received(platform: Platform, count: int) -> None:
    async def enough() -> bool:
        return len(platform.received()) >= count

    await platform.until(enough)


@pytest.mark.parametrize("window", [1, 10, 100])
@pytest.mark.each_database
async def test_a_crash_loses_nothing_and_sends_nothing_twice(opened: OpenPlatform, window: int) -> None:
    platform = await opened(Hazards(response_delay=0.01), window=window)
    count = 40 * window if window > 1 else 40
    campaign = await platform.send("Crash", numbers(count))
    for crash in range(2):
        dispatcher = platform.dispatch(f"owner {crash}")
        await _received(platform, (crash + 1) * count // 4)
        await platform.kill(dispatcher)
        assert (await platform.counts(campaign)).total == count
    platform.dispatch("survivor")
    counts = await platform.done(campaign)
    assert counts.total == count
    assert counts.unknown <= 2 * window
    received = Counter(platform.received())
    assert max(received.values()) == 1
    assert len(received) >= count - counts.unknown


@pytest.mark.each_database
async def test_a_drain_waits_for_the_outcomes_and_gives_the_connection_back(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.3), window=20)
    campaign = await platform.send("Drain", numbers(200))
    dispatcher = platform.dispatch("first")
    await _received(platform, 20)
    await dispatcher.drain(5.0)
    counts = await platform.counts(campaign)
    assert counts.unknown == 0
    assert counts.in_flight == 0
    assert counts.queued > 0
    (status,) = await platform.backend.connections.statuses()
    assert status.state == "no dispatcher"
    platform.simulator.use(Hazards())
    platform.dispatch("second")
    assert (await platform.settled(campaign)).delivered == 200
    assert max(Counter(platform.received()).values()) == 1


async def test_a_drain_that_gets_no_answer_leaves_unknown_ones(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_lost_share=1.0), receipt_delay=60, window=5)
    campaign = await platform.send("Silence", numbers(20))
    dispatcher = platform.dispatch()
    await _received(platform, 5)
    await dispatcher.drain(0.2)
    counts = await platform.counts(campaign)
    assert (counts.unknown, counts.queued) == (5, 15)
    assert await platform.balance() == 100_000 - 20, "an unknown may have gone out"


async def test_lost_connections_make_unknowns_and_never_duplicates(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(drop_after=40, drop_times=3), window=10)
    campaign = await platform.send("Drops", numbers(300))
    platform.dispatch()
    counts = await platform.done(campaign)
    assert counts.total == 300
    assert counts.unknown <= 3 * 10
    received = Counter(platform.received())
    assert max(received.values()) == 1
    assert len(received) >= 300 - counts.unknown


@pytest.mark.each_database
async def test_two_dispatchers_share_no_connection(platform: Platform) -> None:
    first, second = platform.dispatch("first"), platform.dispatch("second")
    counts = await platform.settled(await platform.send("Once", numbers(300)))
    assert counts.delivered == 300
    assert sorted(platform.received()) == sorted(numbers(300))
    assert platform.simulator.stats.binds == 1
    owner, idle = (first, second) if first.statuses()["main"].state == "bound" else (second, first)
    assert idle.statuses()["main"].state == "closed"
    await owner.drain(5.0)
    assert (await platform.settled(await platform.send("Twice", numbers(300)))).delivered == 300


@pytest.mark.each_database
async def test_a_former_owner_is_fenced(platform: Platform) -> None:
    database, clock = platform.backend.database, FakeClock()
    first = await database.write(lambda tx: leases.acquire(tx, 1, 1, "first", clock))
    assert first is not None
    assert await database.write(lambda tx: leases.acquire(tx, 1, 1, "second", clock)) is None
    assert await database.write(lambda tx: leases.acquire(tx, 1, 2, "second", clock)) is not None
    passed = update(lease).values(expires_at=lease.c.expires_at - round(LEASE_TIME * 1000))
    await database.write(lambda tx: tx.execute(passed))
    second = await database.write(lambda tx: leases.acquire(tx, 1, 1, "second", clock))
    assert second is not None
    assert second.token > first.token
    with pytest.raises(LeaseLost):
        await database.write(lambda tx: leases.check(tx, first))
    with pytest.raises(LeaseLost):
        await database.write(lambda tx: leases.renew(tx, first, BindStatus(BindState.BOUND), clock))
    await database.write(lambda tx: leases.check(tx, second))


def test_a_lease_of_an_earlier_boot_is_void() -> None:
    now = LeaseTime("boot", 1_000)
    assert now.before("boot", 1_001)
    assert not now.before("boot", 1_000)
    assert not now.before("earlier boot", 3_000)
    assert not now.before("boot", 100_000), "the clock began again"


async def test_a_dispatcher_whose_lease_was_taken_stops_sending(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.02), window=5)
    campaign = await platform.send("Fenced", numbers(2000))
    dispatcher = platform.dispatch("first")
    await _received(platform, 20)
    theft = update(lease).values(owner="thief", token=lease.c.token + 1)
    await platform.backend.database.write(lambda tx: tx.execute(theft))

    async def gone() -> bool:
        return dispatcher.statuses()["main"].state == "closed" and not platform.simulator.has_receiver

    await platform.until(gone)
    counts = await platform.counts(campaign)
    assert counts.total == 2000
    assert counts.queued > 0


async def test_receipts_of_a_former_owner_are_kept_and_applied(opened: OpenPlatform) -> None:
    platform = await opened(receipt_delay=1.0)
    campaign = await platform.send("Late receipts", numbers(20))
    first = platform.dispatch("first")
    await platform.done(campaign)
    await first.drain(5.0)
    assert (await platform.counts(campaign)).accepted == 20
    platform.dispatch("second")
    assert (await platform.settled(campaign)).delivered == 20
