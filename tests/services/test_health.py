"""The health of a connection: what dispatchers wrote about it, read back by whoever may."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.states import MessageState
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.connections import NO_DISPATCHER, UnknownConnection
from smstui.services.dispatch.lease import acquire, release, renew
from smstui.services.health_records import (
    RECEIPTS_KEPT,
    RECEIPTS_NOTED,
    BindSample,
    SampleMeter,
    count_refusals,
    note_receipts,
    record_sample,
)
from smstui.services.health_values import SLOT, SLOTS
from smstui.services.platform_settings import AdministratorsOnly
from smstui.smpp.traffic import Stats
from smstui.smpp.values import BindSettings, BindState, BindStatus, Receipt
from smstui.storage.tables import bind_sample, connection, lease, recent_receipt
from tests.dispatch.conftest import numbers
from tests.support import START, FakeClock

SAMPLE = BindSample(in_flight=3, accepted=10, rejected=0, throttled=0, unknown=0, response_ms=40, allowed_rate=None)
BOUND = BindStatus(BindState.BOUND)


@pytest.fixture
async def connection_id(backend: Backend) -> int:
    bind = BindSettings("127.0.0.1", 2775, "test", "secret", window=20, rate=100)
    await backend.connections.add(None, ConnectionSettings("main", bind))
    return 1


async def _samples(backend: Backend, connection_id: int, *samples: tuple[float, BindSample], bind: int = 1) -> None:
    """Samples, each so many seconds before START."""

    def work(tx: Connection) -> None:
        for before, sample in samples:
            record_sample(tx, connection_id, bind, sample, START - timedelta(seconds=before))

    await backend.database.write(work)


@pytest.mark.each_database
async def test_a_connection_that_nobody_dispatches(backend: Backend, connection_id: int) -> None:
    health = await backend.health.of(None, "main")
    (bind,) = health.binds
    assert (bind.bind, bind.state, bind.owner, bind.since) == (1, NO_DISPATCHER, "", None)
    assert (health.window, health.contracted_rate, health.rate, health.in_flight) == (20, 100, 0, 0)
    assert (health.refusals, health.receipts, health.parked, health.in_doubt) == ((), (), 0, 0)
    assert len(health.history) == SLOTS
    assert {moment.response_ms for moment in health.history} == {None}


@pytest.mark.each_database
async def test_the_binds_say_what_their_owners_wrote(backend: Backend, clock: FakeClock, connection_id: int) -> None:
    def bound(tx: Connection) -> None:
        tx.execute(update(connection).values(binds=3))
        for bind in (1, 2):
            held = acquire(tx, connection_id, bind, f"host:{bind}", clock)
            assert held is not None
            renew(tx, held, BindStatus(BindState.WAITING, "ESME_RINVPASWD") if bind == 2 else BOUND, clock, 40 * bind)

    await backend.database.write(bound)
    await _samples(backend, connection_id, (1, SAMPLE))
    await _samples(backend, connection_id, (60, replace(SAMPLE, in_flight=9)), bind=2)
    health = await backend.health.of(None, "main")
    first, second, third = health.binds
    assert (first.state, first.owner, first.rate, first.in_flight) == (BindState.BOUND, "host:1", 40, 3)
    assert (second.state, second.reason, second.in_flight) == (BindState.WAITING, "ESME_RINVPASWD", 0)
    assert third.state == NO_DISPATCHER
    assert (health.rate, health.in_flight) == (120, 3)
    await backend.database.write(lambda tx: tx.execute(update(lease).values(expires_at=0)))
    health = await backend.health.of(None, "main")
    assert [one.state for one in health.binds] == [NO_DISPATCHER] * 3, "their owners are gone"


@pytest.mark.each_database
async def test_a_bind_is_in_its_state_since_it_came_into_it(
    backend: Backend, clock: FakeClock, connection_id: int
) -> None:
    held = await backend.database.write(lambda tx: acquire(tx, connection_id, 1, "host:1", clock))
    assert held is not None

    async def since_after(seconds: float, status: BindStatus) -> datetime | None:
        clock.advance(seconds)
        await backend.database.write(lambda tx: renew(tx, held, status, clock))
        return (await backend.health.of(None, "main")).binds[0].since

    assert await since_after(1, BindStatus(BindState.CONNECTING)) == START
    assert await since_after(1, BOUND) == START + timedelta(seconds=2)
    assert await since_after(1, BOUND) == START + timedelta(seconds=2)
    await backend.database.write(lambda tx: release(tx, held))
    assert (await backend.health.of(None, "main")).binds[0].since is None


@pytest.mark.each_database
async def test_the_history_adds_the_binds_up_slot_by_slot(backend: Backend, connection_id: int) -> None:
    await _samples(backend, connection_id, (7, SAMPLE), (6, replace(SAMPLE, response_ms=None, accepted=0)))
    await _samples(backend, connection_id, (8, replace(SAMPLE, accepted=20, throttled=10, response_ms=100)), bind=2)
    await _samples(backend, connection_id, (0.5, replace(SAMPLE, response_ms=20)))
    health = await backend.health.of(None, "main")
    *before, earlier, last = health.history
    assert earlier.rate == 30 / SLOT.total_seconds()
    assert earlier.response_ms == (40 * 10 + 100 * 30) / 40, "the mean over all responses"
    assert earlier.throttled == health.throttled == 10
    assert (last.rate, last.response_ms) == (10 / SLOT.total_seconds(), 20)
    assert {moment.rate for moment in before} == {0}


@pytest.mark.each_database
async def test_samples_are_kept_for_ten_minutes(backend: Backend, connection_id: int) -> None:
    async def kept() -> list[tuple[int, datetime]]:
        rows = select(bind_sample.c.bind, bind_sample.c.at).order_by(bind_sample.c.bind, bind_sample.c.at)
        return [tuple(row) for row in await backend.database.read(lambda tx: tx.execute(rows).all())]

    await _samples(backend, connection_id, (601, SAMPLE), bind=2)
    await _samples(backend, connection_id, (700, SAMPLE), (599, SAMPLE), (0, SAMPLE))
    instants = [(seconds, START - timedelta(seconds=seconds)) for seconds in (601, 599, 0)]
    assert await kept() == [(1, instants[1][1]), (1, START), (2, instants[0][1])]
    await _samples(backend, connection_id, (300, SAMPLE))
    assert START not in [at for bind, at in await kept() if bind == 1], "the clock was put back"


def test_a_meter_tells_what_has_changed_once_a_second(clock: FakeClock) -> None:
    meter, stats = SampleMeter(clock), Stats(accepted=5, responses=5, response_seconds=0.5)
    assert meter.take(stats, 1, None) is None, "too early"
    clock.advance(1)
    first = meter.take(stats, 2, None)
    assert first == BindSample(2, 5, 0, 0, 0, response_ms=100, allowed_rate=None)
    clock.advance(0.5)
    stats.accepted, stats.rejected, stats.throttled, stats.unknown = 7, 1, 2, 3
    assert meter.take(stats, 2, 12.4) is None
    clock.advance(0.5)
    assert meter.take(stats, 0, 12.4) == BindSample(0, 2, 1, 2, 3, response_ms=None, allowed_rate=12)


@pytest.mark.each_database
async def test_refusals_are_counted_by_their_code(backend: Backend, connection_id: int) -> None:
    later = START + timedelta(seconds=5)
    await backend.database.write(lambda tx: count_refusals(tx, connection_id, [0x0B, 0x400, 0x0B], START))
    await backend.database.write(lambda tx: count_refusals(tx, connection_id, [0x0B, 0xFFFFFFFF], later))
    await backend.database.write(lambda tx: count_refusals(tx, connection_id, [], later))
    refusals = (await backend.health.of(None, "main")).refusals
    assert [(one.status, one.count, one.last_at) for one in refusals] == [
        (0x0B, 3, later),
        (0x400, 1, START),
        (0xFFFFFFFF, 1, later),
    ]


@pytest.mark.each_database
async def test_the_last_receipts_are_kept(backend: Backend, connection_id: int) -> None:
    def groups(tx: Connection) -> None:
        note_receipts(tx, connection_id, [], START)
        for group in range(20):
            receipts = [Receipt(f"{group}-{one}", MessageState.DELIVERED, "DELIVRD", "000") for one in range(8)]
            note_receipts(tx, connection_id, receipts, START)
        note_receipts(tx, connection_id, [Receipt("x" * 80, None, "\0WAITING", "")], START)

    await backend.database.write(groups)
    newest, second, *_ = (await backend.health.of(None, "main")).receipts
    assert (newest.smsc_id, newest.state, newest.word) == ("x" * 65, None, "WAITING")
    assert (second.smsc_id, second.state, second.word) == ("19-7", MessageState.DELIVERED, "DELIVRD 000")
    ids = await backend.database.read(lambda tx: tx.execute(select(recent_receipt.c.smsc_id)).scalars().all())
    assert len(ids) == RECEIPTS_KEPT
    assert [one for one in ids if one.startswith("19-")] == [f"19-{one}" for one in range(8 - RECEIPTS_NOTED, 8)]


@pytest.mark.each_database
async def test_only_administrators_look(backend: Backend, connection_id: int, actor: Actor, admin: Actor) -> None:
    with pytest.raises(AdministratorsOnly):
        await backend.health.of(actor, "main")
    with pytest.raises(AdministratorsOnly):
        await backend.health.of_all(actor)
    assert (await backend.health.of(admin, "main")).name == "main"
    assert [one.name for one in await backend.health.of_all(None)] == ["main"]
    with pytest.raises(UnknownConnection):
        await backend.health.of(admin, "second")


@pytest.mark.each_database
async def test_messages_without_an_outcome_are_counted(
    backend: Backend, connection_id: int, actor: Actor, clock: FakeClock
) -> None:
    assert not (await backend.health.of(None, "main")).waiting
    await backend.campaigns.send(actor, Draft(name="One", text="Hello", numbers=numbers(3)))
    assert (await backend.health.of(None, "main")).waiting
    assert await backend.health.queued() == {"main": 3}


@pytest.mark.each_database
async def test_a_clock_behind_what_is_stored_is_seen(
    backend: Backend, connection_id: int, actor: Actor, clock: FakeClock
) -> None:
    clock.advance(10)
    century = timedelta(days=36_525)
    await _samples(backend, connection_id, (-century.total_seconds(), SAMPLE))
    assert await backend.health.clock_lag() == century - timedelta(seconds=10)
