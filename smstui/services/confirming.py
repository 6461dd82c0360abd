"""From a confirmed draft to a campaign: at once, at its time, or again and again."""

from contextlib import suppress
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Row, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState
from smstui.services.audience import check_groups
from smstui.services.composing import Composition, Draft, compose
from smstui.services.draft_rows import keep_confirmed
from smstui.services.following import CampaignSummary, summary_named
from smstui.services.planning import obstacles, read_numbers, without_numbers_text
from smstui.services.preparing import Claim, PreparationLost, claimed, discard, prepare, prepare_uniform
from smstui.services.reckoning import Reckoning, reckon
from smstui.services.scheduling import add_campaign, adopt_runs, cancel_unsent, replace_campaign, withdraw
from smstui.services.tariffs import current_tariff
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseBusy, DatabaseCorrupt, DatabaseFull, DatabaseUnavailable
from smstui.storage.tables import campaign
from smstui.storage.tables import draft as draft_table


async def confirm(
    database: Database, clock: Clock, actor: Actor, draft: Draft, draft_id: int | None
) -> CampaignSummary:
    """Send `draft`, or schedule it. Raises the first of the obstacles, CampaignBegun."""
    read = await read_numbers(draft)
    draft = without_numbers_text(draft, read.numbers)
    composed = await database.read(lambda tx: compose(tx, actor, draft))
    if composed.problems:
        raise composed.problems[0]
    is_personal = composed.merge is not None and composed.merge.is_personal
    now = clock.now()
    if draft.when.is_now and not is_personal:
        return await database.write(lambda tx: _send_uniform(tx, actor, draft, draft_id, now))
    if draft.when.is_now:
        return await _send_personal(database, clock, actor, draft, draft_id)
    tariff = await database.read(current_tariff)
    reckoned = await reckon(database, actor, composed, draft.audience(draft.numbers), tariff)
    return await database.write(lambda tx: _schedule(tx, actor, draft, draft_id, reckoned, now))


def _send_uniform(tx: Connection, actor: Actor, draft: Draft, draft_id: int | None, now: datetime) -> CampaignSummary:
    """The whole of a sending, in one transaction: checks, campaign, messages, batches, credits."""
    composed = _composed(tx, actor, draft)
    check_groups(tx, actor, draft.audience(()))
    row = _add(tx, actor, draft, draft_id, composed, Reckoning(), now, {"state": CampaignState.PREPARING})
    prepare_uniform(tx, actor, row, composed, draft, now)
    return summary_named(tx, actor, composed.name)


def _schedule(
    tx: Connection, actor: Actor, draft: Draft, draft_id: int | None, reckoned: Reckoning, now: datetime
) -> CampaignSummary:
    composed = _composed(tx, actor, draft)
    for problem in obstacles(tx, actor, draft, composed, reckoned, now):
        raise problem
    _add(tx, actor, draft, draft_id, composed, reckoned, now, {"state": CampaignState.SCHEDULED})
    return summary_named(tx, actor, composed.name)


async def _send_personal(
    database: Database, clock: Clock, actor: Actor, draft: Draft, draft_id: int | None
) -> CampaignSummary:
    """Prepare a campaign with merge fields here; should this process end before that is done, another one does it.

    Whom it reaches and what it costs is known, and taken, at the end.
    """
    token, now = token_hex(16), clock.now()

    def begin(tx: Connection) -> int:
        composed = _composed(tx, actor, draft)
        check_groups(tx, actor, draft.audience(()))
        return int(_add(tx, actor, draft, draft_id, composed, Reckoning(), now, claimed(token, now)).id)

    claim = Claim(await database.write(begin), token)
    try:
        with suppress(PreparationLost):
            await prepare(database, clock, claim)
    except (DatabaseUnavailable, DatabaseBusy, DatabaseFull, DatabaseCorrupt):
        raise
    except Refusal:
        await discard(database, claim)
        await database.write(lambda tx: _withdraw(tx, claim, clock.now()))
        raise
    return await database.read(lambda tx: summary_named(tx, actor, draft.name.strip()))


def _composed(tx: Connection, actor: Actor, draft: Draft) -> Composition:
    """The message, as it is in this transaction. Raises the first of its problems."""
    composed = compose(tx, actor, draft)
    if composed.problems:
        raise composed.problems[0]
    return composed


def _add(
    tx: Connection,
    actor: Actor,
    draft: Draft,
    draft_id: int | None,
    composed: Composition,
    reckoned: Reckoning,
    now: datetime,
    state: dict[str, object],
) -> Row[Any]:
    """The row of the campaign, in the place of the one that it replaces."""
    replaced = None
    if draft.replaces_id is not None:
        replaced = replace_campaign(tx, actor, draft.replaces_id, now)
    kept = keep_confirmed(tx, actor, draft, draft.numbers, draft_id, now)
    row = add_campaign(tx, actor, draft, composed, reckoned, kept, now, state)
    if replaced is not None:
        adopt_runs(tx, replaced, row.id)
    return row


def _withdraw(tx: Connection, claim: Claim, now: datetime) -> None:
    """A campaign that could not be prepared is a draft again."""
    ours = (campaign.c.id == claim.campaign_id, campaign.c.preparing_token == claim.token)
    row = tx.execute(select(campaign).where(*ours)).first()
    if row is not None:
        cancel_unsent(tx, row, now)
        withdraw(tx, row.id)
        tx.execute(update(draft_table).where(draft_table.c.id == row.draft_id).values(confirmed_at=None))
