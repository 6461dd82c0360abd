"""The accounts' opt-out lists."""

import pytest

from smstui.domain.actor import Actor
from smstui.domain.phone import InvalidNumber
from smstui.services.backend import Backend
from smstui.services.opt_outs import NotOptedOut


@pytest.mark.each_database
async def test_numbers_are_added_once_and_removed(backend: Backend, actor: Actor, other: Actor) -> None:
    added = await backend.opt_outs.add(actor, "06 12 34 56 78")
    assert (added.number, added.source) == ("+33612345678", "manual")
    assert await backend.opt_outs.add(actor, "+33612345678") == added
    assert await backend.opt_outs.list(actor) == (added,)
    assert await backend.opt_outs.list(other) == ()
    with pytest.raises(NotOptedOut):
        await backend.opt_outs.remove(other, ["0612345678"])
    await backend.opt_outs.remove(actor, ["0612345678"])
    assert await backend.opt_outs.list(actor) == ()


@pytest.mark.each_database
async def test_removing_is_all_or_nothing(backend: Backend, actor: Actor) -> None:
    await backend.opt_outs.add(actor, "0612345678")
    with pytest.raises(NotOptedOut):
        await backend.opt_outs.remove(actor, ["0612345678", "0612345679"])
    assert len(await backend.opt_outs.list(actor)) == 1


async def test_what_is_no_number_is_refused(backend: Backend, actor: Actor) -> None:
    with pytest.raises(InvalidNumber):
        await backend.opt_outs.add(actor, "+336010304")
