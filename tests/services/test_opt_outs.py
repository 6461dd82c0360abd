"""The accounts' opt-out lists."""

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from smstui.domain.actor import Actor
from smstui.domain.phone import InvalidNumber
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.importing.numbers import NoNumberColumn
from smstui.services.importing.refusals import EmptyFile
from smstui.services.importing.values import ContactFile
from smstui.services.inbound import record_inbound
from smstui.services.opt_out_query import OptOutQuery, OptOutSort, OptOutSource
from smstui.services.opt_outs import NotOptedOut, ReasonMissing
from smstui.smpp.values import BindSettings, Inbound
from smstui.storage.tables import message
from tests.support import FakeClock

PHONES = tuple(f"+3361234567{digit}" for digit in range(10))


async def audited(backend: Backend, actor: Actor) -> list[tuple[AuditAction, str]]:
    return [(entry.action, entry.subject) for entry in await backend.audit.list(actor)]


def file(text: str, name: str = "stop.csv") -> ContactFile:
    return ContactFile(name, text.encode(), "")


@pytest.mark.each_database
async def test_numbers_are_added_once_and_removed(backend: Backend, actor: Actor, other: Actor) -> None:
    added = await backend.opt_outs.add(actor, "06 12 34 56 78")
    assert (added.number, added.source) == ("+33612345678", "manual")
    assert await backend.opt_outs.add(actor, "+33612345678") == added
    assert await backend.opt_outs.list(actor) == (added,)
    assert await backend.opt_outs.list(other) == ()
    with pytest.raises(NotOptedOut):
        await backend.opt_outs.remove(other, ["0612345678"], "asked by letter")
    await backend.opt_outs.remove(actor, ["0612345678"], "asked by letter")
    assert await backend.opt_outs.list(actor) == ()


@pytest.mark.each_database
async def test_removing_is_all_or_nothing(backend: Backend, actor: Actor) -> None:
    await backend.opt_outs.add(actor, "0612345678")
    with pytest.raises(NotOptedOut, check=lambda refusal: refusal.number == "+33612345679"):
        await backend.opt_outs.remove(actor, ["0612345678", "0612345679"], "asked by letter")
    assert len(await backend.opt_outs.list(actor)) == 1


@pytest.mark.parametrize("reason", ["", "  \n ", "\0", "x" * 201])
async def test_why_a_number_leaves_the_list_must_be_said(backend: Backend, actor: Actor, reason: str) -> None:
    await backend.opt_outs.add(actor, "0612345678")
    with pytest.raises(ReasonMissing):
        await backend.opt_outs.remove(actor, ["0612345678"], reason)
    assert len(await backend.opt_outs.list(actor)) == 1


async def test_what_is_no_number_is_refused(backend: Backend, actor: Actor) -> None:
    with pytest.raises(InvalidNumber):
        await backend.opt_outs.add(actor, "+336010304")


