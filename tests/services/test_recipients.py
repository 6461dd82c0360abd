"""Groups, contacts and numbers together: who gets a campaign, who doesn't and why, what it costs."""

import pytest

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import TooManyRecipients
from smstui.domain.contact import ContactDetails
from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft, Exclusion
from smstui.services.groups import GroupDetails
from tests.services.campaigning import connect, group_of, messages_of, person

pytestmark = pytest.mark.each_database


@pytest.fixture
async def connected(backend: Backend) -> None:
    await connect(backend)


@pytest.fixture
async def groups(backend: Backend, actor: Actor, connected: None) -> tuple[int, ...]:
    """Two groups that share two of their contacts, and one found by its words."""
    first = await group_of(backend, actor, "Paris", [person(n, "Ada") for n in (1, 2, 3, 4)])
    second = await group_of(backend, actor, "Lyon", [person(n, "Ada") for n in (3, 4, 5)])
    await backend.contacts.add(actor, person(6, "Zoé"))
    words = await backend.groups.add(actor, GroupDetails("Zoé", filter="zoe"))
    return first, second, words.id


async def test_each_number_counts_once_however_it_was_chosen(
    backend: Backend, actor: Actor, groups: tuple[int, ...]
) -> None:
    one = await backend.contacts.find(actor, "+33600000005")
    assert one is not None
    draft = Draft(
        "Tous",
        "Bonjour",
        numbers_text="0600000001\n06 00 00 00 09\n0600000009",
        group_ids=groups,
        contact_ids=(one.id,),
    )
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.recipients, plan.duplicates) == (7, 5)
    sent = await backend.campaigns.send(actor, draft)
    assert [one.number[-1] for one in await messages_of(backend, sent.id)] == list("1234569")
    assert sent.recipients == 7


async def test_opted_out_numbers_are_left_out_and_listed(
    backend: Backend, actor: Actor, other: Actor, groups: tuple[int, ...]
) -> None:
    await backend.opt_outs.add(actor, "0600000003")
    await backend.opt_outs.add(actor, "0600000009")
    await backend.opt_outs.add(other, "0600000001")
    draft = Draft("Tous", "Bonjour", numbers_text="0600000009", group_ids=groups[:2])
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.recipients, plan.opted_out) == (4, 2)
    left_out = await backend.campaigns.excluded(actor, draft, Exclusion.OPTED_OUT)
    assert [(one.number, one.name) for one in left_out] == [("+33600000003", "Ada"), ("+33600000009", "")]
    repeated = await backend.campaigns.excluded(actor, draft, Exclusion.DUPLICATE)
    assert {one.number for one in repeated} == {"+33600000003", "+33600000004"}


@pytest.mark.usefixtures("connected")
async def test_countries_without_tariff_are_left_out_and_each_country_is_priced(backend: Backend, actor: Actor) -> None:
    numbers = ("+33612345678", "+33612345679", "+262692123456", "+85023456789")
    draft = Draft("Monde", "Bonjour", numbers=numbers)
    plan = await backend.campaigns.plan(actor, draft)
    assert [(one.country, one.recipients) for one in plan.reckoned.by_country] == [("FR", 2), ("RE", 1)]
    assert plan.reckoned.count(Exclusion.NO_TARIFF) == 1
    (left_out,) = await backend.campaigns.excluded(actor, draft, Exclusion.NO_TARIFF)
    assert (left_out.number, left_out.detail) == ("+85023456789", "KP")
    before = (await backend.credits.balance(actor)).available
    sent = await backend.campaigns.send(actor, draft)
    assert sent.cost == plan.cost == before - (await backend.credits.balance(actor)).available
    priced = {one.number: one.price for one in await messages_of(backend, sent.id)}
    assert priced == {"+33612345678": None, "+33612345679": None, "+262692123456": 1500}


@pytest.mark.usefixtures("connected")
async def test_reponse_goes_to_metropolitan_contacts_only(backend: Backend, actor: Actor) -> None:
    group = await group_of(backend, actor, "Tous", [person(1), ContactDetails("+262692123456")])
    draft = Draft("Question", "Ça va ?", group_ids=(group,), type=MessageType.REPONSE)
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.recipients, plan.reckoned.count(Exclusion.OUTSIDE_FRANCE)) == (1, 1)
    sent = await backend.campaigns.send(actor, draft)
    assert [one.number for one in await messages_of(backend, sent.id)] == ["+33600000001"]


async def test_the_limit_of_recipients_is_a_setting(
    backend: Backend, admin: Actor, actor: Actor, groups: tuple[int, ...]
) -> None:
    await backend.platform.set_recipient_limit(admin, 3)
    draft = Draft("Tous", "Bonjour", group_ids=groups)
    assert any(isinstance(one, TooManyRecipients) for one in (await backend.campaigns.plan(actor, draft)).problems)
    with pytest.raises(TooManyRecipients):
        await backend.campaigns.send(actor, draft)
    assert (await backend.credits.balance(actor)).available == Credits.of(100)
    assert not await backend.campaigns.list(actor)


async def test_another_account_is_never_reached(
    backend: Backend, actor: Actor, other: Actor, groups: tuple[int, ...]
) -> None:
    theirs = await group_of(backend, other, "Autres", [person(7), person(8)])
    contact = await backend.contacts.find(other, "+33600000007")
    assert contact is not None
    draft = Draft("Tous", "Bonjour", group_ids=(groups[0], theirs), contact_ids=(contact.id,))
    plan = await backend.campaigns.plan(actor, draft)
    assert plan.recipients == 4
    assert plan.problems
