"""The simulation notices a broken engine: it is broken on purpose, and some of the first seeds fail."""

import asyncio
from collections.abc import Callable

import pytest

from smstui.domain.states import MessageState
from smstui.services import control, inbound
from smstui.services.dispatch import flight, journal, windows
from smstui.services.dispatch.journal import Journal
from smstui.smpp.values import OutcomeKind
from tests.simulation.run import Laboratory, simulate

SEEDS = 300
Break = Callable[[pytest.MonkeyPatch], None]


def _doubt_nothing(patch: pytest.MonkeyPatch) -> None:
    def free(tx: object, connection_id: int, bind: int, _now: int) -> int:
        for one, *_ in windows._sent(tx, connection_id, bind):
            windows._DELETE_RANGE.run(tx, one.id)
            windows.put_back(tx, connection_id, one)
        return 0

    patch.setattr(windows, "recover", free)


def _send_unknown_ones_again(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(flight._PART_STATES, OutcomeKind.UNKNOWN, MessageState.QUEUED)


def _acknowledge_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    kept = Journal.deliveries

    async def deliveries(self: Journal, deliveries: object) -> None:
        self._soon = asyncio.ensure_future(kept(self, deliveries))
        self._soon.add_done_callback(lambda future: future.cancelled() or future.exception())

    patch.setattr(Journal, "deliveries", deliveries)


def _fence_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "check", lambda *_: None)


def _cancel_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(control, "_move", lambda *_: None)


def _know_no_redelivery(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(inbound, "_is_redelivery", lambda *_: False)


@pytest.mark.parametrize(
    "break_it",
    [
        _doubt_nothing,
        _send_unknown_ones_again,
        _acknowledge_before_the_commit,
        _fence_nobody,
        _cancel_nothing,
        _know_no_redelivery,
    ],
)
def test_a_broken_engine_is_noticed(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, break_it: Break) -> None:
    break_it(monkeypatch)
    assert any(simulate(seed, laboratory).violations for seed in range(SEEDS))
