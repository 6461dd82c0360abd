import asyncio

import pytest

from smstui.domain.actor import Actor
from smstui.domain.sender import InvalidSender
from smstui.services.backend import Backend
from smstui.services.senders import SenderTaken, UnknownSender


async def _listed(backend: Backend, actor: Actor) -> list[tuple[str, bool]]:
    return [(sender.name, sender.is_default) for sender in await backend.senders.list(actor)]


async def test_the_first_sender_is_the_default(backend: Backend, actor: Actor) -> None:
    assert (await backend.senders.add(actor, "MaBoutique")).is_default
    assert not (await backend.senders.add(actor, "Atelier")).is_default
    assert await _listed(backend, actor) == [("Atelier", False), ("MaBoutique", True)]


async def test_there_is_exactly_one_default(backend: Backend, actor: Actor) -> None:
    for name in ("One", "Two", "Three"):
        await backend.senders.add(actor, name, default=True)
    assert await _listed(backend, actor) == [("One", False), ("Three", True), ("Two", False)]
    await backend.senders.set_default(actor, "One")
    assert await _listed(backend, actor) == [("One", True), ("Three", False), ("Two", False)]
    with pytest.raises(UnknownSender):
        await backend.senders.set_default(actor, "Four")
    assert ("One", True) in await _listed(backend, actor)


@pytest.mark.each_database
async def test_a_default_that_is_removed_is_replaced(backend: Backend, actor: Actor) -> None:
    for name in ("One", "Two", "Three"):
        await backend.senders.add(actor, name)
    assert await backend.senders.remove(actor, ["One", "Unknown"]) == 1
    assert await _listed(backend, actor) == [("Three", False), ("Two", True)]
    assert await backend.senders.remove(actor, ["Two", "Three"]) == 2
    assert await backend.senders.remove(actor, []) == 0
    assert await _listed(backend, actor) == []


async def test_a_refused_sender_changes_nothing(backend: Backend, actor: Actor) -> None:
    await backend.senders.add(actor, "One")
    await backend.senders.add(actor, "Two")
    with pytest.raises(SenderTaken):
        await backend.senders.add(actor, "Two", default=True)
    with pytest.raises(InvalidSender):
        await backend.senders.add(actor, "Ma Boutique")
    assert await _listed(backend, actor) == [("One", True), ("Two", False)]


@pytest.mark.each_database
async def test_senders_added_at_once_have_one_default(backend: Backend, actor: Actor) -> None:
    await asyncio.gather(*(backend.senders.add(actor, f"Shop{number}") for number in range(5)))
    assert [default for _, default in await _listed(backend, actor)].count(True) == 1


async def test_an_account_neither_sees_nor_touches_anothers(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.senders.add(actor, "MaBoutique")
    await backend.senders.add(other, "MaBoutique")
    await backend.senders.add(other, "Rival", default=True)
    assert await _listed(backend, actor) == [("MaBoutique", True)]
    with pytest.raises(UnknownSender):
        await backend.senders.set_default(actor, "Rival")
    assert await backend.senders.remove(actor, ["Rival"]) == 0
    await backend.senders.remove(actor, ["MaBoutique"])
    assert await _listed(backend, other) == [("MaBoutique", False), ("Rival", True)]
