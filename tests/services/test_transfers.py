from dataclasses import replace

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.company import BankDetails
from smstui.domain.credits import Credits
from smstui.services.order_rows import Method, Order, OrderState
from smstui.services.transfers import epc_lines, half_blocks, qr_lines, transfer_of
from tests.payments_support import BANK
from tests.support import START

MOST_LINES = 37
ORDER = Order(
    id=1, account_id=1, reference="SMS-7K3M-9Q2T", method=Method.TRANSFER, state=OrderState.PENDING,
    credits=Credits.of(1_000), net=60_00, vat=12_50, vat_rate=2000, created_at=START, expires_at=None, closed_at=None,
    refunded_at=None, refunded=0, checkout_id=None, checkout_url=None, payment_id=None, confirmed_by=None,
)  # fmt: skip


def _modules(lines: tuple[str, ...]) -> list[list[bool]]:
    """The modules that the lines show, two rows a line."""
    upper = [[character in "▀█" for character in line] for line in lines]
    lower = [[character in "▄█" for character in line] for line in lines]
    return [row for pair in zip(upper, lower, strict=True) for row in pair]


def _epc(amount: str, bank: BankDetails) -> list[list[bool]]:
    """By the guideline EPC069-12: service tag, version, character set, identification, BIC, name, IBAN, amount, …"""
    payload = "\n".join(
        ["BCD", "002", "1", "SCT", bank.bic, bank.holder, bank.iban, amount, "", "", "SMS-7K3M-9Q2T"]
    ).encode()
    code = segno.make_qr(payload, error="m", boost_error=False)
    assert isinstance(code.version, int)
    assert code.version <= 13
    return [[bool(module) for module in row] for row in code.matrix_iter(border=2)]


@pytest.mark.parametrize(
    "bank", [BANK, replace(BANK, bic=""), replace(BANK, holder="Société Générale d’Envoi à Façon")]
)
def test_the_code_is_what_banking_apps_expect(bank: BankDetails) -> None:
    expected = _epc("EUR72.5", bank)
    shown = _modules(epc_lines(ORDER, bank))
    assert shown[: len(expected)] == expected
    assert not any(map(any, shown[len(expected) :]))


def test_the_largest_code_fits_a_terminal() -> None:
    longest = BankDetails("W" * 70, "MT84MALT011000012345MTLCAST001S", "AGRIFRPPXXX")
    order = replace(ORDER, net=10**11 - 1, vat=0)
    lines = epc_lines(order, longest)
    assert len(lines) <= MOST_LINES
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= 80


async def test_a_transfer_says_all_that_its_payer_needs() -> None:
    transfer = await transfer_of(ORDER, BANK)
    assert (transfer.reference, transfer.amount, transfer.bank) == (ORDER.reference, 72_50, BANK)
    assert transfer.qr == epc_lines(ORDER, BANK)


def test_an_address_of_a_payment_page_is_a_code_too() -> None:
    lines = qr_lines("https://checkout.stripe.com/c/pay/cs_test_" + "a1" * 170)
    assert len(lines) <= MOST_LINES
    dark = segno.make_qr("x", error="l", boost_error=False)
    expected = [[bool(module) for module in row] for row in dark.matrix_iter(border=2)]
    assert _modules(qr_lines("x"))[: len(expected)] == expected


@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=12)
    )
)
def test_half_blocks_show_every_module(modules: list[list[bool]]) -> None:
    shown = _modules(half_blocks(modules))
    assert shown[: len(modules)] == modules
    assert len(shown) - len(modules) in (0, 1)
