"""The numbers in a file of any kind: a STOP list needs nothing else of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.contact import ContactField, is_blank
from smstui.domain.phone import InvalidNumber, parse_number
from smstui.domain.visible import excerpt
from smstui.formats import explain
from smstui.i18n import N_
from smstui.services.importing.files import read_sheet
from smstui.services.importing.guessing import guess_mapping, has_header, recognised
from smstui.services.importing.refusals import UnreadableFile
from smstui.services.importing.sheet import SheetRow
from smstui.services.importing.sifting import NoNumber
from smstui.services.importing.values import FileNumbers, RefusedCell


@dataclass(eq=False)
class NoNumberColumn(UnreadableFile):
    """Not one mobile number in the file."""

    sentence: ClassVar[str] = N_("No column of the file holds mobile numbers: check that the right one was chosen.")


def read_numbers(octets: bytes) -> FileNumbers:
    """The numbers in a file. Raises the refusals of `read_sheet`, NoNumberColumn."""
    rows = read_sheet(octets).rows
    with_header = has_header(rows)
    column = _number_column(rows, with_header)
    numbers: dict[str, None] = {}
    refused: list[RefusedCell] = []
    found = 0
    for line, cells in rows[with_header:]:
        written = cells[column]
        try:
            if is_blank(written):
                raise NoNumber
            numbers[parse_number(written)] = None
            found += 1
        except (InvalidNumber, NoNumber) as refusal:
            refused.append(RefusedCell(line, excerpt(written), explain(refusal)))
    return FileNumbers(tuple(numbers), found - len(numbers), tuple(refused))


def _number_column(rows: Sequence[SheetRow], with_header: bool) -> int:
    """The column that seems to hold the mobile numbers, else the one with the most of them. Raises NoNumberColumn."""
    guesses = guess_mapping(rows, with_header, ())
    if ContactField.MOBILE in guesses:
        return guesses.index(ContactField.MOBILE)
    counts = [recognised(rows, column)[0] for column in range(len(guesses))]
    if not any(counts):
        raise NoNumberColumn
    return counts.index(max(counts))
