"""Why a file can't be read as a table of contacts, and what to do about it.

All are made from positional arguments, so that they can be pickled from one process to another.
"""

from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.i18n import N_


class UnreadableFile(Refusal):
    """The base of all refusals of a file as a whole."""


@dataclass(eq=False)
class FileTooBig(UnreadableFile):
    """More octets than FILE_LIMIT."""

    limit: int
    """Megabytes."""
    sentence: ClassVar[str] = N_("The file is too big: {limit} MB at most. Split it into several files.")


@dataclass(eq=False)
class EmptyFile(UnreadableFile):
    """No octet in it."""

    sentence: ClassVar[str] = N_("The file is empty: check that the right one was chosen.")


@dataclass(eq=False)
class NoFilledRow(UnreadableFile):
    """Nothing but blank rows."""

    sentence: ClassVar[str] = N_("There is no filled row in the file: check that the right one was chosen.")


@dataclass(eq=False)
class SeveralSheets(UnreadableFile):
    """A workbook must have one sheet."""

    names: tuple[str, ...]
    """Of all sheets, made printable and shortened."""
    sentence: ClassVar[str] = N_(
        "The workbook has several sheets: {names}. Keep only the one with the contacts, and import it again."
    )


@dataclass(eq=False)
class SeveralSheetsSomeHidden(SeveralSheets):
    """A workbook must have one sheet, and some of those that it has can't be seen."""

    hidden: tuple[str, ...]
    """Names of the hidden ones, made printable and shortened."""
    sentence: ClassVar[str] = N_(
        "The workbook has several sheets: {names}. Hidden ones: {hidden}. Unhide them, keep only the one with the "
        "contacts, and import it again."
    )


@dataclass(eq=False)
class PasswordProtected(UnreadableFile):
    """Encrypted."""

    sentence: ClassVar[str] = N_("The file is protected by a password: save it without one, and import it again.")


@dataclass(eq=False)
class HoldsMacros(UnreadableFile):
    """A workbook with a program in it."""

    sentence: ClassVar[str] = N_("The workbook holds macros: save it as XLSX without macros, and import it again.")


@dataclass(eq=False)
class DamagedFile(UnreadableFile):
    """Cut short, or with octets that no program wrote so."""

    sentence: ClassVar[str] = N_(
        "The file is damaged or incomplete: open it in your spreadsheet program, save it as XLSX, and import it again."
    )


@dataclass(eq=False)
class UnpacksTooBig(UnreadableFile):
    """A small archive of very much data."""

    limit: int
    """Megabytes."""
    sentence: ClassVar[str] = N_(
        "The workbook is too big once unpacked: {limit} MB at most. Copy the contacts alone into a new workbook."
    )


@dataclass(eq=False)
class UnusualXml(UnreadableFile):
    """A part with a document type or entities of its own, or not in UTF-8: no spreadsheet program writes those."""

    part: str
    """Made printable and shortened."""
    sentence: ClassVar[str] = N_(
        "A part of the workbook, {part}, is written in an unsafe way: open the file in your spreadsheet program, save "
        "it as XLSX, and import it again."
    )


@dataclass(eq=False)
class TooManyColumns(UnreadableFile):
    """More columns than contacts can have fields."""

    limit: int
    sentence: ClassVar[str] = N_("The file has too many columns: {limit} at most. Delete those that aren't needed.")


@dataclass(eq=False)
class TooManyRows(UnreadableFile):
    """More rows than a sheet of Excel has."""

    limit: int
    sentence: ClassVar[str] = N_("The file has too many rows: {limit} at most. Split it into several files.")


@dataclass(eq=False)
class TooManyCells(UnreadableFile):
    """Rows and columns are few enough, but not together; blank cells between filled ones count."""

    limit: int
    sentence: ClassVar[str] = N_(
        "The table is too large: {limit} cells at most, with the blank ones up to the last row and column. Copy the "
        "contacts alone into a new file."
    )


@dataclass(eq=False)
class UncomputedFormula(UnreadableFile):
    """The program that wrote the file did not save what the formula gives."""

    cell: str
    """As B12."""
    sentence: ClassVar[str] = N_(
        "The result of the formula in cell {cell} was not saved: open the file in your spreadsheet program, save it, "
        "and import it again."
    )


@dataclass(eq=False)
class BinaryFile(UnreadableFile):
    """No text, and none of the formats that are known."""

    sentence: ClassVar[str] = N_("The file is not a table of contacts: export them as XLSX, XLS or CSV.")


@dataclass(eq=False)
class UndecodableText(UnreadableFile):
    """Octets that have no meaning in the encoding that was chosen or announced."""

    encoding: str
    line: int
    """From 1."""
    sentence: ClassVar[str] = N_("Line {line} is not text in {encoding}: choose another encoding.")


@dataclass(eq=False)
class BrokenLine(UnreadableFile):
    """A line of a CSV file that can't be divided into cells."""

    line: int
    """From 1: where the row starts."""
    sentence: ClassVar[str] = N_(
        "Line {line} can't be divided into cells: look for a quotation mark that is never closed, or one too many."
    )
