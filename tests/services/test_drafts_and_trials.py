"""Drafts kept as they are typed; a trial to one's own phone; what failed, sent again."""

import pytest
from sqlalchemy import update

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.hours import HoursConsent
from smstui.domain.states import CampaignState, MessageState, MessageType
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft, Resend
from smstui.services.drafts import UnknownDraft
from smstui.services.resending import NothingFailed
from smstui.services.trial import NotCertified
from smstui.services.when import When
from smstui.storage.tables import account, campaign, message
from tests.services.campaigning import at, connect, group_of, messages_of, person

pytestmark = pytest.mark.each_database


@pytest.fixture(autouse=True)
async def _connected(backend: Backend) -> None:
    await connect(backend)


async def test_a_draft_is_found_again_as_it_was_left(backend: Backend, actor: Actor) -> None:
    written = Draft(
        "Noël",
        "Bonjour {first_name|vous}",
        numbers_text="06 12 34",
        type=MessageType.UNICODE,
        group_ids=(3, 4),
        contact_ids=(7,),
        when=When(at("2026-12-24T10:00")),
        consent=HoursConsent.SUNDAYS,
    )
    draft_id = await backend.drafts.save(actor, written, pasted="0612345678\n0712345678")
    assert await backend.drafts.save(actor, Draft("Noël", "Bonsoir"), draft_id) == draft_id
    assert (await backend.drafts.get(actor, draft_id)).pasted == "0612345678\n0712345678"
    await backend.drafts.save(actor, written, draft_id)
    stored = await backend.drafts.get(actor, draft_id)
    assert stored.draft == written
    (listed,) = await backend.drafts.list(actor)
    assert (listed.id, listed.draft.name) == (draft_id, "Noël")


async def test_a_draft_that_was_sent_or_deleted_is_gone(backend: Backend, actor: Actor) -> None:
    draft_id = await backend.drafts.save(actor, Draft("Un", "Bonjour"))
    await backend.campaigns.send(actor, Draft("Un", "Bonjour", numbers=("+33612345678",)), draft_id)
    with pytest.raises(UnknownDraft):
        await backend.drafts.get(actor, draft_id)
    other = await backend.drafts.save(actor, Draft("Deux", "Bonjour"))
    assert await backend.drafts.remove(actor, [other]) == 1
    assert not await backend.drafts.list(actor)


async def test_a_trial_goes_to_the_own_number_as_the_first_contact_would_get_it(backend: Backend, actor: Actor) -> None:
    draft = Draft("Essai", "Bonjour {first_name|vous}", numbers=("+33712345678",))
    with pytest.raises(NotCertified):
        await backend.campaigns.send_test(actor, draft)
    certified = update(account).where(account.c.id == actor.account_id).values(certified_number="+33698765432")
    await backend.database.write(lambda tx: tx.execute(certified))
    await backend.opt_outs.add(actor, "0698765432")
    group = await group_of(backend, actor, "Club", [person(1, "Ada")])
    draft = Draft("Essai", "Bonjour {first_name|vous}", group_ids=(group,))
    assert await backend.campaigns.send_test(actor, draft) == "+33698765432"
    assert not await backend.campaigns.list(actor)
    found = await backend.database.read(lambda tx: tx.execute(campaign.select()).one())
    assert (found.text, found.recipients) == ("Bonjour Ada STOP 36034", 1)
    assert (await backend.credits.balance(actor)).available == Credits.of(99)


async def test_what_failed_is_sent_again_with_the_same_words_and_never_a_third_time(
    backend: Backend, actor: Actor
) -> None:
    group = await group_of(
        backend, actor, "Club", [person(n, name) for n, name in ((1, "Ada"), (2, "Bob"), (3, "Eve"))]
    )
    first = await backend.campaigns.send(actor, Draft("Un", "Bonjour {first_name|vous}", group_ids=(group,)))
    with pytest.raises(NothingFailed):
        await backend.campaigns.resend_plan(actor, first.id, Resend.FAILED)
    for number, state in ((1, MessageState.UNDELIVERED), (2, MessageState.REJECTED), (3, MessageState.DELIVERED)):
        ended = update(message).where(message.c.destination == person(number).mobile).values(state=state)
        await backend.database.write(lambda tx, ended=ended: tx.execute(ended))  # type: ignore[misc]
    await backend.opt_outs.add(actor, "0600000002")
    plan = await backend.campaigns.resend_plan(actor, first.id, Resend.FAILED)
    assert (plan.recipients, plan.opted_out, plan.cost) == (1, 1, Credits.of(1))
    again = await backend.campaigns.resend(actor, first.id, Resend.FAILED)
    assert (again.name, again.state) == ("Un (resend 1)", CampaignState.SENDING)
    assert [(one.number[-1], one.text) for one in await messages_of(backend, again.id)] == [
        ("1", "Bonjour Ada STOP 36034")
    ]
    assert (await backend.credits.balance(actor)).available == Credits.of(96)
    with pytest.raises(NothingFailed):
        await backend.campaigns.resend(actor, first.id, Resend.BOTH)
