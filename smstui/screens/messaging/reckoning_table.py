"""What a campaign reckons up to: who is left out and why, and the cost by country, one line each."""

from collections.abc import Iterator

from smstui.domain.contact import FIELD_LABELS
from smstui.domain.country import name_of
from smstui.domain.merge import label
from smstui.domain.visible import printable
from smstui.formats import amount, number
from smstui.i18n import N_, _, current_language
from smstui.services.campaigns import Plan
from smstui.services.exclusions import Exclusion
from smstui.widgets.columns import Column
from smstui.widgets.windowed_table import Cells, WindowedTable

REFUSED = "refused"
PLAINER = "plainer"
LACKING = "lacking:"
"""Before the name of a merge field."""
COUNTRY = "country:"
"""Before the code of a country."""

EXCLUSION_WORDS = {
    Exclusion.OPTED_OUT: N_("On the STOP list"),
    Exclusion.DUPLICATE: N_("Duplicates"),
    Exclusion.OUTSIDE_FRANCE: N_("Outside the mainland"),
    Exclusion.NO_TARIFF: N_("No tariff"),
    Exclusion.UNWRITABLE: N_("Not in SMS Pro letters"),
    Exclusion.TOO_LONG: N_("Text too long"),
}
HIGHEST = 14
"""Lines, header included; more scroll."""


class ReckoningTable(WindowedTable[str]):
    """Enter opens the numbers that a line counts."""

    DEFAULT_CSS = """
    ReckoningTable { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__(
            [
                Column("what", "", 14, grows=True),
                Column("numbers", _("Numbers"), 8, right=True),
                Column("segments", _("SMS"), 8, right=True),
                Column("cost", _("Credits"), 9, right=True),
            ],
            id="reckoning",
        )

    def show_plan(self, plan: Plan, refused: int, duplicates: int) -> None:
        """Show it; `refused` and `duplicates` count what was typed and pasted."""
        rows = dict(_rows(plan, refused, duplicates))
        self.display = bool(rows)
        self.styles.height = min(HIGHEST, len(rows) + 1)
        self.show_rows(rows)


def exclusion_words(wanted: str) -> str:
    """What a line of the table counts."""
    if wanted == REFUSED:
        return _("Refused lines")
    if wanted.startswith(LACKING):
        return _("Without “{field}”").format(field=field_words(wanted.removeprefix(LACKING)))
    return _(EXCLUSION_WORDS[Exclusion(wanted)])


def field_words(name: str) -> str:
    """How a merge field is called."""
    words = label(name)
    return _(words) if words in FIELD_LABELS.values() else printable(words)


def left_out(plan: Plan, refused: int, duplicates: int) -> Iterator[tuple[str, int]]:
    """What was chosen and gets nothing: each reason and how many."""
    if refused + len(plan.refused):
        yield REFUSED, refused + len(plan.refused)
    for why in Exclusion:
        count = plan.reckoned.count(why) + (duplicates if why is Exclusion.DUPLICATE else 0)
        if count:
            yield why.value, count


def _rows(plan: Plan, refused: int, duplicates: int) -> Iterator[tuple[str, Cells]]:
    for why, count in left_out(plan, refused, duplicates):
        yield why, (f"✕ {exclusion_words(why)}", number(count), "", "")
    for name, count in plan.reckoned.lacking:
        yield LACKING + name, (f"? {exclusion_words(LACKING + name)}", number(count), "", "")
    if plan.reckoned.plainer:
        yield PLAINER, ("~ " + _("Plainer letters"), number(plan.reckoned.plainer), "", "")
    for one in plan.reckoned.by_country:
        name = name_of(one.country, current_language())
        yield COUNTRY + one.country, (f"● {name}", number(one.recipients), number(one.segments), amount(one.cost))
