"""Why numbers that were chosen are not among the recipients."""

from dataclasses import dataclass
from enum import StrEnum

from smstui.domain.campaign_rules import is_metropolitan
from smstui.domain.country import country_of
from smstui.domain.states import MessageType
from smstui.domain.tariff import Tariff


class Exclusion(StrEnum):
    """A reason to leave a number out."""

    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    OUTSIDE_FRANCE = "outside_france"
    """Where SMS Réponse does not go."""
    NO_TARIFF = "no_tariff"
    """Nothing can be sent to its country."""
    UNWRITABLE = "unwritable"
    """A name in letters that SMS Pro can't carry, nor anything like them."""
    TOO_LONG = "too_long"
    """With its merge fields, the text takes too many SMS."""


@dataclass(frozen=True, slots=True)
class ExcludedNumber:
    """A number left out."""

    number: str
    name: str
    """Of its contact; empty when the book has none. Foreign text."""
    detail: str
    """The country, or the missing field; else empty."""


def unreachable(message_type: MessageType, number: str, tariff: Tariff) -> Exclusion | None:
    """Why nothing of that type can be sent to a number; None when it can."""
    if message_type is MessageType.REPONSE and not is_metropolitan(number):
        return Exclusion.OUTSIDE_FRANCE
    if tariff.price(country_of(number), message_type) is None:
        return Exclusion.NO_TARIFF
    return None
