"""The simulation notices a broken engine: it is broken on purpose, and some of the first seeds fail."""

import asyncio
from collections.abc import Callable

import pytest

from smstui.domain.states import MessageState
from smstui.services import control, inbound, receipts
from smstui.services.dispatch import finishing, flight, hours, journal, windows
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


def _send_at_all_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "opens_at", lambda *_: None)


def _wake_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "reopen", lambda *_: None)


def _give_back_the_usual_price(patch: pytest.MonkeyPatch) -> None:
    text = finishing._LOST._sqlite.replace("message.price", "NULL").replace("message.segments", "NULL")
    patch.setattr(finishing._LOST, "_sqlite", text)


def _hear_no_listening(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receipts, "resolve_listened", lambda *_: [])


@pytest.mark.parametrize(
    ("break_it", "noticed_by"),
    [
        (_doubt_nothing, 9),
        (_send_unknown_ones_again, 0),
        (_acknowledge_before_the_commit, 0),
        (_fence_nobody, 67),
        (_cancel_nothing, 0),
        (_know_no_redelivery, 5),
        (_send_at_all_hours, 1),
        (_wake_nobody, 2),
        (_give_back_the_usual_price, 0),
        (_hear_no_listening, 15),
    ],
)
def test_a_broken_engine_is_noticed(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, break_it: Break, noticed_by: int
) -> None:
    """`noticed_by`: a seed that has, to be tried first."""
    break_it(monkeypatch)
    assert any(simulate(seed, laboratory).violations for seed in (noticed_by, *range(SEEDS)))
