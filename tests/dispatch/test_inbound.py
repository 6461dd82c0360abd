"""What phones send back: answers, STOP, long and repeated messages."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from smstui.domain.actor import Actor
from smstui.domain.states import MessageType
from smstui.services.campaigns import Draft
from smstui.services.inbound import UNREAD
from smstui.services.inbox import InboundMessage
from smstui.smpp.simulator import Hazards
from smstui.storage.tables import message
from tests.dispatch.conftest import REPLY_NUMBER, STOP_CODE, OpenPlatform, Platform, numbers

PHONE = "+33612345678"


async def _inbox(platform: Platform, actor: Actor, count: int) -> tuple[InboundMessage, ...]:
    """The inbox once it holds `count` messages."""

    async def arrived() -> bool:
        return len(await platform.backend.inbox.list(actor)) >= count

    await platform.until(arrived)
    return await platform.backend.inbox.list(actor)


async def _sent(platform: Platform, name: str, to: str = PHONE, actor: Actor | None = None, **changes: object) -> None:
    await platform.settled(await platform.send(name, (to,), actor=actor, **changes), actor)


async def test_an_answer_is_tied_to_the_newest_campaign_of_its_pair(platform: Platform) -> None:
    platform.dispatch()
    for name in ("First", "Second"):
        await _sent(platform, name, type=MessageType.REPONSE)
    await platform.backend.senders.add(platform.actor, "MaBoutique")
    await _sent(platform, "Third", sender="MaBoutique")
    await platform.simulator.handsets.reply(PHONE, REPLY_NUMBER, "Oui, à demain")
    (message,) = await _inbox(platform, platform.actor, 1)
    assert (message.source, message.text, message.campaign) == (PHONE, "Oui, à demain", "Second")


async def test_an_answer_to_a_name_goes_to_the_newest_campaign_of_that_connection(platform: Platform) -> None:
    platform.dispatch()
    await platform.backend.senders.add(platform.actor, "MaBoutique")
    await _sent(platform, "Named", sender="MaBoutique")
    await platform.simulator.handsets.reply(PHONE, "38000", "Who is it?")
    (message,) = await _inbox(platform, platform.actor, 1)
    assert message.campaign == "Named"


@pytest.mark.parametrize("source", ["33612345678", "+33612345678", "0612345678", "0033612345678"])
@pytest.mark.parametrize("text", ["STOP", "stop 36034", "Arrêt"])
@pytest.mark.each_database
async def test_a_stop_opts_out_at_once_and_is_confirmed(platform: Platform, source: str, text: str) -> None:
    platform.dispatch()
    await _sent(platform, "Promo")
    before = await platform.balance()
    await platform.simulator.handsets.reply(source, STOP_CODE, text)
    (message,) = await _inbox(platform, platform.actor, 1)
    assert message.campaign == "Promo"
    (opted_out,) = await platform.backend.opt_outs.list(platform.actor)
    assert (opted_out.number, opted_out.source) == (PHONE, "sms")

    async def confirmed() -> bool:
        return any("unsubscribed" in one.text for one in platform.simulator.handsets.messages())

    await platform.until(confirmed)
    assert await platform.balance() == before, "the confirmation is free"
    plan = await platform.backend.campaigns.plan(platform.actor, _draft_to(PHONE, numbers(1)[0]))
    assert (plan.recipients, plan.opted_out) == (1, 1)


async def test_the_confirmation_speaks_the_language_of_the_account(platform: Platform) -> None:
    french = await platform.account("boutique", language="fr")
    platform.dispatch()
    await platform.settled(await platform.send("Promo", (PHONE,), actor=french), french)
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP")

    async def confirmed() -> bool:
        return any("Désinscription" in one.text for one in platform.simulator.handsets.messages())

    await platform.until(confirmed)


def _draft_to(*to: str) -> Draft:
    return Draft(name="Next", text="Hello", numbers=to)


async def test_a_second_stop_is_not_confirmed_again(platform: Platform) -> None:
    platform.dispatch()
    await _sent(platform, "Promo")
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP")
    await _inbox(platform, platform.actor, 1)
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP please")
    await _inbox(platform, platform.actor, 2)
    await _sent(platform, "Other", to=numbers(1)[0])
    confirmations = [one for one in platform.simulator.handsets.messages() if "unsubscribed" in one.text]
    assert len(confirmations) == 1
    assert len(await platform.backend.opt_outs.list(platform.actor)) == 1


@pytest.mark.each_database
async def test_a_stop_in_the_middle_of_a_campaign_keeps_what_is_queued_from_leaving(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(response_delay=0.02), window=10)
    platform.dispatch()
    await _sent(platform, "Before")
    campaign = await platform.send("Big", (*numbers(800), PHONE))
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP")
    counts = await platform.settled(campaign)
    assert (counts.suppressed, counts.delivered) == (1, 800)
    texts = [one.text for one in platform.simulator.handsets.messages() if one.number == PHONE]
    assert len(texts) == 2, "the first campaign, and the confirmation"
    assert await platform.balance() == 100_000 - 1 - 800


async def _stop_after(platform: Platform, rival: Actor, read_for: timedelta) -> None:
    """Two accounts have written to the phone, the rival `read_for` ago; it says STOP to the code that both name."""
    platform.dispatch()
    await _sent(platform, "Mine")
    await _sent(platform, "Theirs", actor=rival)
    earlier = update(message).values(sent_at=message.c.sent_at - read_for // timedelta(milliseconds=1))
    await platform.backend.database.write(lambda tx: tx.execute(earlier))
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP")
    (answer,) = await _inbox(platform, rival, 1)
    assert answer.campaign == "Theirs"
    assert await platform.backend.inbox.list(platform.actor) == ()
    assert [one.number for one in await platform.backend.opt_outs.list(rival)] == [PHONE]


async def test_a_stop_concerns_the_account_that_wrote_last(platform: Platform) -> None:
    await _stop_after(platform, await platform.account("rival"), 2 * UNREAD)
    assert await platform.backend.opt_outs.list(platform.actor) == ()


async def test_a_stop_on_its_way_concerns_the_account_that_wrote_before_too(platform: Platform) -> None:
    """The phone may have said it before it got the last message."""
    await _stop_after(platform, await platform.account("rival"), UNREAD / 2)
    assert [one.number for one in await platform.backend.opt_outs.list(platform.actor)] == [PHONE]


async def test_what_answers_nothing_is_kept_for_administrators(platform: Platform) -> None:
    boss = await platform.account("boss", admin=True)
    platform.dispatch()
    await _sent(platform, "Promo", to=numbers(1)[0])
    await platform.simulator.handsets.reply(PHONE, STOP_CODE, "STOP")
    (message,) = await _inbox(platform, boss, 1)
    assert (message.source, message.campaign) == (PHONE, None)
    assert await platform.backend.inbox.list(platform.actor) == ()


@pytest.mark.parametrize("hazards", [Hazards(deliver_twice=True), Hazards(deliver_twice=True, deliver_backwards=True)])
@pytest.mark.each_database
async def test_long_and_repeated_messages_arrive_whole_and_once(opened: OpenPlatform, hazards: Hazards) -> None:
    platform = await opened(hazards)
    platform.dispatch()
    await _sent(platform, "Promo", type=MessageType.REPONSE)
    long = "Très long… 😀 " * 30
    await platform.simulator.handsets.reply(PHONE, REPLY_NUMBER, long)
    await platform.simulator.handsets.reply(PHONE, REPLY_NUMBER, "Short")
    await _inbox(platform, platform.actor, 2)
    await _sent(platform, "After", to=numbers(1)[0])
    texts = [message.text for message in await platform.backend.inbox.list(platform.actor)]
    assert sorted(texts) == sorted([long, "Short"])
