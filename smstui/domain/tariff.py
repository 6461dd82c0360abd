"""What a segment costs, by the country it goes to and the type of the message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from smstui.domain.credits import ONE_CREDIT, Credits
from smstui.domain.errors import Refusal
from smstui.domain.phone import FRANCE
from smstui.domain.states import MessageType
from smstui.i18n import N_

LOWEST_PRICE: Final = Credits(1)
HIGHEST_PRICE: Final = Credits.of(1000)
METROPOLITAN_ONLY: Final = frozenset({MessageType.REPONSE, MessageType.VOIX})
"""The types that go nowhere else: answers come back to a French number, and the hours of voice are a French law."""


@dataclass(eq=False)
class UnknownCountry(Refusal):
    """No country that numbers can be told to be of."""

    country: str
    sentence: ClassVar[str] = N_("“{country}” is no country that numbers belong to: give its two letters, such as BE.")


@dataclass(eq=False)
class EmbargoedCountry(Refusal):
    """A country of EMBARGOED."""

    country: str
    sentence: ClassVar[str] = N_("Sanctions keep the operators of {country} from being paid: it can't have a price.")


@dataclass(eq=False)
class MetropolitanOnly(Refusal):
    """A type of METROPOLITAN_ONLY, to another country."""

    country: str
    sentence: ClassVar[str] = N_("SMS Réponse and SMS Voix go to metropolitan France only: {country} can't have them.")


@dataclass(eq=False)
class InvalidPrice(Refusal):
    """Nothing that a segment could cost."""

    lowest: Credits
    highest: Credits
    sentence: ClassVar[str] = N_(
        "The price of an SMS must be between {lowest} and {highest} credits, to the thousandth: change it."
    )


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of a segment; where there is none, nothing can be sent."""

    prices: Mapping[MessageType, Mapping[str, Credits]]
    """For each type, the countries (ISO 3166) that it goes to."""

    def price(self, country: str, kind: MessageType) -> Credits | None:
        """Of one segment of a message of that type; None when such a message can't go there."""
        return self.prices[kind].get(country)

    @property
    def countries(self) -> tuple[str, ...]:
        """Every country that messages of some type go to, by code."""
        return tuple(sorted({country for prices in self.prices.values() for country in prices}))

    def with_prices(self, changes: "Prices") -> "Tariff":
        """This one with `changes`: where a price is None, nothing of that type goes any more."""
        changed = {
            kind: {**prices, **changes.get(kind, {})} if changes.get(kind) else prices
            for kind, prices in self.prices.items()
        }
        return Tariff(
            {kind: {at: price for at, price in prices.items() if price is not None} for kind, prices in changed.items()}
        )

    def differences(self, other: "Tariff") -> "Prices":
        """The `changes` that make `other` of this one."""
        found: dict[MessageType, dict[str, Credits | None]] = {}
        for kind in MessageType:
            for country in sorted({*self.prices[kind], *other.prices[kind]}):
                price = other.price(country, kind)
                if price != self.price(country, kind):
                    found.setdefault(kind, {})[country] = price
        return found


Prices = Mapping[MessageType, Mapping[str, Credits | None]]
"""Prices by type and country; None where such a message can't go."""


_OVERSEAS: Final = "GF GP MQ RE YT"
_NEAR: Final = (
    "AD AL AT BA BE BG CA CH CY CZ DE DK EE ES FI FO GB GG GI GL GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT"
    " NC NL NO PF PL PM PR PT RO RS SE SI SK SM UA US WF XK"
)
"""Europe, North America, the French collectivities of the Pacific and of Saint-Pierre-et-Miquelon."""
_FAR: Final = (
    "AE AF AG AI AM AO AR AS AU AW AZ BB BD BF BH BI BJ BM BN BO BQ BR BS BT BW BZ CD CF CG CI CK CL CM CO CR CV CW DJ"
    " DM DO DZ EC EG ET FJ FM GA GD GE GH GM GN GQ GT GU GW GY HK HN HT ID IL IN IO IQ JM JO JP KE KG KH KI KM KN KR KW"
    " KY KZ LA LB LC LK LR LS LY MA MG MH ML MM MN MO MP MR MS MU MV MW MX MY MZ NA NE NG NI NP NR NZ OM PA PE PG PH PK"
    " PS PW PY QA RW SA SB SC SD SG SL SN SO SR SS ST SV SX SZ TC TD TG TH TJ TL TN TO TR TT TV TW TZ UG UY UZ VC VE VG"
    " VI VN VU WS YE ZA ZM ZW"
)
EMBARGOED: Final = frozenset(["BY", "CU", "IR", "KP", "RU", "SY"])
"""Countries without tariff: sanctions keep their operators from being paid."""
UNREACHED: Final = frozenset(["AC", "CN", "ER", "FK", "NF", "NU", "SH", "TK", "TM"])
"""Countries without tariff: their operators carry no messages of companies abroad (China, Eritrea, Turkmenistan), or
have no agreement for them (the smallest islands)."""

_PRICES: Final = {
    country: price
    for price, countries in (
        (ONE_CREDIT, FRANCE),
        (Credits.of("1.5"), _OVERSEAS),
        (Credits.of(2), _NEAR),
        (Credits.of(3), _FAR),
    )
    for country in countries.split()
}
DEFAULT_TARIFF: Final = Tariff(
    {
        MessageType.PRO: _PRICES,
        MessageType.UNICODE: _PRICES,
        MessageType.REPONSE: {FRANCE: ONE_CREDIT},
        MessageType.VOIX: {FRANCE: ONE_CREDIT},
    }
)
"""A round table to begin with. SMS Réponse and SMS Voix go to metropolitan France only."""

COUNTRIES: Final = frozenset(_PRICES) | EMBARGOED | UNREACHED
"""All that numbers can be told to be of."""


def check_price(country: str, kind: MessageType, price: Credits | None) -> None:
    """That messages of a type may have this price there, or none.

    Raises UnknownCountry, EmbargoedCountry, MetropolitanOnly, InvalidPrice.
    """
    if country not in COUNTRIES:
        raise UnknownCountry(country)
    if price is None:
        return
    if country in EMBARGOED:
        raise EmbargoedCountry(country)
    if kind in METROPOLITAN_ONLY and country != FRANCE:
        raise MetropolitanOnly(country)
    if not LOWEST_PRICE <= price <= HIGHEST_PRICE:
        raise InvalidPrice(LOWEST_PRICE, HIGHEST_PRICE)
