"""Where messages go, and what a segment costs there."""

import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from smstui.domain.credits import ONE_CREDIT, Credits
from smstui.domain.states import MessageType
from smstui.domain.tariff import DEFAULT_TARIFF, EMBARGOED, UNREACHED

COUNTED_WITH_A_NEIGHBOUR = {"AX", "BL", "CC", "CX", "EH", "MF", "SJ", "TA", "VA"}
COUNTRIES = {region for regions in COUNTRY_CODE_TO_REGION_CODE.values() for region in regions} - {"001"}
COUNTRIES -= COUNTED_WITH_A_NEIGHBOUR


def test_every_country_has_a_price_or_a_reason_to_have_none() -> None:
    assert set(DEFAULT_TARIFF.countries) == COUNTRIES - EMBARGOED - UNREACHED
    assert EMBARGOED | UNREACHED <= COUNTRIES
    assert not EMBARGOED & UNREACHED


@pytest.mark.parametrize("kind", MessageType)
def test_a_segment_to_metropolitan_france_costs_one_credit(kind: MessageType) -> None:
    assert DEFAULT_TARIFF.price("FR", kind) == ONE_CREDIT


@pytest.mark.parametrize("country", ["GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BE", "US", "MA", "JP"])
def test_other_countries_cost_more_and_take_no_answers_nor_voice(country: str) -> None:
    for kind in (MessageType.PRO, MessageType.UNICODE):
        price = DEFAULT_TARIFF.price(country, kind)
        assert price is not None
        assert price > ONE_CREDIT
    assert DEFAULT_TARIFF.price(country, MessageType.REPONSE) is None
    assert DEFAULT_TARIFF.price(country, MessageType.VOIX) is None


@pytest.mark.parametrize("country", ["", "ZZ", "KP", "RU", "CN", "fr"])
@pytest.mark.parametrize("kind", MessageType)
def test_nothing_goes_where_there_is_no_tariff(country: str, kind: MessageType) -> None:
    assert DEFAULT_TARIFF.price(country, kind) is None


def test_no_price_is_free() -> None:
    for kind in MessageType:
        for price in DEFAULT_TARIFF.prices[kind].values():
            assert Credits(0) < price <= Credits.of(10)
