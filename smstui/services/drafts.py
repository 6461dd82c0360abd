"""Campaigns that are being written: kept as they are typed, found again after a crash, made from those that exist."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, delete, insert, literal, select, update

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, MessageType
from smstui.i18n import N_
from smstui.services.composing import Draft
from smstui.services.draft_rows import confirmed_draft, to_columns, to_draft
from smstui.services.following import own_campaign
from smstui.services.naming import unused_name
from smstui.storage.database import Database
from smstui.storage.tables import ERASED, draft, message, sender

_COPIED: Final = (CampaignState.SCHEDULED, CampaignState.PAUSED)
"""The states in which a campaign that was not prepared yet may be."""


@dataclass(eq=False)
class UnknownDraft(Refusal):
    """The account has no such draft, or it was sent."""

    sentence: ClassVar[str] = N_("This draft is no longer there: it was sent, or deleted.")


@dataclass(eq=False)
class NotScheduled(Refusal):
    """Only what has not begun can be changed."""

    name: str
    sentence: ClassVar[str] = N_("The campaign “{name}” has begun: it can't be changed any more. Duplicate it.")


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft that was kept."""

    id: int
    draft: Draft
    """With what was typed as its `numbers_text`."""
    pasted: str
    """The lists that were pasted beside what was typed."""
    updated_at: datetime


class Drafts:
    """The drafts of accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, actor: Actor, written: Draft, draft_id: int | None = None, pasted: str | None = None) -> int:
        """Keep `written`, in the place of `draft_id` if that is still a draft; its id.

        `pasted` None leaves the pasted lists as they are: a long one is not written at every key.
        """
        now = self._clock.now()

        def work(tx: Connection) -> int:
            values = {**to_columns(written), "numbers": written.numbers_text, "updated_at": now}
            if pasted is not None:
                values["pasted"] = pasted
            own = update(draft).where(draft.c.id == draft_id, *_own(actor)).values(values)
            if draft_id is not None and tx.execute(own).rowcount:
                return draft_id
            new = {"pasted": "", **values, "account_id": actor.account_id, "created_at": now}
            return int(tx.execute(insert(draft).values(new).returning(draft.c.id)).scalar_one())

        return await self._database.write(work)

    async def list(self, actor: Actor) -> tuple[StoredDraft, ...]:
        """The account's drafts, the newest first, without their numbers."""
        columns = [column for column in draft.c if column.name not in {"numbers", "pasted"}]
        none = literal("")
        rows = (
            select(*columns, none.label("numbers"), none.label("pasted"))
            .where(*_own(actor))
            .order_by(draft.c.updated_at.desc(), draft.c.id.desc())
        )
        found = await self._database.read(lambda tx: tx.execute(rows).all())
        return tuple(map(_stored, found))

    async def get(self, actor: Actor, draft_id: int) -> StoredDraft:
        """One draft, whole. Raises UnknownDraft."""
        this = select(draft).where(draft.c.id == draft_id, *_own(actor))
        row = await self._database.read(lambda tx: tx.execute(this).first())
        if row is None:
            raise UnknownDraft
        return _stored(row)

    async def remove(self, actor: Actor, draft_ids: Collection[int]) -> int:
        """Delete those of the drafts that are there; how many."""
        gone = delete(draft).where(draft.c.id.in_(draft_ids), *_own(actor))
        return await self._database.write(lambda tx: tx.execute(gone).rowcount)

    async def duplicate(self, actor: Actor, campaign_id: int) -> int:
        """A draft that says what a campaign said, to the same recipients, under another name; its id.

        Raises UnknownCampaign.
        """

        def work(tx: Connection) -> Draft:
            row = own_campaign(tx, actor, campaign_id)
            written = confirmed_draft(tx, row.draft_id) if row.draft_id else _rewritten(tx, actor, row)
            return replace(written, name=unused_name(tx, actor.account_id, row.name), replaces_id=None)

        copied = await self._database.read(work)
        return await self.save(actor, *_as_draft(copied))

    async def edit(self, actor: Actor, campaign_id: int) -> int:
        """A draft of a campaign that has not begun, which stays scheduled until the draft takes its place; its id.

        Raises UnknownCampaign, NotScheduled.
        """

        def work(tx: Connection) -> Draft:
            row = own_campaign(tx, actor, campaign_id)
            waits = row.state == CampaignState.SCHEDULED or (row.state == CampaignState.PAUSED and row.hold)
            if not waits or row.draft_id is None:
                raise NotScheduled(row.name)
            return replace(confirmed_draft(tx, row.draft_id), name=row.name, replaces_id=campaign_id)

        copied = await self._database.read(work)
        return await self.save(actor, *_as_draft(copied))


def _own(actor: Actor) -> tuple[Any, ...]:
    return draft.c.account_id == actor.account_id, draft.c.confirmed_at.is_(None)


def _stored(row: Row[*tuple[Any, ...]]) -> StoredDraft:
    return StoredDraft(row.id, to_draft(row, confirmed=False), row.pasted, row.updated_at)


def _as_draft(copied: Draft) -> tuple[Draft, None, str]:
    """The numbers of a confirmed campaign are a pasted list to who writes on."""
    return replace(copied, numbers=(), numbers_text=""), None, "\n".join(copied.numbers)


def _rewritten(tx: Connection, actor: Actor, row: Row[Any]) -> Draft:
    """The draft of a campaign that kept none, from what was sent."""
    named = select(sender.c.name).where(sender.c.account_id == actor.account_id, sender.c.name == row.sender)
    text, mention, _code = row.text.rpartition(" STOP ")
    numbers = select(message.c.destination).where(message.c.campaign_id == row.id, message.c.destination != ERASED)
    return Draft(
        name=row.name,
        text=text if mention else row.text,
        numbers=tuple(tx.execute(numbers.order_by(message.c.id)).scalars()),
        type=MessageType(row.type),
        sender=tx.execute(named).scalar(),
        stop=bool(mention),
        validity=row.validity,
    )
