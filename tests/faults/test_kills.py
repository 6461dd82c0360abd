"""kill -9 at random moments: whatever dies, nothing goes out twice, nothing is lost, and the money is right."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.programs import Program
from tests.faults.site import LATE, TAKEOVER, Site, numbers

pytestmark = pytest.mark.each_database
SHORT, LONG = "Hello", "Hello " * 40
"""Texts of one part, and of two."""


def _sites(database_kind: str, count: int) -> list[tuple[str, ...]]:
    """The SMSCs of `count` sites, of half as many on PostgreSQL: what is different there is in test_server.py."""
    return [LATE] * (count if database_kind == "sqlite" else count // 2)


async def _kill_dispatchers(site: Site, text: str) -> None:
    await site.send("Storm", numbers(250), text)
    for _ in range(2):
        dispatcher = site.dispatch()
        await site.phoned_more(15, 60)
        site.kill(dispatcher)
        await site.audit()
    site.dispatch()
    await site.done()
    await site.audit()


async def test_dispatchers_that_are_killed(sites: OpenSites, database_kind: str) -> None:
    """10 kills on SQLite."""
    opened = await sites(_sites(database_kind, 5))
    await asyncio.gather(*map(_kill_dispatchers, opened, cycle([SHORT, LONG])))


async def _kill_smscs(site: Site) -> None:
    await site.send("Storm", numbers(250))
    site.dispatch()
    for _ in range(2):
        await site.phoned_more(15, 60)
        site.kill(site.smsc)
        await site.audit()
        await site.start_smsc()
    await site.done()
    await site.audit()


async def test_smscs_that_are_killed(sites: OpenSites, database_kind: str) -> None:
    """8 kills on SQLite."""
    opened = await sites(_sites(database_kind, 4))
    await asyncio.gather(*map(_kill_smscs, opened))


async def _kill_an_application(site: Site, starts: Callable[[Site], Awaitable[Program]]) -> None:
    program = await starts(site)
    await site.phoned_more(15, 60)
    site.kill(program)
    await site.audit()
    dispatcher = site.dispatch()
    await site.done()
    await site.audit()
    assert await dispatcher.end() == 0


async def _application(site: Site) -> Program:
    await site.send("Storm", numbers(250))
    return site.application()


async def _waiting_command(site: Site) -> Program:
    """A script that sends, and dispatches until all is final."""
    file = site.file_of(numbers(250))
    return site.command("campaign", "send", "Storm", "--text", SHORT, "--to-file", str(file), "--wait")


async def test_applications_that_are_killed(sites: OpenSites, database_kind: str) -> None:
    """4 kills on SQLite."""
    opened = await sites(_sites(database_kind, 4))
    await asyncio.gather(*map(_kill_an_application, opened, cycle([_application, _waiting_command])))


async def _kill_owners_while_phones_say_stop(site: Site) -> None:
    everybody = numbers(250)
    await site.send("Storm", everybody)
    for _ in range(2):
        site.dispatch()
    await site.phoned_more(30, 80)
    stopped = set(site.chance.sample([one.number for one in site.log.phoned], 10))
    for number in sorted(stopped):
        site.say_stop(number)
    await site.phoned_more(1, 15)
    owner, before = site.owner(), site.phoned
    assert owner is not None
    site.kill(owner)
    await site.audit()
    await site.until(lambda: site.phoned > before + 2 * site.window)
    assert site.longest_silence(before) < TAKEOVER
    await site.until(lambda: len(site.log.follow().answered) == len(stopped))
    await site.done()
    assert (await site.audit()).opted_out == stopped
    await site.send("After", everybody, text="Again")
    await site.done()
    await site.audit()
    again = {one.number for one in site.log.phoned if one.text.startswith("Again")}
    assert again == set(everybody) - stopped


async def test_a_stop_in_the_middle_of_it_is_kept(sites: OpenSites, database_kind: str) -> None:
    """4 kills on SQLite, of dispatchers that share the binds of one connection."""
    opened = await sites(_sites(database_kind, 4), binds=2)
    await asyncio.gather(*map(_kill_owners_while_phones_say_stop, opened))
