"""From a confirmed campaign to its receipts."""

import asyncio
from dataclasses import replace

import pytest

from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.services.campaigns import CampaignSummary
from smstui.services.outgoing import enqueue_system
from smstui.smpp.simulator import Hazards, IdStyle, ReceiptForm
from tests.dispatch.conftest import REPLY_NUMBER, OpenPlatform, Platform, numbers, settings_for

LONG = "A text that goes on and on. " * 10


@pytest.mark.each_database
async def test_a_campaign_is_sent_received_and_receipted(platform: Platform) -> None:
    campaign = await platform.send("Hello", numbers(30), "Hi there")
    platform.dispatch()
    counts = await platform.settled(campaign)
    assert counts.delivered == 30
    assert sorted(platform.received()) == sorted(numbers(30))
    received = platform.simulator.handsets.messages()
    assert {message.text for message in received} == {"Hi there STOP 36034"}
    assert {message.sender.removeprefix("+") for message in received} == {REPLY_NUMBER}
    found = await platform.backend.campaigns.find(platform.actor, "Hello")
    assert found.state == "done"
    assert found.started_at is not None
    assert found.finished_at is not None
    assert await platform.balance() == 100_000 - 30


@pytest.mark.each_database
async def test_messages_can_be_followed_one_by_one(platform: Platform) -> None:
    campaign = await platform.send("Hello", numbers(5))
    campaigns = platform.backend.campaigns
    waiting = await campaigns.messages(platform.actor, campaign.id, state=MessageState.QUEUED)
    assert [row.number for row in waiting] == list(numbers(5))
    platform.dispatch()
    await platform.settled(campaign)
    rows = await campaigns.messages(platform.actor, campaign.id, after_id=waiting[1].id, limit=2)
    assert [row.number for row in rows] == list(numbers(2, first=2))
    assert {row.state for row in rows} == {MessageState.DELIVERED}
    for row in rows:
        assert row.smsc_id
        assert row.sent_at is not None
        assert row.answered_at is not None
        assert row.final_at is not None
        assert row.sent_at <= row.answered_at <= row.final_at
    assert await campaigns.messages(platform.actor, campaign.id, state=MessageState.UNKNOWN) == ()


@pytest.mark.parametrize("style", IdStyle)
async def test_receipts_find_their_message_however_ids_are_written(opened: OpenPlatform, style: IdStyle) -> None:
    platform = await opened(Hazards(id_style=style))
    platform.dispatch()
    first = await platform.send("First", numbers(60))
    assert (await platform.settled(first)).delivered == 60
    second = await platform.send("Second", numbers(60, first=60))
    assert (await platform.settled(second)).delivered == 60


@pytest.mark.parametrize("form", ReceiptForm)
@pytest.mark.each_database
async def test_receipts_before_their_response_are_applied_when_it_comes(
    opened: OpenPlatform, form: ReceiptForm
) -> None:
    platform = await opened(Hazards(receipt_first=True, receipt_form=form, response_delay=0.05))
    platform.dispatch()
    assert (await platform.settled(await platform.send("First", numbers(40)))).delivered == 40


async def test_receipts_say_what_became_of_each_message(opened: OpenPlatform) -> None:
    hazards = Hazards(undelivered_share=0.3, expired_share=0.3, rejected_share=0.3, deliver_twice=True)
    platform = await opened(hazards)
    platform.dispatch()
    campaign = await platform.send("Mixed", numbers(200))
    counts = await platform.settled(campaign)
    assert counts.undelivered
    assert counts.expired
    assert counts.rejected_by_network
    assert counts.delivered + counts.undelivered + counts.expired + counts.rejected_by_network == 200
    assert await platform.balance() == 100_000 - 200, "the SMSC accepted them all"
    failed = await platform.backend.campaigns.messages(
        platform.actor, campaign.id, state=MessageState.UNDELIVERED, limit=1
    )
    assert "UNDELIV" in (failed[0].error or "")


@pytest.mark.each_database
async def test_refused_messages_are_given_back_exactly(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(refuse_share=0.5, refuse_status=0x401))
    platform.dispatch()
    campaign = await platform.send("Half", numbers(100))
    counts = await platform.settled(campaign)
    assert counts.rejected + counts.delivered == 100
    assert 0 < counts.rejected < 100
    assert await platform.balance() == 100_000 - counts.delivered
    rejected = await platform.backend.campaigns.messages(platform.actor, campaign.id, state=MessageState.REJECTED)
    assert {row.status for row in rejected} == {0x401}


