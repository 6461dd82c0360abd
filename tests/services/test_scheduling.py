"""Campaigns at their time: once, again and again, missed, edited, cancelled; the credits that they hold meanwhile."""

from datetime import UTC, date, datetime

import pytest

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, HoldReason, MessageState
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignSummary, Draft
from smstui.services.control import CampaignEnded
from smstui.services.credits import InsufficientCredits
from smstui.services.drafts import NotScheduled
from smstui.services.scheduler import Scheduler
from smstui.services.scheduling import CampaignBegun, NeverRuns, PastDate
from smstui.services.when import When
from tests.services.campaigning import at, connect, group_of, look, messages_of, person
from tests.support import FakeClock

pytestmark = pytest.mark.each_database
TO_TWO = ("+33612345678", "+33712345678")
MONDAYS = "0 10 * * 1"


@pytest.fixture(autouse=True)
async def _connected(backend: Backend) -> None:
    await connect(backend)


def reach(clock: FakeClock, moment: str) -> None:
    """Let the clock of Paris in winter show `moment`."""
    clock.advance(datetime.fromisoformat(f"{moment}+01:00") - clock.now())


async def available(backend: Backend, actor: Actor) -> Credits:
    return (await backend.credits.balance(actor)).available


async def schedule(backend: Backend, actor: Actor, name: str = "Plus tard", **more: object) -> CampaignSummary:
    when = When(at("2026-11-27T14:15"))
    return await backend.campaigns.send(actor, Draft(name, "Bonjour", **{"numbers": TO_TWO, "when": when, **more}))  # type: ignore[arg-type]


async def names(backend: Backend, actor: Actor) -> dict[str, CampaignState]:
    return {one.name: one.state for one in await backend.campaigns.list(actor)}


