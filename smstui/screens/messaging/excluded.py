"""The lists that the composer's reckoning opens: refused lines, numbers left out, recipients who lack a value."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from smstui.domain.actor import Actor
from smstui.domain.country import country_of, name_of
from smstui.domain.recipients import RefusedLine
from smstui.domain.visible import printable
from smstui.formats import explain, number
from smstui.i18n import _, current_language
from smstui.screens.contacts import contact_words
from smstui.screens.messaging.list_modal import ListModal
from smstui.screens.messaging.reckoning_table import LACKING, exclusion_words
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.exclusions import ExcludedNumber, Exclusion
from smstui.widgets.columns import Column
from smstui.widgets.recipients_area import repeated_numbers
from smstui.widgets.windowed_table import Cells

MOST: Final = 1000
"""Numbers listed."""


def refused_list(refused: Sequence[RefusedLine]) -> ListModal:
    """The lines that can't be used."""
    columns = [
        Column("line", _("Line"), 7, right=True),
        Column("text", _("Text"), 14, grows=True),
        Column("reason", _("Why it can't be used"), 20, grows=True),
    ]

    def cells(index: int) -> Cells:
        each = refused[index]
        return number(each.line), printable(each.text), explain(each.reason)

    return ListModal(exclusion_words("refused"), columns, range(len(refused)), _at_once(cells), full=2)


async def excluded_list(backend: Backend, actor: Actor, draft: Draft, wanted: str, pasted: str) -> ListModal:
    """Those whom a line of the reckoning counts; `pasted` may name some of the duplicates."""
    reason = wanted.removeprefix(LACKING) if wanted.startswith(LACKING) else Exclusion(wanted)
    found = list(await backend.campaigns.excluded(actor, draft, reason, MOST))
    if reason is Exclusion.DUPLICATE:
        listed = {each.number for each in found}
        twice = await asyncio.to_thread(repeated_numbers, pasted)
        found += [ExcludedNumber(each, "", "") for each in twice if each not in listed][: MOST - len(found)]
    columns = [
        Column("number", _("Number"), 14),
        Column("name", _("Name"), 12, grows=True),
        Column("detail", _("Country"), 12, grows=True),
    ]

    def cells(index: int) -> Cells:
        each = found[index]
        country = each.detail or country_of(each.number)
        return each.number, printable(each.name), name_of(country, current_language()) if country else ""

    note = _("The first {count} are shown.").format(count=number(MOST)) if len(found) == MOST else ""
    return ListModal(exclusion_words(wanted), columns, range(len(found)), _at_once(cells), note=note)


def numbers_list(numbers: Sequence[str]) -> ListModal:
    """The numbers that were added by hand, of which some may be taken out."""
    columns = [Column("number", _("Number"), 14), Column("country", _("Country"), 12, grows=True)]

    def cells(index: int) -> Cells:
        return numbers[index], name_of(country_of(numbers[index]), current_language())

    note = _("Space ticks, Delete takes out.")
    keys = list(range(len(numbers)))
    return ListModal(_("Numbers added"), columns, keys, _at_once(cells), note=note, removable=True)


def contacts_list(backend: Backend, actor: Actor, ids: Sequence[int]) -> ListModal:
    """The contacts that were chosen, of which some may be taken out."""

    async def rows(keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        known = {row.id: contact_words.cells(row) for row in await backend.contacts.rows(actor, keys)}
        gone = [(key, (_("no longer in the address book"), *[""] * 7)) for key in keys if key not in known]
        return [*known.items(), *gone]

    note = _("Space ticks, Delete takes out.")
    return ListModal(_("Contacts chosen"), contact_words.columns(), ids, rows, note=note, removable=True)


def _at_once(cells: Callable[[int], Cells]) -> Callable[[Sequence[int]], Awaitable[Iterable[tuple[int, Cells]]]]:
    async def rows(keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        return [(key, cells(key)) for key in keys]

    return rows
