"""All about one number: collected whole, erased everywhere but on the STOP list, and never another account's."""

import json
import stat
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, insert, select, update

from smstui import i18n
from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.credits import Credits
from smstui.domain.phone import InvalidNumber
from smstui.domain.recipients import read_recipients
from smstui.domain.states import CampaignKind, CampaignState, MessageState, MessageType
from smstui.formats import explain
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.exporting.refusals import FileThere, NoFolder, UnknownTableKind
from smstui.services.groups import GroupDetails
from smstui.services.importing.imports import received_file
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ImportPlan, Reject, RejectKind
from smstui.services.inbound import record_inbound
from smstui.services.opt_outs import OptOutSource
from smstui.services.outgoing import enqueue_system
from smstui.services.personal_data import PersonalData
from smstui.services.personal_document import document, plain_words, write_document
from smstui.services.personal_drafts import _without_fields
from smstui.services.personal_erasure import (
    AWAITED_FOR,
    CampaignBeingPrepared,
    CodeJustSent,
    ErasureReport,
    MessagesUnderWay,
    masked,
)
from smstui.services.personal_rejects import _without
from smstui.services.resending import NothingInDoubt
from smstui.services.when import When
from smstui.services.written_numbers import number_pattern
from smstui.smpp.values import BindSettings, Concatenation, Inbound
from smstui.storage.columns import metadata, to_milliseconds
from smstui.storage.tables import batch, campaign, inbound_part, message, parked_receipt
from tests.conftest import NewAccountFixture
from tests.screens.road import recount
from tests.services.campaigning import look
from tests.support import START, FakeClock

NUMBER, OTHER_NUMBER = "+33612345678", "+33687654321"
MASKED = "+336•••••78"
DIGITS = "612345678"
HUGO = ContactDetails(
    NUMBER,
    "Dupont",
    "Hugo",
    "hugo@example.com",
    "M.",
    date(1990, 12, 31),
    "Club de lecture",
    "1 rue de la Paix",
    (("Boutique", "Lyon"),),
)
SETTINGS = ConnectionSettings(
    "main",
    BindSettings("127.0.0.1", 2775, "test", "secret"),
    frozenset({MessageType.PRO}),
    reply_number="38000",
    stop_code="36063",
    enabled=True,
)
NOW = to_milliseconds(START)
REFUSED = Reject(RejectKind.REFUSED, 3, "“06 12 34 56 78 / 2” …", ("Dupont", "06 12 34 56 78 / 2"))


@pytest.fixture(autouse=True)
async def _connection(backend: Backend) -> None:
    await backend.connections.add(None, SETTINGS)


async def _send(
    backend: Backend, actor: Actor, name: str, state: MessageState, to: Sequence[str] = (NUMBER,), **more: object
) -> int:
    """A campaign whose messages have that state; its id."""
    sent = await backend.campaigns.send(actor, Draft(name, f"Hello from {name}", numbers=tuple(to)))
    values = {"state": state, "sent_at": NOW, "connection_id": 1, **more}
    await backend.database.write(
        lambda tx: tx.execute(update(message).where(message.c.campaign_id == sent.id).values(values)).rowcount
    )
    return sent.id


async def _settle(backend: Backend) -> None:
    """All that is queued arrives."""
    delivered = update(message).where(message.c.state == "queued").values(state="delivered", sent_at=NOW)

    def work(tx: Connection) -> None:
        tx.execute(delivered)
        recount(tx)

    await backend.database.write(work)


async def _receive(backend: Backend, *texts: str, source: str = NUMBER, clock: FakeClock) -> None:
    """Messages of one part or, when several texts are given, of as many parts."""
    for number, text in enumerate(texts, 1):
        place = Concatenation(7, len(texts), number) if len(texts) > 1 else None
        inbound = Inbound(source, "36063", text.encode(), "utf-8", f"{source} {text}".encode(), place)
        await backend.database.write(lambda tx: record_inbound(tx, 1, inbound, clock.now()))  # noqa: B023
        clock.advance(1)


