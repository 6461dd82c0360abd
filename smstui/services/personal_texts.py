"""The texts of a campaign with merge fields: one for each recipient, with what it costs."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, select

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import SEGMENT_LIMIT
from smstui.domain.contact import ContactDetails
from smstui.domain.country import country_of
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff
from smstui.domain.text import Encoding, is_gsm7, quick_measure, transliterate
from smstui.services.audience import Members
from smstui.services.composing import Composition
from smstui.services.contact_rows import extra_values
from smstui.services.exclusions import Exclusion, unreachable
from smstui.storage.database import Database
from smstui.storage.lists import listed_ids, listed_texts
from smstui.storage.tables import contact, opt_out

CHUNK: Final = 20_000
"""Recipients whose texts are written at a time."""
T = TypeVar("T")
_COLUMNS: Final = tuple(
    contact.c[name]
    for name in (
        "mobile",
        "last_name",
        "first_name",
        "email",
        "title",
        "birth_date",
        "company",
        "address",
        "extra",
    )
)


_UNWANTED: Final = exists().where(opt_out.c.account_id == contact.c.account_id, opt_out.c.number == contact.c.mobile)


class Written(NamedTuple):
    """The text of one recipient."""

    number: str
    country: str
    text: str
    segments: int
    price: int
    """Thousandths of a credit."""
    plainer: bool
    """Whether letters were replaced, such as ê by e, so that SMS Pro carries it."""


@dataclass(slots=True)
class Chunk:
    """What was written for some of the recipients, and who was left out."""

    written: list[Written] = field(default_factory=list)
    excluded: list[tuple[str, Exclusion]] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)
    """Number and merge field, for each field without value nor fallback."""
    plainer: int = 0
    """Recipients in whose texts letters were replaced, such as ê by e, so that SMS Pro carries them."""

    def counts(self) -> Counter[Exclusion]:
        """How many were left out, by reason."""
        return Counter(why for _, why in self.excluded)


async def written_texts(
    database: Database, actor: Actor, composed: Composition, tariff: Tariff, members: Members
) -> AsyncGenerator[Chunk, None]:
    """The texts of all `members`, some at a time, in a reader of the database; the next ones while these are used."""
    works = [
        *(partial(_of_contacts, actor, composed, tariff, ids) for ids in chunks(members.contact_ids)),
        *(partial(_of_numbers, actor, composed, tariff, numbers) for numbers in chunks(members.numbers)),
    ]
    running: deque[asyncio.Task[Chunk]] = deque()
    try:
        for work in works:
            running.append(asyncio.create_task(database.read(work)))
            if len(running) > 1:
                yield await running.popleft()
        while running:
            yield await running.popleft()
    finally:
        await asyncio.gather(*running, return_exceptions=True)


def chunks(of: Sequence[T]) -> Iterator[Sequence[T]]:
    """`of` in pieces of CHUNK."""
    return (of[start : start + CHUNK] for start in range(0, len(of), CHUNK))


def _of_contacts(actor: Actor, composed: Composition, tariff: Tariff, ids: Sequence[int], tx: Connection) -> Chunk:
    chunk = contact_texts(tx, actor, composed, tariff, ids)
    chunk.excluded += unwanted(tx, actor, ids)
    return chunk


def _of_numbers(actor: Actor, composed: Composition, tariff: Tariff, numbers: Sequence[str], tx: Connection) -> Chunk:
    return number_texts(tx, actor, composed, tariff, numbers)


def contact_texts(
    tx: Connection,
    actor: Actor,
    composed: Composition,
    tariff: Tariff,
    ids: Collection[int],
    *only: ColumnElement[bool],
) -> Chunk:
    """The texts of those contacts that want messages and for which `only` holds, in the order of their numbers."""
    chunk = Chunk()
    rows = sorted(map(tuple, tx.execute(wanted_contacts(tx, actor, ids, *_COLUMNS).where(*only)).all()))
    for mobile, last_name, first_name, email, title, birth_date, company, address, extra in rows:
        details = ContactDetails(
            mobile,
            last_name,
            first_name,
            email,
            title,
            date.fromisoformat(birth_date) if birth_date else None,
            company,
            address,
            extra_values(extra),
        )
        _write(chunk, composed, tariff, mobile, details)
    return chunk


def wanted_contacts(tx: Connection, actor: Actor, ids: Collection[int], *columns: ColumnElement[Any]) -> Select[Any]:
    """A SELECT of `columns` of those contacts that want messages.

    By ids alone: by account, the whole book would be looked at for every few of them.
    """
    return select(*columns).where(_own(tx, actor, ids), ~_UNWANTED)


def unwanted(tx: Connection, actor: Actor, ids: Sequence[int]) -> Iterator[tuple[str, Exclusion]]:
    """Those of the contacts that want nothing more."""
    for number in tx.execute(select(contact.c.mobile).where(_own(tx, actor, ids), _UNWANTED)).scalars():
        yield number, Exclusion.OPTED_OUT


def _own(tx: Connection, actor: Actor, ids: Collection[int]) -> ColumnElement[bool]:
    return and_(contact.c.account_id + 0 == actor.account_id, contact.c.id.in_(listed_ids(tx, ids)))


def number_texts(tx: Connection, actor: Actor, composed: Composition, tariff: Tariff, numbers: Sequence[str]) -> Chunk:
    """The texts for numbers of which nothing is known, in their order, and those that want nothing more."""
    listed = select(opt_out.c.number).where(
        opt_out.c.account_id == actor.account_id, opt_out.c.number.in_(listed_texts(tx, numbers))
    )
    unwanted = frozenset(tx.execute(listed).scalars())
    chunk = Chunk(excluded=[(number, Exclusion.OPTED_OUT) for number in numbers if number in unwanted])
    for number in sorted(numbers):
        if number not in unwanted:
            _write(chunk, composed, tariff, number, None)
    return chunk


def written_text(
    composed: Composition, tariff: Tariff, number: str, details: ContactDetails | None
) -> Written | Exclusion:
    """The text for one recipient, or why there is none."""
    if why := unreachable(composed.type, number, tariff):
        return why
    country = country_of(number)
    price = tariff.price(country, composed.type)
    assert price is not None
    text, plainer = composed.text_for(details), False
    if composed.type is MessageType.PRO and not is_gsm7(text):
        text, plainer = transliterate(text).text, True
        if not is_gsm7(text):
            return Exclusion.UNWRITABLE
    encoding = Encoding.UCS2 if composed.type is MessageType.UNICODE else None
    segments = quick_measure(text, encoding)[2]
    if segments > SEGMENT_LIMIT:
        return Exclusion.TOO_LONG
    return Written(number, country, text, segments, price.milli * segments, plainer)


def _write(chunk: Chunk, composed: Composition, tariff: Tariff, number: str, details: ContactDetails | None) -> None:
    """Put the text of one recipient into the chunk, or why there is none."""
    written = written_text(composed, tariff, number, details)
    if isinstance(written, Exclusion):
        chunk.excluded.append((number, written))
        return
    assert composed.merge is not None
    chunk.lacking += [(number, name) for name in composed.merge.missing(details)]
    chunk.written.append(written)
    chunk.plainer += written.plainer
