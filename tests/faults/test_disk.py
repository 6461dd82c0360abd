"""A disk without room: what can't be written is not sent, what was sent is not forgotten, and room ends the trouble."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.disks import fill, moved_to, small_disk
from tests.faults.site import CREDITS, LATE, Site, numbers
from tests.postgresql import Server

UNWRITTEN = 2.0
"""Seconds that an outcome has been known, and not written: it can't be."""
ONLY_FILES = pytest.mark.parametrize("database_kind", ["sqlite"])
ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")


def _seconds_unwritten(site: Site) -> float:
    """How long ago the SMSC accepted what the books still call in flight."""
    ids = {one.number for one in site.books().messages if one.state == "queued" and one.sent}
    instants = [datetime.fromisoformat(one.at) for one in site.log.follow().phoned if one.number in ids]
    return (datetime.now(UTC) - min(instants)).total_seconds() if instants else 0.0


async def _until_it_is_full(site: Site) -> None:
    await site.until_books(lambda _: _seconds_unwritten(site) > UNWRITTEN)
    await site.audit()


async def _all_is_written(site: Site) -> None:
    """There is room again: nothing of what was sent has been forgotten."""
    await site.settled()
    books = await site.audit()
    assert books.counts["unknown"] == 0


@ONLY_FILES
async def test_files_that_may_not_grow(sites: OpenSites) -> None:
    """RLIMIT_FSIZE on a running dispatcher: the write-ahead log can't grow any more."""
    (site,) = await sites([LATE])
    await site.send("Full", numbers(400))
    dispatcher = site.dispatch()
    await site.phoned_more(15, 60)
    dispatcher.limit_files(site.log_size())
    await _until_it_is_full(site)
    dispatcher.limit_files(None)
    await _all_is_written(site)
    assert await dispatcher.end() == 0


@ONLY_FILES
async def test_a_database_that_may_not_grow(sites: OpenSites) -> None:
    """`PRAGMA max_page_count`: new rows don't fit, some changes of old ones do; then a crash, and room."""
    (site,) = await sites([LATE])
    await site.send("Full", numbers(400))
    dispatcher = site.limited_dispatch(site.pages())
    await _until_it_is_full(site)
    site.kill(dispatcher)
    await site.audit()
    site.dispatch()
    await site.settled()
    await site.audit()


async def _fill_and_make_room(site: Site, disk: Path) -> None:
    """A file system without room: SQLite meets ENOSPC, a PostgreSQL server says that its disk is full."""
    await site.send("Full", numbers(400))
    dispatcher = site.dispatch()
    await site.phoned_more(15, 60)
    fill(disk / "other")
    await _until_it_is_full(site)
    (disk / "other").unlink()
    await _all_is_written(site)
    assert await dispatcher.end() == 0
    await site.close()


@ONLY_ROOT
@ONLY_FILES
async def test_a_disk_that_is_full(sites: OpenSites) -> None:
    with small_disk(8) as disk:
        (site,) = await sites([LATE], database_folder=disk)
        await _fill_and_make_room(site, disk)


@ONLY_ROOT
@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_a_disk_of_the_server_that_is_full(sites: OpenSites, postgresql_server: Server) -> None:
    with small_disk(24) as disk:
        (site,) = await sites([LATE])
        with moved_to(disk, postgresql_server, site.database_url):
            await _fill_and_make_room(site, disk)


@ONLY_FILES
async def test_a_campaign_that_does_not_fit_is_refused_whole(sites: OpenSites) -> None:
    (site,) = await sites([()])
    options = ("campaign", "send", "Big", "--text", "Hello", "--to-file", str(site.file_of(numbers(5000))))
    command = site.command(*options)
    command.limit_files(64 << 10)
    assert await command.ended() == 1
    assert "Traceback" not in command.printed()
    assert (len(command.printed().splitlines()), site.path.name in command.printed()) == (1, True)
    books = await site.audit()
    assert (books.campaigns, books.messages, set(books.balances.values())) == ({}, [], {CREDITS * 1000})
    again = site.command(*options)
    assert await again.ended() == 0, again.printed()
    assert (await site.audit()).counts["queued"] == 5000
