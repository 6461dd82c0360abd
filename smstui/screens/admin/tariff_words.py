"""Prices of a segment as people read them."""

from smstui.domain.credits import Credits
from smstui.formats import amount

NOT_SERVED = "–"


def price_words(price: Credits | None) -> str:
    """An amount of credits; a dash where nothing goes."""
    return NOT_SERVED if price is None else amount(price)
