from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete, select, update

from smstui.domain.actor import Actor
from smstui.domain.states import CampaignKind, MessageType
from smstui.formats import explain
from smstui.services.backend import Backend
from smstui.services.connection_settings import ConnectionSettings, InvalidConnection
from smstui.services.connections import (
    NO_DISPATCHER,
    ConnectionInUse,
    ConnectionNameTaken,
    UnknownConnection,
)
from smstui.services.dispatch.lease import acquire, renew
from smstui.services.outgoing import enqueue_system
from smstui.services.platform_settings import AdministratorsOnly
from smstui.smpp.errors import BindRefused, SmscUnreachable
from smstui.smpp.simulator import Account, Simulator, SimulatorSettings
from smstui.smpp.values import Alphabet, BindMode, BindSettings, BindState, BindStatus, LongMessages
from smstui.storage.tables import batch, connection, lease, message, message_count
from tests.support import FakeClock

BIND = BindSettings("smsc.example.com", 2775, "smstui", "secret")
MAIN = ConnectionSettings("main", BIND)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    simulator = Simulator(SimulatorSettings(accounts=(Account("smstui", "secret"),)))
    await simulator.start()
    yield simulator
    await simulator.close()


def _at(simulator: Simulator, password: str = "secret") -> ConnectionSettings:
    return ConnectionSettings("main", BindSettings("127.0.0.1", simulator.port, "smstui", password))


def _bound_to(**changes: object) -> ConnectionSettings:
    return replace(MAIN, bind=replace(BIND, **changes))  # type: ignore[arg-type]


async def test_every_value_is_kept(backend: Backend, admin: Actor) -> None:
    bind = BindSettings(
        host="smsc.example.com",
        port=3550,
        system_id="operator",
        password="secret",
        tls=True,
        system_type="VMA",
        mode=BindMode.TRANSMITTER,
        window=50,
        rate=30,
        alphabet=Alphabet.LATIN1,
        long_messages=LongMessages.PAYLOAD,
        enquire_link_interval=20,
        response_timeout=15,
    )
    settings = ConnectionSettings("main", bind, frozenset(MessageType), "+33700000000", "36111", enabled=False)
    await backend.connections.add(admin, settings)
    assert await backend.connections.get("main") == settings
    assert await backend.connections.list() == (settings,)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (replace(MAIN, name=" "), "name"),
        (replace(MAIN, name="a\x1bb"), "name"),
        (replace(MAIN, name="x" * 65), "name"),
        (replace(MAIN, types=frozenset()), "types"),
        (replace(MAIN, types=frozenset({MessageType.REPONSE})), "reply_number"),
        (replace(MAIN, reply_number="Shop"), "reply_number"),
        (replace(MAIN, stop_code=""), "stop_code"),
        (replace(MAIN, stop_code="STOP"), "stop_code"),
        (_bound_to(host=" "), "host"),
        (_bound_to(host="two hosts"), "host"),
        (_bound_to(host="x" * 256), "host"),
        (_bound_to(port=0), "port"),
        (_bound_to(port=65536), "port"),
        (_bound_to(system_id=""), "system_id"),
        (_bound_to(system_id="x" * 16), "system_id"),
        (_bound_to(system_id="boîte"), "system_id"),
        (_bound_to(password=""), "password"),
        (_bound_to(password="a\0b"), "password"),
        (_bound_to(system_type="x" * 13), "system_type"),
        (_bound_to(window=0), "window"),
        (_bound_to(window=1001), "window"),
        (_bound_to(rate=0), "rate"),
        (_bound_to(rate=0.5), "rate"),
        (_bound_to(rate=float("nan")), "rate"),
        (_bound_to(rate=float("inf")), "rate"),
        (_bound_to(rate=10**12), "rate"),
        (_bound_to(enquire_link_interval=0), "enquire_link_interval"),
        (_bound_to(response_timeout=1.5), "enquire_link_interval"),
    ],
)
async def test_a_value_that_can_not_be_is_refused_beside_its_field(
    backend: Backend, admin: Actor, settings: ConnectionSettings, field: str
) -> None:
    with pytest.raises(InvalidConnection) as refused:
        await backend.connections.add(admin, settings)
    assert refused.value.field == field
    assert explain(refused.value)
    assert await backend.connections.list() == ()


async def test_spaces_around_values_are_taken_off(backend: Backend) -> None:
    await backend.connections.add(None, replace(_bound_to(host=" smsc.example.com "), name=" main ", reply_number=" "))
    assert await backend.connections.get("main") == MAIN


async def test_names_are_unique(backend: Backend) -> None:
    await backend.connections.add(None, MAIN)
    await backend.connections.add(None, replace(MAIN, name="second"))
    with pytest.raises(ConnectionNameTaken):
        await backend.connections.add(None, MAIN)
    with pytest.raises(ConnectionNameTaken):
        await backend.connections.update(None, "second", MAIN)
    assert [settings.name for settings in await backend.connections.list()] == ["main", "second"]


