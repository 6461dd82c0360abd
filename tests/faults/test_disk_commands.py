"""A disk without room, met by commands: one sentence says so, nothing is half done, and with room it works."""

import asyncio
from typing import NamedTuple

from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.services.accounts import WrongLogin
from smstui.services.backend import Backend
from smstui.services.sessions import Origin, Way
from tests.faults.conftest import OpenSites
from tests.faults.disks import fill, filled, small_disk
from tests.faults.post import issue
from tests.faults.shop import answer, order, printed, refusal, statement_of
from tests.faults.site import Site
from tests.faults.test_disk import ONLY_FILES, ONLY_ROOT
from tests.payments_support import written
from tests.support import PASSWORD

pytestmark = [ONLY_FILES, ONLY_ROOT]
NEW_PASSWORD = "Other-Horse8"
ENTRIES = 40
ROOM = 400 << 10
"""Octets: enough for some entries of a statement, and not for all."""
TARIFF = "country;type;credits\nFR;pro;1.5\nBE;pro;2.5\n"


class Seen(NamedTuple):
    """What the account sees of all that the commands change."""

    logs_in: bool
    """With the new password."""
    language: str
    sessions: int
    awaited: int
    """Orders to be paid."""
    prices: dict[str, Credits | None]
    threshold: Credits | None


AS_BEFORE = Seen(False, "en", 1, 1, {"FR": Credits.of(1), "BE": Credits.of(2)}, None)
DONE = Seen(True, "fr", 0, 0, {"FR": Credits.of("1.5"), "BE": Credits.of("2.5")}, Credits.of(50))


async def _seen(site: Site) -> Seen:
    async def look(backend: Backend) -> Seen:
        actor = await site.actor(backend)
        tariff = await backend.tariffs.current()
        try:
            await backend.accounts.log_in("shop", NEW_PASSWORD)
        except WrongLogin:
            logs_in = False
        else:
            logs_in = True
        return Seen(
            logs_in,
            (await backend.profiles.read(actor)).language,
            len(await backend.sessions.list(actor)),
            len(await backend.orders.pending(None)),
            {country: tariff.price(country, MessageType.PRO) for country in ("FR", "BE")},
            (await backend.low_credit.get(actor)).threshold,
        )

    return await site.with_backend(look)


async def _session(site: Site) -> str:
    """The number of a session of "shop", which goes on."""

    async def log_in(backend: Backend) -> str:
        return str((await backend.accounts.log_in("shop", PASSWORD, Origin(Way.TERMINAL))).session)

    return await site.with_backend(log_in)


async def test_commands_that_find_no_room_do_nothing(sites: OpenSites) -> None:
    with small_disk(8) as disk:
        (site,) = await sites([None], database_folder=disk)
        invoice = await issue(site)
        session, bank = await _session(site), statement_of(site, await order(site, 1))
        tariff = written(site.folder, TARIFF, "tariff.csv")
        pdf, audit = disk / "invoice.pdf", disk / "audit.csv"
        site.environment |= {"SMSTUI_ACCOUNT": "", "NEW_PASSWORD": NEW_PASSWORD}
        shop = ("--account", "shop")
        writing = [
            ("account", "sessions", "--end", session, *shop),
            ("account", "password", "--password-env", "NEW_PASSWORD", *shop),
            ("account", "set", "--language", "fr", *shop),
            ("credit", "statement", bank, "--apply"),
            ("tariff", "import", str(tariff)),
            ("credit", "alert", "50", *shop),
        ]
        saving = [("invoice", "download", invoice, str(pdf), *shop), ("audit", "export", str(audit))]
        before, files = await _seen(site), set(disk.iterdir())
        assert before == AS_BEFORE
        with filled(disk, site.path) as other:
            rows = list(other.iterdump())
            sentences = await asyncio.gather(*(refusal(site, *each) for each in [*writing, *saving]))
            assert list(other.iterdump()) == rows
            for sentence in sentences[: len(writing)]:
                assert f"{site.path} is full: nothing was saved, free some space and try again." in sentence
            for sentence, path in zip(sentences[len(writing) :], (pdf, audit), strict=True):
                assert f"no room left for {path}:" in sentence
        assert set(disk.iterdir()) == files
        for each in [*writing, *saving]:
            await printed(site, *each)
        assert await _seen(site) == DONE
        assert pdf.read_bytes().startswith(b"%PDF")
        assert "password_changed" in audit.read_text()
        await site.close()


async def test_a_statement_for_which_there_is_not_enough_room_is_applied_by_whole_entries(sites: OpenSites) -> None:
    with small_disk(8) as disk:
        (site,) = await sites([None], database_folder=disk)
        bank = statement_of(site, await order(site, ENTRIES))
        site.environment["SMSTUI_ACCOUNT"] = ""
        with filled(disk, site.path, ROOM):
            refused = await refusal(site, "credit", "statement", bank, "--apply")
            books = await site.audit()
            paid = len(books.ledger) - 1
            assert 0 < paid < ENTRIES
            assert f"{paid} of {ENTRIES} orders were paid, and stay so." in refused
            assert "is full" in refused
            assert (await _seen(site)).awaited == ENTRIES - paid
        document = await answer(site, "credit", "statement", bank, "--apply")
        assert isinstance(document["paid"], list)
        assert len(document["paid"]) == ENTRIES - paid
        assert len((await site.audit()).ledger) - 1 == ENTRIES
        assert (await _seen(site)).awaited == 0
        await site.close()


async def test_a_database_that_can_not_even_be_opened_for_want_of_room(sites: OpenSites) -> None:
    with small_disk(8) as disk:
        (site,) = await sites([None], database_folder=disk)
        fill(disk / "other")
        refused = await refusal(site, "credit", "alert", "50")
        assert str(site.path) in refused
        assert "is full" in refused
        (disk / "other").unlink()
        assert (await answer(site, "credit", "alert", "50"))["threshold"] == 50
        await site.close()
