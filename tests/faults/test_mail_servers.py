"""Mail servers that hang, hang up or refuse: SMS leaves meanwhile, and whoever sends by hand is told why it can't."""

import asyncio
from dataclasses import dataclass

from tests.faults.conftest import OpenSites
from tests.faults.post import PostOffice, issue, sent
from tests.faults.shop import refusal
from tests.faults.site import LATE, Site, numbers

HANG_UP_AFTER = 2_000
"""Octets: in the middle of the PDF of an invoice."""


@dataclass(frozen=True)
class Trouble:
    """What a mail server does, and what a person is told, who asks for no words where they would be long in coming."""

    wrong: dict[str, object]
    words: tuple[str, ...]
    security: str = "none"


TROUBLES = (
    Trouble({"silent_at": "DATA"}, ()),
    Trouble({"most": HANG_UP_AFTER}, ("127.0.0.1", "did not say whether it took", "ask the recipient")),
    Trouble({"data_answer": "451 4.3.1 disk full"}, ("(451 4.3.1 disk full)", "nothing was sent")),
    Trouble({"starttls": False}, ("no encryption (STARTTLS)", "SMSTUI_SMTP_SECURITY"), security="starttls"),
)


async def _send_meanwhile(site: Site, trouble: Trouble) -> None:
    async with PostOffice(**trouble.wrong).running() as office:  # type: ignore[arg-type]
        site.environment |= office.environment(trouble.security)
        number = await issue(site)
        await site.send("Meanwhile", numbers(60))
        dispatcher = site.dispatch()
        await office.asked.wait()
        await site.settled()
        assert office.is_connected or trouble.words, "SMS has waited for the mail server"
        await site.audit()
        assert await dispatcher.end() == 0
        assert await sent(site) == {number: False}
        if trouble.words:
            sentence = await refusal(site, "invoice", "mail", number)
            assert all(word in sentence for word in trouble.words), sentence
            assert await sent(site) == {number: False}


async def test_mail_servers_in_trouble_keep_no_sms_from_leaving(sites: OpenSites) -> None:
    opened = await sites([LATE] * len(TROUBLES))
    await asyncio.gather(*map(_send_meanwhile, opened, TROUBLES))
