"""What an import is asked to do, what a look at its file shows, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from smstui.services.importing.mapping import Target
from smstui.services.importing.sheet import FileKind, ReadingOptions, TextEncoding


@dataclass(frozen=True, slots=True)
class ContactFile:
    """A file that was chosen, as it was then."""

    name: str
    """Foreign text."""
    octets: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """One column of a file."""

    samples: tuple[str, ...]
    """A few of its values, none of them blank; foreign text."""
    header: str
    """Its cell in the first row, when that is a header; foreign text."""
    guess: Target | None
    mobiles: int
    """How many of the values looked at are mobile numbers."""
    looked_at: int
    """Values, not blank."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds, before anything is decided."""

    kind: FileKind
    encoding: TextEncoding | None
    separator: str | None
    rows: int
    """With the header."""
    first_rows: tuple[tuple[str, ...], ...]
    """Foreign text."""
    has_header: bool
    columns: tuple[ColumnLook, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a person decided."""

    options: ReadingOptions
    mapping: tuple[Target | None, ...]
    """What each column holds; None is not imported."""
    skip_header: bool
    certified_text: str
    """The certification of the opt-in in the words that the person agreed to; "" when they did not."""
    group_ids: Collection[int] = ()
    new_groups: tuple[str, ...] = ()
    """Names of groups that are created with the contacts, unless they are there by then."""


class ImportStage(StrEnum):
    """Where an import is."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import has come."""

    stage: ImportStage
    rows: int
    """Of this stage, done."""
    of: int
    """Rows of this stage; 0 when not known yet."""


class RejectKind(StrEnum):
    """Why a line, or one of its values, is not in the book."""

    REFUSED = "refused"
    """Its number can't receive SMS."""
    DUPLICATE = "duplicate"
    """An earlier line has its number."""
    OPTED_OUT = "opted_out"
    """Its number is on the STOP list."""
    INCOMPLETE = "incomplete"
    """The contact is in the book, without the value that the reason names."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A line of the file that is not in the book, or not entirely."""

    kind: RejectKind
    line: int
    """From 1, as a spreadsheet counts rows and an editor counts lines."""
    reason: str
    """A sentence, safe for a terminal."""
    cells: Sequence[str]
    """The line; foreign text."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the rows of a file; each is counted once, but for the incomplete ones, which are in the book."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    opted_out: int = 0
    refused: int = 0
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A finished import, and the proof that is kept of it."""

    id: int
    file_name: str
    """Foreign text."""
    sha256: str
    size: int
    """Octets."""
    certified_by: str
    certified_at: datetime
    groups: tuple[str, ...]
    finished_at: datetime
    counts: ImportCounts


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A line whose number can't be used."""

    line: int
    """From 1, as a spreadsheet counts rows and an editor counts lines."""
    text: str
    """Its number as written, made printable and shortened."""
    reason: str
    """A sentence, safe for a terminal."""


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """The numbers of a file."""

    numbers: tuple[str, ...]
    """In E.164, each once, in the order of their lines."""
    duplicates: int
    refused: tuple[RefusedCell, ...]
