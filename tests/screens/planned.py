"""What the tests of scheduled campaigns share: campaigns in every state, seeded before their page is opened."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, update

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails
from smstui.domain.states import CampaignState
from smstui.services.backend import Backend
from smstui.services.campaigns import CampaignSummary, Draft
from smstui.services.groups import GroupDetails
from smstui.services.when import When
from smstui.storage.tables import campaign
from tests.services.campaigning import at, look
from tests.support import FakeClock

NUMBERS = ("+33601020300", "+33601020301", "+33601020302")
IN_REUNION = "+262692123456"
MONDAYS = When(cron="0 10 * * 1", runs=8)
FRIDAY = When(at("2026-11-27T14:15"))
IN_AN_HOUR = When(at("2026-11-22T16:15"))


async def sent(backend: Backend, actor: Actor, name: str, when: When | None = None, **more: object) -> CampaignSummary:
    """A campaign to three phones, sent at once or at that time."""
    draft = Draft(name, "Bonjour", numbers=NUMBERS)
    if when is not None:
        draft = replace(draft, when=when)
    return await backend.campaigns.send(actor, replace(draft, **more))  # type: ignore[arg-type]


async def club(backend: Backend, actor: Actor) -> int:
    """A group of Hugo and Zoé, and Paul in La Réunion; its id."""
    group = await backend.groups.add(actor, GroupDetails("Club"))
    people = zip((*NUMBERS[:2], IN_REUNION), ("Hugo", "Zoé", "Paul"), strict=True)
    ids = [
        (await backend.contacts.add(actor, ContactDetails(mobile, "Dupont", first_name))).id
        for mobile, first_name in people
    ]
    await backend.groups.add_members(actor, group.id, ids)
    return group.id


async def missed(backend: Backend, actor: Actor, clock: FakeClock, name: str, **more: object) -> CampaignSummary:
    """A campaign that was due an hour ago, while nothing was running."""
    await sent(backend, actor, name, IN_AN_HOUR, **more)
    clock.advance(timedelta(hours=2))
    await look(backend)
    return await backend.campaigns.find(actor, name)


async def become(backend: Backend, name: str, state: CampaignState, **more: object) -> None:
    """Put a campaign into a state, past the services."""

    def work(tx: Connection) -> None:
        tx.execute(update(campaign).where(campaign.c.name == name).values(state=state, **more))

    await backend.database.write(work)


async def every_state(backend: Backend, actor: Actor, clock: FakeClock) -> None:
    """A campaign in each state, a series and a draft; the clock stands two hours after START."""
    await missed(backend, actor, clock, "Missed")
    await sent(backend, actor, "Later", FRIDAY)
    await sent(backend, actor, "Mondays", MONDAYS)
    for name in ("Resolved", "Leaving", "Held back", "Over", "Given up"):
        await sent(backend, actor, name)
    await become(backend, "Resolved", CampaignState.PREPARING)
    await become(backend, "Held back", CampaignState.PAUSED)
    await become(backend, "Over", CampaignState.DONE)
    await backend.campaigns.cancel(actor, (await backend.campaigns.find(actor, "Given up")).id)
    await backend.drafts.save(actor, Draft("Someday", "À suivre", sender="MaBoutique"))
