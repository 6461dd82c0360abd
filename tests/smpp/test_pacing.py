"""The contracted rate is kept within 1 %, and throttling slows down at once and speeds up gently."""

import asyncio
import itertools
from collections import deque

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui.smpp.pacing import Pacer
from smstui.smpp.traffic import Traffic
from tests.smpp.conftest import bind_settings
from tests.smpp.smsc import SUBMIT_SM_RESP, Owner, messages, template
from tests.support import FakeClock

MESSAGES = messages(template(), 256)


def sent_within(pacer: Pacer, start: float, seconds: float, wake_ups: list[float], wanted: int = 10**9) -> int:
    """PDUs that leave in `seconds` when the sender wakes up late by the given delays, in turn."""
    now, sent, turn = start, 0, 0
    while now < start + seconds and sent < wanted:
        allowed = pacer.allowed(now)
        assert allowed is not None
        count = min(allowed, wanted - sent)
        pacer.take(count, now)
        sent += count
        now += max(pacer.delay(now), 1e-6) + wake_ups[turn % len(wake_ups)]
        turn += 1
    return sent


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([1.0, 7.5, 20.0, 100.0, 333.0, 5000.0]),
    st.lists(st.floats(0, 0.2), min_size=1, max_size=5),
)
def test_the_rate_is_kept_within_one_percent(rate: float, wake_ups: list[float]) -> None:
    seconds = max(20.0, 200 / rate)
    sent = sent_within(Pacer(rate, 1000.0), 1000.0, seconds, wake_ups)
    # A delay in progress at the end counts besides, and the first PDU.
    assert rate * seconds * 0.99 - rate * 0.2 - 1 <= sent <= rate * seconds * 1.01 + 1


@given(st.floats(1, 10_000), st.floats(0.26, 3600))
def test_a_rest_gives_no_burst(rate: float, rest: float) -> None:
    pacer = Pacer(rate, 0.0)
    assert pacer.allowed(rest) == 1
    pacer.take(1, rest)
    assert pacer.allowed(rest) == 0


def test_no_contract_is_no_limit() -> None:
    pacer = Pacer(None, 0.0)
    assert pacer.allowed(0.0) is None
    assert pacer.delay(0.0) == 0.0


def test_throttling_halves_once_a_round_and_recovers_step_by_step() -> None:
    pacer = Pacer(None, 0.0)
    pacer.accepted(100, 1.0)
    pacer.throttled(written_at=0.9, now=1.0)
    first = pacer.throttled_rate
    assert first is not None
    assert first < 100
    pacer.throttled(written_at=0.95, now=1.01)
    assert pacer.throttled_rate == first
    pacer.throttled(written_at=1.05, now=1.1)
    assert pacer.throttled_rate == pytest.approx(first / 2, rel=0.05)
    rates = []
    for second in range(2, 12):
        pacer.allowed(float(second))
        rates.append(pacer.throttled_rate or 0)
    steps = {round(after - before, 6) for before, after in itertools.pairwise(rates)}
    assert len(steps) == 1
    assert steps.pop() > 0


def test_it_settles_near_what_the_smsc_bears() -> None:
    """Against an SMSC that takes 50 a second and throttles the rest."""
    pacer, now, budget, taken = Pacer(None, 0.0), 0.0, 50.0, 0
    while now < 120:
        budget = min(50.0, budget + 0.01 * 50)
        count = min(pacer.allowed(now) if pacer.throttled_rate else 500, 500) or 0
        pacer.take(count, now)
        accepted = min(count, int(budget))
        budget -= accepted
        pacer.accepted(accepted, now)
        for _ in range(count - accepted):
            pacer.throttled(now, now + 0.001)
        taken += accepted
        now += 0.01
    assert 0.6 * 50 * 120 <= taken <= 50 * 120 + 50
    assert (pacer.throttled_rate or 0) < 120


@pytest.mark.parametrize("rate", [None, 5.0])
def test_it_never_stops(rate: float | None) -> None:
    pacer = Pacer(rate, 0.0)
    for moment in range(1, 50):
        pacer.throttled(moment, moment + 0.5)
    assert pacer.delay(51.0) <= 1.0


class Road:
    """A sender, its traffic and an SMSC on a clock of their own; the loop that they share is late now and then."""

    def __init__(self, rate: float, window: int, latency: float) -> None:
        self.clock = FakeClock()
        self.traffic = Traffic(bind_settings(2775, rate=rate, window=window), Owner(), self.clock)
        self.latency = latency
        self.answers: deque[tuple[float, int]] = deque()
        self.written: list[tuple[float, int]] = []
        """Instants and counts of the writes."""

    def turn(self) -> float:
        """One turn of the loop; seconds until the next is due."""
        now = self.clock.monotonic()
        while self.answers and self.answers[0][0] <= now:
            self.traffic.answers([(SUBMIT_SM_RESP, 0, self.answers.popleft()[1], b"id\0")])
        self.traffic.settled()
        before = self.traffic.stats.written
        self.traffic.submit(MESSAGES[: self.traffic.room(1)])
        self.traffic.take()
        if count := self.traffic.stats.written - before:
            self.written.append((now, count))
            self.answers += [(now + self.latency, number + 1) for number in range(before, before + count)]
        delays = [self.traffic.room_delay(), self.answers[0][0] - now if self.answers else None]
        return max(min(delay for delay in delays if delay is not None), 1e-6)


@settings(deadline=None, max_examples=15)
@example(5000.0, 500, 0.1, [(1.0, 0.05)])
@example(1000.0, 1, 0.5, [(1.0, 0.05)])
@given(
    st.floats(1, 300),
    st.integers(1, 500),
    st.floats(0, 0.5),
    st.lists(st.tuples(st.floats(0.5, 2), st.floats(0, 0.05)), min_size=1, max_size=10),
)
def test_ten_seconds_at_any_rate_through_any_window_in_a_loop_that_is_late(
    rate: float, window: int, busy: float, pauses: list[tuple[float, float]]
) -> None:
    """`busy` is the share of the window that the answers' delay keeps full; pauses are (seconds between, lateness)."""
    written = asyncio.run(drive(rate, window, busy * window / rate, pauses))
    sent = sum(count for _, count in written)
    assert 0.99 * 10 * rate - 1 - 0.05 * rate <= sent <= 1.01 * 10 * rate + 1
    within, first = 0, 0
    for at, count in written:
        within += count
        while written[first][0] <= at - 1:
            within -= written[first][1]
            first += 1
        assert within <= rate * 1.05 + 2, "a burst makes up for no more than the lateness"


async def drive(rate: float, window: int, latency: float, pauses: list[tuple[float, float]]) -> list[tuple[float, int]]:
    """What is written within ten seconds."""
    road = Road(rate, window, latency)
    start, late = road.clock.monotonic(), itertools.cycle(pauses)
    between, lateness = next(late)
    stop = start + between
    while (now := road.clock.monotonic()) < start + 10:
        delay = road.turn()
        if now + delay >= stop:
            delay += lateness
            between, lateness = next(late)
            stop = now + between
        road.clock.advance(delay)
    return road.written
