"""What reading and writing promise, whatever the database."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from smstui.storage.database import Database
from smstui.storage.failures import DatabaseUnavailable
from smstui.storage.lanes import enter
from smstui.storage.statements import Statement
from smstui.storage.tables import login_failure
from tests.support import START, run_together

pytestmark = pytest.mark.each_database
WAIT = 10


def _row(number: str) -> str:
    return f"INSERT INTO login_failure (login_key, failures, retry_at) VALUES ('{number}', 1, 0)"


def _count(tx: Connection) -> int:
    return int(tx.exec_driver_sql("SELECT count(*) FROM login_failure").scalar_one())


async def test_what_is_written_is_there_after_a_restart(database_url: str) -> None:
    database = await Database.open(database_url)
    await database.write(lambda tx: tx.exec_driver_sql(_row("a")))
    await database.close()
    database = await Database.open(database_url)
    assert await database.read(_count) == 1
    await database.close()


async def test_a_write_that_fails_changes_nothing(database: Database) -> None:
    def work(tx: Connection) -> None:
        tx.exec_driver_sql(_row("a"))
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await database.write(work)
    assert await database.read(_count) == 0


async def test_a_reader_can_not_write(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        await database.read(lambda tx: tx.exec_driver_sql(_row("a")))
    assert await database.read(_count) == 0


async def test_a_read_sees_one_state_while_others_write(database: Database) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(tx: Connection) -> tuple[int, int]:
        before = _count(tx)
        started.set()
        assert go_on.wait(10)
        return before, _count(tx)

    reading = asyncio.create_task(database.read(slow))
    assert await asyncio.to_thread(started.wait, 10)
    await database.write(lambda tx: tx.exec_driver_sql(_row("a")))
    go_on.set()
    assert await reading == (0, 0)
    assert await database.read(_count) == 1


async def test_writes_happen_in_the_order_of_their_calls(database: Database) -> None:
    done: list[int] = []

    def noting(number: int) -> Callable[[Connection], None]:
        return lambda tx: done.append(number)

    await asyncio.gather(*(database.write(noting(number)) for number in range(50)))
    assert done == list(range(50))


async def test_a_write_that_has_begun_survives_its_caller(database: Database) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(tx: Connection) -> None:
        tx.exec_driver_sql(_row("a"))
        started.set()
        assert go_on.wait(10)

    writing = asyncio.create_task(database.write(work))
    assert await asyncio.to_thread(started.wait, 10)
    writing.cancel()
    go_on.set()
    await database.write(lambda tx: None)
    assert await database.read(_count) == 1


async def test_several_processes_write_as_if_one_after_the_other(database: Database, database_url: str) -> None:
    program = f"""
import asyncio, os
from smstui.storage.database import Database
async def main():
    database = await Database.open({database_url!r})
    for number in range(100):
        def work(tx, number=number):
            seen = tx.exec_driver_sql("SELECT count(*) FROM login_failure").scalar()
            tx.exec_driver_sql(f"INSERT INTO login_failure VALUES ('{{os.getpid()}}-{{number}}', {{seen}}, 0)")
        await database.write(work)
    await database.close()
asyncio.run(main())
"""
    await asyncio.to_thread(run_together, [program] * 4)
    assert await database.read(_seen) == list(range(400))


def _seen(tx: Connection) -> list[int]:
    return list(tx.exec_driver_sql("SELECT failures FROM login_failure ORDER BY failures").scalars())


async def test_a_write_in_a_lane_is_a_write(database: Database) -> None:
    await database.write(lambda tx: tx.exec_driver_sql(_row("a")), lane=7)
    with pytest.raises(IntegrityError):
        await database.write(lambda tx: tx.exec_driver_sql(_row("a")), lane=7)
    assert await database.read(_count) == 1


async def test_what_a_lane_has_read_stays_true_until_it_writes(database: Database) -> None:
    def raise_by_one(tx: Connection) -> None:
        seen = tx.exec_driver_sql("SELECT failures FROM login_failure").scalar_one()
        tx.exec_driver_sql(f"UPDATE login_failure SET failures = {seen} + 1")

    def raise_in_the_general_lane(tx: Connection) -> None:
        enter(tx, 7, 3)
        raise_by_one(tx)

    await database.write(lambda tx: tx.exec_driver_sql(_row("a")))
    ways = [(raise_by_one, 7), (raise_in_the_general_lane, None)] * 20
    await asyncio.gather(*(database.write(work, lane=lane) for work, lane in ways))
    assert await database.read(lambda tx: tx.exec_driver_sql("SELECT failures FROM login_failure").scalar()) == 41


async def test_an_error_that_is_passed_over_commits_nothing_or_all(database: Database) -> None:
    """On PostgreSQL a failed statement undoes its transaction: to commit the rest is impossible, and said so."""

    def work(tx: Connection) -> None:
        tx.exec_driver_sql(_row("a"))
        with pytest.raises(IntegrityError):
            tx.exec_driver_sql(_row("a"))

    try:
        await database.write(work)
    except RuntimeError:
        assert await database.read(_count) == 0
    else:
        assert await database.read(_count) == 1


async def test_the_values_of_a_statement_are_not_in_its_error(database: Database) -> None:
    secret = {"login_key": "s3cret", "failures": 1, "retry_at": START}
    await database.write(lambda tx: tx.execute(login_failure.insert().values(secret)))
    with pytest.raises(DBAPIError) as failed:
        await database.write(lambda tx: tx.execute(login_failure.insert().values(secret)))
    assert "[parameters" not in str(failed.value)


async def test_a_nul_in_foreign_text_is_no_error(database: Database) -> None:
    """PostgreSQL keeps none."""
    row = {"login_key": "a\0b", "failures": 1, "retry_at": START}
    await database.write(lambda tx: tx.execute(login_failure.insert().values(row)))
    found = login_failure.select().where(login_failure.c.login_key == "a\0b")
    (stored,) = await database.read(lambda tx: tx.execute(found).all())
    assert stored.login_key in ("a\0b", "a\ufffdb")


async def test_many_rows_at_once(database: Database) -> None:
    add = Statement(
        "INSERT INTO login_failure (login_key, failures, retry_at) VALUES (?, ?, ?)",
        arrays="""
            INSERT INTO login_failure (login_key, failures, retry_at)
            SELECT * FROM unnest(?::text[], ?::int[], ?::bigint[])
        """,
    )
    words = ("a", "'\"{},\\", "100 %s?", "é😀", "NULL", "\0")
    rows = [(word, number, number * 10**12) for number, word in enumerate(words)]
    await database.write(lambda tx: add.run_each(tx, rows))
    await database.write(lambda tx: add.run_each(tx, []))
    stored = login_failure.select().order_by(login_failure.c.failures)
    found = [row.login_key for row in await database.read(lambda tx: tx.execute(stored).all())]
    assert found[:-1] == list(words[:-1])
