"""Groups of contacts: chosen one by one, or found by words."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.folding import folded
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery, UnknownGroup
from smstui.services.groups import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    DescriptionTooLong,
    DynamicGroup,
    EmptyFilter,
    Group,
    GroupDetails,
    GroupNameTaken,
    InvalidGroupName,
    check_group,
    group_named,
)
from tests.support import START

HUGO = ContactDetails("+33601010101", "Dupont", "Hugo", company="Club de lecture")
MARIE = ContactDetails("+33602020202", "Leduc", "Marie", company="Club de lecture")
CLAUDE = ContactDetails("+33603030303", "Desmoineau", "Claude")


@pytest.fixture
async def people(backend: Backend, actor: Actor) -> list[int]:
    """The ids of Hugo, Marie and Claude."""
    return [(await backend.contacts.add(actor, each)).id for each in (HUGO, MARIE, CLAUDE)]


async def _members(backend: Backend, actor: Actor, group: Group) -> list[int]:
    ids = list(await backend.contacts.ids(actor, ContactQuery(group_id=group.id)))
    assert (await backend.groups.get(actor, group.id)).contacts == len(ids)
    return ids


async def _names(backend: Backend, actor: Actor) -> list[str]:
    return [each.name for each in await backend.groups.list(actor)]


@pytest.mark.each_database
async def test_a_group_is_kept_as_it_is_described(backend: Backend, actor: Actor) -> None:
    added = await backend.groups.add(actor, GroupDetails("  Club  de lecture ", " Le jeudi\nà 20 h "))
    assert (added.name, added.description, added.filter) == ("Club de lecture", "Le jeudi\nà 20 h", None)
    assert (added.created_at, added.contacts, added.is_dynamic) == (START, 0, False)
    assert await backend.groups.list(actor) == (added,)
    assert await backend.groups.get(actor, added.id) == added
    assert await backend.groups.find(actor, "CLUB DE  LECTURÉ") == added


@pytest.mark.each_database
async def test_groups_are_listed_by_name(backend: Backend, actor: Actor) -> None:
    for name in ("Zone", "École", "club", "Été"):
        await backend.groups.add(actor, GroupDetails(name))
    assert await _names(backend, actor) == ["club", "École", "Été", "Zone"]


@pytest.mark.each_database
async def test_a_name_is_given_once_whatever_its_case_and_accents(backend: Backend, actor: Actor) -> None:
    ecole = await backend.groups.add(actor, GroupDetails("École"))
    club = await backend.groups.add(actor, GroupDetails("Club"))
    with pytest.raises(GroupNameTaken):
        await backend.groups.add(actor, GroupDetails("ecole"))
    with pytest.raises(GroupNameTaken):
        await backend.groups.edit(actor, club.id, GroupDetails("ÉCOLE "))
    assert (await backend.groups.edit(actor, ecole.id, GroupDetails("ECOLE"))).name == "ECOLE"
    assert await _names(backend, actor) == ["Club", "ECOLE"]
    results = await asyncio.gather(
        *(backend.groups.add(actor, GroupDetails("Fans")) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, GroupNameTaken) for each in results) == 4


@pytest.mark.parametrize("name", ["", "   ", "\0", "\N{COMBINING ACUTE ACCENT}", "x" * (LONGEST_NAME + 1)])
def test_names_that_no_group_can_have(name: str) -> None:
    with pytest.raises(InvalidGroupName):
        check_group(GroupDetails(name))


def test_a_description_has_a_limit() -> None:
    assert check_group(GroupDetails("Club", "x" * LONGEST_DESCRIPTION)).description
    with pytest.raises(DescriptionTooLong):
        check_group(GroupDetails("Club", "x" * (LONGEST_DESCRIPTION + 1)))


@pytest.mark.parametrize("words", ["", "  ", "\0", "\N{COMBINING ACUTE ACCENT}"])
def test_a_group_found_by_words_has_some(words: str) -> None:
    with pytest.raises(EmptyFilter):
        check_group(GroupDetails("Club", filter=words))


@given(st.text(st.characters(), max_size=200), st.text(st.characters(), max_size=600))
def test_any_text_is_a_name_and_a_description_or_refused(name: str, description: str) -> None:
    try:
        checked = check_group(GroupDetails(name, description, name))
    except (InvalidGroupName, DescriptionTooLong, EmptyFilter):
        return
    assert check_group(checked) == checked
    assert (checked.name + checked.description).encode()
    assert folded(checked.name)


@pytest.mark.each_database
@pytest.mark.parametrize("name", ["ﷺ" * LONGEST_NAME, "a\0b\udcff", "Ligne\nde plus", "'; DROP TABLE contact; --"])
async def test_hostile_names_are_only_names(backend: Backend, actor: Actor, name: str) -> None:
    added = await backend.groups.add(actor, GroupDetails(name, name))
    assert await backend.groups.find(actor, name) == added
    with pytest.raises(GroupNameTaken):
        await backend.groups.add(actor, GroupDetails(name))


@pytest.mark.each_database
async def test_members_are_put_in_and_taken_out(backend: Backend, actor: Actor, people: list[int]) -> None:
    hugo, marie, claude = people
    club = await backend.groups.add(actor, GroupDetails("Club"))
    assert await backend.groups.add_members(actor, club.id, [hugo, marie, hugo, claude + 100]) == 2
    assert await backend.groups.add_members(actor, club.id, [marie, claude]) == 1
    assert await _members(backend, actor, club) == [claude, hugo, marie]
    assert await backend.groups.remove_members(actor, club.id, [hugo, claude + 100]) == 1
    assert await backend.groups.remove_members(actor, club.id, [hugo]) == 0
    assert await backend.groups.add_members(actor, club.id, []) == 0
    assert await _members(backend, actor, club) == [claude, marie]
    for change in (backend.groups.add_members, backend.groups.remove_members):
        with pytest.raises(UnknownGroup):
            await change(actor, club.id + 1, [hugo])


@pytest.mark.each_database
async def test_a_dynamic_group_holds_who_its_words_find(backend: Backend, actor: Actor, people: list[int]) -> None:
    hugo, marie, claude = people
    group = await backend.groups.add(actor, GroupDetails("Lecteurs", filter=" CLUB  lécture "))
    assert (group.filter, group.is_dynamic, group.contacts) == ("CLUB lécture", True, 2)
    assert await _members(backend, actor, group) == [hugo, marie]
    await backend.contacts.edit(actor, claude, ContactDetails(CLAUDE.mobile, company="Club de lecture"))
    await backend.contacts.remove(actor, [hugo])
    assert set(await _members(backend, actor, group)) == {marie, claude}
    found = await backend.contacts.ids(actor, ContactQuery("marie", group_id=group.id))
    assert list(found) == [marie]


@pytest.mark.each_database
async def test_a_dynamic_group_takes_nobody_by_hand(backend: Backend, actor: Actor, people: list[int]) -> None:
    group = await backend.groups.add(actor, GroupDetails("Lecteurs", filter="club"))
    for change in (backend.groups.add_members, backend.groups.remove_members):
        with pytest.raises(DynamicGroup):
            await change(actor, group.id, people)


@pytest.mark.each_database
async def test_a_group_that_becomes_dynamic_loses_its_members(
    backend: Backend, actor: Actor, people: list[int]
) -> None:
    hugo, _marie, claude = people
    group = await backend.groups.add(actor, GroupDetails("Club"))
    await backend.groups.add_members(actor, group.id, people)
    renamed = await backend.groups.edit(actor, group.id, GroupDetails("Lecteurs", "Le jeudi"))
    assert (renamed.id, renamed.name, renamed.description, renamed.contacts) == (group.id, "Lecteurs", "Le jeudi", 3)
    await backend.groups.edit(actor, group.id, GroupDetails("Lecteurs", filter="hugo"))
    assert await _members(backend, actor, group) == [hugo]
    assert (await backend.contacts.get(actor, claude)).groups == ()
    await backend.groups.edit(actor, group.id, GroupDetails("Lecteurs"))
    assert await _members(backend, actor, group) == []
    with pytest.raises(EmptyFilter):
        await backend.groups.edit(actor, group.id, GroupDetails("Lecteurs", filter=" "))
    with pytest.raises(UnknownGroup):
        await backend.groups.edit(actor, group.id + 1, GroupDetails("Other"))


@pytest.mark.each_database
async def test_the_contacts_of_a_deleted_group_stay(backend: Backend, actor: Actor, people: list[int]) -> None:
    groups = [await backend.groups.add(actor, GroupDetails(name)) for name in ("Un", "Deux", "Trois")]
    for each in groups:
        await backend.groups.add_members(actor, each.id, people)
    assert await backend.groups.remove(actor, [groups[0].id, groups[1].id, groups[2].id + 1]) == 2
    assert await backend.groups.remove(actor, [groups[0].id]) == 0
    assert await backend.groups.remove(actor, []) == 0
    assert await _names(backend, actor) == ["Trois"]
    assert (await backend.contacts.get(actor, people[0])).groups == ("Trois",)
    with pytest.raises(UnknownGroup):
        await backend.groups.get(actor, groups[0].id)
    with pytest.raises(UnknownGroup):
        await backend.groups.find(actor, "Un")


@pytest.mark.each_database
async def test_an_import_takes_the_group_of_that_name_or_creates_it(backend: Backend, actor: Actor) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))

    def work(tx: Connection) -> list[int]:
        return [group_named(tx, actor, name, START) for name in (" CLUB", "Fans", "fans")]

    same, new, again = await backend.database.write(work)
    assert (same, again) == (club.id, new)
    assert await _names(backend, actor) == ["Club", "Fans"]


@pytest.mark.each_database
async def test_an_account_neither_sees_nor_touches_anothers_groups(
    backend: Backend, actor: Actor, other: Actor, people: list[int]
) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    await backend.groups.add_members(actor, club.id, people)
    await backend.contacts.add(other, HUGO)
    own = await backend.groups.add(other, GroupDetails("Club"))
    lecteurs = await backend.groups.add(other, GroupDetails("Lecteurs", filter="club"))
    assert await backend.groups.list(other) == (own, lecteurs)
    assert lecteurs.contacts == 1
    assert await backend.groups.find(other, "club") == own
    for attempt in (
        backend.groups.get(other, club.id),
        backend.groups.edit(other, club.id, GroupDetails("Mine")),
        backend.groups.add_members(other, club.id, [1]),
        backend.groups.remove_members(other, club.id, people),
    ):
        with pytest.raises(UnknownGroup):
            await attempt
    assert await backend.groups.remove(other, [club.id]) == 0
    assert await backend.groups.add_members(other, own.id, people) == 0
    assert await backend.groups.remove_members(other, own.id, people) == 0
    assert (await backend.groups.get(actor, club.id)).contacts == 3
    assert await _members(backend, other, own) == []
