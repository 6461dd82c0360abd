"""A phone number among those that people gave by hand: to campaigns, and to drafts of them.

A confirmed draft holds numbers in E.164, one a line; another one what was typed and pasted, as it was written.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, or_, select, update

from smstui.domain.actor import Actor
from smstui.domain.phone import InvalidNumber, parse_number
from smstui.domain.recipients import without_fields
from smstui.domain.states import CampaignState
from smstui.services.written_numbers import normal, number_pattern, pieces
from smstui.storage.tables import campaign, draft


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A campaign, or a draft of one, to which the number was given by hand."""

    campaign: str
    """Its name, which a draft may not have yet."""
    state: CampaignState
    at: datetime
    """When it was confirmed, or written on last."""


class _Found(NamedTuple):
    """A draft that holds the number."""

    id: int
    name: str
    updated_at: datetime
    confirmed_at: datetime | None


def drafts_that_mention(tx: Connection, actor: Actor, number: str) -> tuple[int, ...]:
    """The ids of the account's drafts, confirmed or not, that hold `number` (E.164), in whatever form."""
    return tuple(each.id for each in _mentioning(tx, actor, number))


def named_in(tx: Connection, actor: Actor, number: str) -> tuple[NamedIn, ...]:
    """What the number was given to by hand, the oldest first."""
    return tuple(_named(tx, each) for each in list(_mentioning(tx, actor, number)))


def forget_in_drafts(tx: Connection, actor: Actor, number: str, draft_ids: Collection[int]) -> int:
    """Take `number` out of those of these drafts that hold it; how many do.

    A campaign that was to go to it goes to the others: its cost is settled when its recipients are resolved.
    """
    forgotten = 0
    columns = (draft.c.id, draft.c.numbers, draft.c.pasted, draft.c.confirmed_at)
    own = (draft.c.account_id == actor.account_id, draft.c.id.in_(draft_ids))
    for row in tx.execute(select(*columns).where(*own)).all():
        without = _without_line if row.confirmed_at is not None else _without_fields
        numbers, pasted = without(row.numbers, number), without(row.pasted, number)
        if (numbers, pasted) != (row.numbers, row.pasted):
            tx.execute(update(draft).where(draft.c.id == row.id).values(numbers=numbers, pasted=pasted))
            forgotten += 1
    return forgotten


def _without_line(text: str, number: str) -> str:
    return "\n".join(line for line in text.split("\n") if line != number)


def _without_fields(text: str, number: str) -> str:
    """Without what is read as the number, and what can't be read but holds its digits."""
    pattern = number_pattern(number)

    def holds(written: str) -> bool:
        return pattern.search(normal(written)) is not None

    def is_it(field: str) -> bool:
        try:
            return parse_number(field) == number
        except InvalidNumber:
            return holds(field)

    return without_fields(text, is_it, holds)


def _mentioning(tx: Connection, actor: Actor, number: str) -> Iterator[_Found]:
    """Those that hold it, by id."""
    for row in tx.execute(_may_mention(actor, number)).yield_per(1):
        if _holds(row, number):
            yield _Found(row.id, row.name, row.updated_at, row.confirmed_at)


def _holds(row: Row[Any], number: str) -> bool:
    if row.confirmed_at is not None:
        return number in row.numbers.split("\n")
    pattern = number_pattern(number)
    texts = [text for text in (row.numbers, row.pasted) if any(map(pattern.search, pieces(text)))]
    return any(_without_fields(text, number) != text for text in texts)


def _may_mention(actor: Actor, number: str) -> Select[Any]:
    """The account's drafts, but for confirmed ones that surely don't hold it."""
    columns = (draft.c.id, draft.c.name, draft.c.numbers, draft.c.pasted, draft.c.updated_at, draft.c.confirmed_at)
    maybe = or_(draft.c.confirmed_at.is_(None), draft.c.numbers.contains(number, autoescape=True))
    return select(*columns).where(draft.c.account_id == actor.account_id, maybe).order_by(draft.c.id)


def _named(tx: Connection, found: _Found) -> NamedIn:
    first = select(campaign.c.name, campaign.c.state).where(campaign.c.draft_id == found.id).order_by(campaign.c.id)
    sent = tx.execute(first.limit(1)).first()
    if sent is None or found.confirmed_at is None:
        return NamedIn(found.name, CampaignState.DRAFT, found.updated_at)
    return NamedIn(sent.name, CampaignState(sent.state), found.confirmed_at)
