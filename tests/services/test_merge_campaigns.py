"""Campaigns with merge fields: every message its own text, its own segments and price."""

import asyncio
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import Connection, insert, literal, select

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactField
from smstui.domain.credits import Credits
from smstui.domain.states import CampaignState, MessageState, MessageType
from smstui.services import preparing
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft, Exclusion
from smstui.services.contact_rows import to_columns
from smstui.services.credits import Cause, InsufficientCredits, post
from smstui.services.importing.imports import received_file
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ImportPlan
from smstui.services.when import When
from smstui.storage.tables import contact, group_member
from tests.services.campaigning import Sent, at, connect, group_of, look, messages_of, person
from tests.support import FakeClock

pytestmark = pytest.mark.each_database


@pytest.fixture
async def group(backend: Backend, actor: Actor) -> int:
    await connect(backend)
    await backend.free_fields.add(actor, "Magasin")
    people = [
        person(1, "Ada", extra=(("Magasin", "Lyon"),)),  # type: ignore[arg-type]
        person(2, "Noëlle"),
        person(3),
    ]
    return await group_of(backend, actor, "Club", people)


async def test_every_recipient_gets_a_text_of_their_own(backend: Backend, actor: Actor, group: int) -> None:
    text = "Bonjour {first_name|client}, à bientôt à {magasin|Paris}".replace("ô", "o")
    draft = Draft("Club", text, group_ids=(group,), numbers_text="0600000009")
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.recipients, plan.reckoned.plainer) == (4, 1)
    sent = await backend.campaigns.send(actor, draft)
    assert sent.state is CampaignState.SENDING
    assert await messages_of(backend, sent.id) == [
        Sent("+33600000001", "Bonjour Ada, à bientot à Lyon STOP 36034", 1, 1000),
        Sent("+33600000002", "Bonjour Noelle, à bientot à Paris STOP 36034", 1, 1000),
        Sent("+33600000003", "Bonjour client, à bientot à Paris STOP 36034", 1, 1000),
        Sent("+33600000009", "Bonjour client, à bientot à Paris STOP 36034", 1, 1000),
    ]


async def test_cost_and_segments_are_those_of_the_real_texts(backend: Backend, actor: Actor, group: int) -> None:
    draft = Draft("Club", "{first_name}" * 30 + "x" * 60, group_ids=(group,))
    plan = await backend.campaigns.plan(actor, draft)
    assert plan.reckoned.segments == (1, 2)
    sent = await backend.campaigns.send(actor, draft)
    messages = await messages_of(backend, sent.id)
    assert [one.segments for one in messages] == [2, 2, 1]
    assert sent.cost == plan.cost == Credits.of(5)
    assert (await backend.credits.balance(actor)).available == Credits.of(95)


async def test_in_unicode_names_keep_their_letters(backend: Backend, actor: Actor, group: int) -> None:
    draft = Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,), type=MessageType.UNICODE)
    sent = await backend.campaigns.send(actor, draft)
    assert (await messages_of(backend, sent.id))[1].text == "Bonjour Noëlle STOP 36034"


async def test_contacts_without_a_value_are_counted_and_listed(backend: Backend, actor: Actor, group: int) -> None:
    draft = Draft("Club", "Bonjour {first_name}, {magasin}", group_ids=(group,))
    plan = await backend.campaigns.plan(actor, draft)
    assert dict(plan.reckoned.lacking) == {"Magasin": 2, "first_name": 1}
    lacking = await backend.campaigns.excluded(actor, draft, "first_name")
    assert [one.number for one in lacking] == ["+33600000003"]


async def test_a_name_that_sms_pro_cannot_carry_leaves_its_owner_out(
    backend: Backend, actor: Actor, group: int
) -> None:
    await group_of(backend, actor, "Autres", [person(4, "Мария")])
    both = tuple(each.id for each in await backend.groups.list(actor))
    draft = Draft("Club", "Bonjour {first_name|vous}", group_ids=both)
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.recipients, plan.reckoned.count(Exclusion.UNWRITABLE)) == (3, 1)
    (left_out,) = await backend.campaigns.excluded(actor, draft, Exclusion.UNWRITABLE)
    assert (left_out.number, left_out.name) == ("+33600000004", "Мария")


async def test_a_scheduled_one_takes_the_names_of_its_day(
    backend: Backend, actor: Actor, clock: FakeClock, group: int
) -> None:
    draft = Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,), when=When(at("2026-11-23T10:00")))
    sent = await backend.campaigns.send(actor, draft)
    contact = await backend.contacts.find(actor, "+33600000001")
    assert contact is not None
    await backend.contacts.edit(actor, contact.id, person(1, "Grace"))
    clock.advance(at("2026-11-23T09:00:01").replace(tzinfo=UTC) - clock.now())
    await look(backend)
    assert (await messages_of(backend, sent.id))[0].text == "Bonjour Grace STOP 36034"