async def _import_rejects(backend: Backend, actor: Actor) -> None:
    """An import that refused a line with the number, and left another one out because of the STOP list."""
    text = f"Nom;Mobile\nMartin;{OTHER_NUMBER}\nDupont;06 12 34 56 78 / 2\nDuval;0987\nDupont;0033{DIGITS}\n"
    file = received_file("contacts.csv", text.encode())
    look = await backend.imports.look(actor, file, ReadingOptions())
    plan = ImportPlan(ReadingOptions(), tuple(each.guess for each in look.columns), True, "I certify it")
    assert await backend.imports.run(actor, file, plan) is not None


async def _park(backend: Backend, number: str = NUMBER) -> None:
    row = {"connection_id": 1, "smsc_id": f"x{number}", "smsc_id_key": "x", "state": "delivered"}
    parked = insert(parked_receipt).values(**row, number=number.removeprefix("+"), received_at=START)
    await backend.database.write(lambda tx: tx.execute(parked).rowcount)


async def _everything(backend: Backend, actor: Actor, clock: FakeClock, *, stop: bool = True) -> None:
    """All that an account can know about the number."""
    await backend.free_fields.add(actor, "Boutique")
    club = await backend.groups.add(actor, GroupDetails("Club"))
    deleted = await backend.contacts.add(actor, replace(HUGO, last_name="Durand"), [club.id])
    await backend.contacts.remove(actor, [deleted.id])
    await backend.contacts.add(actor, HUGO, [club.id])
    await backend.contacts.add(actor, ContactDetails(OTHER_NUMBER, "Martin"), [club.id])
    await _send(backend, actor, "News", MessageState.DELIVERED, [NUMBER, OTHER_NUMBER], final_at=NOW + 1000)
    await _send(backend, actor, "Sale", MessageState.UNDELIVERED, error="UNDELIV 001", final_at=NOW)
    await _send(backend, actor, "Doubt", MessageState.UNKNOWN, sent_at=NOW - 10 * 86_400_000)
    await _receive(backend, "Bonjour", clock=clock)
    await _receive(backend, "Un message ", "de deux parties", clock=clock)
    await _receive(backend, "Bonsoir", source=OTHER_NUMBER, clock=clock)
    if stop:
        await backend.opt_outs.add(actor, NUMBER)
    await _import_rejects(backend, actor)
    await _park(backend)

    def confirmed(tx: Connection) -> None:
        kind = CampaignKind.CONFIRMATION
        enqueue_system(tx, account_id=actor.account_id, kind=kind, destination=NUMBER, text="Bye", at=START)
        tx.execute(update(message).where(message.c.state == "queued").values(state="delivered", sent_at=NOW))

    await backend.database.write(confirmed)


async def _mentions(backend: Backend) -> set[tuple[str, str]]:
    """Every table and column that holds the number, in whatever form."""

    def holds(value: object) -> bool:
        if isinstance(value, bytes):
            value = zlib.decompress(value).decode() if value.startswith(b"\x78") else value.decode("latin-1")
        return isinstance(value, str) and DIGITS in "".join(filter(str.isdigit, value))

    def look(tx: Connection) -> set[tuple[str, str]]:
        return {
            (table.name, column)
            for table in metadata.tables.values()
            for row in tx.execute(select(table)).mappings()
            for column, value in row.items()
            if holds(value)
        }

    return await backend.database.read(look)


async def _all_rows(backend: Backend, *but: Table) -> Mapping[str, Sequence[Mapping[str, object]]]:
    def look(tx: Connection) -> Mapping[str, Sequence[Mapping[str, object]]]:
        tables = [table for table in metadata.tables.values() if table not in but]
        return {table.name: [dict(row) for row in tx.execute(select(table)).mappings()] for table in tables}

    return await backend.database.read(look)


