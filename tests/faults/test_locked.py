"""A database that another program keeps to itself for longer than a write waits: the dispatcher goes on afterwards."""

import asyncio
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.locks import file_lock, is_entered, table_lock, write_transaction
from tests.faults.site import LATE, Site, numbers

pytestmark = pytest.mark.each_database


def _locks(site: Site) -> list[AbstractContextManager[None]]:
    """What others may hold."""
    if site.kind == "sqlite":
        return [file_lock(site.path), write_transaction(site.path)]
    return [table_lock(site.database_url, "message"), table_lock(site.database_url, "lease")]


async def _lock(site: Site, which: int) -> None:
    await site.send("Locked", numbers(400))
    dispatcher = site.dispatch()
    await site.phoned_more(15, 60)
    with ExitStack() as held:
        await site.until(lambda: is_entered(held, _locks(site)[which]))
        await site.until(lambda: "DatabaseBusy" in site.logged())
        await site.audit()
    await site.settled()
    books = await site.audit()
    assert books.counts["unknown"] == 0, site.state()
    assert await dispatcher.end() == 0


async def test_a_database_that_is_locked_for_longer_than_a_write_waits(sites: OpenSites) -> None:
    opened = await sites([LATE] * 2)
    await asyncio.gather(*(_lock(site, which) for which, site in enumerate(opened)))
