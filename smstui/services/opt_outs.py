"""Numbers that no longer want an account's messages."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number
from smstui.domain.states import OPT_OUTS_OBEYED, MessageState
from smstui.domain.storable import storable
from smstui.i18n import N_, current_language
from smstui.services.audit import AuditAction, record
from smstui.services.importing.process import outcome
from smstui.services.importing.requests import NumbersRequest, Request
from smstui.services.importing.values import ContactFile, FileNumbers, RefusedCell
from smstui.services.message_counts import Moved, count_moves
from smstui.services.opt_out_query import (
    OptOut,
    OptOutQuery,
    OptOutSource,
    all_opt_outs,
    count_opt_outs,
    opt_out_rows,
    opted_out_numbers,
)
from smstui.services.outgoing import may_have_left
from smstui.services.personal_erasure import masked
from smstui.storage.columns import to_milliseconds
from smstui.storage.database import Database
from smstui.storage.lanes import enter
from smstui.storage.lists import listed_texts
from smstui.storage.statements import as_list, with_list
from smstui.storage.tables import campaign, message, opt_out

LONGEST_REASON: Final = 200
_INSERT: Final = with_list(
    "INSERT INTO opt_out (account_id, number, source, at)"
    " SELECT CAST(? AS bigint), value, CAST(? AS text), CAST(? AS bigint) FROM {texts} AS new WHERE true"
    " ON CONFLICT DO NOTHING"
)
_DELETE: Final = with_list("DELETE FROM opt_out WHERE account_id = ? AND number IN {texts}")


@dataclass(eq=False)
class NotOptedOut(Refusal):
    """A number to take from the list that isn't on it."""

    number: str
    sentence: ClassVar[str] = N_("{number} is not on the opt-out list.")


@dataclass(eq=False)
class ReasonMissing(Refusal):
    """Why a number leaves the list is kept, so it must be said."""

    limit: int
    sentence: ClassVar[str] = N_("Say why, in {limit} characters at most: it is kept in the audit trail.")


@dataclass(frozen=True, slots=True)
class OptOutImport:
    """What became of a file of numbers."""

    added: int
    already: int
    """On the list before."""
    duplicates: int
    """Of numbers of earlier lines."""
    refused: tuple[RefusedCell, ...]


def record_opt_out(
    tx: Connection, account_id: int, number: str, source: OptOutSource, at: datetime, lane: int | None = None
) -> bool:
    """Put `number` on the account's list, as `record_opt_outs` does; whether it is new there."""
    return record_opt_outs(tx, account_id, [number], source, at, lane) == 1


def record_opt_outs(
    tx: Connection,
    account_id: int,
    numbers: Sequence[str],
    source: OptOutSource,
    at: datetime,
    lane: int | None = None,
) -> int:
    """Put `numbers` on the account's list, and suppress what it still has queued for them; how many are new there.

    In the lane of a connection only what that one would send is suppressed; what others would is when its turn comes.
    """
    own = select(campaign.c.id).where(
        campaign.c.account_id == account_id,
        campaign.c.kind.in_(OPT_OUTS_OBEYED),
        campaign.c.finished_at.is_(None),
    )
    if lane is None:
        enter(tx, *tx.execute(own.with_only_columns(campaign.c.connection_id).distinct()).scalars())
    else:
        own = own.where(campaign.c.connection_id == lane)
    new = _INSERT.run(tx, account_id, source.value, to_milliseconds(at), as_list(numbers))
    by_destination = message.c.campaign_id + 0  # no index: of a large campaign, few messages are to these numbers
    suppressed = tx.execute(
        update(message)
        .where(
            message.c.destination.in_(listed_texts(tx, numbers)),
            message.c.state == MessageState.QUEUED,
            by_destination.in_(own),
            ~may_have_left(),
        )
        .values(state=MessageState.SUPPRESSED, final_at=to_milliseconds(at))
        .returning(message.c.campaign_id)
    )
    before, after = MessageState.QUEUED, MessageState.SUPPRESSED
    moved = Counter(suppressed.scalars())
    count_moves(tx, [Moved(campaign_id, before, after, count) for campaign_id, count in moved.items()])
    return new