@pytest.mark.each_database
async def test_a_long_message_is_delivered_when_all_its_parts_are(opened: OpenPlatform) -> None:
    platform = await opened(window=2)
    platform.dispatch()
    campaign = await platform.send("Long", numbers(20), LONG)
    assert campaign.segments == 2
    assert (await platform.settled(campaign)).delivered == 20
    texts = {message.text for message in platform.simulator.handsets.messages()}
    assert texts == {campaign.text}
    assert len(platform.received()) == 20
    assert await platform.balance() == 100_000 - 40


async def test_a_long_message_of_which_a_part_is_refused_costs_the_parts_that_were_taken(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(refuse_share=0.4))
    platform.dispatch()
    campaign = await platform.send("Long", numbers(60), LONG)
    counts = await platform.settled(campaign)
    assert counts.rejected
    assert await platform.balance() == 100_000 - platform.simulator.stats.accepted


async def test_a_throttled_message_is_sent_in_the_end_and_once(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(throttle_every=5))
    platform.dispatch()
    counts = await platform.settled(await platform.send("Slow", numbers(60)))
    assert counts.delivered == 60
    assert sorted(platform.received()) == sorted(numbers(60))


@pytest.mark.each_database
async def test_a_code_overtakes_a_big_campaign(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.01), window=10)
    campaign = await platform.send("Big", numbers(2000))
    platform.dispatch()

    async def going() -> bool:
        return len(platform.received()) >= 50

    await platform.until(going)
    await platform.backend.database.write(
        lambda tx: enqueue_system(
            tx,
            account_id=platform.actor.account_id,
            kind=CampaignKind.CERTIFICATION,
            destination="+33612345678",
            text="123456",
            at=platform.backend.clock.now(),
        )
    )

    async def code_came() -> bool:
        return "+33612345678" in platform.received()

    await platform.until(code_came)
    counts = await platform.counts(campaign)
    assert counts.remaining > 500, "the campaign waits its turn"
    assert [one.name for one in await platform.backend.campaigns.list(platform.actor)] == ["Big"]


async def test_work_queued_while_idle_leaves_at_once_and_counts_always_add_up(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.02), window=20)
    dispatcher = platform.dispatch()
    await platform.settled(await platform.send("First", numbers(1)))
    campaign = await platform.send("Second", numbers(500, first=10))
    seen_in_flight = False
    while (counts := await platform.counts(campaign)).final < 500:
        assert counts.total == 500
        seen_in_flight = seen_in_flight or counts.in_flight > 0
        await asyncio.sleep(0)
    assert seen_in_flight
    assert dispatcher.statuses()["main"].state == "bound"


async def test_nothing_is_lost_while_the_smsc_is_away(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(bind_refusal=0x0E, bind_refusal_times=1))
    platform.dispatch()
    campaign = await platform.send("Later", numbers(10))
    backend = platform.backend

    async def refused() -> bool:
        (status,) = await backend.connections.statuses()
        return "0x0000000E" in status.reason

    await platform.until(refused)
    assert (await platform.counts(campaign)).queued == 10
    assert (await platform.settled(campaign)).delivered == 10


async def test_connections_are_followed_as_they_change(opened: OpenPlatform) -> None:
    platform = await opened()
    dispatcher = platform.dispatch()
    await platform.settled(await platform.send("First", numbers(1)))
    settings = settings_for(platform.simulator, window=3)
    await platform.backend.connections.update(None, "main", settings)
    await platform.settled(await platform.send("Second", numbers(5, first=5)))
    await platform.backend.connections.update(None, "main", replace(settings, enabled=False))

    async def gone() -> bool:
        return not dispatcher.statuses()

    await platform.until(gone)


async def test_the_rate_of_a_bind_is_shown_to_every_process(opened: OpenPlatform) -> None:
    platform = await opened(rate=100.0)
    platform.dispatch()
    await platform.send("Steady", numbers(600))

    async def moving() -> bool:
        return any(0 < status.rate <= 110 for status in await platform.backend.connections.statuses())

    await platform.until(moving)


async def test_every_type_of_message_carries_its_text(platform: Platform) -> None:
    platform.dispatch()
    sent: dict[MessageType, CampaignSummary] = {}
    for offset, kind in enumerate((MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE)):
        text = "C'est bientôt Noël ✓" if kind is MessageType.UNICODE else "Voilà: 10€ [été]"
        sent[kind] = await platform.send(kind, numbers(1, first=offset), text, type=kind)
        await platform.settled(sent[kind])
    received = {message.number: message.text for message in platform.simulator.handsets.messages()}
    for offset, campaign in enumerate(sent.values()):
        assert received[numbers(1, first=offset)[0]] == campaign.text
