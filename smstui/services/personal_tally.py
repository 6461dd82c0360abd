"""What the messages of a campaign with merge fields come to, counted on the real texts of its recipients."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection, case, func

from smstui.domain.actor import Actor
from smstui.domain.country import country_of
from smstui.domain.tariff import Tariff
from smstui.services.audience import Members
from smstui.services.composing import Composition
from smstui.services.database_texts import UNWRITTEN, database_texts
from smstui.services.exclusions import Exclusion, unreachable
from smstui.services.personal_texts import (
    Chunk,
    chunks,
    contact_texts,
    number_texts,
    unwanted,
    wanted_contacts,
)
from smstui.services.ranges import beginning_of
from smstui.storage.database import Database
from smstui.storage.tables import contact


@dataclass(slots=True)
class Tally:
    """The sum of some recipients."""

    messages: Counter[str] = field(default_factory=Counter)
    """By country; as are the next two."""
    segments: Counter[str] = field(default_factory=Counter)
    cost: Counter[str] = field(default_factory=Counter)
    """Thousandths of a credit."""
    lengths: set[int] = field(default_factory=set)
    """Segments that some message has."""
    excluded: Counter[Exclusion] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    """By merge field without fallback, the recipients without value for it."""
    plainer: int = 0
    """Recipients in whose texts letters are replaced."""

    @property
    def counted(self) -> int:
        """Of the recipients, with those left out."""
        return sum(self.messages.values()) + sum(self.excluded.values())

    def add(self, country: str, messages: int, segments: int, price: int) -> None:
        """Some messages of as many segments, each of that price."""
        self.messages[country] += messages
        self.segments[country] += messages * segments
        self.cost[country] += messages * price
        self.lengths.add(segments)

    def add_chunk(self, chunk: Chunk) -> None:
        """Texts that were written one by one."""
        for one in chunk.written:
            self.add(one.country, 1, one.segments, one.price)
        self.excluded.update(why for _, why in chunk.excluded)
        self.lacking.update(name for _, name in chunk.lacking)
        self.plainer += chunk.plainer

    def join(self, other: "Tally") -> None:
        """Some other recipients."""
        for own, more in (
            (self.messages, other.messages),
            (self.segments, other.segments),
            (self.cost, other.cost),
            (self.lacking, other.lacking),
        ):
            own.update(more)
        self.excluded.update(other.excluded)
        self.lengths |= other.lengths
        self.plainer += other.plainer


async def tally(database: Database, actor: Actor, composed: Composition, tariff: Tariff, members: Members) -> Tally:
    """The messages to all `members`, counted by readers of the database."""
    total = Tally()
    works = [
        *(partial(_of_contacts, actor, composed, tariff, ids) for ids in chunks(members.contact_ids)),
        *(partial(_of_numbers, actor, composed, tariff, numbers) for numbers in chunks(members.numbers)),
    ]
    for work in works:
        total.join(await database.read(work))
    return total


def _of_numbers(actor: Actor, composed: Composition, tariff: Tariff, numbers: Sequence[str], tx: Connection) -> Tally:
    found = Tally()
    found.add_chunk(number_texts(tx, actor, composed, tariff, numbers))
    return found


def _of_contacts(actor: Actor, composed: Composition, tariff: Tariff, ids: Sequence[int], tx: Connection) -> Tally:
    texts, found, named = database_texts(tx, composed), Tally(), 0
    length = texts.segments.label("length")
    plainer = func.sum(case((texts.plainer, 1), else_=0))
    lacking = [func.sum(case((is_missing, 1), else_=0)) for _, is_missing in texts.missing]
    columns = (func.min(contact.c.mobile), length, func.count(), plainer, *lacking)
    grouped = wanted_contacts(tx, actor, ids, *columns).group_by(beginning_of(contact.c.mobile), length)
    for number, segments, count, plainer_count, *missing in tx.execute(grouped):
        named += count
        if segments == UNWRITTEN:
            continue
        if why := unreachable(composed.type, number, tariff):
            found.excluded[why] += count
            continue
        price = tariff.price(country_of(number), composed.type)
        assert price is not None
        found.add(country_of(number), count, segments, price.milli * segments)
        found.plainer += plainer_count
        found.lacking.update({name: lack for (name, _), lack in zip(texts.missing, missing, strict=True) if lack})
    if named > found.counted:
        found.add_chunk(contact_texts(tx, actor, composed, tariff, ids, texts.segments == UNWRITTEN))
    if named < len(ids):
        found.excluded.update(why for _, why in unwanted(tx, actor, ids))
    return found
