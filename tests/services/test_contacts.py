"""The address book of an account: one contact for each number, found, edited, deleted and brought back."""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select, update

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails, clean_text
from smstui.domain.folding import folded
from smstui.domain.phone import InvalidNumber
from smstui.domain.states import MessageState, MessageType
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.contact_query import ContactKind, ContactQuery, ContactSort, UnknownGroup
from smstui.services.contact_rows import Contact, to_columns
from smstui.services.contacts import MobileTaken, Removal, UnknownContact
from smstui.services.groups import DynamicGroup, GroupDetails
from smstui.smpp.status import INVALID_DESTINATION
from smstui.smpp.values import BindSettings
from smstui.storage.tables import contact, deleted_contact, deleted_member, message
from tests.dispatch.conftest import numbers
from tests.support import START, FakeClock

HUGO = ContactDetails("+33601010101", "Dupont", "Hugo", "tech@smsmode.com")
MARIE = ContactDetails("+33602020202", "Leduc", "Marie", company="Club de lecture")
ZOE = ContactDetails(
    "+262692123456",
    "Évrard",
    "Zoë",
    title="Dr",
    birth_date=date(1990, 12, 31),
    address="1 rue de la Paix",
    extra=(("Boutique", "Lyon"), ("Points", "12")),
)
EVERYBODY = ContactQuery()


async def _mobiles(backend: Backend, actor: Actor, query: ContactQuery = EVERYBODY) -> list[str]:
    ids = await backend.contacts.ids(actor, query)
    assert await backend.contacts.count(actor, query) == len(ids)
    return [each.mobile for each in await backend.contacts.rows(actor, ids)]


async def _add(backend: Backend, actor: Actor, *everyone: ContactDetails) -> list[Contact]:
    return [await backend.contacts.add(actor, each) for each in everyone]


async def _add_many(backend: Backend, actor: Actor, count: int, chunk: int = 5000) -> "array[int]":
    """Contacts in bulk; their ids."""

    def work(tx: Connection) -> None:
        for start in range(0, count, chunk):
            rows = [to_columns(ContactDetails(each, "Dupont")) for each in numbers(chunk, start)]
            common = {"account_id": actor.account_id, "created_at": START, "updated_at": START}
            tx.execute(insert(contact), [{**row, **common} for row in rows])

    await backend.database.write(work)
    return await backend.contacts.ids(actor, EVERYBODY)


async def _kept_aside(backend: Backend) -> tuple[int, int]:
    """The rows kept for undoing: contacts and memberships."""
    counts = [select(func.count()).select_from(table) for table in (deleted_contact, deleted_member)]
    contacts, members = await backend.database.read(lambda tx: [tx.execute(each).scalar_one() for each in counts])
    return contacts, members


