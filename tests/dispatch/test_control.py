"""Pausing, resuming, cancelling a campaign while it is sent, and sending again what is in doubt."""

import asyncio

import pytest

from smstui.domain.states import CampaignState
from smstui.services.control import CampaignEnded, CampaignNotPaused, CampaignNotSending
from smstui.services.following import UnknownCampaign
from smstui.services.resending import NothingInDoubt
from smstui.smpp.simulator import Hazards
from tests.dispatch.conftest import OpenPlatform, Platform, numbers

WINDOW = 5
SLOW = Hazards(response_delay=0.02)


async def _received(platform: Platform, count: int) -> None:
    async def enough() -> bool:
        return len(platform.received()) >= count

    await platform.until(enough)


async def _at_rest(platform: Platform) -> int:
    """How many phones had a message when nothing is in flight any more."""

    async def nothing_in_flight() -> bool:
        return not any(one.in_flight for dispatcher, _ in platform.dispatchers for one in dispatcher.binds())

    await platform.until(nothing_in_flight)
    return len(platform.received())


@pytest.mark.each_database
async def test_a_paused_campaign_stops_within_one_window_and_goes_on_where_it_was(opened: OpenPlatform) -> None:
    platform = await opened(SLOW, window=WINDOW)
    campaigns = platform.backend.campaigns
    campaign = await platform.send("Pause", numbers(300))
    platform.dispatch()
    await _received(platform, 20)
    await campaigns.pause(platform.actor, campaign.id)
    left = len(platform.received())
    assert await _at_rest(platform) <= left + WINDOW
    assert (await campaigns.find(platform.actor, "Pause")).state == CampaignState.PAUSED
    later = await platform.send("Other", numbers(5, first=1000))
    assert (await platform.settled(later)).delivered == 5, "another campaign goes on"
    counts = await platform.counts(campaign)
    assert counts.queued == 300 - counts.accepted - counts.delivered > 200
    await campaigns.resume(platform.actor, campaign.id)
    assert (await platform.settled(campaign)).delivered == 300
    assert len(platform.received()) == len(set(platform.received())) == 305


@pytest.mark.each_database
async def test_a_cancelled_campaign_stops_within_one_window_and_gives_back_the_rest(opened: OpenPlatform) -> None:
    platform = await opened(SLOW, window=WINDOW)
    before = await platform.balance()
    campaign = await platform.send("Cancel", numbers(5000))
    platform.dispatch()
    await _received(platform, 20)
    await platform.backend.campaigns.cancel(platform.actor, campaign.id)
    left = len(platform.received())
    assert await _at_rest(platform) <= left + WINDOW
    counts = await platform.settled(campaign)
    assert counts.delivered == len(platform.received())
    assert counts.cancelled == 5000 - counts.delivered
    assert (await platform.backend.campaigns.find(platform.actor, "Cancel")).state == CampaignState.CANCELLED

    async def given_back() -> bool:
        return await platform.balance() == before - counts.delivered

    await platform.until(given_back)


async def test_a_paused_campaign_can_be_cancelled_without_any_dispatcher(platform: Platform) -> None:
    before = await platform.balance()
    campaign = await platform.send("Never", numbers(50))
    await platform.backend.campaigns.pause(platform.actor, campaign.id)
    await platform.backend.campaigns.cancel(platform.actor, campaign.id)
    counts = await platform.counts(campaign)
    assert (counts.cancelled, counts.total) == (50, 50)
    assert await platform.balance() == before
    platform.dispatch()
    other = await platform.send("After", numbers(1))
    assert (await platform.settled(other)).delivered == 1
    assert platform.received() == list(numbers(1))


