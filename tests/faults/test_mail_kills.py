"""kill -9 while e-mail leaves: it does not leave again by itself, nobody is told that it did, a person can resend it.

The server is silent at RCPT, when it has nothing of the message, or at the end of DATA, when it has all of it: in both
nobody knows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import pytest

from smstui.domain.credits import Credits
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from tests.faults.conftest import OpenSites
from tests.faults.post import PostOffice, is_claimed, issue, sent
from tests.faults.programs import Program
from tests.faults.shop import answer
from tests.faults.site import CREDITS, Site
from tests.support import PASSWORD

pytestmark = pytest.mark.each_database
RCPT, DATA = "RCPT", "DATA"
ALERT = Credits.of(2 * CREDITS)
"""More than anybody has."""
Kill = Callable[[Site, PostOffice], Awaitable[None]]
Start = Callable[[Site, str], Program]
"""Starts a program that sends the invoice of that number."""


def _dispatch(site: Site, _number: str) -> Program:
    return site.dispatch()


def _mail(site: Site, number: str) -> Program:
    return site.command("invoice", "mail", number)


async def _kill_while_it_leaves(site: Site, office: PostOffice, program: Program, column: str) -> int:
    """SIGKILL when it has claimed what `column` tells of, and the server is silent; how many messages that has."""
    await office.asked.wait()
    await site.until(lambda: is_claimed(site, column))
    await site.until(lambda: office.received or office.silent_at == RCPT)
    program.kill()
    office.silent_at = ""
    return len(office.received)


async def _round(site: Site, office: PostOffice) -> None:
    """A dispatcher sends all that is due."""
    before = office.quits
    dispatcher = site.dispatch()
    await site.until(lambda: office.quits > before)
    assert await dispatcher.end() == 0


async def _kill_with_an_invoice(site: Site, office: PostOffice, start: Start) -> None:
    first = await issue(site)
    had = await _kill_while_it_leaves(site, office, start(site, first), "invoice.mailed_at")
    assert await sent(site) == {first: False}
    second = await issue(site)
    await _round(site, office)
    taken = [f"{first}.pdf"] * had
    assert office.files == [*taken, f"{second}.pdf"]
    assert await sent(site) == {first: False, second: True}
    assert await answer(site, "invoice", "mail", first) == {"sent_to": "shop@example.com"}
    assert office.files == [*taken, f"{second}.pdf", f"{first}.pdf"]
    assert await sent(site) == {first: True, second: True}


async def _watch(backend: Backend, login: str) -> None:
    """The account is warned by e-mail from now on; made if it isn't there."""
    if login != "shop":
        await backend.accounts.create(NewAccount(login, f"{login}@example.com", PASSWORD, language="en"))
    await backend.low_credit.set(await backend.accounts.find(login), ALERT)


async def _is_warned(site: Site) -> bool:
    """What "shop" sees of it."""

    async def look(backend: Backend) -> bool:
        alert = await backend.low_credit.get(await site.actor(backend))
        assert alert.is_low
        return alert.told_at is not None

    return await site.with_backend(look)


async def _kill_with_a_warning(site: Site, office: PostOffice) -> None:
    await site.with_backend(lambda backend: _watch(backend, "shop"))
    had = await _kill_while_it_leaves(site, office, site.dispatch(), "account.low_credit_told_at")
    assert not await _is_warned(site)
    await site.with_backend(lambda backend: _watch(backend, "rival"))
    await _round(site, office)
    taken = ["shop@example.com"] * had
    assert office.recipients == [*taken, "rival@example.com"]
    assert not await _is_warned(site)
    for threshold in ("off", str(2 * CREDITS)):
        await answer(site, "credit", "alert", threshold)
    await _round(site, office)
    assert office.recipients == [*taken, "rival@example.com", "shop@example.com"]
    assert await _is_warned(site)


async def _kill(site: Site, moment: str, kill: Kill) -> None:
    async with PostOffice(silent_at=moment).running() as office:
        site.environment |= office.environment()
        await kill(site, office)


DISPATCHED = partial(_kill_with_an_invoice, start=_dispatch)
BY_HAND = partial(_kill_with_an_invoice, start=_mail)
KILLS: dict[str, Sequence[tuple[str, Kill]]] = {
    "sqlite": [(DATA, DISPATCHED), (RCPT, DISPATCHED), (DATA, BY_HAND), (DATA, _kill_with_a_warning)],
    "postgresql": [(DATA, DISPATCHED)],
}


async def test_who_is_killed_while_e_mail_leaves_sends_it_at_most_once(sites: OpenSites, database_kind: str) -> None:
    opened = await sites([None] * len(KILLS[database_kind]))
    await asyncio.gather(*(_kill(site, *case) for site, case in zip(opened, KILLS[database_kind], strict=True)))
