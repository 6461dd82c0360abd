import asyncio
from datetime import datetime

import pytest
from sqlalchemy import Connection, insert, select

from smstui.domain.actor import Actor
from smstui.domain.sender import InvalidSender, SenderCharacters, SenderForbidden
from smstui.domain.states import CampaignKind, CampaignState, MessageType
from smstui.formats import explain
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.platform_settings import AdministratorsOnly
from smstui.services.sender_uses import UseKind
from smstui.services.senders import AlwaysForbidden, NotForbidden, SenderInUse, SenderTaken, UnknownSender
from smstui.services.templates import TemplateDetails
from smstui.smpp.values import BindSettings
from smstui.storage.tables import campaign, draft, template
from tests.support import START


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


async def _needed(backend: Backend, actor: Actor, sender: str) -> None:
    """A template, a draft, a scheduled and a finished campaign, each from `sender`."""
    await backend.templates.add(actor, TemplateDetails("Soldes", "Bonjour", sender))
    await backend.templates.add(actor, TemplateDetails("Sans", "Bonjour"))

    def work(tx: Connection) -> None:
        confirmed = _draft(tx, actor, "Rentrée", sender, START)
        _draft(tx, actor, "En cours", sender, None)
        _campaign(tx, actor, "Rentrée", sender, CampaignState.SCHEDULED, confirmed)
        _campaign(tx, actor, "Été", sender, CampaignState.DONE, _draft(tx, actor, "Été", sender, START))

    await backend.database.write(work)


def _draft(tx: Connection, actor: Actor, name: str, sender: str, confirmed_at: datetime | None) -> int:
    texts = dict.fromkeys(("title", "language", "groups", "contacts", "numbers", "pasted"), "")
    row = insert(draft).values(
        account_id=actor.account_id,
        name=name,
        type=MessageType.PRO,
        sender=sender,
        text="Bonjour",
        stop=True,
        hours_consent="none",
        created_at=START,
        updated_at=START,
        confirmed_at=confirmed_at,
        **texts,
    )
    return int(tx.execute(row.returning(draft.c.id)).scalar_one())


def _campaign(tx: Connection, actor: Actor, name: str, sender: str, state: CampaignState, draft_id: int) -> None:
    row = insert(campaign).values(
        account_id=actor.account_id,
        kind=CampaignKind.CAMPAIGN,
        name=name,
        type=MessageType.PRO,
        state=state,
        connection_id=1,
        sender=sender,
        text="Bonjour",
        segments=1,
        price=1000,
        priority=0,
        recipients=0,
        created_at=START,
        draft_id=draft_id,
    )
    tx.execute(row)


async def _written(backend: Backend, actor: Actor) -> dict[str, str | None]:
    """The senders that templates, drafts and campaigns name."""

    def work(tx: Connection) -> dict[str, str | None]:
        tables = {"template": template.c.title, "draft": draft.c.name, "campaign": campaign.c.name}
        return {
            f"{kind} {name}": sender
            for kind, column in tables.items()
            for name, sender in tx.execute(
                select(column, column.table.c.sender).where(column.table.c.account_id == actor.account_id)
            )
        }

    return await backend.database.read(work)


@pytest.fixture
async def connected(backend: Backend) -> Backend:
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret")
    await backend.connections.add(None, ConnectionSettings("main", bind, frozenset({MessageType.PRO})))
    return backend


@pytest.mark.each_database
async def test_a_sender_that_is_needed_stays_until_another_takes_its_place(connected: Backend, actor: Actor) -> None:
    for name in ("Shop", "Other", "Third"):
        await connected.senders.add(actor, name)
    await _needed(connected, actor, "Shop")
    uses = await connected.senders.uses(actor, ["Shop", "Third"])
    assert [(use.sender, use.kind, use.name) for use in uses] == [
        ("Shop", UseKind.TEMPLATE, "Soldes"),
        ("Shop", UseKind.DRAFT, "En cours"),
        ("Shop", UseKind.CAMPAIGN, "Rentrée"),
    ]
    with pytest.raises(SenderInUse) as refused:
        await connected.senders.remove(actor, ["Shop", "Third"])
    assert "Shop can't be deleted: still needed 3 times (Soldes, En cours, Rentrée)" in explain(refused.value)
    with pytest.raises(UnknownSender):
        await connected.senders.remove(actor, ["Shop"], replaced_by="Nobody")
    with pytest.raises(UnknownSender):
        await connected.senders.remove(actor, ["Shop"], replaced_by="Shop")
    assert await _listed(connected, actor) == [("Other", False), ("Shop", True), ("Third", False)]

    assert await connected.senders.remove(actor, ["Shop"], replaced_by="Third") == 1
    assert await _listed(connected, actor) == [("Other", False), ("Third", True)]
    assert await _written(connected, actor) == {
        "template Soldes": "Third",
        "template Sans": None,
        "draft Rentrée": "Third",
        "draft En cours": "Third",
        "draft Été": "Shop",
        "campaign Rentrée": "Third",
        "campaign Été": "Shop",
    }


async def test_what_another_account_needs_keeps_nothing(connected: Backend, actor: Actor, other: Actor) -> None:
    for account in (actor, other):
        await connected.senders.add(account, "Shop")
    await connected.senders.add(actor, "Other")
    await _needed(connected, other, "Shop")
    before = await _written(connected, other)
    assert await connected.senders.uses(actor, ["Shop"]) == ()
    assert await connected.senders.remove(actor, ["Shop"], replaced_by="Other") == 1
    assert await _written(connected, other) == before


async def test_names_are_forbidden_by_administrators(backend: Backend, admin: Actor, actor: Actor) -> None:
    with pytest.raises(SenderForbidden):
        await backend.senders.add(actor, "Police")
    await backend.senders.add(actor, "Banque")
    await backend.senders.forbid(admin, ["MaBanque", "banque"])
    assert {"mabanque", "banque", "police"} <= await backend.senders.forbidden()
    with pytest.raises(SenderForbidden):
        await backend.senders.add(actor, "MABANQUE")
    with pytest.raises(SenderCharacters):
        await backend.senders.forbid(admin, ["Ma Banque"])
    await backend.senders.forbid(None, [], allowed=["MaBanque"])
    await backend.senders.add(actor, "MaBanque")
    assert "banque" in await backend.senders.forbidden()


async def test_who_may_not_change_what_is_forbidden(backend: Backend, admin: Actor, actor: Actor) -> None:
    with pytest.raises(AdministratorsOnly):
        await backend.senders.forbid(actor, ["Rival"])
    with pytest.raises(AlwaysForbidden):
        await backend.senders.forbid(admin, [], allowed=["Police"])
    with pytest.raises(NotForbidden):
        await backend.senders.forbid(admin, ["Rival"], allowed=["Shop"])
    assert "rival" not in await backend.senders.forbidden()
