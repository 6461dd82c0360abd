"""A PostgreSQL server that crashes, or ends our sessions: the dispatcher connects again and goes on."""

import os
import signal
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from tests.faults.conftest import OpenSites
from tests.faults.locks import run
from tests.faults.site import LATE, Site, numbers

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
FAULTS = 3
OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'smstui'"


def _is_up(site: Site) -> bool:
    try:
        return bool(run(site.database_url, "SELECT 1"))
    except psycopg.OperationalError:
        return False


def _has_ended(session: psycopg.Connection) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


async def _crash(site: Site) -> None:
    """One session of ours is killed: the server ends all of them, and recovers from its log."""
    site.crashes += 1
    with psycopg.connect(site.database_url, autocommit=True) as bystander:
        for (pid,) in run(site.database_url, f"SELECT pid {OURS} ORDER BY random() LIMIT 1"):
            os.kill(pid, signal.SIGKILL)
        await site.until(lambda: _has_ended(bystander))
    await site.until(lambda: _is_up(site))


async def _end_sessions(site: Site) -> None:
    site.crashes += 1
    run(site.database_url, f"SELECT pg_terminate_backend(pid) {OURS}")


@pytest.mark.parametrize("fault", [_crash, _end_sessions], ids=["crash", "end of sessions"])
async def test_a_server_that_goes_and_comes_back(sites: OpenSites, fault: Callable[[Site], Awaitable[None]]) -> None:
    (site,) = await sites([LATE])
    await site.send("Server", numbers(400))
    dispatcher = site.dispatch()
    for _ in range(FAULTS):
        await site.phoned_more(15, 60)
        await fault(site)
        await site.audit()
    await site.settled()
    await site.audit()
    assert await dispatcher.end() == 0
