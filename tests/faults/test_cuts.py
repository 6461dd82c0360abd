"""A line that is cut in the middle of a PDU, either way."""

import asyncio

import pytest

from tests.faults.conftest import OpenSites
from tests.faults.line import random_cuts
from tests.faults.site import LATE, Site, numbers

pytestmark = pytest.mark.each_database

CUTS = 2


async def _cut(site: Site) -> None:
    site.line.cuts = random_cuts(site.chance, CUTS, longest=80)
    site.crashes = CUTS
    await site.send("Cut", numbers(200))
    site.dispatch()
    await site.done()
    await site.receipted()
    books = await site.audit()
    assert not site.line.cuts
    assert not site.resolvable(books)
    assert books.counts["delivered"] + books.counts["unknown"] == 200


async def test_a_line_that_is_cut_in_the_middle_of_a_pdu(sites: OpenSites) -> None:
    await asyncio.gather(*(_cut(each) for each in await sites([LATE] * 4)))
