"""What a payer needs to pay an order by bank transfer: the reference, the account, and a QR code for banking apps."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from smstui.domain.company import BankDetails
from smstui.services.order_rows import Order

_QUIET: Final = 2
"""Modules of margin: enough for the cameras of phones on a screen that is light all around."""
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to make."""

    reference: str
    """What the payer must write on it."""
    amount: int
    """Cents."""
    bank: BankDetails
    qr: tuple[str, ...]
    """An EPC QR code as lines of half blocks: dark modules are drawn, so paint them black on white."""


async def transfer_of(order: Order, bank: BankDetails) -> Transfer:
    """The transfer that pays `order`."""
    return Transfer(order.reference, order.total, bank, await asyncio.to_thread(epc_lines, order, bank))


def epc_lines(order: Order, bank: BankDetails) -> tuple[str, ...]:
    """The EPC QR code of a transfer (EPC069-12, version 002: error correction M, 13 at most)."""
    from segno.helpers import make_epc_qr

    amount = Decimal(order.total) / 100
    code = make_epc_qr(bank.holder, bank.iban, amount, text=order.reference, bic=bank.bic or None, encoding="utf-8")
    return half_blocks([[bool(module) for module in row] for row in code.matrix_iter(border=_QUIET)])


def qr_lines(text: str) -> tuple[str, ...]:
    """A QR code of `text`, such as an address, with the least error correction: in as few lines as it can be."""
    import segno

    code = segno.make_qr(text, error="l", boost_error=False)
    return half_blocks([[bool(module) for module in row] for row in code.matrix_iter(border=_QUIET)])


def half_blocks(modules: Sequence[Sequence[bool]]) -> tuple[str, ...]:
    """Two rows of modules a line; True is dark."""
    light = [False] * len(modules[0])
    lower = [*modules[1::2], light][: (len(modules) + 1) // 2]
    return tuple(
        "".join(_HALVES[pair] for pair in zip(above, below, strict=True))
        for above, below in zip(modules[::2], lower, strict=True)
    )
