"""What credits cost: packs, and any amount at graduated prices.

Money is in whole cents of a euro, the price of one credit in ten-thousandths of a euro, a rate of VAT in hundredths of
a percent. All of it without VAT, but for what is called `total`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_

FEWEST: Final = 100
MOST: Final = 1_000_000
"""Credits of one order."""
FULL_RATE: Final = 10_000
"""A rate of 100 %."""
CENTS: Final = 100
"""Of a euro."""
UNITS: Final = 10_000
"""Of a euro, in the price of a credit."""
_MONEY: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,6})?", re.ASCII)
_UNITS_A_CENT: Final = 100
_DEAREST_UNIT: Final = 1_000_000
_DEAREST_NET: Final = 100_000_000_00


@dataclass(eq=False)
class InvalidAmount(Refusal):
    """No amount of credits that can be bought at once."""

    fewest: int = FEWEST
    most: int = MOST
    sentence: ClassVar[str] = N_("Credits are sold by whole numbers from {fewest} to {most}: choose one of these.")


class InvalidPrices(Refusal):
    """No price list that could be applied."""

    sentence: ClassVar[str] = N_(
        "These prices can't be applied: give the first step from 100 credits, the others in ascending order, each pack "
        "once, and every price above zero."
    )


@dataclass(frozen=True, slots=True)
class Pack:
    """An amount of credits that has a price of its own."""

    credits: int
    net: int
    """Cents."""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """The price of each credit of an order of so many or more."""

    from_credits: int
    unit: int
    """Ten-thousandths of a euro."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What an amount of credits costs now."""

    credits: int
    net: int
    """Cents."""
    vat_rate: int
    """Hundredths of a percent."""
    saving: int
    """Cents, without VAT, less than at the price of the first step."""

    @property
    def vat(self) -> int:
        """Cents, of the whole amount, a half rounded up."""
        return vat_of(self.net, self.vat_rate)

    @property
    def total(self) -> int:
        """Cents, with VAT: what is paid."""
        return self.net + self.vat

    @property
    def unit_price(self) -> int:
        """What a credit comes to, in ten-thousandths of a euro, rounded."""
        return _half_up(self.net * _UNITS_A_CENT, self.credits)

    @property
    def saving_percent(self) -> int:
        """The saving, in whole percents of the price of the first step, rounded down."""
        return self.saving * 100 // (self.net + self.saving)


@dataclass(frozen=True, slots=True)
class PriceList:
    """What credits cost on this platform."""

    packs: tuple[Pack, ...]
    steps: tuple[PriceStep, ...]
    vat_rate: int

    def quote(self, amount: int) -> Quote:
        """What `amount` credits cost: never more than a larger amount would, packs included. Raises InvalidAmount."""
        if not FEWEST <= amount <= MOST:
            raise InvalidAmount
        net = min(self._candidates(amount))
        first = _at(self.steps[0].unit, amount)
        return Quote(amount, net, self.vat_rate, max(0, first - net))

    def pack(self, amount: int) -> Pack | None:
        """The pack of exactly `amount` credits."""
        return next((pack for pack in self.packs if pack.credits == amount), None)

    def _candidates(self, amount: int) -> Iterator[int]:
        """The price at the amount's own step, and those of every larger amount that may be cheaper."""
        own = max((step for step in self.steps if step.from_credits <= amount), key=lambda step: step.from_credits)
        yield _at(own.unit, amount)
        yield from (_at(step.unit, step.from_credits) for step in self.steps if amount < step.from_credits <= MOST)
        yield from (pack.net for pack in self.packs if pack.credits >= amount)


DEFAULT_PRICES: Final = PriceList(
    packs=(
        Pack(500, 32_00),
        Pack(1_000, 60_00),
        Pack(5_000, 275_00),
        Pack(10_000, 510_00),
        Pack(50_000, 2_350_00),
        Pack(100_000, 4_400_00),
    ),
    steps=(
        PriceStep(FEWEST, 650),
        PriceStep(1_000, 610),
        PriceStep(5_000, 560),
        PriceStep(10_000, 520),
        PriceStep(50_000, 480),
        PriceStep(100_000, 450),
    ),
    vat_rate=20_00,
)
"""Round prices to begin with, until an administrator has set those of the platform; the French rate of VAT."""


def check_prices(prices: PriceList) -> PriceList:
    """`prices` in ascending order of packs, if they can be applied. Raises InvalidPrices."""
    steps, packs = prices.steps, tuple(sorted(prices.packs, key=lambda pack: pack.credits))
    right = (
        bool(steps)
        and steps[0].from_credits == FEWEST
        and all(before.from_credits < after.from_credits <= MOST for before, after in pairwise(steps))
        and all(0 < step.unit <= _DEAREST_UNIT for step in steps)
        and all(before.credits < after.credits for before, after in pairwise(packs))
        and all(FEWEST <= pack.credits <= MOST and 0 < pack.net <= _DEAREST_NET for pack in packs)
        and 0 <= prices.vat_rate <= FULL_RATE
    )
    if not right:
        raise InvalidPrices
    return PriceList(packs, steps, prices.vat_rate)


def read_money(text: str, scale: int) -> int:
    """A decimal number that a person wrote, such as "1 234,50", in units of 1/`scale`. Raises ValueError."""
    packed = "".join(text.split()).replace(",", ".")
    if _MONEY.fullmatch(packed) is None:
        raise ValueError(f"{text!r} is no number.")
    value = Decimal(packed) * scale
    if value != int(value):
        raise ValueError(f"{text!r} is too fine a number.")
    return int(value)


def vat_of(net: int, rate: int) -> int:
    """The VAT on `net` cents at `rate` hundredths of a percent, in cents, a half rounded up."""
    return _half_up(net * rate, FULL_RATE)


def _at(unit: int, amount: int) -> int:
    """Cents of `amount` credits, a half rounded up."""
    return _half_up(unit * amount, _UNITS_A_CENT)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