@pytest.mark.parametrize("way", ["form", "import", "undo"])
async def test_a_name_with_other_letters_is_written_plainly_however_it_came(
    backend: Backend, actor: Actor, group: int, way: str
) -> None:
    contact = await backend.contacts.find(actor, "+33600000001")
    assert contact is not None
    match way:
        case "form":
            await backend.contacts.edit(actor, contact.id, person(1, "Françoise"))
        case "import":
            file = received_file("a.csv", "0600000001;Françoise\n0600000005;Anaïs\n".encode())
            columns = (ContactField.MOBILE, ContactField.FIRST_NAME)
            plan = ImportPlan(ReadingOptions(), columns, False, "I certify it", group_ids=(group,))
            await backend.imports.run(actor, file, plan)
        case _:
            await backend.contacts.edit(actor, contact.id, person(1, "Françoise"))
            await backend.contacts.restore(actor, await backend.contacts.remove(actor, [contact.id]))
    sent = await backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,)))
    texts = [one.text for one in await messages_of(backend, sent.id)]
    others = ["Bonjour Anais STOP 36034"] if way == "import" else []
    assert texts == ["Bonjour Francoise STOP 36034", "Bonjour Noelle STOP 36034", "Bonjour vous STOP 36034", *others]


async def test_many_contacts_that_were_imported_just_now_are_written_to_at_once(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    """As fast as others: were each looked for among all messages of the campaign, it would take minutes."""
    await connect(backend)
    group = await group_of(backend, actor, "Club", [])
    people = [to_columns(person(n, "Ada")) for n in range(40_000)]
    about_all = {"account_id": actor.account_id, "created_at": clock.now(), "updated_at": clock.now()}

    def fill(tx: Connection) -> None:
        tx.execute(insert(contact), [about_all | columns for columns in people])
        tx.execute(insert(group_member).from_select(["group_id", "contact_id"], select(literal(group), contact.c.id)))

    await backend.database.write(fill)
    await backend.database.write(
        lambda tx: post(tx, actor.account_id, Credits.of(40_000), Cause.GRANT, "many", clock.now())
    )
    async with asyncio.timeout(30):
        sent = await backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name}", group_ids=(group,)))
    assert sent.recipients == 40_000


async def test_what_cannot_be_paid_leaves_nothing_behind(backend: Backend, actor: Actor, group: int) -> None:
    await backend.campaigns.send(actor, Draft("Premier", "Bonjour", numbers=tuple(f"+337{n:08}" for n in range(98))))
    with pytest.raises(InsufficientCredits):
        await backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,)))
    assert [one.name for one in await backend.campaigns.list(actor)] == ["Premier"]
    assert (await backend.credits.balance(actor)).available == Credits.of(2)


async def test_a_preparation_whose_process_died_is_begun_anew_by_another(
    backend: Backend, actor: Actor, clock: FakeClock, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writing is cut after its first texts, as kill -9 would."""
    written: list[object] = []
    add = preparing.add_contacts

    def die_after_the_first(*arguments: Any, **named: Any) -> object:
        if written:
            raise asyncio.CancelledError
        written.append(add(*arguments, **named))
        return written[0]

    monkeypatch.setattr("smstui.services.personal_texts.CHUNK", 2)
    monkeypatch.setattr(preparing, "add_contacts", die_after_the_first)
    with pytest.raises(asyncio.CancelledError):
        await backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,)))
    monkeypatch.setattr(preparing, "add_contacts", add)
    (left,) = await backend.campaigns.list(actor)
    assert left.state is CampaignState.PREPARING
    assert len(await messages_of(backend, left.id)) == 2
    await look(backend)
    assert (await backend.campaigns.find(actor, "Club")).state is CampaignState.PREPARING
    clock.advance(60)
    await look(backend)
    progress = await backend.campaigns.progress(actor, left.id)
    assert progress.summary.state is CampaignState.SENDING
    assert progress.counts[MessageState.QUEUED] == progress.counts.total == 3
    assert (await backend.credits.balance(actor)).available == Credits.of(97)


async def test_one_that_is_cancelled_while_it_is_prepared_sends_nothing(
    backend: Backend, actor: Actor, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smstui.services.personal_texts.CHUNK", 1)
    add = preparing.add_contacts
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def pause(*arguments: Any, **named: Any) -> object:
        loop.call_soon_threadsafe(begun.set)
        return add(*arguments, **named)

    monkeypatch.setattr(preparing, "add_contacts", pause)
    sending = asyncio.create_task(
        backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name|vous}", group_ids=(group,)))
    )
    await begun.wait()
    (left,) = await backend.campaigns.list(actor)
    await backend.campaigns.cancel(actor, left.id)
    assert (await sending).state is CampaignState.CANCELLED
    assert not await messages_of(backend, left.id)
    assert (await backend.credits.balance(actor)).available == Credits.of(100)
