"""What a segment costs, by country and type: the usual tariff with what administrators have changed of it.

A campaign pays the prices that hold in the transaction which fixes its cost: its confirmation, or the beginning of its
preparation. What is being sent keeps its price.
"""

import json
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.domain.storable import storable
from smstui.domain.tariff import COUNTRIES, DEFAULT_TARIFF, METROPOLITAN_ONLY, Prices, Tariff, check_price
from smstui.services.audit import AuditAction, record
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.tables import CsvTable, new_table
from smstui.services.platform_settings import check_administrator, put_setting, require_administrator, setting
from smstui.services.tariff_files import HEADER, TariffFile, price_text, read_tariff_file
from smstui.storage.database import Database

TARIFF: Final = "tariff"
"""The setting that holds the changes: {type: {country: thousandths of a credit, or null}}."""
_NAMED: Final = 10
"""Changes that the audit trail spells out."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that is another one now; None where such a message can't go."""

    country: str
    type: MessageType
    before: Credits | None
    after: Credits | None


@dataclass(frozen=True, slots=True)
class TariffPreview:
    """What a file would do."""

    file: TariffFile
    changes: tuple[PriceChange, ...]
    """None while the file has lines that can't be used."""


def current_tariff(tx: Connection) -> Tariff:
    """The tariff of all accounts now."""
    stored = setting(tx, TARIFF)
    return DEFAULT_TARIFF if stored is None else _tariff_of(stored)


@lru_cache(maxsize=8)
def _tariff_of(stored: str) -> Tariff:
    """What a stored setting means; a price that may not be any more, such as one under a later embargo, is left out."""
    changes: dict[MessageType, dict[str, Credits | None]] = {}
    for name, prices in json.loads(stored).items():
        for country, milli in prices.items():
            price = None if milli is None else Credits(milli)
            try:
                kind = MessageType(name)
                check_price(country, kind, price)
            except (ValueError, Refusal):
                continue
            changes.setdefault(kind, {})[country] = price
    return DEFAULT_TARIFF.with_prices(changes)


