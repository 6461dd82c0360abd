"""Learning what others have committed."""

import asyncio

import pytest
from sqlalchemy import Connection

from smstui.storage.database import Database
from smstui.storage.watch import Changes
from tests.support import run_together

pytestmark = pytest.mark.each_database
WAIT = 30.0
SOON = 1.5
"""Longer than any news takes that was on its way."""


def _work(name: str) -> str:
    return f"INSERT INTO login_failure (login_key, failures, retry_at) VALUES ('{name}', 1, 0)"


async def _write(database: Database, name: str, lane: int | None = None) -> None:
    def work(tx: Connection) -> None:
        tx.exec_driver_sql(_work(name))

    await database.write(work, lane=lane)


def _count(tx: Connection) -> int:
    return int(tx.exec_driver_sql("SELECT count(*) FROM login_failure").scalar_one())


async def _quiet(changes: Changes) -> None:
    """Wait until nothing is on its way any more."""
    async with asyncio.timeout(WAIT):
        while await changes.wait(SOON):
            pass


async def test_what_another_process_commits_is_told(database: Database, database_url: str) -> None:
    program = f"""
import asyncio
from smstui.storage.database import Database
async def main():
    database = await Database.open({database_url!r})
    await database.write(lambda tx: tx.exec_driver_sql({_work("a")!r}))
    await database.close()
asyncio.run(main())
"""
    async with database.watch() as changes:
        await _quiet(changes)
        await asyncio.to_thread(run_together, [program])
        assert await changes.wait(WAIT)
        assert await database.read(lambda tx: tx.exec_driver_sql("SELECT login_key FROM login_failure").scalar()) == "a"
        await _quiet(changes)


async def test_the_last_of_many_commits_is_told(database: Database, database_url: str) -> None:
    other = await Database.open(database_url)
    try:
        async with database.watch() as changes:
            await _quiet(changes)
            for burst in range(1, 6):
                await asyncio.gather(*(_write(other, f"{burst} {number}", lane=1 + number) for number in range(8)))
                seen = 0
                async with asyncio.timeout(WAIT):
                    while seen < 8 * burst and await changes.wait():
                        seen = await database.read(_count)
    finally:
        await other.close()


async def test_own_commits_are_told_to_every_watcher(database: Database) -> None:
    async with database.watch() as one, database.watch() as two:
        await _quiet(one)
        await _quiet(two)
        await _write(database, "a")
        assert await one.wait(WAIT)
        assert await two.wait(WAIT)


async def test_nothing_is_told_when_nothing_happens(database: Database) -> None:
    async with database.watch() as changes:
        await _quiet(changes)
        assert not await changes.wait(0.6)


async def test_a_burst_does_not_wake_for_each_commit(database: Database) -> None:
    async with database.watch() as changes:
        await _quiet(changes)
        woken = 0

        async def watch() -> None:
            nonlocal woken
            while await changes.wait():
                woken += 1

        watching = asyncio.create_task(watch())
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(100):
            await _write(database, str(number))
        took = loop.time() - began
        watching.cancel()
        await asyncio.wait({watching})
    assert 1 <= woken <= took / 0.1 + 2


async def test_watching_may_be_begun_again(database: Database) -> None:
    for number in range(3):
        async with database.watch() as changes:
            await _quiet(changes)
            await _write(database, str(number))
            assert await changes.wait(WAIT)