async def test_only_administrators_change_connections(backend: Backend, actor: Actor) -> None:
    await backend.connections.add(None, MAIN)
    with pytest.raises(AdministratorsOnly):
        await backend.connections.add(actor, replace(MAIN, name="mine"))
    with pytest.raises(AdministratorsOnly):
        await backend.connections.update(actor, "main", MAIN)
    with pytest.raises(AdministratorsOnly):
        await backend.connections.remove(actor, "main")
    assert await backend.connections.list() == (MAIN,)


async def test_an_update_without_password_keeps_it(backend: Backend, admin: Actor) -> None:
    await backend.connections.add(admin, MAIN)
    await backend.connections.update(admin, "main", replace(_bound_to(password="", port=2776), name="renamed"))
    assert await backend.connections.list() == (replace(_bound_to(port=2776), name="renamed"),)
    with pytest.raises(UnknownConnection):
        await backend.connections.update(admin, "main", MAIN)


async def test_a_connection_with_messages_to_send_stays(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await backend.connections.add(None, MAIN)

    def queue(tx: Connection) -> None:
        for _ in range(3):
            enqueue_system(
                tx,
                account_id=actor.account_id,
                kind=CampaignKind.CERTIFICATION,
                destination="+33601020304",
                text="Hello",
                at=clock.now(),
            )

    await backend.database.write(queue)
    with pytest.raises(ConnectionInUse) as refused:
        await backend.connections.remove(None, "main")
    assert refused.value.waiting == 3

    def send(tx: Connection) -> None:
        tx.execute(update(message).values(state="delivered"))
        tx.execute(delete(message_count))
        tx.execute(update(batch).values(state="done"))

    await backend.database.write(send)
    await backend.connections.remove(None, "main")
    assert await backend.connections.list() == ()
    await backend.connections.add(None, MAIN)
    assert await backend.connections.list() == (MAIN,)


@pytest.mark.each_database
async def test_a_removed_connection_is_gone_with_its_password(backend: Backend, actor: Actor) -> None:
    await backend.connections.add(None, MAIN)
    await backend.connections.remove(None, "main")
    for gone in (backend.connections.get("main"), backend.connections.remove(None, "main")):
        with pytest.raises(UnknownConnection):
            await gone
    stored = await backend.database.read(lambda tx: tx.execute(select(connection.c.password)).scalars().all())
    assert stored == [""]
    assert await backend.connections.statuses() == ()


@pytest.mark.each_database
async def test_the_state_is_what_the_holder_of_the_lease_says(backend: Backend, clock: FakeClock) -> None:
    await backend.connections.add(None, MAIN)
    (status,) = await backend.connections.statuses()
    assert (status.name, status.state, status.reason, status.rate) == ("main", NO_DISPATCHER, "", 0)

    def hold(tx: Connection) -> None:
        held = acquire(tx, 1, 1, "host:1", clock)
        assert held is not None
        renew(tx, held, BindStatus(BindState.WAITING, "ESME_RINVPASWD"), clock, 42)

    await backend.database.write(hold)
    (status,) = await backend.connections.statuses()
    assert (status.state, status.reason, status.rate) == (BindState.WAITING, "ESME_RINVPASWD", 42)
    await backend.database.write(lambda tx: tx.execute(update(lease).values(expires_at=lease.c.expires_at - 5000)))
    (status,) = await backend.connections.statuses()
    assert (status.state, status.reason, status.rate) == (NO_DISPATCHER, "", 0)


async def test_a_test_binds_for_real(backend: Backend, simulator: Simulator) -> None:
    settings = _at(simulator)
    await backend.connections.test(settings)
    await backend.connections.add(None, settings)
    await backend.connections.test("main")
    with pytest.raises(UnknownConnection):
        await backend.connections.test("second")


async def test_a_test_says_why_the_bind_is_refused(backend: Backend, simulator: Simulator) -> None:
    with pytest.raises(BindRefused):
        await backend.connections.test(_at(simulator, password="wrong"))
    with pytest.raises(InvalidConnection):
        await backend.connections.test(_at(simulator, password=""))
    settings = _at(simulator)
    await simulator.close()
    with pytest.raises(SmscUnreachable):
        await backend.connections.test(settings)


async def test_a_stored_password_is_tested_only_where_it_belongs(backend: Backend, simulator: Simulator) -> None:
    settings = _at(simulator)
    await backend.connections.add(None, settings)
    await backend.connections.test(replace(settings, bind=replace(settings.bind, password="")))
    elsewhere = replace(settings.bind, password="", host="localhost")
    with pytest.raises(InvalidConnection) as refused:
        await backend.connections.test(replace(settings, bind=elsewhere))
    assert refused.value.field == "password"
