"""The question why numbers leave the STOP list."""

from collections.abc import Sequence
from typing import Final

from smstui.formats import number
from smstui.i18n import _, ngettext
from smstui.screens.reason_modal import ReasonModal

_NAMED: Final = 3
"""Numbers that the question names before it only counts them."""


def removal_question(numbers: Sequence[str]) -> ReasonModal:
    """Asks whether these numbers may leave the list, and why."""
    count = number(len(numbers))
    named = ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
    sentence = ngettext(
        "Take {count} number off the STOP list: {numbers}? Your campaigns will go to it again.",
        "Take {count} numbers off the STOP list: {numbers}? Your campaigns will go to them again.",
        len(numbers),
    ).format(count=count, numbers=named)
    confirm = ngettext("Take {count} number off", "Take {count} numbers off", len(numbers)).format(count=count)
    return ReasonModal(_("STOP list"), sentence, confirm=confirm, dangerous=True)