@pytest.mark.each_database
async def test_a_contact_is_kept_with_all_its_fields(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    added = await backend.contacts.add(actor, ZOE)
    assert (added.details, added.groups, added.opted_out) == (ZOE, (), False)
    assert (added.mobile, added.created_at, added.updated_at) == (ZOE.mobile, START, START)
    assert await backend.contacts.get(actor, added.id) == added
    assert await backend.contacts.rows(actor, [added.id]) == (added,)
    assert await backend.contacts.find(actor, "0692 12 34 56") == added


@pytest.mark.each_database
async def test_a_number_is_in_a_book_once(backend: Backend, actor: Actor, other: Actor) -> None:
    (hugo,) = await _add(backend, actor, HUGO)
    with pytest.raises(MobileTaken) as caught:
        await backend.contacts.add(actor, replace(MARIE, mobile=HUGO.mobile))
    assert caught.value.mobile == HUGO.mobile
    assert await backend.contacts.get(actor, hugo.id) == hugo
    await backend.contacts.add(other, HUGO)


@pytest.mark.each_database
async def test_a_number_added_many_times_at_once_is_there_once(backend: Backend, actor: Actor) -> None:
    results = await asyncio.gather(*(backend.contacts.add(actor, HUGO) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, MobileTaken) for each in results) == 4
    assert await _mobiles(backend, actor) == [HUGO.mobile]


@pytest.mark.each_database
async def test_adding_to_a_group_that_takes_nobody_adds_nobody(backend: Backend, actor: Actor) -> None:
    found = await backend.groups.add(actor, GroupDetails("Dupont", filter="dupont"))
    with pytest.raises(UnknownGroup):
        await backend.contacts.add(actor, HUGO, [found.id + 1])
    with pytest.raises(DynamicGroup):
        await backend.contacts.add(actor, HUGO, [found.id])
    assert await _mobiles(backend, actor) == []


@pytest.mark.each_database
async def test_editing_gives_other_details_and_exactly_these_groups(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    one, two = [await backend.groups.add(actor, GroupDetails(name)) for name in ("Un", "Deux")]
    hugo = await backend.contacts.add(actor, HUGO, [one.id, one.id])
    assert hugo.groups == ("Un",)
    clock.advance(60)
    renamed = replace(HUGO, mobile="+33699999999", last_name="Durand")
    edited = await backend.contacts.edit(actor, hugo.id, renamed)
    assert (edited.id, edited.details, edited.groups) == (hugo.id, renamed, ("Un",))
    assert (edited.created_at, edited.updated_at) == (START, START + timedelta(minutes=1))
    assert (await backend.contacts.edit(actor, hugo.id, renamed, [two.id])).groups == ("Deux",)
    assert (await backend.contacts.edit(actor, hugo.id, renamed, [two.id, one.id])).groups == ("Deux", "Un")
    assert (await backend.contacts.edit(actor, hugo.id, renamed, [])).groups == ()
    assert await _mobiles(backend, actor, ContactQuery("durand 0699")) == ["+33699999999"]
    assert await _mobiles(backend, actor, ContactQuery("dupont")) == []


@pytest.mark.each_database
async def test_a_refused_edit_changes_nothing(backend: Backend, actor: Actor) -> None:
    hugo, marie = await _add(backend, actor, HUGO, MARIE)
    group = await backend.groups.add(actor, GroupDetails("Un"))
    with pytest.raises(MobileTaken):
        await backend.contacts.edit(actor, hugo.id, replace(HUGO, mobile=MARIE.mobile))
    with pytest.raises(UnknownContact):
        await backend.contacts.edit(actor, marie.id + 1, ZOE)
    with pytest.raises(UnknownGroup):
        await backend.contacts.edit(actor, hugo.id, replace(HUGO, last_name="Durand"), [group.id, group.id + 1])
    assert await backend.contacts.rows(actor, [marie.id, hugo.id]) == (marie, hugo)


@pytest.mark.each_database
async def test_groups_are_named_by_name_whatever_their_accents(backend: Backend, actor: Actor) -> None:
    ids = [(await backend.groups.add(actor, GroupDetails(name))).id for name in ("zone", "École", "Fan", "été")]
    assert (await backend.contacts.add(actor, HUGO, ids)).groups == ("École", "été", "Fan", "zone")


@pytest.mark.each_database
async def test_the_stop_list_is_told(backend: Backend, actor: Actor, other: Actor) -> None:
    hugo, marie = await _add(backend, actor, HUGO, MARIE)
    await backend.opt_outs.add(actor, HUGO.mobile)
    await backend.opt_outs.add(other, MARIE.mobile)
    rows = await backend.contacts.rows(actor, [hugo.id, marie.id])
    assert [each.opted_out for each in rows] == [True, False]


@pytest.mark.each_database
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [HUGO, ZOE, MARIE]),
        ("ev", [ZOE]),
        ("EVRARD zoe", [ZOE]),
        ("zoé Évr", [ZOE]),
        ("hugo dupont", [HUGO]),
        ("dupont marie", []),
        ("du", [HUGO, MARIE]),
        ("d du du du le", [MARIE]),
        ("0601010101", [HUGO]),
        ("+336010", [HUGO]),
        ("0692", []),
        ("262692", [ZOE]),
        ("smsmode", [HUGO]),
        ("club", [MARIE]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'", []),
        ("\0", [HUGO, ZOE, MARIE]),
        ("\udcff", []),
        ("du " * 5000, [HUGO, MARIE]),
        (" ".join(map(str, range(5000))), []),
    ],
)
async def test_search(backend: Backend, actor: Actor, search: str, found: Sequence[ContactDetails]) -> None:
    await _add(backend, actor, HUGO, MARIE, ZOE)
    assert await _mobiles(backend, actor, ContactQuery(search)) == [each.mobile for each in found]


