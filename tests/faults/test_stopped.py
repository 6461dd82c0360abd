"""SIGSTOP: another dispatcher takes over, and the one that wakes up is fenced."""

import asyncio

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.site import LATE, TAKEOVER, Site, numbers


async def _stop_and_resume(site: Site, *, while_writing: bool = False) -> None:
    await site.send("Stopped", numbers(600))
    first = site.dispatch()
    await site.phoned_more(15, 60)
    second = site.dispatch()
    await site.stop(first, while_writing=while_writing)
    before = site.phoned
    await site.until(lambda: site.phoned > before + 2 * site.window)
    assert site.owner() is second
    assert site.longest_silence(before) < TAKEOVER
    await site.audit()

    session, submits = site.line.sessions[0], site.line.sessions[0].submits
    first.resume()
    await site.until(lambda: not session.is_open)
    assert session.submits == submits, "the former owner has sent something after it woke up"
    await site.audit()

    site.kill(second)
    await site.until_books(lambda _: site.owner() is first)
    await site.done()
    await site.audit()
    assert await first.end() == 0


async def _stop_for_longer_than_a_write_waits(site: Site) -> None:
    """Nobody can take the file from a process that holds its lock: the others wait, and all goes on when it does."""
    await site.send("Stopped", numbers(300))
    first = site.dispatch()
    await site.phoned_more(15, 60)
    second = site.dispatch()
    await site.stop(first, while_writing=True)
    await site.until(lambda: "DatabaseBusy" in site.logged())
    first.resume()
    await site.done()
    await site.audit()
    assert await first.end() == 0
    assert await second.end() == 0


@pytest.mark.each_database
async def test_a_stopped_dispatcher_is_replaced_and_fenced(sites: OpenSites) -> None:
    await asyncio.gather(*(_stop_and_resume(each) for each in await sites([LATE] * 2)))


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_one_that_is_stopped_while_it_writes_is_replaced_too(sites: OpenSites) -> None:
    """The server ends its transaction."""
    await asyncio.gather(*(_stop_and_resume(each, while_writing=True) for each in await sites([LATE] * 2)))


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_one_that_is_stopped_while_it_writes_is_waited_for(sites: OpenSites) -> None:
    (site,) = await sites([LATE])
    await _stop_for_longer_than_a_write_waits(site)
