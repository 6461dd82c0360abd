"""A campaign to 200,000 contacts of a book, in four groups that overlap. Prints seconds, or the longest stall in ms.

`seed FILE PORT`: the book as if imported just now, its groups, 1 in 101 on the STOP list, and a connection to the
simulator at PORT.
`count FILE`: counting those that get a message, by the query from which a campaign is filled.
`uniform FILE`, `personal FILE`: confirming a campaign without or with merge fields, until all its messages are there.
`first FILE uniform|personal`: from the confirmation to the first submit_sm_resp, and the longest stall in that time of
the event loop that also sends.
"""

import asyncio
import gc
import sqlite3
import sys
import time
from pathlib import Path

from sqlalchemy import Connection, func, select

from benchmarks.workers.enqueue import LOGIN, prepare
from benchmarks.workers.stalls import noted_stalls
from smstui.domain.actor import Actor
from smstui.domain.contact import has_plain_names
from smstui.domain.hours import HoursConsent
from smstui.services.audience import Audience, recipients, wants_nothing
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.groups import GroupDetails
from smstui.settings import Settings

CONTACTS, GROUPS, GROUP = 202_000, 4, 76_000
_STEP = (CONTACTS - GROUP) // (GROUPS - 1)
"""From the first member of a group to that of the next: the last ones of each are in the next, too."""
_UNWANTED = 101
WINDOW = 100
TEXTS = {
    "uniform": "Black Friday : -20 % sur tout le magasin, du 24 au 27 novembre, sur presentation de ce SMS.",
    "personal": "Bonjour {first_name|client} {last_name}, -20 % sur tout le magasin, du 24 au 27 novembre.",
}
_NAMES = ("Dupont", "Léger", "Benoît", "Garcia", "Petit", "Lefèvre", "Moreau", "Ünal", "d'Almeida", "Nguyen")
_SENT = "SELECT 1 FROM message_count WHERE state <> 'queued' AND messages > 0"


def _contact(index: int) -> tuple[str, str, str, str, bool]:
    last_name, first_name = f"{_NAMES[index % 10]}{index % 997}", _NAMES[index % 7] if index % 20 else ""
    number = f"+33{610_000_000 + index * 7919 % 9_999_991}"
    search, plain = f"{number} {last_name} {first_name}".lower(), has_plain_names(last_name, first_name)
    return (number, last_name, first_name, search, plain)


async def _seed(backend: Backend, file: str, port: int) -> None:
    await prepare(backend, port, WINDOW)
    actor = await backend.accounts.find(LOGIN)
    for group in range(GROUPS):
        await backend.groups.add(actor, GroupDetails(f"Groupe {group + 1}"))
    with sqlite3.connect(file) as database:
        database.executemany(
            "INSERT INTO contact (account_id, mobile, last_name, first_name, email, title, birth_date, company,"
            " address, extra, search, plain_names, created_at, updated_at)"
            " VALUES (1, ?, ?, ?, '', '', '', '', '', '', ?, ?, 0,"
            " unixepoch() * 1000)",
            map(_contact, range(CONTACTS)),
        )
        for group in range(GROUPS):
            members = "SELECT ?, id FROM contact ORDER BY id LIMIT ? OFFSET ?"
            database.execute(f"INSERT INTO group_member {members}", (group + 1, GROUP, group * _STEP))
        unwanted = "SELECT account_id, mobile, 'added', 0 FROM contact WHERE id % ? = 0"
        database.execute(f"INSERT INTO opt_out {unwanted}", (_UNWANTED,))


def _draft(kind: str) -> Draft:
    group_ids = tuple(range(1, GROUPS + 1))
    return Draft(kind, TEXTS[kind], stop=False, group_ids=group_ids, consent=HoursConsent.ANYTIME)


async def _count(backend: Backend) -> float:
    actor, audience = await backend.accounts.find(LOGIN), _draft("uniform").audience(())
    began = time.perf_counter()
    found = await backend.database.read(lambda tx: _wanting(tx, actor, audience))
    took = time.perf_counter() - began
    assert found == CONTACTS - CONTACTS // _UNWANTED, found
    return took


def _wanting(tx: Connection, actor: Actor, audience: Audience) -> int:
    chosen = recipients(tx, actor, audience)
    return tx.execute(select(func.count()).select_from(chosen).where(~wants_nothing(actor, chosen))).scalar_one()


async def _confirm(backend: Backend, kind: str) -> float:
    actor = await backend.accounts.find(LOGIN)
    began = time.perf_counter()
    summary = await backend.campaigns.send(actor, _draft(kind))
    took = time.perf_counter() - began
    assert summary.recipients == CONTACTS - CONTACTS // _UNWANTED, summary
    return took


async def _first(backend: Backend, kind: str) -> tuple[float, float]:
    dispatching = asyncio.create_task(backend.dispatcher.run())
    async with noted_stalls() as longest:
        began = time.perf_counter()
        sending = asyncio.create_task(_confirm(backend, kind))
        while not await backend.database.read(lambda tx: tx.exec_driver_sql(_SENT).first()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        took = time.perf_counter() - began
    await sending
    await backend.dispatcher.drain(1.0)
    await dispatching
    return took, longest[0] * 1000


async def _run(what: str, file: str, *rest: str) -> None:
    settings = Settings(database_url=f"sqlite:///{file}", account=LOGIN, language="en", data_directory=Path())
    async with Backend.open(settings) as backend:
        gc.freeze()
        match what:
            case "seed":
                await _seed(backend, file, int(rest[0]))
            case "count":
                print(await _count(backend))
            case "first":
                print(*await _first(backend, rest[0]))
            case kind:
                print(await _confirm(backend, kind))


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