@pytest.mark.each_database
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.text(max_size=20), min_size=4, max_size=4))
async def test_a_contact_is_found_by_every_word_of_its_names(backend: Backend, actor: Actor, values: list[str]) -> None:
    last_name, first_name, email, company = map(clean_text, values)
    added = await backend.contacts.add(
        actor, ContactDetails(HUGO.mobile, last_name, first_name, email, company=company)
    )
    assert (await backend.contacts.get(actor, added.id)).details == added.details
    written = " ".join(values)
    # Greek letters with an iota below them are two letters in capitals.
    capitals = [written.upper()] if folded(written.upper()) == folded(written) else []
    found = [await _mobiles(backend, actor, ContactQuery(each)) for each in (*written.split(), written, *capitals)]
    await backend.contacts.remove(actor, [added.id])
    assert all(mobiles == [HUGO.mobile] for mobiles in found)


@pytest.mark.each_database
async def test_sorts(backend: Backend, actor: Actor) -> None:
    await _add(backend, actor, MARIE, ZOE, HUGO)
    for sort, order in (
        (ContactSort.NAME, [HUGO, ZOE, MARIE]),
        (ContactSort.MOBILE, [ZOE, HUGO, MARIE]),
        (ContactSort.CREATED, [MARIE, ZOE, HUGO]),
    ):
        mobiles = [each.mobile for each in order]
        assert await _mobiles(backend, actor, ContactQuery(sort=sort)) == mobiles
        assert await _mobiles(backend, actor, ContactQuery(sort=sort, descending=True)) == mobiles[::-1]
    assert len(await backend.contacts.ids(actor, EVERYBODY, limit=2)) == 2


@pytest.mark.each_database
async def test_filters_by_group_and_by_what_is_known_of_the_number(backend: Backend, actor: Actor) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    await backend.contacts.add(actor, HUGO, [club.id])
    await backend.contacts.add(actor, MARIE, [club.id])
    await _add(backend, actor, ZOE)
    await backend.opt_outs.add(actor, MARIE.mobile)
    await backend.opt_outs.add(actor, ZOE.mobile)
    stopped = ContactQuery(kind=ContactKind.OPTED_OUT)
    assert await _mobiles(backend, actor, ContactQuery(group_id=club.id)) == [HUGO.mobile, MARIE.mobile]
    assert await _mobiles(backend, actor, ContactQuery("hugo", group_id=club.id)) == [HUGO.mobile]
    assert await _mobiles(backend, actor, stopped) == [ZOE.mobile, MARIE.mobile]
    assert await _mobiles(backend, actor, replace(stopped, group_id=club.id)) == [MARIE.mobile]
    assert await _mobiles(backend, actor, replace(stopped, group_id=club.id, search="hugo")) == []
    with pytest.raises(UnknownGroup):
        await backend.contacts.ids(actor, ContactQuery(group_id=club.id + 1))


async def _send(backend: Backend, actor: Actor, to: Sequence[str], outcomes: Sequence[dict[str, object]]) -> None:
    """Messages of a campaign, each with its outcome."""
    summary = await backend.campaigns.send(actor, Draft("News", "Hello", numbers=tuple(to)))

    def work(tx: Connection) -> None:
        for number, outcome in zip(to, outcomes, strict=True):
            of_campaign = (message.c.campaign_id == summary.id, message.c.destination == number)
            tx.execute(update(message).where(*of_campaign).values(outcome))

    await backend.database.write(work)


