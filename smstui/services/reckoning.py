"""How many recipients a campaign has, who is left out and why, and what it costs, by country."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, case, func, select

from smstui.domain.actor import Actor
from smstui.domain.country import country_of
from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff
from smstui.services.audience import Audience, count_named, members, named_twice, recipients, wants_nothing
from smstui.services.composing import Composition
from smstui.services.exclusions import ExcludedNumber, Exclusion, unreachable
from smstui.services.personal_tally import tally
from smstui.services.personal_texts import Chunk, written_texts
from smstui.services.ranges import beginning_of
from smstui.storage.database import Database
from smstui.storage.lists import listed_texts
from smstui.storage.tables import contact

_UNREACHABLE: Final = (Exclusion.OUTSIDE_FRANCE, Exclusion.NO_TARIFF)


@dataclass(frozen=True, slots=True)
class CountryCost:
    """The recipients of one country."""

    country: str
    """ISO 3166 alpha-2; an overseas department has its own."""
    recipients: int
    segments: int
    """Of all of them."""
    cost: Credits


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What sending to an audience would be."""

    by_country: tuple[CountryCost, ...] = ()
    """The most recipients first."""
    excluded: tuple[tuple[Exclusion, int], ...] = ()
    lacking: tuple[tuple[str, int], ...] = ()
    """For each merge field without fallback, how many recipients have no value for it."""
    plainer: int = 0
    """Recipients in whose text letters are replaced so that SMS Pro carries them."""
    segments: tuple[int, int] = (0, 0)
    """Of the shortest and of the longest message."""

    @property
    def recipients(self) -> int:
        """How many messages there are."""
        return sum(one.recipients for one in self.by_country)

    @property
    def cost(self) -> Credits:
        """Of all messages."""
        return sum((one.cost for one in self.by_country), NO_CREDITS)

    def count(self, why: Exclusion) -> int:
        """How many numbers were left out for that reason."""
        return dict(self.excluded).get(why, 0)


async def reckon(
    database: Database, actor: Actor, composed: Composition, audience: Audience, tariff: Tariff
) -> Reckoning:
    """The reckoning of `composed` to `audience` now; on the real texts when it has merge fields."""
    if composed.merge is not None and composed.merge.is_personal:
        return await _of_texts(database, actor, composed, audience, tariff)
    return await database.read(lambda tx: reckon_numbers(tx, actor, composed, audience, tariff))


async def excluded_numbers(
    database: Database,
    actor: Actor,
    composed: Composition,
    audience: Audience,
    tariff: Tariff,
    wanted: "Exclusion | str",
    limit: int,
) -> tuple[ExcludedNumber, ...]:
    """The first numbers that were left out for a reason, or the recipients without a value for a merge field."""
    of_numbers = wanted is Exclusion.DUPLICATE or not (composed.merge and composed.merge.is_personal)
    if isinstance(wanted, Exclusion) and of_numbers:
        return await database.read(lambda tx: _excluded(tx, actor, composed, audience, tariff, wanted, limit))
    found: list[tuple[str, str]] = []
    chosen = await database.read(lambda tx: members(tx, actor, audience))
    async with aclosing(written_texts(database, actor, composed, tariff, chosen)) as chunks:
        async for chunk in chunks:
            found += _of_chunk(chunk, wanted)
            if len(found) >= limit:
                break
    return await database.read(lambda tx: _named(tx, actor, found[:limit]))


def _of_chunk(chunk: Chunk, wanted: "Exclusion | str") -> Iterable[tuple[str, str]]:
    if isinstance(wanted, Exclusion):
        return [(number, _detail(number, why)) for number, why in chunk.excluded if why is wanted]
    return [(number, "") for number, name in chunk.lacking if name == wanted]


def _detail(number: str, why: Exclusion) -> str:
    return country_of(number) if why in _UNREACHABLE else ""


