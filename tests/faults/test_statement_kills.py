"""kill -9 while a bank statement is applied: whoever applies it again credits each entry once."""

import asyncio
import secrets
import time
from collections import Counter

import pytest
from sqlalchemy import text

from smstui.services.backend import Backend
from tests.faults.conftest import OpenSites
from tests.faults.programs import Program
from tests.faults.shop import BOUGHT, answer, order, statement_of
from tests.faults.site import CREDITS, DEADLINE, LOOK, Site

pytestmark = pytest.mark.each_database
ORDERS = {"sqlite": 150, "postgresql": 60}
"""So many that there is time to kill who applies them."""
KILLS = 2
APPLIED = "SELECT COUNT(*) FROM bank_entry"


def _applied(site: Site) -> int:
    """How many entries have paid an order."""
    with site.reader.connect() as connection:
        return int(connection.execute(text(APPLIED)).scalar_one())


async def _kill_in_the_middle(site: Site, program: Program, before: int) -> int:
    """SIGKILL when it has applied some more entries, but not all; how many have been applied by then."""
    end = time.monotonic() + DEADLINE
    while True:
        assert program.is_running, program.printed()
        assert time.monotonic() < end, site.state()
        if before < _applied(site):  # it has the database open: stopped before, it could keep it locked
            program.stop()
            if _applied(site) < ORDERS[site.kind]:
                break
            program.resume()
        await asyncio.sleep(secrets.randbelow(20) * LOOK / 20)
    program.kill()
    return _applied(site)


def _purchases(site: Site) -> list[tuple[int, str]]:
    return [(amount, reference) for _, amount, cause, reference in site.books().ledger if cause == "purchase"]


async def test_whoever_applies_a_statement_again_credits_each_entry_once(sites: OpenSites) -> None:
    (site,) = await sites([None])
    orders = await order(site, ORDERS[site.kind])
    balance = CREDITS + len(orders) * BOUGHT
    command = ("credit", "statement", statement_of(site, orders), "--apply")
    site.environment["SMSTUI_ACCOUNT"] = ""
    applied = 0
    for _ in range(KILLS):
        applied = await _kill_in_the_middle(site, site.command(*command), applied)
        assert len(_purchases(site)) == applied < len(orders)
    document = await answer(site, *command)
    assert isinstance(document["paid"], list)
    assert len(document["paid"]) == len(orders) - applied
    assert (await answer(site, *command))["paid"] == []
    assert Counter(_purchases(site)) == dict.fromkeys([(BOUGHT * 1000, name) for name in orders], 1)
    assert await _state(site) == (balance, Counter(paid=len(orders)))
    assert set((await site.audit()).balances.values()) == {balance * 1000}


async def _state(site: Site) -> tuple[object, Counter[str]]:
    """The balance that "shop" sees, and how many of its orders are in which state."""

    async def look(backend: Backend) -> tuple[object, Counter[str]]:
        actor = await site.actor(backend)
        states = Counter(one.state.value for one in await backend.orders.list(actor))
        return (await backend.credits.balance(actor)).available.decimal, states

    return await site.with_backend(look)
