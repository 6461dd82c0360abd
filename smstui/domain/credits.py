"""Credits: the unit of account, kept exactly."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MILLI = 1000
_WRITTEN: Final = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{0,3})?", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Credits:
    """An amount in thousandths of a credit ("212.5" credits is `Credits(212_500)`)."""

    milli: int

    @classmethod
    def of(cls, amount: int | str | Decimal) -> "Credits":
        """`amount` credits, whole or decimal. Raises ValueError when finer than a thousandth or not a number."""
        try:
            milli = Decimal(amount) * MILLI
        except ArithmeticError:
            raise ValueError(f"not an amount of credits: {amount!r}") from None
        if not milli.is_finite() or milli != milli.to_integral_value():
            raise ValueError(f"not an amount of credits: {amount!r}")
        return cls(int(milli))

    @property
    def decimal(self) -> Decimal:
        """The amount in credits."""
        return Decimal(self.milli) / MILLI

    def __add__(self, other: "Credits") -> "Credits":
        return Credits(self.milli + other.milli)

    def __sub__(self, other: "Credits") -> "Credits":
        return Credits(self.milli - other.milli)

    def __mul__(self, count: int) -> "Credits":
        return Credits(self.milli * count)

    def __neg__(self) -> "Credits":
        return Credits(-self.milli)

    def __bool__(self) -> bool:
        return self.milli != 0


def read_credits(text: str) -> Credits:
    """The amount that a person wrote: "1 240,5", "-50", "0.125". Raises ValueError when it is none."""
    packed = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
    if _WRITTEN.fullmatch(packed) is None:
        raise ValueError(f"not an amount of credits: {text!r}")
    return Credits.of(packed.replace(",", "."))


NO_CREDITS = Credits(0)

ONE_CREDIT = Credits(MILLI)
"""What a segment costs until tariffs exist."""