async def _of_texts(
    database: Database, actor: Actor, composed: Composition, audience: Audience, tariff: Tariff
) -> Reckoning:
    named = await database.read(lambda tx: count_named(tx, actor, audience))
    chosen = await database.read(lambda tx: members(tx, actor, audience))
    total = await tally(database, actor, composed, tariff, chosen)
    total.excluded[Exclusion.DUPLICATE] = named - len(chosen.contact_ids) - len(chosen.numbers)
    by_country = [
        CountryCost(country, count, total.segments[country], Credits(total.cost[country]))
        for country, count in total.messages.items()
    ]
    return Reckoning(
        by_country=_most_first(by_country),
        excluded=_counted(total.excluded),
        lacking=tuple(sorted(total.lacking.items())),
        plainer=total.plainer,
        segments=(min(total.lengths, default=0), max(total.lengths, default=0)),
    )


def reckon_numbers(
    tx: Connection, actor: Actor, composed: Composition, audience: Audience, tariff: Tariff
) -> Reckoning:
    """The reckoning as if every message were the same: counted by the database, by the beginning of the numbers."""
    chosen = recipients(tx, actor, audience)
    unwanted = func.sum(case((wants_nothing(actor, chosen), 1), else_=0))
    rows = tx.execute(
        select(func.min(chosen.c.number), func.count(), unwanted).group_by(beginning_of(chosen.c.number))
    ).all()
    segments = composed.measure.segments if composed.measure else 0
    wanted, excluded = Counter[str](), Counter[Exclusion]()
    for number, count, opted_out in rows:
        excluded[Exclusion.OPTED_OUT] += opted_out
        why = unreachable(composed.type, number, tariff)
        if why is None:
            wanted[country_of(number)] += count - opted_out
        else:
            excluded[why] += count - opted_out
    excluded[Exclusion.DUPLICATE] = count_named(tx, actor, audience) - sum(count for _, count, _ in rows)
    by_country = [
        CountryCost(country, count, count * segments, price_of(tariff, country, composed.type, segments) * count)
        for country, count in wanted.items()
        if count
    ]
    return Reckoning(_most_first(by_country), _counted(excluded), segments=(segments, segments))


def price_of(tariff: Tariff, country: str, message_type: MessageType, segments: int) -> Credits:
    """Of one message to a country that has a tariff."""
    price = tariff.price(country, message_type)
    assert price is not None
    return price * segments


def _excluded(
    tx: Connection,
    actor: Actor,
    composed: Composition,
    audience: Audience,
    tariff: Tariff,
    why: Exclusion,
    limit: int,
) -> tuple[ExcludedNumber, ...]:
    if why is Exclusion.DUPLICATE:
        numbers = tx.execute(named_twice(tx, actor, audience).limit(limit)).scalars()
        return _named(tx, actor, [(number, "") for number in numbers])
    chosen = recipients(tx, actor, audience)
    listed = select(chosen.c.number).order_by(chosen.c.number)
    if why is Exclusion.OPTED_OUT:
        numbers = tx.execute(listed.where(wants_nothing(actor, chosen)).limit(limit)).scalars()
        return _named(tx, actor, [(number, "") for number in numbers])
    found: list[tuple[str, str]] = []
    for number in tx.execute(listed.where(~wants_nothing(actor, chosen))).scalars():
        if unreachable(composed.type, number, tariff) is why:
            found.append((number, country_of(number)))
            if len(found) == limit:
                break
    return _named(tx, actor, found)


def _named(tx: Connection, actor: Actor, found: Iterable[tuple[str, str]]) -> tuple[ExcludedNumber, ...]:
    """With the names that the book has."""
    numbers = tuple(found)
    rows = select(contact.c.mobile, contact.c.first_name, contact.c.last_name).where(
        contact.c.account_id == actor.account_id,
        contact.c.mobile.in_(listed_texts(tx, [number for number, _ in numbers])),
    )
    names: Mapping[str, str] = {row.mobile: f"{row.first_name} {row.last_name}".strip() for row in tx.execute(rows)}
    return tuple(ExcludedNumber(number, names.get(number, ""), detail) for number, detail in numbers)


def _most_first(costs: Iterable[CountryCost]) -> tuple[CountryCost, ...]:
    return tuple(sorted(costs, key=lambda one: (-one.recipients, one.country)))


def _counted(excluded: Counter[Exclusion]) -> tuple[tuple[Exclusion, int], ...]:
    return tuple((why, excluded[why]) for why in Exclusion if excluded[why])
