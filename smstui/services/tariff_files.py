"""Tariffs in CSV files: country;type;credits."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from smstui.domain.credits import Credits, read_credits
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.states import MessageType
from smstui.domain.tariff import (
    COUNTRIES,
    HIGHEST_PRICE,
    LOWEST_PRICE,
    InvalidPrice,
    Prices,
    UnknownCountry,
    check_price,
)
from smstui.domain.visible import excerpt
from smstui.i18n import LANGUAGES, N_
from smstui.services.importing.refusals import BinaryFile, EmptyFile, FileTooBig

HEADER: Final = ("country", "type", "credits")
NO_PRICE: Final = "none"
"""What a file says instead of a price where nothing is to go."""
_NO_PRICE_WORDS: Final = frozenset({NO_PRICE, "aucun", "aucune", "non", "no", "-", "–", "—"})
_MEGABYTE: Final = 1024 * 1024


@dataclass(eq=False)
class TariffFileMissing(Refusal):
    """There is no such file, or it may not be read."""

    path: str
    sentence: ClassVar[str] = N_("{path} can't be read: choose a CSV file with the columns country;type;credits.")


class NoTariffFile(Refusal):
    """A workbook, an image, anything but a text."""

    sentence: ClassVar[str] = N_("This is no CSV file: save the prices as CSV, with the columns country;type;credits.")


class ThreeCells(Refusal):
    """A line with less or more than a price needs."""

    sentence: ClassVar[str] = N_("three cells are needed: country;type;credits")


@dataclass(eq=False)
class UnknownType(Refusal):
    """None of the four types."""

    type: str
    sentence: ClassVar[str] = N_("“{type}” is no type of message: write pro, unicode, reponse or voix.")


@dataclass(eq=False)
class RepeatedPrice(Refusal):
    """A price that an earlier line gives already."""

    earlier: int
    """Its line."""
    sentence: ClassVar[str] = N_("line {earlier} says what this costs already: keep one of the two.")


@dataclass(eq=False)
class TariffFileRefused(Refusal):
    """Some of its lines can't be used: nothing is changed."""

    count: int
    line: int
    """The first of them."""
    why: Refusal
    sentence: ClassVar[str] = N_("No price was changed. Lines that can't be used: {count}. Line {line}: {why}")


@dataclass(frozen=True, slots=True)
class RefusedPrice:
    """A line that can't be used."""

    line: int
    """As a spreadsheet program numbers it, from 1."""
    why: Refusal


@dataclass(frozen=True, slots=True)
class TariffFile:
    """The prices of a file."""

    name: str
    prices: Prices
    refused: tuple[RefusedPrice, ...]

    @property
    def count(self) -> int:
        """How many prices it has."""
        return sum(map(len, self.prices.values()))

    def check(self) -> None:
        """That all of it can be used. Raises TariffFileRefused."""
        if self.refused:
            raise TariffFileRefused(len(self.refused), self.refused[0].line, self.refused[0].why)


def read_tariff_file(path: Path) -> TariffFile:
    """The prices in a CSV file of 1 MB at most; it waits for the disk.

    Raises TariffFileMissing, NoTariffFile, EmptyFile, FileTooBig, NoFilledRow, UndecodableText, BrokenLine.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(_MEGABYTE + 1)
    except OSError:
        raise TariffFileMissing(str(path)) from None
    if len(octets) > _MEGABYTE:
        raise FileTooBig(1)
    return read_tariff(path.name, octets)


def read_tariff(name: str, octets: bytes) -> TariffFile:
    """The prices in the octets of a CSV file: its separator and its encoding are found out, a first row of titles left.

    Raises like `read_tariff_file`.
    """
    from smstui.services.importing.delimited import read_delimited
    from smstui.services.importing.sheet import ReadingOptions

    if not octets.strip():
        raise EmptyFile
    try:
        sheet = read_delimited(octets, ReadingOptions())
    except BinaryFile:
        raise NoTariffFile from None
    prices: dict[MessageType, dict[str, Credits | None]] = {}
    refused: list[RefusedPrice] = []
    lines: dict[tuple[str, MessageType], int] = {}
    for line, cells in sheet.rows:
        if not lines and not refused and _is_header(cells):
            continue
        try:
            country, kind, price = _read_row(cells)
            if (earlier := lines.setdefault((country, kind), line)) != line:
                raise RepeatedPrice(earlier)
        except Refusal as why:
            refused.append(RefusedPrice(line, why))
        else:
            prices.setdefault(kind, {})[country] = price
    return TariffFile(name, prices, tuple(refused))


def price_text(price: Credits | None) -> str:
    """A price as files have it: "1.5"."""
    return NO_PRICE if price is None else f"{price.decimal.normalize():f}"


def read_country(text: str) -> str:
    """The country (ISO 3166) of a code, or of a name in French or English. Raises UnknownCountry."""
    code = text.strip().upper()
    found = code if code in COUNTRIES else _names().get(folded(text).strip())
    if found is None:
        raise UnknownCountry(excerpt(text))
    return found


def read_type(text: str) -> MessageType:
    """A type by its name: pro, "SMS Pro", Réponse. Raises UnknownType."""
    try:
        return MessageType(folded(text).strip().removeprefix("sms").strip())
    except ValueError:
        raise UnknownType(excerpt(text)) from None


def read_price(text: str) -> Credits:
    """An amount of credits, its decimals after a point or a comma. Raises InvalidPrice."""
    try:
        return read_credits(text)
    except ValueError:
        raise InvalidPrice(LOWEST_PRICE, HIGHEST_PRICE) from None


def _read_row(cells: tuple[str, ...]) -> tuple[str, MessageType, Credits | None]:
    if len(cells) < len(HEADER) or not all(cells[: len(HEADER)]) or any(cells[len(HEADER) :]):
        raise ThreeCells
    country, kind = read_country(cells[0]), read_type(cells[1])
    price = None if folded(cells[2]).strip() in _NO_PRICE_WORDS else read_price(cells[2])
    check_price(country, kind, price)
    return country, kind, price


def _is_header(cells: tuple[str, ...]) -> bool:
    """Whether neither the country nor the price of a first row can be read."""
    if len(cells) < len(HEADER) or folded(cells[2]).strip() in _NO_PRICE_WORDS:
        return False
    for read, cell in ((read_country, cells[0]), (read_price, cells[2])):
        try:
            read(cell)
        except Refusal:
            continue
        return False
    return True


@cache
def _names() -> Mapping[str, str]:
    """Countries by their names, folded."""
    from smstui.domain.country import name_of

    return {folded(name_of(code, language)): code for language in LANGUAGES for code in sorted(COUNTRIES)}
