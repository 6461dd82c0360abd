"""kill -9 while a campaign with merge fields is prepared: nothing has left, and whoever begins anew sends all of it."""

import asyncio
import time
from collections import Counter
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import OperationalError

from smstui.domain.contact import ContactDetails
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery
from smstui.services.contact_rows import to_columns
from smstui.services.groups import GroupDetails
from smstui.storage.tables import campaign, contact
from tests.faults.conftest import OpenSites
from tests.faults.programs import Program
from tests.faults.site import CREDITS, DEADLINE, LOOK, Site
from tests.support import START

pytestmark = pytest.mark.each_database
CONTACTS, GROUP = 25_000, 15_000
"""Three transactions prepare them; each of the two groups has so many of them, one the first and one the last."""
STRANGER = "+33699999999"
"""A number that no contact has."""
LONG_NAME = "Ana" * 50
NAMES = (("", "client"), ("Ana", "Ana"), ("Łukasz", "Lukasz"), ("Zoé", "Zoé"))
"""First names, and how a message calls their owners; the database can't write the third as SMS Pro carries it."""
PREPARING = "SELECT preparing_token, (SELECT COUNT(*) FROM message) FROM campaign WHERE state = 'preparing'"


class Person(NamedTuple):
    """A contact, and what is expected to reach it."""

    number: str
    first_name: str
    greeting: str
    segments: int
    price: int
    """Credits."""
    is_stopped: bool


class Preparation(NamedTuple):
    """A campaign in preparation."""

    token: str
    """Of whoever prepares it."""
    messages: int
    """That are there by now."""


NOTHING = Preparation("", 0)


def _person(index: int) -> Person:
    """One in fifty is in Belgium, one in a hundred has a name that makes two parts; two in three have said STOP."""
    abroad, is_long = index % 50 == 7, index % 100 == 30
    number = f"+32470{index:06}" if abroad else f"+33610{index:06}"
    first_name, called = (LONG_NAME, LONG_NAME) if is_long else NAMES[index % len(NAMES)]
    segments = 2 if is_long else 1
    return Person(number, first_name, f"Bonjour {called}", segments, segments * (2 if abroad else 1), index % 3 > 0)


PEOPLE = [_person(index) for index in range(CONTACTS)]
WANTED = [
    *(one for one in PEOPLE if not one.is_stopped),
    Person(STRANGER, "", "Bonjour client", 1, 1, is_stopped=False),
]
"""Those to whom the command sends."""
STOPPED_MEANWHILE = WANTED[5::500]
"""Of these, those who say STOP when the command is dead."""
REACHED = [one for one in WANTED if one not in STOPPED_MEANWHILE]
COST = sum(one.price for one in REACHED) * 1000
SEGMENTS = sum(one.segments for one in REACHED)


async def _write_book(site: Site) -> None:
    """Everybody in the address book, in two groups that overlap, and those who said STOP on the list."""

    async def write(backend: Backend) -> None:
        actor = await site.actor(backend)
        common = {"account_id": actor.account_id, "created_at": START, "updated_at": START}
        rows = [{**to_columns(ContactDetails(one.number, "", one.first_name)), **common} for one in PEOPLE]
        await backend.database.write(lambda tx: tx.execute(insert(contact), rows))
        ids = sorted(await backend.contacts.ids(actor, ContactQuery()))
        for name, members in (("First", ids[:GROUP]), ("Last", ids[-GROUP:])):
            group = await backend.groups.add(actor, GroupDetails(name))
            await backend.groups.add_members(actor, group.id, members)

    await site.with_backend(write)
    await _say_stop(site, [one for one in PEOPLE if one.is_stopped])


async def _say_stop(site: Site, people: list[Person]) -> None:
    async def work(backend: Backend) -> None:
        await backend.opt_outs.add_numbers(await site.actor(backend), [one.number for one in people])

    await site.with_backend(work)


def _campaign(site: Site) -> Program:
    """A script that sends to both groups, and to two numbers of which one is in them."""
    numbers = ("--to", STRANGER, "--to", WANTED[0].number)
    groups = ("--group", "First", "--group", "Last")
    return site.command("campaign", "send", "Merged", "--text", "Bonjour {first_name|client}", *numbers, *groups)


def _preparation(site: Site) -> Preparation:
    try:
        with site.reader.connect() as connection:
            row = connection.execute(text(PREPARING)).first()
    except OperationalError:  # who was stopped while it opened the database keeps it locked
        return NOTHING
    return NOTHING if row is None else Preparation(*row)


async def _kill_while_it_prepares(site: Site, program: Program, former: Preparation = NOTHING) -> Preparation:
    """SIGKILL when it has written some of the messages, but not all; `former` is what another one had left."""
    end = time.monotonic() + DEADLINE
    while True:
        assert program.is_running, site.state()
        assert time.monotonic() < end, site.state()
        program.stop()
        seen = _preparation(site)
        is_begun = seen.token != former.token and seen.messages not in {0, former.messages}
        if is_begun and seen.messages < len(REACHED):
            break
        program.resume()
        await asyncio.sleep(LOOK)
    site.kill(program)
    return seen


async def _check_nothing_went_out(site: Site) -> None:
    """The campaign is still to be prepared: nothing was sent, and it took nothing."""
    books = await site.audit()
    assert [one.state for one in books.campaigns.values()] == ["preparing"]
    assert 0 < len(books.messages) < len(REACHED)
    assert site.phoned == 0
    assert set(books.balances.values()) == {CREDITS * 1000}


async def _let_the_claim_run_out(site: Site) -> None:
    """As the time does, in which whoever prepares a campaign must write something of it."""

    def work(tx: Connection) -> None:
        tx.execute(update(campaign).values(preparing_until=0))

    await site.with_backend(lambda backend: backend.database.write(work))


async def _check_everybody_has_it_once(site: Site) -> None:
    books = await site.done()
    await site.audit()
    got = Counter((one.number, one.part) for one in site.log.phoned)
    assert got == {(one.number, part): 1 for one in REACHED for part in range(1, one.segments + 1)}
    firsts = {one.number: one.text for one in site.log.phoned if one.part == 1}
    wrong = [
        (one, firsts[one.number])
        for one in REACHED
        if not firsts[one.number].startswith(f"{one.greeting} "[: len(firsts[one.number])])
    ]
    assert not wrong, wrong[:5]
    assert set(books.balances.values()) == {CREDITS * 1000 - COST}


async def test_whoever_dies_while_it_prepares_another_one_begins_anew(sites: OpenSites) -> None:
    """First the command, then a dispatcher."""
    (site,) = await sites([()], window=100)
    await _write_book(site)
    left = await _kill_while_it_prepares(site, _campaign(site))
    await _check_nothing_went_out(site)
    await _say_stop(site, STOPPED_MEANWHILE)
    await _let_the_claim_run_out(site)
    await _kill_while_it_prepares(site, site.dispatch(), former=left)
    await _check_nothing_went_out(site)
    await _let_the_claim_run_out(site)
    site.dispatch()
    await site.until(lambda: site.phoned >= SEGMENTS)
    await _check_everybody_has_it_once(site)
