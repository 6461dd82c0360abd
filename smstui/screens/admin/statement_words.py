"""What is said of the entries of a bank statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.content import Content

from smstui.domain.credits import Credits
from smstui.domain.folding import folded
from smstui.domain.visible import printable
from smstui.i18n import N_, _
from smstui.money import euros, hundredths
from smstui.services.bank_statements import Applied, Match, Preview
from smstui.services.camt import Aside, StatementEntry
from smstui.services.order_rows import Order
from smstui.services.order_words import ASIDE_WORDS
from smstui.widgets.windowed_table import Cells


class Fate(StrEnum):
    """What becomes of an entry."""

    PAYS = "pays"
    """Of the very amount of an order."""
    DIFFERS = "differs"
    """Names an order of another amount."""
    LEFT = "left"
    """Pays nothing."""
    PAID = "paid"
    """Has just paid its order."""


_FATES: Final = {
    Fate.PAYS: ("●", "$text-success", N_("pays")),
    Fate.DIFFERS: ("≠", "$text-warning", N_("another amount")),
    Fate.PAID: ("●", "$text-success", N_("paid")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and what becomes of it. Its texts are foreign."""

    entry: StatementEntry
    fate: Fate
    order: Order | None = None
    login: str = ""
    reason: Aside | None = None
    """Of those that are left."""

    @property
    def searched(self) -> str:
        """What a search looks through, folded."""
        entry, order = self.entry, self.order
        named = f"{order.reference} {euros(order.total)}" if order else ""
        shown = f"{entry.amount // 100}.{entry.amount % 100:02}"
        return folded(f"{entry.payer} {entry.remittance} {named} {self.login} {shown} {shown.replace('.', ',')}")


def lines_of(preview: Preview) -> tuple[Line, ...]:
    """All entries, those that pay first."""
    return (
        *(_matched(each, Fate.PAYS) for each in preview.matches),
        *(_matched(each, Fate.DIFFERS) for each in preview.differing),
        *(Line(each.entry, Fate.LEFT, reason=each.reason) for each in preview.leftovers),
    )


def lines_after(lines: Sequence[Line], applied: Applied) -> tuple[Line, ...]:
    """The same after some of them were applied."""
    paid = {each.entry.fingerprint for each in applied.paid}
    skipped = {each.entry.fingerprint: each.reason for each in applied.skipped}
    return tuple(_after(line, paid, skipped.get(line.entry.fingerprint)) for line in lines)


def cells(line: Line) -> Cells:
    """The entry as a row."""
    entry, order = line.entry, line.order
    return (
        "" if entry.booked_on is None else f"{entry.booked_on:%d/%m}",
        hundredths(entry.amount, entry.currency),
        fate_words(line),
        "" if order is None else order.reference,
        "" if order is None else euros(order.total),
        printable(line.login),
        printable(entry.payer),
    )


def fate_words(line: Line) -> Content:
    """A sign and words."""
    if line.reason is not None:
        return Content.assemble(("○ ", "$text-muted"), _(ASIDE_WORDS[line.reason]))
    sign, colour, words = _FATES[line.fate]
    return Content.assemble((f"{sign} ", colour), _(words))


def detail_words(line: Line) -> str:
    """What the table has no room for."""
    entry, order = line.entry, line.order
    parts = [entry.payer, entry.remittance]
    if order is not None:
        due = _("{reference} of {login}: {total} due").format(
            reference=order.reference, login=line.login, total=euros(order.total)
        )
        parts.insert(0, due)
    elif line.reason is not None:
        parts.insert(0, _(ASIDE_WORDS[line.reason]))
    return printable(" · ".join(filter(None, parts)))


def sum_of(lines: Sequence[Line]) -> tuple[Credits, int]:
    """The credits, and the cents, of the orders that these pay."""
    orders = [line.order for line in lines if line.order is not None]
    return Credits(sum(order.credits.milli for order in orders)), sum(order.total for order in orders)


def _matched(match: Match, fate: Fate) -> Line:
    return Line(match.entry, fate, match.order, match.login)


def _after(line: Line, paid: set[str], reason: Aside | None) -> Line:
    if line.fate is not Fate.PAYS:
        return line
    if reason is not None:
        return Line(line.entry, Fate.LEFT, line.order, line.login, reason)
    return Line(line.entry, Fate.PAID, line.order, line.login) if line.entry.fingerprint in paid else line
