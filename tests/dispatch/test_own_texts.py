"""Campaigns whose messages have texts of their own, from one part to four."""

from collections import Counter
from collections.abc import Mapping

import pytest
from sqlalchemy import Connection

from smstui.domain.credits import Credits
from smstui.domain.states import CampaignKind, MessageState, MessageType
from smstui.domain.text import measure
from smstui.services.credits import Cause, post
from smstui.services.opt_outs import OptOutSource, record_opt_out
from smstui.services.outgoing import PERSON_PRIORITY, NewCampaign, connection_for, enqueue, enqueue_reply
from smstui.smpp.simulator import Hazards
from smstui.smpp.values import Alphabet, LongMessages
from tests.dispatch.conftest import OpenPlatform, Platform, numbers


def own_texts(count: int, first: int = 0) -> dict[str, str]:
    """Of one to four parts, mixed."""
    return {
        number: f"Hello number {index}! " + "And so on. " * (14 * (index % 4))
        for index, number in enumerate(numbers(count, first))
    }


def segments(texts: Mapping[str, str]) -> int:
    return sum(measure(text).segments for text in texts.values())


async def _received(platform: Platform, count: int) -> None:
    async def enough() -> bool:
        return len(platform.received()) >= count

    await platform.until(enough)


@pytest.mark.each_database
@pytest.mark.parametrize(("long_messages", "window"), [(LongMessages.UDH, 3), (LongMessages.PAYLOAD, 50)])
async def test_every_phone_gets_its_own_text(opened: OpenPlatform, long_messages: LongMessages, window: int) -> None:
    platform = await opened(long_messages=long_messages, window=window)
    texts = own_texts(60)
    assert segments(texts) == 60 + 60 // 4 * (1 + 2 + 3)
    campaign = await platform.send_own("Own", texts)
    platform.dispatch()
    assert (await platform.settled(campaign)).delivered == 60
    assert platform.texts() == texts
    assert max(Counter(platform.received()).values()) == 1
    assert await platform.balance() == 100_000 - segments(texts)


@pytest.mark.each_database
async def test_what_the_smsc_did_not_take_is_given_back_part_by_part(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(refuse_share=0.3))
    campaign = await platform.send_own("Refused", own_texts(80))
    platform.dispatch()
    counts = await platform.settled(campaign)
    assert counts.rejected
    assert counts.delivered
    assert await platform.balance() == 100_000 - platform.simulator.stats.accepted


async def test_a_text_that_cant_be_written_is_rejected_alone(opened: OpenPlatform) -> None:
    platform = await opened(alphabet=Alphabet.LATIN1)
    texts = own_texts(10)
    bad = numbers(10)[3]
    campaign = await platform.send_own("Alphabet", {**texts, bad: "The lambda Λ is not in Latin-1"})
    platform.dispatch()
    counts = await platform.settled(campaign)
    assert (counts.delivered, counts.rejected) == (9, 1)
    rejected = await platform.backend.campaigns.messages(platform.actor, campaign.id, state=MessageState.REJECTED)
    assert [row.number for row in rejected] == [bad]
    del texts[bad]
    assert await platform.balance() == 100_000 - segments(texts)


@pytest.mark.parametrize("window", [1, 5, 40])
@pytest.mark.each_database
async def test_a_crash_loses_no_text_and_sends_none_twice(opened: OpenPlatform, window: int) -> None:
    platform = await opened(Hazards(response_delay=0.01), window=window)
    texts = own_texts(12 * window)
    campaign = await platform.send_own("Crash", texts)
    for crash in range(2):
        dispatcher = platform.dispatch(f"owner {crash}")
        await _received(platform, (crash + 1) * len(texts) // 4)
        await platform.kill(dispatcher)
        assert (await platform.counts(campaign)).total == len(texts)
    platform.dispatch("survivor")
    counts = await platform.done(campaign)
    assert counts.unknown <= 2 * window
    received = platform.received()
    assert max(Counter(received).values()) == 1
    assert len(received) >= len(texts) - counts.unknown
    assert platform.texts().items() <= texts.items()
    assert await platform.balance() == 100_000 - segments(texts), "what is in doubt may have gone out"


async def test_what_a_cancelled_campaign_has_not_sent_is_given_back_at_its_own_price(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.02), window=5)
    texts = own_texts(400)
    campaign = await platform.send_own("Cancel", texts)
    platform.dispatch()
    await _received(platform, 20)
    await platform.backend.campaigns.cancel(platform.actor, campaign.id)
    counts = await platform.settled(campaign)
    assert counts.cancelled + counts.delivered == 400
    left = {number: texts[number] for number in platform.received()}

    async def given_back() -> bool:
        return await platform.balance() == 100_000 - segments(left)

    await platform.until(given_back)


@pytest.mark.each_database
async def test_an_answer_and_a_test_go_before_campaigns_and_only_the_answer_obeys_an_opt_out(
    opened: OpenPlatform,
) -> None:
    platform = await opened(Hazards(response_delay=0.01), window=5)
    backend, account_id = platform.backend, platform.actor.account_id
    welcome, unwelcome, own = numbers(3, first=5000)
    now = backend.clock.now()

    def queue(tx: Connection) -> None:
        carrier = connection_for(tx, MessageType.PRO)
        price, sender = Credits.of(1), str(carrier.reply_number)
        for to in (welcome, unwelcome):
            answer = enqueue_reply(
                tx,
                account_id=account_id,
                carrier=carrier,
                destination=to,
                sender=sender,
                text="An answer",
                segments=1,
                price=price,
                at=now,
            )
            post(tx, account_id, -price, Cause.CAMPAIGN, str(answer), now)
        kind, message_type = CampaignKind.TEST, MessageType.PRO
        test = NewCampaign(
            account_id, kind, "test", message_type, carrier.id, sender, "A test", 1, price, PERSON_PRIORITY, now
        )
        post(tx, account_id, -price, Cause.CAMPAIGN, str(enqueue(tx, test, [own])), now)
        for number in (unwelcome, own):
            record_opt_out(tx, account_id, number, OptOutSource.MANUAL, now)

    campaign = await platform.send("Big", numbers(1000))
    before = await platform.balance()
    await backend.database.write(queue)
    platform.dispatch()
    await _received(platform, 20)
    assert platform.received()[:2] == [welcome, own]
    assert (await platform.counts(campaign)).remaining > 500

    async def paid() -> bool:
        return await platform.balance() == before - 2

    await platform.until(paid)
    assert [one.name for one in await backend.campaigns.list(platform.actor)] == ["Big"], "neither is listed"
    await backend.campaigns.cancel(platform.actor, campaign.id)
    await platform.settled(campaign)
    assert unwelcome not in platform.received()
