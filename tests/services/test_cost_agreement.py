"""What a campaign costs is one amount: planned, taken, reserved, and at its end what the SMSC took of it.

The SMSC's own log, and the tariff, are what the books are held against.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from smstui.domain.clock import SystemClock
from smstui.domain.contact import ContactDetails
from smstui.domain.country import country_of
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import CampaignState, MessageState, MessageType
from smstui.domain.tariff import Tariff
from smstui.services.accounts import NewAccount
from smstui.services.backend import Backend
from smstui.services.campaign_details import campaign_details
from smstui.services.campaigns import CampaignSummary, Draft
from smstui.services.credits import Cause
from smstui.services.resending import Resend
from smstui.services.when import When
from smstui.smpp.simulator import Hazards, Simulator, SimulatorSettings
from smstui.storage.database import Database
from smstui.storage.tables import campaign, ledger_entry, message
from tests.dispatch.conftest import Platform, settings_for
from tests.faults.smsc_log import SmscLog
from tests.services.campaigning import at, group_of
from tests.support import PASSWORD

PRICES = {"FR": "0.937", "BE": "2.113", "GP": "1.501", "MA": "3.007"}
BEGINNINGS = {"FR": "+3361000{:04}", "BE": "+3247000{:04}", "GP": "+59069000{:04}", "MA": "+21266100{:04}"}
NAMES = ["", "Ana", "Françoise", "Łukasz", "Jean-Baptiste " * 3, "x" * 100]
OWN = "Bonjour {first_name}, " + "la boutique ouvre demain. " * 5
LONG = "La boutique ouvre demain. " * 7
START = Credits.of(100_000)
SLOW = Hazards(response_delay=0.02)
HAZARDS = {
    "nothing": Hazards(),
    "refused": Hazards(refuse_share=0.3),
    "in part, and without answer": Hazards(refuse_share=0.2, response_lost_share=0.1),
    "failed later": Hazards(refuse_share=0.1, expired_share=0.3, rejected_share=0.3, undelivered_share=0.3),
    "throttled": Hazards(throttle_every=50, refuse_share=0.3),
}


def numbers(each: int, first: int = 0) -> tuple[str, ...]:
    """So many to each country."""
    return tuple(form.format(first + index + 1) for form in BEGINNINGS.values() for index in range(each))


@dataclass
class Site(Platform):
    """A platform whose SMSC writes down what it accepted, at prices that are no round numbers."""

    log: SmscLog = field(default_factory=SmscLog)

    async def tariff(self) -> Tariff:
        return await self.backend.tariffs.current()

    async def money(self) -> tuple[Credits, Credits]:
        """What may be spent, and what is reserved."""
        balance = await self.backend.credits.balance(self.actor)
        return balance.available, balance.reserved

    async def entries(self, campaign_id: int) -> Mapping[Cause, Credits]:
        mine = select(ledger_entry).where(ledger_entry.c.reference == str(campaign_id))
        rows = await self.backend.database.read(lambda tx: tx.execute(mine).all())
        return {Cause(row.cause): Credits(row.amount) for row in rows if row.cause != Cause.GRANT}

    async def stored(self, campaign_id: int) -> Sequence[tuple[str, MessageState, int, int]]:
        """Of each message number, state, segments and price."""
        columns = (
            message.c.destination,
            message.c.state,
            func.coalesce(message.c.segments, campaign.c.segments),
            func.coalesce(message.c.price, campaign.c.price),
        )
        mine = select(*columns).join_from(campaign, message).where(message.c.campaign_id == campaign_id)
        rows = await self.backend.database.read(lambda tx: tx.execute(mine).all())
        return [(number, MessageState(state), segments, price) for number, state, segments, price in rows]

    def accepted(self) -> Counter[str]:
        """How many parts the SMSC has accepted for each number."""
        return Counter(one.number for one in self.log.follow().phoned)


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    log = SmscLog()
    settings = SimulatorSettings(receipt_delay=0.02, kept_messages=10, log=log.new_file(tmp_path), seed=7)
    async with Simulator(settings) as simulator:
        backend = Backend(database, SystemClock())
        await backend.connections.add(None, settings_for(simulator, window=10, response_timeout=1))
        new = NewAccount("shop", "shop@example.com", PASSWORD, "en", credits=START)
        site = Site(backend, simulator, await backend.accounts.create(new), [], log)
        for country, price in PRICES.items():
            await backend.tariffs.set_price(None, country, Credits.of(price))
        try:
            yield site
        finally:
            for dispatcher, _task in site.dispatchers:
                await dispatcher.drain(5.0)


async def contacts(site: Site, name: str, chosen: Sequence[str]) -> int:
    """A group of contacts with these numbers, whose names are of all lengths."""
    people = [ContactDetails(number, first_name=NAMES[index % len(NAMES)]) for index, number in enumerate(chosen)]
    return await group_of(site.backend, site.actor, name, people)


async def confirmed(site: Site, draft: Draft) -> CampaignSummary:
    """Send it: what was planned is what is taken, what is reserved, and the sum of its messages."""
    before, reserved = await site.money()
    plan = await site.backend.campaigns.plan(site.actor, draft)
    sent = await site.backend.campaigns.send(site.actor, draft)
    assert plan.problems == ()
    assert sent.cost == plan.cost == plan.reckoned.cost > NO_CREDITS
    assert sum((one.cost for one in plan.reckoned.by_country), NO_CREDITS) == sent.cost
    assert await site.entries(sent.id) == {Cause.CAMPAIGN: -sent.cost}
    assert await site.money() == (before - sent.cost, reserved + sent.cost)
    if draft.when.is_now:
        await _messages_cost(site, sent)
    return sent


async def _messages_cost(site: Site, sent: CampaignSummary) -> None:
    """Each message costs its segments at the price of its country; together they are what was taken."""
    tariff, kind, stored = await site.tariff(), sent.type, await site.stored(sent.id)
    for number, _state, segments, price in stored:
        unit = tariff.price(country_of(number), kind)
        assert unit is not None
        assert Credits(price) == unit * segments
    assert sum(price for *_, price in stored) == sent.cost.milli
    assert len(stored) == sent.recipients


async def settled(site: Site, sent: CampaignSummary, before: Counter[str]) -> Counter[MessageState]:
    """Wait for its end: what was given back leaves what the SMSC took, and what is in doubt; the states met."""

    async def ended() -> bool:
        return (await site.backend.campaigns.progress(site.actor, sent.id)).summary.finished_at is not None

    await site.until(ended)
    tariff, taken = await site.tariff(), site.accepted() - before
    due, states = NO_CREDITS, Counter[MessageState]()
    for number, state, segments, _price in await site.stored(sent.id):
        unit = tariff.price(country_of(number), sent.type)
        assert unit is not None
        due += unit * (segments if state is MessageState.UNKNOWN else taken[number])
        states[state] += 1
    now = await site.backend.campaigns.find(site.actor, sent.name)
    entries = await site.entries(sent.id)
    refund = entries.get(Cause.REFUND, NO_CREDITS)
    assert now.cost - refund == due
    assert -sum((amount for amount in entries.values()), NO_CREDITS) == due
    details = await campaign_details(site.backend.database, site.actor, sent.id, site.backend.clock.now())
    assert details.given_back == refund
    return states


async def sums_agree(site: Site, *campaigns: CampaignSummary) -> None:
    """Nothing is reserved any more, and the balance is what the entries of the campaigns leave."""
    spent = [sum((await site.entries(one.id)).values(), NO_CREDITS) for one in campaigns]
    assert await site.money() == (START + sum(spent, NO_CREDITS), NO_CREDITS)


@pytest.mark.each_database
@pytest.mark.parametrize("hazard", HAZARDS)
async def test_texts_of_all_lengths_to_several_countries(site: Site, hazard: str) -> None:
    site.simulator.use(HAZARDS[hazard])
    group = await contacts(site, "Club", numbers(9))
    sent = await confirmed(site, Draft("Own", OWN, group_ids=(group,), numbers=numbers(4, first=7)))
    assert {segments for *_, segments, _ in await site.stored(sent.id)} >= {1, 2}
    site.dispatch()
    states = await settled(site, sent, Counter())
    assert sum(states.values()) == sent.recipients
    assert bool(states[MessageState.REJECTED]) == bool(HAZARDS[hazard].refuse_share)
    await sums_agree(site, sent)


@pytest.mark.parametrize("hazard", HAZARDS)
async def test_one_text_of_two_parts_to_several_countries(site: Site, hazard: str) -> None:
    site.simulator.use(HAZARDS[hazard])
    sent = await confirmed(site, Draft("Long", LONG, numbers=numbers(15)))
    assert sent.segments == 2
    site.dispatch()
    states = await settled(site, sent, Counter())
    assert sum(states.values()) == 60
    await sums_agree(site, sent)


async def test_unicode_and_answers_agree_too(site: Site) -> None:
    site.simulator.use(HAZARDS["refused"])
    unicode = await confirmed(site, Draft("U", "Дорогой " * 12, numbers=numbers(9), type=MessageType.UNICODE))
    answers = await confirmed(site, Draft("R", LONG, numbers=numbers(9, first=50)[:9], type=MessageType.REPONSE))
    site.dispatch()
    for one in (unicode, answers):
        await settled(site, one, Counter())
    await sums_agree(site, unicode, answers)


@pytest.mark.each_database
@pytest.mark.parametrize("text", [OWN, LONG], ids=["own texts", "one text"])
async def test_stop_in_between_and_a_cancelled_rest(site: Site, text: str) -> None:
    site.simulator.use(SLOW)
    group = await contacts(site, "Club", numbers(60))
    sent = await confirmed(site, Draft("Cut", text, group_ids=(group,)))
    last = [number for number, *_ in await site.stored(sent.id)][-3:]
    site.dispatch()

    async def under_way() -> bool:
        return site.simulator.stats.accepted >= 15

    await site.until(under_way)
    for number in last:
        await site.backend.opt_outs.add(site.actor, number)

    async def later() -> bool:
        return site.simulator.stats.accepted >= 40

    await site.until(later)
    await site.backend.campaigns.cancel(site.actor, sent.id)
    states = await settled(site, sent, Counter())
    assert states[MessageState.SUPPRESSED] == 3
    assert states[MessageState.CANCELLED] > 100
    await sums_agree(site, sent)


async def test_one_that_is_cancelled_before_it_leaves_costs_nothing(site: Site) -> None:
    group = await contacts(site, "Club", numbers(9))
    sent = await confirmed(site, Draft("Never", OWN, group_ids=(group,)))
    await site.backend.campaigns.pause(site.actor, sent.id)
    await site.backend.campaigns.cancel(site.actor, sent.id)
    later = await confirmed(site, Draft("Later", OWN, group_ids=(group,), when=When(at("2090-01-02T10:00"))))
    await site.backend.campaigns.cancel(site.actor, later.id)
    site.dispatch()
    await settled(site, sent, Counter())
    await settled(site, later, Counter())
    assert await site.money() == (START, NO_CREDITS)


@pytest.mark.each_database
@pytest.mark.parametrize("text", [OWN, LONG], ids=["own texts", "one text"])
@pytest.mark.parametrize("dearer", [True, False], ids=["dearer", "cheaper"])
async def test_a_scheduled_one_is_adjusted_by_what_has_changed(site: Site, text: str, *, dearer: bool) -> None:
    """Prices, a country and the contacts of its group are others at its moment."""
    site.simulator.use(HAZARDS["refused"])
    group = await contacts(site, "Club", numbers(6))
    due = When(datetime.now(UTC).replace(microsecond=0))
    planned = await confirmed(site, Draft("Later", text, group_ids=(group,), when=due))
    if dearer:
        await site.backend.tariffs.set_price(None, "FR", Credits.of("4.441"))
        more = [ContactDetails(number, first_name="Zoé") for number in numbers(2, first=20)]
        await site.backend.groups.add_members(
            site.actor, group, [(await site.backend.contacts.add(site.actor, one)).id for one in more]
        )
    else:
        await site.backend.tariffs.remove(None, "MA")
        await site.backend.tariffs.set_price(None, "BE", Credits.of("0.101"))
    site.dispatch()

    async def begun() -> bool:
        state = (await site.backend.campaigns.find(site.actor, "Later")).state
        return state in {CampaignState.SENDING, CampaignState.DONE}

    await site.until(begun)
    begun_one = await site.backend.campaigns.find(site.actor, "Later")
    await _messages_cost(site, begun_one)
    assert (begun_one.cost > planned.cost) is dearer
    entries = await site.entries(planned.id)
    assert entries[Cause.CAMPAIGN] == -planned.cost
    assert entries[Cause.ADJUSTMENT] == planned.cost - begun_one.cost
    await settled(site, planned, Counter())
    await sums_agree(site, planned)


@pytest.mark.each_database
async def test_sending_again_pays_for_itself(site: Site) -> None:
    site.simulator.use(HAZARDS["in part, and without answer"])
    group = await contacts(site, "Club", numbers(9))
    sent = await confirmed(site, Draft("First", OWN, group_ids=(group,)))
    site.dispatch()
    await settled(site, sent, Counter())
    taken, (before, _) = site.accepted(), await site.money()
    site.simulator.use(HAZARDS["refused"])
    plan = await site.backend.campaigns.resend_plan(site.actor, sent.id, Resend.BOTH)
    again = await site.backend.campaigns.resend(site.actor, sent.id, Resend.BOTH)
    assert again.cost == plan.cost
    assert (await site.entries(again.id))[Cause.CAMPAIGN] == -again.cost == (await site.money())[0] - before
    await settled(site, again, taken)
    await sums_agree(site, sent, again)
