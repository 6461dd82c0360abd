"""The messages of a campaign in a file: all of them, in words, at their price, and nothing in it is a formula."""

import asyncio
import csv
import io
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, insert, update

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.spreadsheet_text import unguarded
from smstui.domain.states import MessageState
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft, UnknownCampaign
from smstui.services.exporting.campaign_messages import LABELS, export_messages, stream_messages
from smstui.services.exporting.refusals import FileThere, UnknownTableKind
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import message
from tests.services.campaigning import connect
from tests.support import START

HUGO, ZOE, BARE, LAST = "+33601020300", "+33601020301", "+33601020302", "+33601020303"
AT = to_milliseconds(START)
MANY = 50_000


@pytest.fixture
async def sent(backend: Backend, actor: Actor) -> int:
    """A campaign to four phones: one delivered, one refused after a part of it, one in doubt, one queued."""
    await connect(backend)
    await backend.contacts.add(actor, ContactDetails(HUGO, "Dupont", "Hugo"))
    await backend.contacts.add(actor, ContactDetails(ZOE, "=cmd|' /C calc'!A0"))
    text = "Bonjour " * 25
    campaign = await backend.campaigns.send(actor, Draft("Soldes", text, numbers=(HUGO, ZOE, BARE, LAST)))

    def settle(tx: Connection) -> None:
        times = {"sent_at": AT, "answered_at": AT + 1000}
        these = update(message)
        tx.execute(these.where(message.c.destination == HUGO).values(state="delivered", final_at=AT + 61_000, **times))
        refused = {"state": "rejected", "status": 0x0B, "error": "@evil", "accepted_parts": 1}
        tx.execute(these.where(message.c.destination == ZOE).values(**refused, **times))
        tx.execute(these.where(message.c.destination == BARE).values(state="unknown", sent_at=AT))

    await backend.database.write(settle)
    return campaign.id


def _cells(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
        return [[unguarded(cell) for cell in row] for row in rows]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


async def _export(backend: Backend, actor: Actor, campaign_id: int, path: Path) -> Sequence[Sequence[str]]:
    await export_messages(backend.database, backend.clock, actor, campaign_id, path)
    return _cells(path)


@pytest.mark.each_database
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
async def test_every_message_with_all_that_is_known(
    backend: Backend, actor: Actor, sent: int, tmp_path: Path, ending: str
) -> None:
    header, *rows = await _export(backend, actor, sent, tmp_path / f"soldes{ending}")
    assert header == list(LABELS)
    sent_at, answered, receipt = "2026-11-22 15:15:00", "2026-11-22 15:15:01", "2026-11-22 15:16:01"
    code, words = "0x0000000B ESME_RINVDSTADR", "invalid destination address, @evil"
    assert rows == [
        [HUGO, "Hugo Dupont", "delivered", "2", "2", sent_at, answered, receipt, "", ""],
        [ZOE, "=cmd|' /C calc'!A0", "refused by the SMSC", "2", "1", sent_at, answered, "", code, words],
        [BARE, "", "unknown", "2", "2", sent_at, "", "", "", ""],
        [LAST, "", "queued", "2", "2", "", "", "", "", ""],
    ]
    (entry,) = await backend.audit.list(actor)
    assert (entry.action, entry.subject) == (AuditAction.MESSAGES_EXPORTED, f"soldes{ending}: 4")


async def test_in_the_language_of_the_account(backend: Backend, actor: Actor, sent: int, tmp_path: Path) -> None:
    at_half = update(message).where(message.c.destination == HUGO).values(price=1500)
    await backend.database.write(lambda tx: tx.execute(at_half).rowcount)
    header, first, second, *_ = await _export(backend, replace(actor, language="fr"), sent, tmp_path / "soldes.csv")
    assert header[0] == "Numéro"
    assert first[2:6] == ["livré", "2", "1,5", "22/11/2026 15:15:00"]
    assert second[9].startswith("destinataire invalide")


async def test_nothing_in_the_csv_is_a_formula(backend: Backend, actor: Actor, sent: int, tmp_path: Path) -> None:
    await _export(backend, actor, sent, tmp_path / "soldes.csv")
    text = (tmp_path / "soldes.csv").read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row]
    assert {cell for cell in cells if cell[:1] in {*"=-@\t"}} == set()
    assert "'=cmd|' /C calc'!A0" in cells


async def test_merge_fields_each_at_its_own_length(backend: Backend, actor: Actor, sent: int, tmp_path: Path) -> None:
    text = "{first_name|client}, " + "x" * 142
    campaign = await backend.campaigns.send(actor, Draft("Vous", text, numbers=(HUGO, BARE)))
    _header, *rows = await _export(backend, actor, campaign.id, tmp_path / "vous.csv")
    assert [(row[0], row[3], row[4]) for row in rows] == [(HUGO, "1", "1"), (BARE, "2", "2")]


async def test_only_ones_own_and_nothing_is_replaced(
    backend: Backend, actor: Actor, other: Actor, sent: int, tmp_path: Path
) -> None:
    path = tmp_path / "soldes.csv"
    with pytest.raises(UnknownCampaign):
        await _export(backend, other, sent, path)
    assert not path.exists()
    path.write_text("mine")
    for name, refusal in (("soldes.csv", FileThere), ("soldes.pdf", UnknownTableKind)):
        with pytest.raises(refusal):
            await _export(backend, actor, sent, tmp_path / name)
    assert path.read_text() == "mine"
    await export_messages(backend.database, backend.clock, actor, sent, path, overwrite=True)
    assert len(_cells(path)) == 5


async def test_a_stream_gets_the_same(backend: Backend, actor: Actor, sent: int, tmp_path: Path) -> None:
    stream = io.BytesIO()
    assert await stream_messages(backend.database, backend.clock, actor, sent, stream) == 4
    await _export(backend, actor, sent, tmp_path / "soldes.csv")
    assert stream.getvalue() == (tmp_path / "soldes.csv").read_bytes()


async def test_many_messages_never_stall_the_loop(backend: Backend, actor: Actor, sent: int, tmp_path: Path) -> None:
    def fill(tx: Connection) -> None:
        for start in range(0, MANY, 10_000):
            rows = [
                {"campaign_id": sent, "destination": f"+337{index:08}", "state": MessageState.DELIVERED, "sent_at": AT}
                for index in range(start, start + 10_000)
            ]
            tx.execute(insert(message), rows)

    await backend.database.write(fill)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - began)

    watching = asyncio.create_task(watch())
    count = await export_messages(backend.database, backend.clock, actor, sent, tmp_path / "all.csv")
    watching.cancel()
    assert count == MANY + 4
    assert longest < 0.25
    with (tmp_path / "all.csv").open("rb") as file:
        assert sum(1 for _line in file) == count + 1
