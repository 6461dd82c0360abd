"""Room and delays of a connection's traffic, on a clock that the test moves; the pause between two binds."""

import asyncio
import random

import pytest

from smstui.smpp import backoff
from smstui.smpp.backoff import Backoff
from smstui.smpp.traffic import Traffic
from tests.smpp.conftest import bind_settings
from tests.smpp.smsc import SUBMIT_SM_RESP, Owner, messages, template
from tests.support import FakeClock


async def test_an_instant_that_passes_while_one_asks_is_no_endless_wait(clock: FakeClock) -> None:
    traffic = Traffic(bind_settings(2775, rate=1.0), Owner(), clock)
    traffic.submit(messages(template(), 1))
    assert traffic.take()
    assert traffic.room(1) == 0
    assert traffic.room_delay() == pytest.approx(1.0)
    clock.advance(1.1)
    assert traffic.room_delay() == 0.0
    async with asyncio.timeout(5):
        await traffic.wait(traffic.room_delay())
    assert traffic.room(1) == 1


async def test_room_counts_what_is_queued_and_in_flight(clock: FakeClock) -> None:
    traffic = Traffic(bind_settings(2775, window=10), Owner(), clock)
    assert (traffic.room(1), traffic.room(3), traffic.room(20)) == (10, 3, 1)
    job = traffic.submit(messages(template("x" * 400), 2))
    assert traffic.room(1) == 4
    traffic.take()
    assert (traffic.in_flight, traffic.room(1)) == (6, 4)
    assert job.written.done()


async def test_room_is_never_more_than_a_batch(clock: FakeClock) -> None:
    assert Traffic(bind_settings(2775, window=5000), Owner(), clock).room(1) == 256


async def test_throttled_messages_that_would_fill_the_window_leave_no_room(clock: FakeClock) -> None:
    owner = Owner()
    traffic = Traffic(bind_settings(2775, window=2), owner, clock)
    traffic.submit(messages(template(), 2))
    traffic.take()
    for sequence in (1, 2):
        traffic.answers([(SUBMIT_SM_RESP, 0x58, sequence, b"")])
    assert (traffic.in_flight, traffic.room(1), traffic.room_delay()) == (0, 0, None)
    while traffic.stats.written < 4:
        delay = traffic.take_delay()
        assert delay is not None
        clock.advance(delay)
        traffic.take()
    for sequence in (3, 4):
        traffic.answers([(SUBMIT_SM_RESP, 0, sequence, b"id\0")])
    traffic.settled()
    assert len(owner.kinds) == 2
    clock.advance(1.0)
    assert traffic.room(1) >= 1


def test_pauses_grow_to_a_minute_and_start_again_after_a_stable_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "_FIRST", 1.0)
    pauses = Backoff(random.Random(1))
    for longest in (1, 2, 4, 8, 16, 32, 60, 60):
        assert longest / 2 <= pauses.delay(0.0) <= longest
    pauses.bound(100.0)
    assert pauses.delay(101.0) > 1
    pauses.bound(200.0)
    assert pauses.delay(300.0) <= 1


def test_an_smsc_that_still_holds_an_earlier_bind_is_left_alone_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "_FIRST", 1.0)
    refused, held = Backoff(random.Random(1)), Backoff(random.Random(1))
    for _ in range(4):
        held.already_bound()
        assert held.delay(0.0) > refused.delay(0.0)