async def test_what_comes_back_unsent_to_a_paused_campaign_waits_with_it(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(throttle_share=1.0), window=WINDOW)
    campaign = await platform.send("Throttled", numbers(40))
    dispatcher = platform.dispatch()

    async def throttled() -> bool:
        return any(one.stats.throttled >= WINDOW for one in dispatcher.binds())

    await platform.until(throttled)
    await platform.backend.campaigns.pause(platform.actor, campaign.id)
    await dispatcher.drain(0.2)
    counts = await platform.counts(campaign)
    assert counts.queued == 40
    assert platform.received() == []
    await platform.backend.campaigns.cancel(platform.actor, campaign.id)
    assert (await platform.counts(campaign)).cancelled == 40


async def test_only_what_is_going_on_can_be_controlled(platform: Platform) -> None:
    campaigns, stranger = platform.backend.campaigns, await platform.account("stranger")
    campaign = await platform.send("Short", numbers(3))
    with pytest.raises(CampaignNotPaused):
        await campaigns.resume(platform.actor, campaign.id)
    for control in (campaigns.pause, campaigns.resume, campaigns.cancel, campaigns.resend):
        with pytest.raises(UnknownCampaign):
            await control(stranger, campaign.id)
    platform.dispatch()
    await platform.settled(campaign)
    with pytest.raises(CampaignNotSending):
        await campaigns.pause(platform.actor, campaign.id)
    with pytest.raises(CampaignEnded):
        await campaigns.cancel(platform.actor, campaign.id)
    with pytest.raises(NothingInDoubt):
        await campaigns.resend(platform.actor, campaign.id)


@pytest.mark.each_database
async def test_what_is_in_doubt_is_sent_again_once_by_a_persons_choice(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_lost_share=1.0), receipt_delay=60, window=WINDOW)
    campaigns = platform.backend.campaigns
    campaign = await platform.send("Lost", numbers(WINDOW))
    dispatcher = platform.dispatch()
    await _received(platform, WINDOW)
    await dispatcher.drain(0.1)
    assert (await platform.counts(campaign)).unknown == WINDOW
    await platform.backend.opt_outs.add(platform.actor, numbers(1)[0])
    before = await platform.balance()
    plan = await campaigns.resend_plan(platform.actor, campaign.id)
    assert (plan.recipients, plan.opted_out, int(plan.cost.decimal)) == (WINDOW - 1, 1, WINDOW - 1)
    again = await campaigns.resend(platform.actor, campaign.id)
    assert (again.name, again.recipients, again.text) == ("Lost (resend 1)", WINDOW - 1, campaign.text)
    assert await platform.balance() == before - (WINDOW - 1)
    with pytest.raises(NothingInDoubt):
        await campaigns.resend(platform.actor, campaign.id)
    assert (await platform.counts(campaign)).unknown == WINDOW, "what became of the first ones is still not known"


@pytest.mark.each_database
async def test_a_late_receipt_resolves_what_was_in_doubt(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_lost_share=1.0), receipt_delay=0.5, window=WINDOW)
    campaign = await platform.send("Late", numbers(WINDOW))
    first = platform.dispatch("first")
    await _received(platform, WINDOW)
    await platform.kill(first)
    await asyncio.sleep(0)
    assert (await platform.counts(campaign)).in_flight == WINDOW
    platform.dispatch("second")
    assert (await platform.settled(campaign)).total == WINDOW

    async def resolved() -> bool:
        return (await platform.counts(campaign)).delivered == WINDOW

    await platform.until(resolved)


async def test_a_late_receipt_that_could_be_about_two_messages_resolves_none(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_lost_share=1.0), receipt_delay=0.5, window=2)
    to = numbers(1)
    one, two = await platform.send("One", to), await platform.send("Two", to)
    dispatcher = platform.dispatch()
    await _received(platform, 2)
    await dispatcher.drain(0.1)
    platform.dispatch("second")
    simulator = platform.simulator

    async def receipted() -> bool:
        return simulator.stats.receipts >= 2

    await platform.until(receipted)
    marker = await platform.send("Marker", numbers(1, first=50))
    await _received(platform, 3)
    for campaign in (one, two):
        assert (await platform.counts(campaign)).unknown == 1
    assert marker.recipients == 1
