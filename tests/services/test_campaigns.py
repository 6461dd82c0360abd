"""Planning and confirming a campaign: what it costs, what stands in its way, and what is queued."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from smstui.domain import campaign_rules as rules
from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.states import MessageType
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignNameTaken, Draft, UnknownCampaign
from smstui.services.composing import SenderNotAllowed, VoiceNotCarried
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.credits import InsufficientCredits
from smstui.services.outgoing import NoConnection
from smstui.services.senders import UnknownSender
from smstui.smpp.values import BindMode, BindSettings
from smstui.storage.tables import batch, message
from tests.conftest import NewAccountFixture
from tests.dispatch.conftest import numbers

SETTINGS = ConnectionSettings(
    name="main",
    bind=BindSettings("127.0.0.1", 2775, "test", "secret"),
    types=frozenset({MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE}),
    reply_number="38000",
    stop_code="36063",
    enabled=True,
)
SENDING_ONLY = replace(SETTINGS, reply_number=None, types=frozenset({MessageType.PRO}))
DRAFT = Draft(name="Black Friday", text="Tout à -30%", numbers=numbers(3))


@pytest.fixture(autouse=True)
async def _connection(backend: Backend) -> None:
    await backend.connections.add(None, SETTINGS)


async def _problems(backend: Backend, actor: Actor, draft: Draft) -> tuple[type[Exception], ...]:
    plan = await backend.campaigns.plan(actor, draft)
    if plan.problems:
        with pytest.raises(type(plan.problems[0])):
            await backend.campaigns.send(actor, draft)
    return tuple(type(problem) for problem in plan.problems)


@pytest.mark.each_database
async def test_a_plan_says_what_would_happen(backend: Backend, actor: Actor) -> None:
    await backend.opt_outs.add(actor, numbers(1)[0])
    typed = "06 10 00 00 00\n0610000001, 0610000001\n+336010304\n06 10 00 00 02"
    plan = await backend.campaigns.plan(actor, replace(DRAFT, numbers=(), numbers_text=typed))
    assert (plan.recipients, plan.duplicates, plan.opted_out) == (2, 1, 1)
    assert [(line.line, line.text) for line in plan.refused] == [(3, "+336010304")]
    assert plan.text == "Tout à -30% STOP 36063"
    assert plan.measure is not None
    assert plan.measure.segments == 1
    assert (plan.cost, plan.balance) == (Credits.of(2), Credits.of(100))
    assert (plan.connection, plan.sender, plan.problems) == ("main", "38000", ())


@pytest.mark.each_database
async def test_confirming_takes_the_credits_and_queues_every_message(backend: Backend, actor: Actor) -> None:
    sent = await backend.campaigns.send(actor, DRAFT)
    assert (sent.name, sent.state, sent.recipients, sent.cost) == ("Black Friday", "sending", 3, Credits.of(3))
    balance = await backend.credits.balance(actor)
    assert (balance.available, balance.reserved) == (Credits.of(97), Credits.of(3))
    progress = await backend.campaigns.progress(actor, sent.id)
    assert (progress.counts.queued, progress.counts.total, progress.percent) == (3, 3, 0)
    assert progress.remaining_seconds is None
    assert await backend.campaigns.list(actor) == (sent,)
    assert await backend.campaigns.find(actor, "Black Friday") == sent


async def test_without_enough_credits_nothing_happens(backend: Backend, actor: Actor) -> None:
    draft = replace(DRAFT, numbers=numbers(101))
    with pytest.raises(InsufficientCredits) as caught:
        await backend.campaigns.send(actor, draft)
    assert (caught.value.needed, caught.value.available) == (Credits.of(101), Credits.of(100))
    assert await backend.campaigns.list(actor) == ()
    assert (await backend.credits.balance(actor)).available == Credits.of(100)


@pytest.mark.each_database
async def test_many_at_once_never_spend_more_than_there_is(backend: Backend, actor: Actor) -> None:
    drafts = [replace(DRAFT, name=f"Number {index}", numbers=numbers(30)) for index in range(8)]
    results = await asyncio.gather(*(backend.campaigns.send(actor, draft) for draft in drafts), return_exceptions=True)
    assert sum(isinstance(result, InsufficientCredits) for result in results) == 5
    assert (await backend.credits.balance(actor)).available == Credits.of(10)


@pytest.mark.each_database
async def test_names_are_unique_for_an_account(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.campaigns.send(actor, DRAFT)
    assert await _problems(backend, actor, replace(DRAFT, name=" Black Friday ")) == (CampaignNameTaken,)
    await backend.campaigns.send(other, DRAFT)


async def test_accounts_do_not_see_each_other(backend: Backend, actor: Actor, other: Actor) -> None:
    sent = await backend.campaigns.send(actor, DRAFT)
    assert await backend.campaigns.list(other) == ()
    for look in (
        backend.campaigns.find(other, sent.name),
        backend.campaigns.progress(other, sent.id),
        backend.campaigns.messages(other, sent.id),
    ):
        with pytest.raises(UnknownCampaign):
            await look
    await backend.opt_outs.add(actor, numbers(1)[0])
    assert (await backend.campaigns.plan(other, DRAFT)).opted_out == 0


async def test_stop_is_left_out_only_with_the_right(
    backend: Backend, actor: Actor, new_account: NewAccountFixture
) -> None:
    assert await _problems(backend, actor, replace(DRAFT, stop=False)) == (rules.StopRequired,)
    trusted = await new_account("trusted", balance=10, may_omit_stop=True)
    sent = await backend.campaigns.send(trusted, replace(DRAFT, stop=False))
    assert sent.text == "Tout à -30%"


async def test_senders(backend: Backend, actor: Actor, other: Actor) -> None:
    await backend.senders.add(other, "Rival")
    assert await _problems(backend, actor, replace(DRAFT, sender="Rival")) == (UnknownSender,)
    await backend.senders.add(actor, "MaBoutique")
    assert (await backend.campaigns.plan(actor, DRAFT)).sender == "MaBoutique"
    await backend.senders.add(actor, "Autre")
    assert (await backend.campaigns.plan(actor, replace(DRAFT, sender="Autre"))).sender == "Autre"
    await backend.connections.update(None, "main", SENDING_ONLY)
    assert (await backend.campaigns.plan(other, DRAFT)).sender == "Rival"
    await backend.senders.remove(other, ["Rival"])
    assert (await backend.campaigns.plan(other, DRAFT)).sender == SENDING_ONLY.stop_code


async def test_sms_reponse_leaves_from_the_reply_number_and_stays_in_france(backend: Backend, actor: Actor) -> None:
    await backend.senders.add(actor, "MaBoutique")
    draft = replace(DRAFT, type=MessageType.REPONSE, numbers=("+33612345678", "+262692123456"))
    plan = await backend.campaigns.plan(actor, draft)
    assert (plan.sender, plan.recipients) == ("38000", 1)
    assert [line.text for line in plan.refused] == ["+262692123456"]
    assert await _problems(backend, actor, replace(draft, sender="MaBoutique")) == (SenderNotAllowed,)
    await backend.connections.update(None, "main", SENDING_ONLY)
    assert await _problems(backend, actor, draft) == (NoConnection,)


async def test_texts(backend: Backend, actor: Actor) -> None:
    assert await _problems(backend, actor, replace(DRAFT, text="Noël")) == (rules.TextNotGsm7,)
    assert await _problems(backend, actor, replace(DRAFT, text=" ")) == (rules.EmptyText,)
    plan = await backend.campaigns.plan(actor, replace(DRAFT, text="Noël", type=MessageType.UNICODE))
    assert plan.problems == ()
    assert plan.measure is not None
    assert plan.measure.encoding == "UCS-2"


async def test_recipients(backend: Backend, actor: Actor) -> None:
    assert await _problems(backend, actor, replace(DRAFT, numbers=())) == (rules.NoRecipients,)
    await backend.opt_outs.add(actor, numbers(1)[0])
    assert await _problems(backend, actor, replace(DRAFT, numbers=numbers(1))) == (rules.NoRecipients,)


async def test_connections(backend: Backend, actor: Actor) -> None:
    assert await _problems(backend, actor, replace(DRAFT, type=MessageType.VOIX)) == (VoiceNotCarried,)
    receiver = replace(SETTINGS, bind=replace(SETTINGS.bind, mode=BindMode.RECEIVER))
    await backend.connections.update(None, "main", receiver)
    assert await _problems(backend, actor, DRAFT) == (NoConnection,)
    await backend.connections.update(None, "main", replace(SETTINGS, enabled=False))
    assert await _problems(backend, actor, DRAFT) == (NoConnection,)


async def test_everything_wrong_is_listed_at_once(backend: Backend, actor: Actor) -> None:
    problems = await _problems(backend, actor, Draft(name="", text="", sender="Nobody", stop=False))
    assert set(problems) == {
        rules.CampaignNameMissing,
        rules.StopRequired,
        rules.EmptyText,
        UnknownSender,
        rules.NoRecipients,
    }


@pytest.mark.each_database
async def test_the_largest_campaign_is_queued_whole_and_a_larger_one_refused(
    backend: Backend, new_account: NewAccountFixture
) -> None:
    rich = await new_account("rich", balance=1_000_000)
    assert await _problems(backend, rich, replace(DRAFT, numbers=numbers(200_001))) == (rules.TooManyRecipients,)
    sent = await backend.campaigns.send(rich, replace(DRAFT, numbers=numbers(200_000)))
    assert (await backend.campaigns.progress(rich, sent.id)).counts.queued == 200_000
    covered = select(func.sum(batch.c.last_id - batch.c.first_id + 1), func.max(batch.c.last_id - batch.c.first_id))
    covering, longest = await backend.database.read(lambda tx: tx.execute(covered).one())
    stored = await backend.database.read(lambda tx: tx.execute(select(func.count()).select_from(message)).scalar_one())
    assert covering == stored == 200_000
    assert longest < 2000


@pytest.mark.each_database
async def test_an_opt_out_suppresses_what_is_queued_and_gives_it_back(backend: Backend, actor: Actor) -> None:
    sent = await backend.campaigns.send(actor, DRAFT)
    await backend.opt_outs.add(actor, numbers(1)[0])
    counts = (await backend.campaigns.progress(actor, sent.id)).counts
    assert (counts.suppressed, counts.queued) == (1, 2)
