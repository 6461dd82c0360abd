"""The binds of this process as Prometheus reads them: counted since their lease was taken, labelled by connection."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.services.dispatch.dispatcher import Dispatcher
from smstui.services.dispatch.runner import LiveBind
from smstui.services.health import Health
from smstui.smpp.values import BindState

QUEUED_FOR: Final = 5.0
"""Seconds that a count of the database serves scrapes."""
_BIND: Final = ("connection", "bind")


@dataclass(frozen=True, slots=True)
class Exposition:
    """The answer to one scrape."""

    content_type: str
    body: bytes


class Metrics:
    """Answers scrapes; what it tells is of the instant when it is asked."""

    def __init__(self, dispatcher: Dispatcher, health: Health, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._health = health
        self._clock = clock
        self._queued: Mapping[str, int] = {}
        self._counted_at: float | None = None
        self._counting = asyncio.Lock()

    async def exposition(self, accept: str = "") -> Exposition:
        """The metrics, in the form that the Accept header asks for."""
        queued = await self._count()
        registry = CollectorRegistry()
        registry.register(_Snapshot(self._dispatcher.binds(), queued))
        encode, content_type = choose_encoder(accept)
        return Exposition(content_type, encode(registry))

    async def _count(self) -> Mapping[str, int]:
        """The queued messages by connection; none of them while the database can't be read."""
        async with self._counting:
            now = self._clock.monotonic()
            if self._counted_at is None or now - self._counted_at >= QUEUED_FOR:
                try:
                    self._queued = await self._health.queued()
                except Refusal:
                    self._queued = {}
                self._counted_at = now
            return self._queued


class _Snapshot(Collector):
    """The families of one scrape."""

    def __init__(self, binds: Sequence[LiveBind], queued: Mapping[str, int]) -> None:
        self._binds = binds
        self._queued = queued

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        yield from self._gauges()
        yield self._submits()
        yield self._responses()
        yield self._receipts()
        queued = GaugeMetricFamily(
            "smstui_queued_messages", "Messages without an outcome yet, in the database", labels=["connection"]
        )
        for connection, count in self._queued.items():
            queued.add_metric([connection], count)
        yield queued

    def _gauges(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("smstui_bind_up", "1 when bound", labels=_BIND)
        in_flight = GaugeMetricFamily("smstui_in_flight", "submit_sm that await their response", labels=_BIND)
        window = GaugeMetricFamily("smstui_window", "submit_sm awaiting their response, at most", labels=_BIND)
        for bind in self._binds:
            up.add_metric(_labels(bind), bind.status.state is BindState.BOUND)
            in_flight.add_metric(_labels(bind), bind.in_flight)
            window.add_metric(_labels(bind), bind.window)
        yield from (up, in_flight, window)

    def _submits(self) -> Metric:
        family = CounterMetricFamily("smstui_submit_sm", "submit_sm by what became of them", labels=(*_BIND, "outcome"))
        for bind in self._binds:
            stats = bind.stats
            for outcome, count in (
                ("accepted", stats.accepted),
                ("rejected", stats.rejected),
                ("throttled", stats.throttled),
                ("unknown", stats.unknown),
            ):
                family.add_metric([*_labels(bind), outcome], count)
        return family

    def _responses(self) -> Metric:
        family = SummaryMetricFamily("smstui_response_seconds", "From submit_sm to its response", labels=_BIND)
        for bind in self._binds:
            family.add_metric(_labels(bind), bind.stats.responses, bind.stats.response_seconds)
        return family

    def _receipts(self) -> Metric:
        family = CounterMetricFamily(
            "smstui_receipts", "Delivery receipts by the state that they give", labels=(*_BIND, "state")
        )
        for bind in self._binds:
            for state, count in bind.receipts.items():
                family.add_metric([*_labels(bind), state or "intermediate"], count)
        return family


def _labels(bind: LiveBind) -> list[str]:
    return [bind.connection, str(bind.bind)]
