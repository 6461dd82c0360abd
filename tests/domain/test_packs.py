from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.packs import (
    CENTS,
    DEFAULT_PRICES,
    FEWEST,
    MOST,
    UNITS,
    InvalidAmount,
    InvalidPrices,
    Pack,
    PriceList,
    PriceStep,
    check_prices,
    read_money,
    vat_of,
)
from smstui.formats import explain

AMOUNTS = st.integers(FEWEST, MOST)


@st.composite
def _price_lists(draw: st.DrawFn) -> PriceList:
    """Any that an administrator may set, however odd."""
    bounds = sorted(draw(st.sets(st.integers(FEWEST + 1, MOST), max_size=6)))
    steps = [PriceStep(bound, draw(st.integers(1, 5_000))) for bound in (FEWEST, *bounds)]
    sizes = draw(st.sets(AMOUNTS, max_size=6))
    packs = [Pack(size, draw(st.integers(1, 10_000_000))) for size in sizes]
    return check_prices(PriceList(tuple(packs), tuple(steps), draw(st.integers(0, 10_000))))


@given(_price_lists(), AMOUNTS, AMOUNTS)
def test_more_credits_never_cost_less(prices: PriceList, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert prices.quote(fewer).net <= prices.quote(more).net
    assert prices.quote(fewer).total <= prices.quote(more).total


@given(_price_lists(), st.data())
def test_around_each_step_and_pack_more_never_cost_less(prices: PriceList, data: st.DataObject) -> None:
    edges = [step.from_credits for step in prices.steps] + [pack.credits for pack in prices.packs]
    edge = data.draw(st.sampled_from(edges))
    around = [amount for amount in (edge - 1, edge, edge + 1) if FEWEST <= amount <= MOST]
    totals = [prices.quote(amount).total for amount in around]
    assert totals == sorted(totals)


@given(_price_lists(), AMOUNTS)
def test_a_quote_is_never_dearer_than_the_step_of_the_amount(prices: PriceList, amount: int) -> None:
    quote = prices.quote(amount)
    unit = [step.unit for step in prices.steps if step.from_credits <= amount][-1]
    assert 0 <= quote.net <= (unit * amount * 2 + 100) // 200
    assert quote.total == quote.net + quote.vat
    assert quote.saving >= 0


@given(_price_lists(), st.data())
def test_a_pack_never_costs_more_than_its_price(prices: PriceList, data: st.DataObject) -> None:
    if prices.packs:
        pack = data.draw(st.sampled_from(prices.packs))
        assert prices.quote(pack.credits).net <= pack.net
        assert prices.pack(pack.credits) == pack


def test_the_whole_amount_has_the_price_of_its_step() -> None:
    prices = PriceList((), (PriceStep(100, 650), PriceStep(1_000, 600)), 2000)
    assert prices.quote(100).net == 6_50
    assert prices.quote(2_000).net == 120_00
    assert prices.quote(999).net == prices.quote(1_000).net == 60_00
    assert prices.quote(900).net == 58_50


def test_the_price_of_a_pack_is_that_of_amounts_just_below_it() -> None:
    prices = PriceList((Pack(1_000, 50_00),), (PriceStep(100, 650),), 2000)
    assert prices.quote(1_000).net == 50_00
    assert prices.quote(900).net == 50_00
    assert prices.quote(700).net == 45_50
    assert prices.quote(1_001).net == 65_07
    assert prices.pack(999) is None


def test_what_is_saved_is_told_against_the_first_step() -> None:
    quote = PriceList((Pack(1_000, 50_00),), (PriceStep(100, 650),), 2000).quote(1_000)
    assert (quote.unit_price, quote.saving, quote.saving_percent) == (500, 15_00, 23)


@pytest.mark.parametrize(
    ("net", "rate", "vat"), [(1, 2000, 0), (2, 2000, 0), (3, 2000, 1), (250, 2000, 50), (10, 550, 1), (1_00, 0, 0)]
)
def test_vat_is_rounded_half_up_on_the_total(net: int, rate: int, vat: int) -> None:
    assert vat_of(net, rate) == vat


@pytest.mark.parametrize("credits", [-1, 0, FEWEST - 1, MOST + 1, 10**30])
def test_amounts_beyond_the_limits_are_refused(credits: int) -> None:  # noqa: A002
    with pytest.raises(InvalidAmount) as refused:
        DEFAULT_PRICES.quote(credits)
    assert "100 to 1,000,000" in explain(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": ()},
        {"steps": (PriceStep(200, 650),)},
        {"steps": (PriceStep(100, 650), PriceStep(100, 600))},
        {"steps": (PriceStep(100, 650), PriceStep(1_000_001, 600))},
        {"steps": (PriceStep(100, 0),)},
        {"packs": (Pack(500, 0),)},
        {"packs": (Pack(99, 100),)},
        {"packs": (Pack(500, 100), Pack(500, 200))},
        {"vat_rate": -1},
        {"vat_rate": 10_001},
    ],
)
def test_prices_that_could_not_be_applied_are_refused(wrong: dict[str, tuple[Pack, ...]]) -> None:
    with pytest.raises(InvalidPrices):
        check_prices(replace(DEFAULT_PRICES, **wrong))


def test_the_first_prices_are_sound_and_each_pack_is_worth_it() -> None:
    assert check_prices(DEFAULT_PRICES) == DEFAULT_PRICES
    units = [DEFAULT_PRICES.quote(pack.credits).unit_price for pack in DEFAULT_PRICES.packs]
    assert units == sorted(units, reverse=True)
    assert all(DEFAULT_PRICES.quote(pack.credits).net == pack.net for pack in DEFAULT_PRICES.packs)


@pytest.mark.parametrize(
    ("written", "scale", "value"),
    [("60", CENTS, 60_00), ("2 350,5", CENTS, 2_350_50), ("0.061", UNITS, 610), (" 0,0615\u202f", UNITS, 615),
     ("5.5", CENTS, 550)],
)  # fmt: skip
def test_money_is_read_as_people_write_it(written: str, scale: int, value: int) -> None:
    assert read_money(written, scale) == value


@pytest.mark.parametrize("written", ["", "-1", "1.001", "1e3", "NaN", "1,2,3", "٧", "sixty", "9" * 13])
def test_what_is_no_money_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="number"):
        read_money(written, CENTS)