async def test_the_audit_trail_keeps_what_a_person_did_and_why(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.opt_outs.add(actor, PHONES[0])
    await backend.opt_outs.add(actor, PHONES[0])
    assert await backend.opt_outs.add_numbers(actor, PHONES[:4]) == 3
    await backend.opt_outs.import_file(actor, file("\n".join(PHONES[3:6])))
    await backend.opt_outs.remove(actor, [PHONES[0]], "asked\nby letter")
    await backend.opt_outs.remove(actor, PHONES[1:4], "wrong file")
    assert await audited(backend, actor) == [
        (AuditAction.OPT_OUT_REMOVED, "3: wrong file"),
        (AuditAction.OPT_OUT_REMOVED, "+336•••••70: asked by letter"),
        (AuditAction.OPT_OUT_ADDED, "stop.csv: 2"),
        (AuditAction.OPT_OUT_ADDED, "3"),
        (AuditAction.OPT_OUT_ADDED, "+336•••••70"),
    ]
    assert await audited(backend, other) == []


@pytest.mark.each_database
async def test_the_list_is_searched_filtered_and_sorted(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    numbers = backend.opt_outs.numbers
    await backend.opt_outs.add(actor, "0612345678")
    clock.advance(60)
    await backend.opt_outs.add_numbers(actor, ["+447911123456", "+33768987654"], OptOutSource.IMPORT)
    await backend.opt_outs.add(other, "0768111111")
    assert await numbers(actor, OptOutQuery()) == ("+33768987654", "+447911123456", "+33612345678")
    assert await numbers(actor, OptOutQuery(), limit=1) == ("+33768987654",)
    by_number = OptOutQuery(sort=OptOutSort.NUMBER, descending=False)
    assert await numbers(actor, by_number) == ("+33612345678", "+33768987654", "+447911123456")
    assert await numbers(actor, OptOutQuery(source=OptOutSource.MANUAL)) == ("+33612345678",)
    for search in ("0768", "+33768", "987 654", "07689", "768987654"):
        assert await numbers(actor, OptOutQuery(search=search)) == ("+33768987654",), search
    for search in ("%", "_", "0799", "stop"):
        assert await numbers(actor, OptOutQuery(search=search)) == (), search
    assert await backend.opt_outs.count(actor) == 3
    rows = await backend.opt_outs.rows(actor, ["+33768987654", "+33768111111", "+33612345678"])
    assert [(row.number, row.source) for row in rows] == [("+33768987654", "import"), ("+33612345678", "manual")]


@pytest.fixture
async def sending(backend: Backend) -> Backend:
    """With a connection that nobody dispatches."""
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret")
    await backend.connections.add(None, ConnectionSettings("main", bind))
    return backend


@pytest.mark.each_database
async def test_what_is_queued_for_many_numbers_is_suppressed_at_once(
    sending: Backend, actor: Actor, other: Actor
) -> None:
    mine = await sending.campaigns.send(actor, Draft(name="News", text="Hello", numbers=PHONES))
    theirs = await sending.campaigns.send(other, Draft(name="News", text="Hello", numbers=PHONES))
    assert await sending.opt_outs.add_numbers(actor, [*PHONES[:6], "+33699999999"]) == 7
    progress = await sending.campaigns.progress(actor, mine.id)
    assert (progress.counts.suppressed, progress.counts.queued) == (6, 4)
    assert (await sending.campaigns.progress(other, theirs.id)).counts.queued == 10
    states = select(message.c.state).where(message.c.campaign_id == mine.id, message.c.destination.in_(PHONES[:6]))
    assert set(await sending.database.read(lambda tx: tx.execute(states).scalars().all())) == {"suppressed"}


@pytest.mark.each_database
async def test_a_stop_by_sms_names_the_campaign_that_it_answers(
    sending: Backend, actor: Actor, clock: FakeClock
) -> None:
    await sending.campaigns.send(actor, Draft(name="Soldes", text="Hello", numbers=PHONES[:2]))
    await sending.database.write(lambda tx: tx.exec_driver_sql("UPDATE batch SET sent_upto = last_id"))
    clock.advance(60)
    stop = Inbound(PHONES[0], "36034", b"STOP", "gsm7", b"1" * 32, None)
    await sending.database.write(lambda tx: record_inbound(tx, 1, stop, clock.now()))
    await sending.opt_outs.add(actor, PHONES[1])
    found = {each.number: (each.source, each.campaign) for each in await sending.opt_outs.list(actor)}
    assert found == {PHONES[0]: ("sms", "Soldes"), PHONES[1]: ("manual", None)}
    assert await sending.opt_outs.find(actor, PHONES[0]) == (await sending.opt_outs.rows(actor, [PHONES[0]]))[0]


@pytest.mark.each_database
async def test_a_file_is_put_on_the_list_as_one_whole(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.opt_outs.add(actor, PHONES[1])
    text = (
        "Nom;Téléphone;Mobile\nDupont;0144556677;612345670\nLeduc;;06 12 34 56 71\nHenry;;+33612345670\nX;;\nY;;abc\n"
    )
    done = await backend.opt_outs.import_file(actor, file(text))
    assert (done.added, done.already, done.duplicates) == (1, 1, 1)
    assert [(each.line, each.text) for each in done.refused] == [(5, ""), (6, "abc")]
    assert "no number on this line" in done.refused[0].reason
    listed = {each.number: each.source for each in await backend.opt_outs.list(actor)}
    assert listed == {PHONES[0]: "import", PHONES[1]: "manual"}
    assert await backend.opt_outs.list(other) == ()


async def test_a_workbook_without_header_is_read_too(backend: Backend, actor: Actor) -> None:
    book, octets = Workbook(), io.BytesIO()
    for row in (("Dupont", 612345670), ("Leduc", 612345671)):
        book.active.append(row)
    book.save(octets)
    done = await backend.opt_outs.import_file(actor, ContactFile("stop.xlsx", octets.getvalue(), ""))
    assert (done.added, done.refused) == (2, ())


@pytest.mark.parametrize(("text", "refusal"), [("", EmptyFile), ("Nom;Ville\nDupont;Paris\n", NoNumberColumn)])
async def test_a_file_without_numbers_is_refused(
    backend: Backend, actor: Actor, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await backend.opt_outs.import_file(actor, file(text))
    assert await backend.opt_outs.list(actor) == ()
    assert await audited(backend, actor) == []
