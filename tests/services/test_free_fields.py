"""The fields that an account adds to its contacts."""

import asyncio

import pytest

from smstui.domain.actor import Actor
from smstui.domain.contact import LONGEST_FIELD_NAME, MOST_FREE_FIELDS, ContactDetails, FieldNameTaken, InvalidFieldName
from smstui.services.backend import Backend
from smstui.services.free_fields import FreeFieldTaken, TooManyFreeFields


@pytest.mark.each_database
async def test_fields_are_listed_as_they_were_added(backend: Backend, actor: Actor) -> None:
    assert [await backend.free_fields.add(actor, name) for name in ("  Ville  natale", "Boutique")] == [
        "Ville natale",
        "Boutique",
    ]
    assert await backend.free_fields.list(actor) == ("Ville natale", "Boutique")


@pytest.mark.each_database
async def test_a_name_is_given_once_whatever_its_case_and_accents(backend: Backend, actor: Actor) -> None:
    await backend.free_fields.add(actor, "Été")
    with pytest.raises(FreeFieldTaken):
        await backend.free_fields.add(actor, "ETE")
    with pytest.raises(FieldNameTaken):
        await backend.free_fields.add(actor, "Mobile")
    with pytest.raises(InvalidFieldName):
        await backend.free_fields.add(actor, "{name}")
    assert await backend.free_fields.list(actor) == ("Été",)


@pytest.mark.each_database
async def test_a_name_that_folds_to_more_than_it_is(backend: Backend, actor: Actor) -> None:
    name = "ﬃ" * LONGEST_FIELD_NAME
    await backend.free_fields.add(actor, name)
    with pytest.raises(FreeFieldTaken):
        await backend.free_fields.add(actor, name)
    await backend.free_fields.remove(actor, name)
    assert await backend.free_fields.list(actor) == ()


@pytest.mark.each_database
async def test_there_are_at_most_so_many(backend: Backend, actor: Actor, other: Actor) -> None:
    names = [f"Champ {number}" for number in range(MOST_FREE_FIELDS + 3)]
    results = await asyncio.gather(*(backend.free_fields.add(actor, name) for name in names), return_exceptions=True)
    assert sum(isinstance(each, TooManyFreeFields) for each in results) == 3
    assert len(await backend.free_fields.list(actor)) == MOST_FREE_FIELDS
    await backend.free_fields.add(other, "Ville")


@pytest.mark.each_database
async def test_what_contacts_have_in_a_removed_field_comes_back_with_it(backend: Backend, actor: Actor) -> None:
    await backend.free_fields.add(actor, "Ville")
    hugo = await backend.contacts.add(actor, ContactDetails("+33601010101", extra=(("Ville", "Lyon"),)))
    await backend.free_fields.remove(actor, "ville")
    await backend.free_fields.remove(actor, "ville")
    assert await backend.free_fields.list(actor) == ()
    await backend.free_fields.add(actor, "Ville")
    assert (await backend.contacts.get(actor, hugo.id)).details.extra == (("Ville", "Lyon"),)


@pytest.mark.each_database
async def test_an_account_neither_sees_nor_touches_anothers_fields(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    await backend.free_fields.add(actor, "Ville")
    assert await backend.free_fields.list(other) == ()
    await backend.free_fields.remove(other, "Ville")
    assert await backend.free_fields.add(other, "Ville") == "Ville"
    await backend.free_fields.remove(other, "Ville")
    assert await backend.free_fields.list(actor) == ("Ville",)