class Tariffs:
    """The tariff that all accounts share: everybody sees it, administrators change it.

    Where an actor is None, whoever may open the database acts. All changes raise AdministratorsOnly.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self) -> Tariff:
        """The tariff of all accounts now."""
        return await self._database.read(current_tariff)

    async def set_price(
        self, actor: Actor | None, country: str, price: Credits, kinds: Collection[MessageType] = ()
    ) -> tuple[PriceChange, ...]:
        """Let a segment to `country` (ISO 3166) cost `price` from now on; the prices that this has changed.

        Without `kinds` it is the price of all types that go there, or of Pro and Unicode where none does. Raises
        UnknownCountry, EmbargoedCountry, MetropolitanOnly, InvalidPrice.
        """

        def wanted(now: Tariff) -> Prices:
            there = [kind for kind in MessageType if now.price(country, kind) is not None]
            usual = there or [kind for kind in MessageType if kind not in METROPOLITAN_ONLY]
            return {kind: {country: price} for kind in kinds or usual}

        return await self._change(actor, wanted)

    async def set_prices(self, actor: Actor | None, prices: Prices) -> tuple[PriceChange, ...]:
        """Let these hold from now on, all or none; where one is None, nothing goes. Those that this has changed.

        Raises UnknownCountry, EmbargoedCountry, MetropolitanOnly, InvalidPrice.
        """
        return await self._change(actor, lambda _now: prices)

    async def remove(
        self, actor: Actor | None, country: str, kinds: Collection[MessageType] = ()
    ) -> tuple[PriceChange, ...]:
        """Let nothing of `kinds` (all types when there are none) go to `country` from now on. Raises UnknownCountry."""
        return await self._change(actor, lambda _now: {kind: {country: None} for kind in kinds or MessageType})

    async def reset(self, actor: Actor | None, countries: Collection[str] = ()) -> tuple[PriceChange, ...]:
        """Take back what was changed, of all countries when none is given. Raises UnknownCountry."""

        def wanted(now: Tariff) -> Prices:
            these = countries or COUNTRIES
            usual = DEFAULT_TARIFF.price
            return {kind: {country: usual(country, kind) for country in these} for kind in now.prices}

        return await self._change(actor, wanted)

    async def preview(self, actor: Actor | None, path: Path) -> TariffPreview:
        """What the prices of a CSV file would change. Raises AdministratorsOnly, and what `read_tariff_file` raises."""
        check_administrator(actor)
        file = await off_loop(read_tariff_file, path)
        now = await self.current()
        return TariffPreview(file, () if file.refused else _changes(now, now.with_prices(file.prices)))

    async def apply(self, actor: Actor | None, preview: TariffPreview) -> tuple[PriceChange, ...]:
        """Take the prices of a file, all or none; those that this has changed. Raises TariffFileRefused."""
        preview.file.check()
        return await self._change(actor, lambda _now: preview.file.prices, preview.file.name)

    async def export(self, path: Path, *, overwrite: bool = False) -> int:
        """Write all prices to a .csv or .xlsx file that can be imported again; how many.

        Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile.
        """
        rows = _rows(await self.current())
        async with new_table(path, HEADER, overwrite=overwrite) as append:
            await append(rows)
        return len(rows)

    async def stream(self, stream: BinaryIO) -> int:
        """Write all prices as CSV to a stream; how many. Raises OSError."""
        table, rows = CsvTable(stream), _rows(await self.current())
        await off_loop(table.begin, HEADER)
        await off_loop(table.append, rows)
        await off_loop(stream.flush)
        return len(rows)

    async def _change(
        self, actor: Actor | None, wanted: Callable[[Tariff], Prices], source: str = ""
    ) -> tuple[PriceChange, ...]:
        """Store what `wanted` makes of the tariff, checked; what is other than before."""
        at = self._clock.now()

        def work(tx: Connection) -> tuple[PriceChange, ...]:
            require_administrator(tx, actor)
            before = current_tariff(tx)
            prices = wanted(before)
            for kind, by_country in prices.items():
                for country, price in by_country.items():
                    check_price(country, kind, price)
            after = before.with_prices(prices)
            changes = _changes(before, after)
            if changes:
                put_setting(tx, TARIFF, _stored(after))
                told = _told(changes, source)
                _log.info("tariff changed: %s", told)
                if actor is not None:
                    record(tx, actor, at, AuditAction.TARIFF_CHANGED, told)
            return changes

        return await self._database.write(work)


def _stored(tariff: Tariff) -> str:
    changes = DEFAULT_TARIFF.differences(tariff)
    document = {
        kind.value: {country: None if price is None else price.milli for country, price in prices.items()}
        for kind, prices in changes.items()
    }
    return json.dumps(document)


def _changes(before: Tariff, after: Tariff) -> tuple[PriceChange, ...]:
    found = [
        PriceChange(country, kind, before.price(country, kind), price)
        for kind, prices in before.differences(after).items()
        for country, price in prices.items()
    ]
    return tuple(sorted(found, key=lambda one: one.country))


def _told(changes: Sequence[PriceChange], source: str) -> str:
    """The changes, for the audit trail."""
    told = [f"{one.country} {one.type} {price_text(one.before)} → {price_text(one.after)}" for one in changes[:_NAMED]]
    if len(changes) > _NAMED:
        told.append(f"… ({len(changes)})")
    return storable(": ".join(filter(None, (source, ", ".join(told)))))


def _rows(tariff: Tariff) -> list[tuple[str, str, str]]:
    """All prices, and what goes no more; by country."""
    return [
        (country, kind.value, price_text(tariff.price(country, kind)))
        for country in sorted(COUNTRIES)
        for kind in MessageType
        if tariff.price(country, kind) is not None or DEFAULT_TARIFF.price(country, kind) is not None
    ]
