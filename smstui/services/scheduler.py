"""Prepares the campaigns that are due, whoever scheduled them: it runs wherever messages are dispatched."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from smstui.domain.campaign_rules import NoRecipients, TooManyRecipients
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import HoldReason
from smstui.services.blocking import AccountBlocked
from smstui.services.credits import InsufficientCredits
from smstui.services.preparing import Claim, PreparationLost, discard, prepare
from smstui.services.scheduling import due_ids, hold, take_due
from smstui.storage.database import Database
from smstui.storage.failures import DatabaseBusy, DatabaseCorrupt, DatabaseFull, DatabaseUnavailable

LOOK: Final = 1.0
"""Seconds until a campaign that is due is seen."""
_log = logging.getLogger(__name__)


class Scheduler:
    """Looks for what is due. `queued` is called when there is something new to send."""

    def __init__(self, database: Database, clock: Clock, queued: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._queued = queued

    async def run(self, ending: asyncio.Event) -> None:
        """Look every second until `ending` is set."""
        while not ending.is_set():
            try:
                await self.look()
            except Refusal as refusal:
                _log.warning("what is due can't be read: %r", refusal)
            try:
                async with asyncio.timeout(LOOK):
                    await ending.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Prepare all that is due now, one after the other."""
        while due := await self._database.read(lambda tx: due_ids(tx, self._clock.now())):
            for campaign_id in due:
                await self._take(campaign_id)

    async def _take(self, campaign_id: int) -> None:
        claim = await self._database.write(lambda tx: take_due(tx, campaign_id, self._clock.now()))
        if claim is not None:
            try:
                await prepare_or_hold(self._database, self._clock, claim)
            finally:
                self._queued()


async def prepare_or_hold(database: Database, clock: Clock, claim: Claim) -> Refusal | None:
    """Prepare a campaign; when it can't be, it waits for a person, and this is why.

    Raises the database's refusals: the campaign stays in preparation, and whoever looks later begins anew.
    """
    try:
        await prepare(database, clock, claim)
    except PreparationLost:
        return None
    except Refusal as refusal:
        reason = hold_reason(refusal)
        if reason is None:
            raise
        await discard(database, claim)
        await database.write(lambda tx: hold(tx, claim, reason))
        _log.warning("campaign %d waits for a person: %r", claim.campaign_id, refusal)
        return refusal
    return None


def hold_reason(refusal: Refusal) -> HoldReason | None:
    """Why a campaign must wait for a person; None when it may be tried again: later, or when its account may send."""
    match refusal:
        case InsufficientCredits():
            return HoldReason.CREDITS
        case NoRecipients() | TooManyRecipients():
            return HoldReason.RECIPIENTS
        case AccountBlocked() | DatabaseUnavailable() | DatabaseBusy() | DatabaseFull() | DatabaseCorrupt():
            return None
    return HoldReason.MESSAGE
