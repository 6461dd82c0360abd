"""How an SMSC writes in its receipts the message id that it gave in submit_sm_resp."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from smstui.smpp.ids import id_key

_CONTRADICTIONS = 20
"""Ids that only another form explains, one after the other, before what was learned is given up."""
_LONGEST = 40


class ReceiptIdForm(StrEnum):
    """The form of the id in a receipt."""

    SAME = "same"
    """As in the response, but for case and leading zeros."""
    DECIMAL = "decimal"
    """The response wrote it in hexadecimal."""
    HEXADECIMAL = "hexadecimal"
    """The response wrote it in decimal."""

    def response_key(self, smsc_id: str) -> str | None:
        """The `id_key` of the response, if receipts have this form and one of them says `smsc_id`; None if it can't."""
        key = id_key(smsc_id)
        if self is ReceiptIdForm.SAME:
            return key
        if len(key) > _LONGEST:
            return None
        if self is ReceiptIdForm.DECIMAL:
            return f"{int(key):x}" if re.fullmatch("[0-9]+", key) else None
        return str(int(key, 16)) if re.fullmatch("[0-9a-f]+", key) else None


@dataclass(frozen=True, slots=True)
class LearntForm:
    """What a connection's receipts have taught: their form, once one of them could be read in a single way."""

    form: ReceiptIdForm | None = None
    contradicting: frozenset[str] = frozenset()
    """The ids, since the form last held, that another form explains and it does not."""

    @classmethod
    def stored(cls, column: str) -> "LearntForm":
        """From the column `receipt_id_form`."""
        return cls(ReceiptIdForm(column) if column in set(ReceiptIdForm) else None)

    def forms(self) -> tuple[ReceiptIdForm, ...]:
        """The forms to look an id up by."""
        return tuple(ReceiptIdForm) if self.form is None else (self.form,)

    def after(self, smsc_id: str, explained_by: Collection[ReceiptIdForm]) -> "LearntForm":
        """What is known after a receipt for `smsc_id`, which the forms `explained_by` tie to a single message each.

        An id that two forms explain teaches nothing, nor does a repeated one.
        """
        if self.form in explained_by:
            return LearntForm(self.form)
        if len(explained_by) != 1:
            return self
        (form,) = explained_by
        contradicting = self.contradicting | {smsc_id}
        if self.form is None or len(contradicting) >= _CONTRADICTIONS:
            return LearntForm(form)
        return LearntForm(self.form, contradicting)
