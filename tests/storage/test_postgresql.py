"""What is PostgreSQL's own: a server that is away, refuses, or is lost at the worst moment; lanes."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Connection

from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.storage import lanes
from smstui.storage import postgresql as postgresql_module
from smstui.storage.address import InvalidDatabaseUrl
from smstui.storage.database import Database
from smstui.storage.failures import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseOutcomeUnknown,
    DatabaseUnavailable,
    ServerCorrupt,
    ServerCrowded,
    ServerUnavailable,
)
from smstui.storage.lanes import enter
from tests.postgresql import GUARDED, PASSWORD, Server
from tests.storage.line import behind_a_line

WAIT = 30.0
CONNECTION = 7


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


def _add(name: str) -> Callable[[Connection], None]:
    def work(tx: Connection) -> None:
        tx.exec_driver_sql(f"INSERT INTO login_failure (login_key, failures, retry_at) VALUES ('{name}', 1, 0)")

    return work


async def _names(database: Database) -> list[str]:
    names = "SELECT login_key FROM login_failure ORDER BY login_key"
    return await database.read(lambda tx: list(tx.exec_driver_sql(names).scalars()))


def _name_of(url: str) -> str:
    return url.rpartition("/")[2] if "?" not in url else url.partition("?")[0].rpartition("/")[2]


def _end_all(server: Server, url: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name_of(url)}'")


async def test_a_commit_whose_answer_is_lost_is_said_to_be_perhaps_saved(
    postgresql_server: Server, database_url: str
) -> None:
    async with behind_a_line(postgresql_server, database_url) as (database, line):
        await database.write(_add("before"))
        line.cut_at = b"COMMIT"
        with pytest.raises(DatabaseOutcomeUnknown) as refused:
            await database.write(_add("perhaps"))
        assert "look whether it was saved" in explain(refused.value)
        assert line.cuts == 1
        await database.write(_add("since"))
        assert await _names(database) == ["before", "perhaps", "since"]


@pytest.mark.parametrize("moment", [b"INSERT", b"pg_advisory_xact_lock"])
@pytest.mark.parametrize("deaf", [True, False])
async def test_a_connection_lost_before_the_commit_costs_another_try(
    postgresql_server: Server, database_url: str, moment: bytes, deaf: bool
) -> None:
    async with behind_a_line(postgresql_server, database_url) as (database, line):
        await database.write(_add("before"))
        line.cut_at, line.deaf = moment, deaf
        await database.write(_add("once"), lane=CONNECTION)
        assert line.cuts == 1
        assert await _names(database) == ["before", "once"]


async def test_after_a_restart_of_the_server_everything_goes_on(
    database: Database, postgresql_server: Server, database_url: str
) -> None:
    await asyncio.gather(*(database.write(_add(f"a{number}"), lane=number) for number in range(1, 6)))
    await asyncio.gather(*(_names(database) for _ in range(4)))
    _end_all(postgresql_server, database_url)
    await asyncio.gather(*(database.write(_add(f"b{number}"), lane=number) for number in range(1, 6)))
    assert len(await _names(database)) == 10


async def test_watching_survives_a_restart_of_the_server(
    database: Database, postgresql_server: Server, database_url: str
) -> None:
    other = await Database.open(database_url)
    try:
        async with database.watch() as changes:
            assert await changes.wait(WAIT)
            _end_all(postgresql_server, database_url)
            assert await changes.wait(WAIT), "it listens again, and something may have been missed"
            while await changes.wait(1.5):
                pass
            await other.write(_add("a"))
            assert await changes.wait(WAIT)
    finally:
        await other.close()


async def test_lanes_wait_neither_for_each_other_nor_for_the_general_one(database: Database) -> None:
    holding = [threading.Event(), threading.Event()]
    go_on = threading.Event()

    def hold(held: threading.Event) -> Callable[[Connection], None]:
        def work(_tx: Connection) -> None:
            held.set()
            assert go_on.wait(WAIT)

        return work

    slow = [
        asyncio.create_task(database.write(hold(holding[0]))),
        asyncio.create_task(database.write(hold(holding[1]), lane=8)),
    ]
    for held in holding:
        assert await asyncio.to_thread(held.wait, WAIT)
    await database.write(_add("a"), lane=CONNECTION)
    assert await _names(database) == ["a"]
    go_on.set()
    await asyncio.gather(*slow)


async def test_a_lane_that_somebody_holds_is_waited_for_and_then_given_up(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_module, "LOCK_TIMEOUT", 200)
    one, other = await Database.open(database_url), await Database.open(database_url)
    held, go_on = threading.Event(), threading.Event()

    def hold(tx: Connection) -> None:
        enter(tx, CONNECTION)
        held.set()
        assert go_on.wait(WAIT)

    holding = asyncio.create_task(one.write(hold))
    assert await asyncio.to_thread(held.wait, WAIT)
    for lane in (CONNECTION, None):
        with pytest.raises(DatabaseBusy) as refused:
            await other.write(_add("a"), lane=lane)
    assert "locked by another program" in explain(refused.value)
    await other.write(_add("b"), lane=CONNECTION + 1)
    go_on.set()
    await holding
    assert await _names(other) == ["b"]
    for each in (one, other):
        await each.close()


async def test_a_process_that_stops_inside_a_lane_loses_it_and_begins_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_IDLE", 300)
    stopped, other = await Database.open(database_url), await Database.open(database_url)
    held, go_on, seen = threading.Event(), threading.Event(), []

    def work(tx: Connection) -> None:
        seen.append(tx.exec_driver_sql("SELECT count(*) FROM login_failure").scalar_one())
        held.set()
        assert go_on.wait(WAIT)
        _add("stopped")(tx)

    waking = asyncio.create_task(stopped.write(work, lane=CONNECTION))
    assert await asyncio.to_thread(held.wait, WAIT)
    await other.write(_add("other"), lane=CONNECTION)
    go_on.set()
    await waking
    assert seen == [0, 1]
    assert await _names(other) == ["other", "stopped"]
    for each in (stopped, other):
        await each.close()


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("53100", DatabaseFull),
        ("40P01", DatabaseBusy),
        ("40001", DatabaseBusy),
        ("57014", DatabaseBusy),
        ("53300", ServerCrowded),
        ("25006", ServerUnavailable),
        ("XX001", ServerCorrupt),
    ],
)
async def test_what_the_server_can_not_do_is_one_sentence(
    database: Database, code: str, refusal: type[Refusal]
) -> None:
    def work(tx: Connection) -> None:
        _add("a")(tx)
        tx.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(refusal) as refused:
        await database.write(work)
    assert database.place in explain(refused.value)
    assert await _names(database) == []


async def test_a_deadlock_is_tried_again(database: Database) -> None:
    tries = []

    def work(tx: Connection) -> None:
        tries.append(1)
        if len(tries) < 3:
            tx.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$")
        _add("a")(tx)

    await database.write(work, lane=CONNECTION)
    assert await _names(database) == ["a"]


async def _refused(url: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as refused:
        await Database.open(url)
    assert PASSWORD not in explain(refused.value)
    assert quote(PASSWORD, safe="") not in explain(refused.value)
    return refused.value


async def test_a_server_that_can_not_be_entered_says_why_without_the_password(
    database_url: str, postgresql_server: Server, tmp_path: Path
) -> None:
    name, folder = _name_of(database_url), postgresql_server.folder
    assert "does not exist" in (await _refused(f"postgresql://postgres@/nowhere?host={folder}")).reason
    assert "No such file" in (await _refused(f"postgresql:///{name}?host={tmp_path}")).reason
    wrong = await _refused(f"postgresql://{GUARDED}:{quote(PASSWORD, safe='')}x@/{name}?host={folder}")
    assert "password authentication failed" in wrong.reason
    refused = await _refused(f"postgres://{GUARDED}:{quote(PASSWORD, safe='')}@127.0.0.1:1/{name}")
    assert "refused" in refused.reason
    assert "its server runs" in explain(refused)


async def test_an_option_that_libpq_does_not_know_is_refused(postgresql_server: Server) -> None:
    with pytest.raises((DatabaseUnavailable, InvalidDatabaseUrl)):
        await Database.open(f"postgresql://postgres@/postgres?host={postgresql_server.folder}&colour=blue")


async def test_a_role_without_rights_and_a_crowded_server(empty_database_url: str, postgresql_server: Server) -> None:
    name = _name_of(empty_database_url)
    url = f"postgresql://{GUARDED}:{quote(PASSWORD, safe='')}@/{name}?host={postgresql_server.folder}"
    assert "permission denied" in (await _refused(url)).reason
    postgresql_server.run(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    refusal = await _refused(url)
    assert isinstance(refusal, ServerCrowded)
    assert "max_connections" in explain(refusal)


async def test_a_database_that_can_not_hold_every_character_is_refused(postgresql_server: Server) -> None:
    postgresql_server.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        assert "LATIN1" in (await _refused(postgresql_server.url("latin"))).reason
    finally:
        postgresql_server.run("DROP DATABASE latin WITH (FORCE)")


async def test_a_commit_outlives_a_server_that_would_not_wait_for_its_disk(
    database_url: str, postgresql_server: Server
) -> None:
    postgresql_server.run(f"ALTER DATABASE {_name_of(database_url)} SET synchronous_commit = off")
    database = await Database.open(database_url)
    durable = await database.write(lambda tx: tx.exec_driver_sql("SHOW synchronous_commit").scalar_one())
    await database.close()
    assert durable == "on"