async def test_it_waits_for_its_moment_with_its_cost_taken(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    later = await schedule(backend, actor)
    assert (later.state, later.due_at) == (CampaignState.SCHEDULED, datetime(2026, 11, 27, 13, 15, tzinfo=UTC))
    assert await available(backend, actor) == Credits.of(98)
    assert (await backend.credits.balance(actor)).reserved == Credits.of(2)
    reach(clock, "2026-11-27T14:14:59")
    await look(backend)
    assert not await messages_of(backend, later.id)
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    progress = await backend.campaigns.progress(actor, later.id)
    assert (progress.summary.state, progress.counts[MessageState.QUEUED]) == (CampaignState.SENDING, 2)
    assert await available(backend, actor) == Credits.of(98)


async def test_recipients_are_those_of_its_moment_and_so_is_its_cost(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    group = await group_of(backend, actor, "Club", [person(1), person(2)])
    later = await schedule(backend, actor, numbers=(), group_ids=(group,))
    await backend.opt_outs.add(actor, "0600000001")
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    assert [one.number for one in await messages_of(backend, later.id)] == ["+33600000002"]
    assert (await backend.campaigns.find(actor, "Plus tard")).recipients == 1
    assert await available(backend, actor) == Credits.of(99)


async def test_it_is_prepared_once_by_several_processes(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    later = await schedule(backend, actor)
    reach(clock, "2026-11-27T14:15:00")
    others = [Scheduler(backend.database, clock, lambda: None) for _ in range(3)]
    for one in others:
        await one.look()
    assert len(await messages_of(backend, later.id)) == 2


async def test_cancelling_before_its_moment_gives_everything_back(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    later = await schedule(backend, actor)
    await backend.campaigns.cancel(actor, later.id)
    assert await available(backend, actor) == Credits.of(100)
    with pytest.raises(CampaignEnded):
        await backend.campaigns.cancel(actor, later.id)
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    assert await names(backend, actor) == {"Plus tard": CampaignState.CANCELLED}
    assert await available(backend, actor) == Credits.of(100)


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        (When(at("2026-11-22T10:00")), PastDate),
        (When(cron=MONDAYS, last_day=date(2026, 11, 22)), NeverRuns),
    ],
)
async def test_what_would_never_be_sent_is_refused(
    backend: Backend, actor: Actor, when: When, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await schedule(backend, actor, when=when)
    assert await available(backend, actor) == Credits.of(100)
    assert not await backend.campaigns.list(actor)


async def test_one_that_nobody_sent_in_time_waits_for_a_person(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    later = await schedule(backend, actor)
    reach(clock, "2026-11-27T16:00:00")
    await look(backend)
    missed = await backend.campaigns.find(actor, "Plus tard")
    assert (missed.state, missed.hold) == (CampaignState.PAUSED, HoldReason.MISSED)
    assert not await messages_of(backend, later.id)
    await backend.campaigns.resume(actor, later.id)
    await look(backend)
    assert len(await messages_of(backend, later.id)) == 2


async def test_one_that_became_too_dear_waits_and_goes_on_when_it_can_be_paid(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    group = await group_of(backend, actor, "Club", [person(1)])
    later = await schedule(backend, actor, numbers=(), group_ids=(group,))
    more = [(await backend.contacts.add(actor, person(n))).id for n in range(2, 120)]
    await backend.groups.add_members(actor, group, more)
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    held = await backend.campaigns.find(actor, "Plus tard")
    assert (held.state, held.hold) == (CampaignState.PAUSED, HoldReason.CREDITS)
    assert await available(backend, actor) == Credits.of(99)
    assert not await messages_of(backend, later.id)
    await backend.groups.remove_members(actor, group, more[10:])
    await backend.campaigns.resume(actor, later.id)
    await look(backend)
    assert len(await messages_of(backend, later.id)) == 11
    assert await available(backend, actor) == Credits.of(89)


async def test_a_series_makes_a_run_at_each_of_its_times_and_ends(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    series = await schedule(backend, actor, "Lundi", when=When(cron=MONDAYS, runs=2))
    assert (series.state, series.cron) == (CampaignState.SCHEDULED, MONDAYS)
    assert await available(backend, actor) == Credits.of(100)
    reach(clock, "2026-11-23T10:00:00")
    await look(backend)
    assert (await names(backend, actor))["Lundi 2026-11-23 10:00"] is CampaignState.SENDING
    assert await available(backend, actor) == Credits.of(98)
    reach(clock, "2026-11-30T10:00:02")
    await look(backend)
    await look(backend)
    assert await names(backend, actor) == {
        "Lundi": CampaignState.DONE,
        "Lundi 2026-11-23 10:00": CampaignState.SENDING,
        "Lundi 2026-11-30 10:00": CampaignState.SENDING,
    }
    reach(clock, "2026-12-07T10:00:00")
    await look(backend)
    assert await available(backend, actor) == Credits.of(96)


async def test_runs_missed_while_nothing_ran_are_one_question_and_no_burst(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await schedule(backend, actor, "Lundi", when=When(cron=MONDAYS))
    reach(clock, "2026-12-16T09:00:00")
    await look(backend)
    assert await names(backend, actor) == {
        "Lundi": CampaignState.SCHEDULED,
        "Lundi 2026-11-23 10:00": CampaignState.PAUSED,
    }
    assert await available(backend, actor) == Credits.of(100)
    series = await backend.campaigns.find(actor, "Lundi")
    assert series.due_at == datetime(2026, 12, 21, 9, tzinfo=UTC)
    missed = await backend.campaigns.find(actor, "Lundi 2026-11-23 10:00")
    await backend.campaigns.resume(actor, missed.id)
    await look(backend)
    assert len(await messages_of(backend, missed.id)) == 2


async def test_a_cancelled_series_makes_no_more_runs(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    series = await schedule(backend, actor, "Lundi", when=When(cron=MONDAYS))
    await backend.campaigns.cancel(actor, series.id)
    reach(clock, "2026-11-23T10:00:00")
    await look(backend)
    assert await names(backend, actor) == {"Lundi": CampaignState.CANCELLED}


async def test_on_the_night_that_clocks_go_back_each_wall_time_runs_once(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    clock.advance(datetime(2027, 10, 30, 12, tzinfo=UTC) - clock.now())
    await schedule(backend, actor, "Nuit", when=When(cron="30 2 * * *"))
    for hour in range(40):
        clock.advance(datetime(2027, 10, 30, 12, 30, 1, tzinfo=UTC).replace(hour=12) - clock.now())
        clock.advance(hour * 3600)
        await look(backend)
    runs = sorted(name for name in await names(backend, actor) if name != "Nuit")
    assert runs == ["Nuit 2027-10-31 02:30", "Nuit 2027-11-01 02:30"]


async def test_an_edited_one_takes_the_place_of_the_former(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    later = await schedule(backend, actor)
    draft_id = await backend.drafts.edit(actor, later.id)
    stored = await backend.drafts.get(actor, draft_id)
    assert (stored.draft.name, stored.pasted.split()) == ("Plus tard", list(TO_TWO))
    assert (await names(backend, actor)) == {"Plus tard": CampaignState.SCHEDULED}
    changed = Draft("Plus tard", "Bonsoir", numbers=TO_TWO[:1], when=stored.draft.when, replaces_id=later.id)
    await backend.campaigns.send(actor, changed, draft_id)
    assert await available(backend, actor) == Credits.of(99)
    assert not await backend.drafts.list(actor)
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    (sent,) = await backend.campaigns.list(actor)
    assert (sent.text, sent.recipients) == ("Bonsoir STOP 36034", 1)


async def test_one_that_has_begun_can_be_duplicated_but_not_edited(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    later = await schedule(backend, actor)
    draft_id = await backend.drafts.edit(actor, later.id)
    reach(clock, "2026-11-27T14:15:00")
    await look(backend)
    with pytest.raises(NotScheduled):
        await backend.drafts.edit(actor, later.id)
    stored = (await backend.drafts.get(actor, draft_id)).draft
    with pytest.raises(CampaignBegun):
        await backend.campaigns.send(
            actor, Draft("Plus tard", "Bonsoir", numbers=TO_TWO, replaces_id=stored.replaces_id)
        )
    copy = await backend.drafts.get(actor, await backend.drafts.duplicate(actor, later.id))
    assert (copy.draft.name, copy.draft.text, copy.pasted.split()) == ("Plus tard (2)", "Bonjour", list(TO_TWO))


async def test_nobody_sees_or_touches_the_drafts_and_schedules_of_another(
    backend: Backend, actor: Actor, other: Actor
) -> None:
    later = await schedule(backend, actor)
    draft_id = await backend.drafts.save(actor, Draft("Idée", "Bonjour"))
    assert not await backend.drafts.list(other)
    assert not await backend.drafts.remove(other, [draft_id])
    for attempt in (
        backend.drafts.get(other, draft_id),
        backend.drafts.edit(other, later.id),
        backend.drafts.duplicate(other, later.id),
        backend.campaigns.cancel(other, later.id),
        backend.campaigns.send(other, Draft("À moi", "Bonjour", numbers=TO_TWO, replaces_id=later.id)),
    ):
        with pytest.raises(Refusal):
            await attempt
    assert await available(backend, actor) == Credits.of(98)


async def test_too_few_credits_for_a_later_one_are_told_at_once(backend: Backend, actor: Actor) -> None:
    numbers = tuple(f"+336{n:08}" for n in range(101))
    with pytest.raises(InsufficientCredits):
        await schedule(backend, actor, numbers=numbers)
    assert not await backend.campaigns.list(actor)