@pytest.mark.each_database
async def test_all_that_is_known_is_collected(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _everything(backend, actor, clock)
    data = await backend.personal_data.collect(actor, "06 12 34 56 78")
    assert (data.number, data.collected_at) == (NUMBER, clock.now())
    assert data.contact == await backend.contacts.find(actor, NUMBER)
    assert [each.details.last_name for each in data.deleted] == ["Durand"]
    assert data.opt_out is not None
    assert data.opt_out.source is OptOutSource.MANUAL
    assert [(each.kind, each.campaign, each.state, each.error) for each in data.sent] == [
        (CampaignKind.CAMPAIGN, "News", MessageState.DELIVERED, None),
        (CampaignKind.CAMPAIGN, "Sale", MessageState.UNDELIVERED, "UNDELIV 001"),
        (CampaignKind.CAMPAIGN, "Doubt", MessageState.UNKNOWN, None),
        (CampaignKind.CONFIRMATION, "", MessageState.DELIVERED, None),
    ]
    assert (data.sent[0].text, data.sent[0].sender) == ("Hello from News STOP 36063", "38000")
    assert (data.sent[0].sent_at, data.sent[0].final_at) == (START, START + timedelta(seconds=1))
    assert [(each.text, each.campaign) for each in data.received] == [
        ("Bonjour", "Doubt"),
        ("Un message de deux parties", "Doubt"),
    ]


@pytest.mark.each_database
async def test_what_waits_and_what_is_in_flight_are_told_apart(backend: Backend, actor: Actor) -> None:
    for name in ("Waits", "Flies"):
        await backend.campaigns.send(actor, Draft(name, "Hello", numbers=(NUMBER,)))
    await backend.database.write(
        lambda tx: tx.execute(update(batch).where(batch.c.campaign_id == 2).values(sent_upto=batch.c.last_id)).rowcount
    )
    data = await backend.personal_data.collect(actor, NUMBER)
    assert [each.state for each in data.sent] == [MessageState.QUEUED, MessageState.IN_FLIGHT]


@pytest.mark.each_database
async def test_nothing_is_known_of_a_stranger(backend: Backend, actor: Actor) -> None:
    data = await backend.personal_data.collect(actor, NUMBER)
    assert (data.contact, data.deleted, data.opt_out, data.sent, data.received) == (None, (), None, (), ())
    report = await backend.personal_data.erase(actor, NUMBER)
    assert report == ErasureReport(MASKED, 0, 0, 0, 0, 0, 0, opted_out=False, own_number=False)
    for attempt in (backend.personal_data.collect(actor, "nobody"), backend.personal_data.erase(actor, "nobody")):
        with pytest.raises(InvalidNumber):
            await attempt


@pytest.mark.each_database
async def test_after_an_erasure_only_the_stop_list_knows_the_number(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await _everything(backend, actor, clock)
    before = await _mentions(backend)
    assert {table for table, _ in before} == {
        *("contact", "deleted_contact", "message", "inbound_message", "inbound_part", "contact_import"),
        *("parked_receipt", "opt_out", "draft"),
    }
    balance = await backend.credits.balance(actor)
    progress = [(await backend.campaigns.progress(actor, campaign)).counts for campaign in (1, 2, 3)]
    report = await backend.personal_data.erase(actor, "0612345678")
    assert report == ErasureReport(MASKED, 2, 2, 4, 2, 2, 3, opted_out=True, own_number=False)
    assert await _mentions(backend) == {("opt_out", "number")}
    assert await backend.credits.balance(actor) == balance
    assert [(await backend.campaigns.progress(actor, campaign)).counts for campaign in (1, 2, 3)] == progress
    assert [row.number for row in await backend.campaigns.messages(actor, 1)] == ["", OTHER_NUMBER]
    assert (await backend.groups.find(actor, "Club")).contacts == 1
    assert [each.text for each in await backend.inbox.list(actor)] == ["Bonsoir"]
    again = await backend.personal_data.erase(actor, NUMBER)
    assert again == ErasureReport(MASKED, 0, 0, 0, 0, 0, 0, opted_out=True, own_number=False)


@pytest.mark.each_database
async def test_the_text_that_was_theirs_alone_is_told_and_erased(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await backend.contacts.add(actor, HUGO)
    await backend.campaigns.send(actor, Draft("Yours", "Hello {first_name}", numbers=(NUMBER, OTHER_NUMBER)))
    await _settle(backend)
    assert [each.text for each in (await backend.personal_data.collect(actor, NUMBER)).sent] == [
        "Hello Hugo STOP 36063"
    ]
    await backend.personal_data.erase(actor, NUMBER)
    texts = {row.number: row.text for row in await backend.campaigns.messages(actor, 1)}
    assert texts == {"": None, OTHER_NUMBER: "Hello  STOP 36063"}
    assert (await backend.campaigns.progress(actor, 1)).counts.delivered == 2


@pytest.mark.each_database
async def test_what_was_answered_to_this_phone_alone_is_told_and_erased(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await _send(backend, actor, "News", MessageState.DELIVERED)
    await _receive(backend, "Bonjour", clock=clock)
    await backend.conversations.reply(actor, await backend.conversations.with_number(actor, NUMBER), "Bonjour Hugo")
    await _settle(backend)
    data = await backend.personal_data.collect(actor, NUMBER)
    assert [(each.kind, each.text) for each in data.sent[1:]] == [(CampaignKind.REPLY, "Bonjour Hugo")]
    await backend.personal_data.erase(actor, NUMBER)
    texts = await backend.database.read(lambda tx: tx.execute(select(campaign.c.kind, campaign.c.text)).all())
    assert dict(map(tuple, texts)) == {"campaign": "Hello from News STOP 36063", "reply": ""}


@pytest.mark.each_database
async def test_drafts_lose_the_number_however_it_was_typed(backend: Backend, actor: Actor) -> None:
    typed = f"06 12 34 56 78, {OTHER_NUMBER}\n06.12.34.56.78\n0712345678\n+13612345678"
    pasted = f"0687654321\r\nHugo : 0033{DIGITS} !\r\n6,12345678E+08;0799999999\r\n{NUMBER}"
    draft_id = await backend.drafts.save(actor, Draft("", "Hello", numbers_text=typed), pasted=pasted)
    other_id = await backend.drafts.save(actor, Draft("Others", "Hello", numbers_text="+1 361 234 5678"), pasted="")
    told = (await backend.personal_data.collect(actor, NUMBER)).named_in
    assert [(each.campaign, each.state) for each in told] == [("", CampaignState.DRAFT)]
    assert (await backend.personal_data.erase(actor, NUMBER)).drafts == 1
    kept = await backend.drafts.get(actor, draft_id)
    assert kept.draft.numbers_text.split("\n") == [OTHER_NUMBER, "0712345678", "+13612345678"]
    assert kept.pasted.split("\n") == ["0687654321", "0799999999"]
    assert (await backend.drafts.get(actor, other_id)).draft.numbers_text == "+1 361 234 5678"


@given(
    st.lists(st.sampled_from(["0612345678", "06 12 34 56 78", NUMBER, "0687654321", "x", "", "+336010304"])), st.data()
)
def test_the_other_numbers_of_a_text_stay(fields: list[str], data: st.DataObject) -> None:
    text = "".join(field + data.draw(st.sampled_from([",", ";", "\t", "\n", "\r\n"])) for field in fields)
    left = _without_fields(text, NUMBER)
    before, after = read_recipients(text), read_recipients(left)
    assert after.numbers == tuple(each for each in before.numbers if each != NUMBER)
    assert [each.text for each in after.refused] == [each.text for each in before.refused]
    assert NUMBER in before.numbers or left == text


@pytest.mark.each_database
async def test_a_scheduled_campaign_goes_to_the_others(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    when = When(START.replace(hour=16, tzinfo=None))
    later = await backend.campaigns.send(actor, Draft("Later", "Hello", numbers=(NUMBER, OTHER_NUMBER), when=when))
    told = (await backend.personal_data.collect(actor, NUMBER)).named_in
    assert [(each.campaign, each.state) for each in told] == [("Later", CampaignState.SCHEDULED)]
    assert (await backend.personal_data.erase(actor, NUMBER)).drafts == 1
    assert await _mentions(backend) == set()
    clock.advance(timedelta(hours=1))
    await look(backend)
    assert [row.number for row in await backend.campaigns.messages(actor, later.id)] == [OTHER_NUMBER]
    assert (await backend.credits.balance(actor)).available == Credits.of(99)


@pytest.mark.each_database
async def test_nothing_is_erased_while_a_campaign_is_prepared(backend: Backend, actor: Actor) -> None:
    await _send(backend, actor, "News", MessageState.DELIVERED)
    preparing = update(campaign).values(state=CampaignState.PREPARING)
    await backend.database.write(lambda tx: tx.execute(preparing).rowcount)
    with pytest.raises(CampaignBeingPrepared) as caught:
        await backend.personal_data.erase(actor, NUMBER)
    assert "News" in explain(caught.value)


@pytest.mark.each_database
async def test_other_lines_that_an_import_left_out_stay(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _everything(backend, actor, clock)
    before = await backend.imports.rejects(actor, 1)
    await backend.personal_data.erase(actor, NUMBER)
    after = await backend.imports.rejects(actor, 1)
    assert [(each.kind, each.line) for each in after] == [(each.kind, each.line) for each in before]
    assert [tuple(each.cells) for each in after] == [("", ""), ("Duval", "0987"), ("", "")]
    assert after[1] == before[1]
    assert await backend.imports.rejects_file(actor, 1)


async def test_both_leave_a_trace_that_does_not_tell_the_number(
    backend: Backend, actor: Actor, other: Actor, clock: FakeClock
) -> None:
    await backend.personal_data.collect(actor, NUMBER)
    clock.advance(1)
    await backend.personal_data.erase(actor, NUMBER)
    entries = [(each.action, each.subject) for each in await backend.audit.list(actor)]
    assert entries == [(AuditAction.PERSON_ERASED, MASKED), (AuditAction.PERSON_EXPORTED, MASKED)]
    assert await backend.audit.list(other) == ()


@pytest.mark.each_database
@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.ACCEPTED, MessageState.UNKNOWN])
async def test_nothing_is_erased_while_a_message_is_under_way(
    backend: Backend, actor: Actor, clock: FakeClock, state: MessageState
) -> None:
    await backend.contacts.add(actor, HUGO)
    campaign = await _send(backend, actor, "News", state)
    before = await _all_rows(backend)
    with pytest.raises(MessagesUnderWay) as caught:
        await backend.personal_data.erase(actor, NUMBER)
    assert (caught.value.number, caught.value.messages) == (NUMBER, 1)
    assert "(1)" in explain(caught.value)
    assert await _all_rows(backend) == before
    if state is MessageState.QUEUED:
        await backend.campaigns.cancel(actor, campaign)
    else:
        clock.advance(AWAITED_FOR + timedelta(seconds=1))
    assert (await backend.personal_data.erase(actor, NUMBER)).messages == 1


@pytest.mark.each_database
async def test_stopping_first_takes_back_what_waits(backend: Backend, actor: Actor) -> None:
    await backend.contacts.add(actor, HUGO)
    await backend.campaigns.send(actor, Draft("News", "Hello", numbers=(NUMBER,)))
    report = await backend.personal_data.erase(actor, NUMBER, stop=True)
    assert (report.messages, report.opted_out) == (1, True)
    assert await _mentions(backend) == {("opt_out", "number")}


@pytest.mark.each_database
async def test_a_stop_is_kept_whatever_is_erased(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _send(backend, actor, "News", MessageState.DELIVERED)
    await _receive(backend, "STOP", clock=clock)
    await backend.database.write(
        lambda tx: tx.execute(update(message).where(message.c.state == "queued").values(state="delivered")).rowcount
    )
    assert (await backend.personal_data.erase(actor, NUMBER)).opted_out
    assert [(each.number, each.source) for each in await backend.opt_outs.list(actor)] == [(NUMBER, OptOutSource.SMS)]
    plan = await backend.campaigns.plan(actor, Draft("Again", "Hello", numbers=(NUMBER,)))
    assert (plan.recipients, plan.opted_out) == (0, 1)


@pytest.mark.each_database
async def test_what_is_in_doubt_is_not_sent_again_to_an_erased_number(
    backend: Backend, actor: Actor, admin: Actor
) -> None:
    campaign = await _send(backend, actor, "Doubt", MessageState.UNKNOWN, sent_at=NOW - 10 * 86_400_000)
    await backend.personal_data.erase(actor, NUMBER)
    with pytest.raises(NothingInDoubt):
        await backend.campaigns.resend(actor, campaign)
    assert (await backend.health.of(admin, "main")).in_doubt == 0


@pytest.mark.each_database
async def test_another_account_loses_nothing(backend: Backend, actor: Actor, other: Actor, clock: FakeClock) -> None:
    await _everything(backend, other, clock, stop=False)
    await _send(backend, other, "Awaited", MessageState.ACCEPTED)
    await backend.opt_outs.add(other, NUMBER)
    await _park(backend, NUMBER.replace("+", "00"))
    await backend.contacts.add(actor, HUGO)
    before = await _all_rows(backend, metadata.tables["audit_entry"])
    assert (await backend.personal_data.collect(actor, NUMBER)).sent == ()
    assert (await backend.personal_data.erase(actor, NUMBER)).contacts == 1
    after = await _all_rows(backend, metadata.tables["audit_entry"])
    own = [row for row in before["contact"] if row["account_id"] == actor.account_id]
    assert [row for row in before["contact"] if row not in own] == after["contact"]
    assert {name: rows for name, rows in before.items() if name != "contact"} == {
        name: rows for name, rows in after.items() if name != "contact"
    }


@pytest.mark.each_database
async def test_parts_that_may_become_a_stop_stay(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await _send(backend, actor, "News", MessageState.DELIVERED)
    begun = Inbound(NUMBER, "36063", b"ST", "utf-8", b"1", Concatenation(9, 2, 1))
    whole = Inbound(NUMBER, "36063", b"Bonjour", "utf-8", b"2", None)

    def together(tx: Connection) -> None:
        record_inbound(tx, 1, begun, clock.now())
        record_inbound(tx, 1, whole, clock.now())

    await backend.database.write(together)
    assert (await backend.personal_data.erase(actor, NUMBER)).inbound == 1
    parts = await backend.database.read(lambda tx: tx.execute(select(inbound_part)).all())
    assert [each.payload for each in parts] == [b"ST"]


@pytest.mark.each_database
async def test_messages_that_answer_nothing_are_the_administrators(
    backend: Backend, actor: Actor, admin: Actor, clock: FakeClock
) -> None:
    await _receive(backend, "Hello?", clock=clock)
    assert (await backend.personal_data.erase(actor, NUMBER)).inbound == 0
    assert len((await backend.personal_data.collect(admin, NUMBER)).received) == 1
    assert (await backend.personal_data.erase(admin, NUMBER)).inbound == 1
    assert await _mentions(backend) == set()


@pytest.mark.each_database
async def test_certification_codes(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await backend.certification.request_code(actor, NUMBER)
    delivered = update(message).values(state="delivered")
    await backend.database.write(lambda tx: tx.execute(delivered).rowcount)
    with pytest.raises(CodeJustSent) as caught:
        await backend.personal_data.erase(actor, NUMBER)
    assert caught.value.at == START + timedelta(hours=1)
    clock.advance(timedelta(hours=1))
    assert (await backend.personal_data.erase(actor, NUMBER)).messages == 1
    assert await _mentions(backend) == set()


async def test_the_number_of_the_account_itself_stays_its_own(backend: Backend, new_account: NewAccountFixture) -> None:
    actor = await new_account("shop")
    values = {"certified_number": NUMBER, "certified_at": START}
    await backend.database.write(lambda tx: tx.execute(metadata.tables["account"].update().values(values)).rowcount)
    await backend.contacts.add(actor, HUGO)
    report = await backend.personal_data.erase(actor, NUMBER)
    assert (report.contacts, report.own_number) == (1, True)
    assert await _mentions(backend) == {("account", "certified_number")}


def test_a_masked_number() -> None:
    assert masked(NUMBER) == MASKED


@given(st.lists(st.sampled_from(["", " ", ".", "-", "/", "\N{NO-BREAK SPACE}", "."]), min_size=8, max_size=8))
def test_a_number_is_known_however_it_is_written(between: list[str]) -> None:
    written = "".join(digit + sign for digit, sign in zip(DIGITS, [*between, ""], strict=True))
    for text in (written, f"0{written}", f"+33 {written}", f"0033{written} ", f"“{written}” …", f"{written}.0"):
        packed = zlib.compress(f"Nom;Mobile\r\nrefused;3;why;Dupont;{text}\r\nrefused;4;{text};0987\r\n".encode())
        kept, lines = _without(packed, number_pattern(NUMBER))
        assert lines == 2
        assert zlib.decompress(kept).decode() == "Nom;Mobile\r\nrefused;3;;;\r\nrefused;4;;\r\n"


@pytest.mark.parametrize("text", ["6,12345678E+08", "6.12345678E8", "６１２３４５６７８"])
def test_a_number_is_known_as_spreadsheets_write_it(text: str) -> None:
    assert _without(zlib.compress(f"Mobile\r\nrefused;3;why;{text}\r\n".encode()), number_pattern(NUMBER))[1] == 1


@pytest.mark.parametrize("text", ["0612345679", "06123456789", "0712345678", "61234;5678"])
def test_other_numbers_are_others(text: str) -> None:
    packed = zlib.compress(f"Mobile\r\nrefused;3;why;{text}\r\n".encode())
    assert _without(packed, number_pattern(NUMBER))[1] == 0


@pytest.fixture
async def data(backend: Backend, actor: Actor, clock: FakeClock) -> PersonalData:
    await _everything(backend, actor, clock)
    return await backend.personal_data.collect(actor, NUMBER)


async def test_the_document_for_programs(data: PersonalData, tmp_path: Path) -> None:
    path = tmp_path / "hugo.json"
    await write_document(data, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = json.loads(path.read_text("utf-8"))
    assert written == document(data)
    assert written["contact"]["birth_date"] == "1990-12-31"
    assert written["contact"]["fields"] == {"Boutique": "Lyon"}
    assert [(each["campaign"], each["state"]) for each in written["named_in"]] == [
        *(("News", "sending"), ("Sale", "sending"), ("Doubt", "sending")),
    ]
    assert [each["state"] for each in written["sent"]] == ["delivered", "undelivered", "unknown", "delivered"]


async def test_the_document_for_the_person(data: PersonalData, tmp_path: Path) -> None:
    i18n.use_language("fr")
    await write_document(data, tmp_path / "hugo.txt")
    text = (tmp_path / "hugo.txt").read_text("utf-8")
    for words in (
        NUMBER,
        "Nom\u00a0: Dupont",
        "31/12/1990",
        "Boutique",
        "Club",
        "News",
        "Hello from News STOP 36063",
        "Un message de deux parties",
        "Durand",
    ):
        assert words in text
    assert "Doubt" in text.splitlines()[-1]


async def test_the_document_of_a_stranger_says_that_nothing_is_known(backend: Backend, actor: Actor) -> None:
    lines = plain_words(await backend.personal_data.collect(actor, NUMBER))
    assert "Address book: not in it" in lines
    assert "STOP list: not on it" in lines


async def test_foreign_text_is_only_text(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    await backend.contacts.add(actor, replace(HUGO, last_name="\x1b]0;owned\x07\u202e"))
    await _send(backend, actor, "News", MessageState.DELIVERED)
    await _receive(backend, "\x1b[2J\nline\r\nend", clock=clock)
    lines = plain_words(await backend.personal_data.collect(actor, NUMBER))
    assert all(line.isprintable() for line in lines)


async def test_where_no_document_is_written(data: PersonalData, tmp_path: Path) -> None:
    (tmp_path / "there.json").write_text("mine")
    for name, refusal in (("there.json", FileThere), ("x.pdf", UnknownTableKind), ("none/x.txt", NoFolder)):
        with pytest.raises(refusal):
            await write_document(data, tmp_path / name)
    assert (tmp_path / "there.json").read_text() == "mine"
    await write_document(data, tmp_path / "there.json", overwrite=True)