@pytest.mark.each_database
async def test_the_invalid_are_those_that_the_network_can_not_reach(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    bind = BindSettings("127.0.0.1", 2775, "test", "secret")
    await backend.connections.add(None, ConnectionSettings("main", bind, frozenset({MessageType.PRO}), enabled=True))
    everyone = numbers(6)
    outcomes: list[dict[str, object]] = [
        {"state": MessageState.REJECTED, "status": INVALID_DESTINATION},
        {"state": MessageState.REJECTED, "status": INVALID_DESTINATION + 1},
        {"state": MessageState.UNDELIVERED},
        {"state": MessageState.EXPIRED},
        {"state": MessageState.DELIVERED},
        {"state": MessageState.QUEUED},
    ]
    for account in (actor, other):
        await _add(backend, account, *(ContactDetails(each, "Dupont") for each in everyone))
    await _send(backend, actor, everyone, outcomes)
    invalid = ContactQuery(kind=ContactKind.INVALID, sort=ContactSort.MOBILE)
    assert await _mobiles(backend, actor, invalid) == [everyone[0], everyone[2]]
    assert await _mobiles(backend, other, invalid) == []


@pytest.mark.each_database
async def test_all_of_them_come_some_at_a_time(backend: Backend, actor: Actor) -> None:
    ids = await _add_many(backend, actor, 5000)
    pages = [page async for page in backend.contacts.all(actor, EVERYBODY)]
    assert len(pages) > 1
    assert [each.id for page in pages for each in page] == list(ids)


@pytest.mark.each_database
async def test_deleted_contacts_come_back_with_their_groups(backend: Backend, actor: Actor) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    marie, zoe = await _add(backend, actor, MARIE, ZOE)
    removal = await backend.contacts.remove(actor, [zoe.id, hugo.id, hugo.id, zoe.id + 100])
    assert removal.contacts == 2
    assert await _mobiles(backend, actor) == [MARIE.mobile]
    assert (await backend.groups.get(actor, club.id)).contacts == 0
    assert await backend.contacts.restore(actor, removal) == 2
    assert await backend.contacts.rows(actor, [hugo.id, marie.id, zoe.id]) == (hugo, marie, zoe)
    assert (await backend.groups.get(actor, club.id)).contacts == 1
    assert await _kept_aside(backend) == (0, 0)
    assert await backend.contacts.restore(actor, removal) == 0


@pytest.mark.each_database
async def test_a_number_added_again_meanwhile_stays_as_it_is(backend: Backend, actor: Actor) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    marie = await backend.contacts.add(actor, MARIE, [club.id])
    removal = await backend.contacts.remove(actor, [hugo.id, marie.id])
    again = await backend.contacts.add(actor, replace(HUGO, last_name="Durand"))
    assert await backend.contacts.restore(actor, removal) == 1
    assert await backend.contacts.rows(actor, [marie.id, again.id]) == (marie, again)
    assert await backend.contacts.find(actor, HUGO.mobile) == again


@pytest.mark.each_database
async def test_nobody_comes_back_into_a_group_that_is_gone(backend: Backend, actor: Actor) -> None:
    club, fans = [await backend.groups.add(actor, GroupDetails(name)) for name in ("Club", "Fans")]
    hugo = await backend.contacts.add(actor, HUGO, [club.id, fans.id])
    removal = await backend.contacts.remove(actor, [hugo.id])
    await backend.groups.edit(actor, club.id, GroupDetails("Club", filter="lecture"))
    await backend.groups.remove(actor, [fans.id])
    new = await backend.groups.add(actor, GroupDetails("New"))
    assert await backend.contacts.restore(actor, removal) == 1
    assert (await backend.contacts.get(actor, hugo.id)).groups == ()
    assert [(await backend.groups.get(actor, each.id)).contacts for each in (club, new)] == [0, 0]


@pytest.mark.each_database
async def test_a_deletion_that_is_forgotten_can_not_be_undone(backend: Backend, actor: Actor) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    (marie,) = await _add(backend, actor, MARIE)
    first, second = [await backend.contacts.remove(actor, [each.id]) for each in (hugo, marie)]
    await backend.contacts.forget(first)
    assert await backend.contacts.restore(actor, first) == 0
    assert await backend.contacts.restore(actor, second) == 1
    assert await _mobiles(backend, actor) == [MARIE.mobile]


@pytest.mark.each_database
async def test_a_deletion_is_forgotten_after_a_day(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    marie, zoe = await _add(backend, actor, MARIE, ZOE)
    old = await backend.contacts.remove(actor, [hugo.id])
    clock.advance(timedelta(days=1))
    recent = await backend.contacts.remove(actor, [marie.id])
    assert await _kept_aside(backend) == (2, 1)
    clock.advance(1)
    await backend.contacts.remove(actor, [zoe.id])
    assert await _kept_aside(backend) == (2, 0)
    assert await backend.contacts.restore(actor, old) == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert await backend.contacts.restore(actor, recent) == 0
    assert await _kept_aside(backend) == (0, 0)
    assert await _mobiles(backend, actor) == []


@pytest.mark.each_database
async def test_fifty_thousand_are_deleted_and_brought_back(backend: Backend, actor: Actor, other: Actor) -> None:
    ids = await _add_many(backend, actor, 50_000)
    await _add(backend, other, HUGO)
    group = await backend.groups.add(actor, GroupDetails("All"))
    assert await backend.groups.add_members(actor, group.id, ids) == 50_000
    removal = await backend.contacts.remove(actor, ids)
    assert removal.contacts == 50_000
    assert await backend.contacts.count(actor, EVERYBODY) == 0
    assert await _mobiles(backend, other) == [HUGO.mobile]
    assert await backend.contacts.restore(actor, removal) == 50_000
    assert await backend.contacts.ids(actor, EVERYBODY) == ids
    assert (await backend.groups.get(actor, group.id)).contacts == 50_000


@pytest.mark.each_database
async def test_numbers_are_deleted_all_or_none(backend: Backend, actor: Actor) -> None:
    await _add(backend, actor, HUGO, MARIE, ZOE)
    with pytest.raises(UnknownContact) as caught:
        await backend.contacts.remove_numbers(actor, ["0601010101", "0699999999"])
    assert caught.value.mobile == "+33699999999"
    with pytest.raises(InvalidNumber):
        await backend.contacts.remove_numbers(actor, ["0601010101", "nobody"])
    assert len(await _mobiles(backend, actor)) == 3
    assert await backend.contacts.remove_numbers(actor, ["06 01 01 01 01", "+33601010101", "0692123456"]) == 2
    assert await _mobiles(backend, actor) == [MARIE.mobile]
    assert await _kept_aside(backend) == (0, 0)


async def test_deletions_leave_a_trace(backend: Backend, actor: Actor, other: Actor) -> None:
    hugo, marie, _zoe = await _add(backend, actor, HUGO, MARIE, ZOE)
    await backend.contacts.remove(actor, [hugo.id, marie.id])
    await backend.contacts.remove(actor, [hugo.id])
    await backend.contacts.remove_numbers(actor, [ZOE.mobile])
    entries = [(each.at, each.action, each.subject) for each in await backend.audit.list(actor)]
    assert entries == [(START, AuditAction.CONTACTS_DELETED, "1"), (START, AuditAction.CONTACTS_DELETED, "2")]
    assert await backend.audit.list(other) == ()


@pytest.mark.each_database
async def test_an_account_neither_sees_nor_touches_anothers_contacts(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    contacts = backend.contacts
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await contacts.add(actor, HUGO, [club.id])
    (own,) = await _add(backend, other, MARIE)
    assert await _mobiles(backend, other) == [MARIE.mobile]
    assert await contacts.rows(other, [hugo.id, own.id]) == (own,)
    assert [page async for page in contacts.all(other, EVERYBODY)] == [(own,)]
    assert await contacts.find(other, HUGO.mobile) is None
    for refusal, attempt in (
        (UnknownContact, contacts.get(other, hugo.id)),
        (UnknownContact, contacts.edit(other, hugo.id, ZOE)),
        (UnknownContact, contacts.remove_numbers(other, [HUGO.mobile])),
        (UnknownGroup, contacts.add(other, ZOE, [club.id])),
        (UnknownGroup, contacts.edit(other, own.id, MARIE, [club.id])),
        (UnknownGroup, contacts.ids(other, ContactQuery(group_id=club.id))),
        (UnknownGroup, contacts.count(other, ContactQuery(group_id=club.id))),
    ):
        with pytest.raises(refusal):
            await attempt
    assert (await contacts.remove(other, [hugo.id])).contacts == 0
    assert await contacts.get(actor, hugo.id) == hugo
    assert await _mobiles(backend, other) == [MARIE.mobile]


@pytest.mark.each_database
async def test_an_account_can_not_undo_anothers_deletion_nor_keep_it_from_being_undone(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    removal = await backend.contacts.remove(actor, [hugo.id])
    assert await backend.contacts.restore(other, removal) == 0
    assert await backend.contacts.restore(other, Removal(removal.id, 100)) == 0
    assert await _mobiles(backend, other) == []
    assert await backend.contacts.restore(actor, removal) == 1
    assert await backend.contacts.get(actor, hugo.id) == hugo
