"""An SMSC that does wrong what SMSCs do wrong: it throttles, answers late, out of order, never, twice, and babbles."""

import asyncio
import time

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.site import Site, numbers

pytestmark = pytest.mark.each_database
RECIPIENTS, WINDOW = 100, 25
SURE, REFUSED, IN_DOUBT = {"delivered"}, {"delivered", "rejected"}, {"delivered", "unknown"}
"""The states in which messages may end."""
ANSWERED = {
    "--throttle-rate 60": SURE,
    "--response-shuffle 10 --one-byte-writes": SURE,
    "--response-twice --deliver-twice --receipt-first": SURE,
    "--refuse-share 0.2 --unknown-command-after 60": REFUSED,
}
UNANSWERED = {
    "--response-delay 4": IN_DOUBT,
    "--response-lost-share 0.1": IN_DOUBT,
    "--garbage-after 70": IN_DOUBT,
    "--huge-length-after 70": IN_DOUBT,
    "--drop-after 40 --drop-in-pdu --drop-times 2 --unbind-after 60": IN_DOUBT,
}


async def _send(site: Site, hazards: str, states: set[str]) -> None:
    began = time.monotonic()
    site.crashes = RECIPIENTS // WINDOW
    await site.send("Wrong", numbers(RECIPIENTS))
    dispatcher = site.dispatch()
    await site.done()
    await site.receipted()
    books = await site.audit()
    took = time.monotonic() - began
    counts = {state: count for state, count in books.counts.items() if count}
    print(f"\n{site.kind}, {hazards}: {counts}, {len(site.line.sessions)} sessions, {took:.1f} s")  # noqa: T201
    assert counts.keys() <= states, site.state()
    assert not site.resolvable(books), "a late receipt resolves what was unknown"
    assert await dispatcher.end() == 0


@pytest.mark.parametrize(
    ("wrong", "response_timeout"),
    [pytest.param(ANSWERED, 30, id="answered"), pytest.param(UNANSWERED, 2, id="unanswered")],
)
async def test_nothing_twice_nothing_lost(sites: OpenSites, wrong: dict[str, set[str]], response_timeout: int) -> None:
    opened = await sites([each.split() for each in wrong], window=WINDOW, response_timeout=response_timeout)
    await asyncio.gather(*(_send(site, *each) for site, each in zip(opened, wrong.items(), strict=True)))