def opted_out(tx: Connection, account_id: int) -> frozenset[str]:
    """All numbers on the account's list."""
    rows = tx.execute(select(opt_out.c.number).where(opt_out.c.account_id == account_id))
    return frozenset(rows.scalars())


class OptOuts:
    """The accounts' lists."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> tuple[OptOut, ...]:
        """The account's list, the newest first."""
        return await self._database.read(lambda tx: all_opt_outs(tx, actor))

    async def numbers(self, actor: Actor, query: OptOutQuery, limit: int | None = None) -> tuple[str, ...]:
        """The numbers that `query` lets through, in its order."""
        return await self._database.read(lambda tx: opted_out_numbers(tx, actor, query, limit))

    async def count(self, actor: Actor) -> int:
        """How many numbers are on the list."""
        return await self._database.read(lambda tx: count_opt_outs(tx, actor))

    async def rows(self, actor: Actor, numbers: Collection[str]) -> tuple[OptOut, ...]:
        """Those of `numbers` (a page of them) that are on the list, in that order."""
        return await self._database.read(lambda tx: opt_out_rows(tx, actor, numbers))

    async def find(self, actor: Actor, number: str) -> OptOut | None:
        """How and when a number (E.164) came to the list; None when it is not on it."""
        return next(iter(await self.rows(actor, [number])), None)

    async def add(self, actor: Actor, number_text: str, source: OptOutSource = OptOutSource.MANUAL) -> OptOut:
        """Put a number on the list; one that is there already stays as it is. Raises InvalidNumber."""
        number = parse_number(number_text)
        await self.add_numbers(actor, [number], source)
        (added,) = await self.rows(actor, [number])
        return added

    async def add_numbers(
        self, actor: Actor, numbers: Sequence[str], source: OptOutSource = OptOutSource.MANUAL, note: str = ""
    ) -> int:
        """Put `numbers` (E.164) on the list, all at once; how many were not there. `note` is for the audit trail."""
        now = self._clock.now()

        def work(tx: Connection) -> int:
            new = record_opt_outs(tx, actor.account_id, numbers, source, now)
            if new:
                what = masked(numbers[0]) if len(numbers) == 1 else str(new)
                record(tx, actor, now, AuditAction.OPT_OUT_ADDED, f"{note}: {what}" if note else what)
            return new

        return await self._database.write(work)

    async def import_file(self, actor: Actor, file: ContactFile) -> OptOutImport:
        """Put the numbers of a file on the list, all at once.

        Raises NoNumberColumn, and the refusals of `read_sheet` and of `outcome`.
        """
        found = await outcome(Request(current_language(), NumbersRequest(file)))
        assert isinstance(found, FileNumbers)
        added = await self.add_numbers(actor, found.numbers, OptOutSource.IMPORT, storable(file.name))
        return OptOutImport(added, len(found.numbers) - added, found.duplicates, found.refused)

    async def remove(self, actor: Actor, number_texts: Collection[str], reason: str) -> None:
        """Take numbers from the list, all or none; the audit trail keeps `reason`.

        Raises ReasonMissing, InvalidNumber, NotOptedOut.
        """
        why, now = check_reason(reason), self._clock.now()

        def work(tx: Connection) -> None:
            numbers = list(dict.fromkeys(map(parse_number, number_texts)))
            there = opted_out(tx, actor.account_id)
            if missing := next((number for number in numbers if number not in there), None):
                raise NotOptedOut(missing)
            _DELETE.run(tx, actor.account_id, as_list(numbers))
            what = masked(numbers[0]) if len(numbers) == 1 else str(len(numbers))
            record(tx, actor, now, AuditAction.OPT_OUT_REMOVED, f"{what}: {why}")

        await self._database.write(work)


def check_reason(reason: str) -> str:
    """`reason` on one line. Raises ReasonMissing."""
    why = " ".join(storable(reason).split())
    if not 0 < len(why) <= LONGEST_REASON:
        raise ReasonMissing(LONGEST_REASON)
    return why
