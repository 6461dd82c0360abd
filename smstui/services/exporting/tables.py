"""The two forms of a table in a file: CSV as a French Excel opens it, and XLSX."""

import codecs
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol

from smstui.domain.spreadsheet_text import guarded
from smstui.services.exporting.new_file import NewFile
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.refusals import UnknownTableKind, explained

Append = Callable[[Sequence[Sequence[str]]], Awaitable[None]]


class TableKind(StrEnum):
    """The form of a table; its value is how the name of the file ends."""

    CSV = "csv"
    XLSX = "xlsx"


class Table(Protocol):
    """A table being written to a stream, which stays open; every cell is a text."""

    def begin(self, header: Sequence[str]) -> None:
        """Write the first row."""

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write more rows."""

    def close(self) -> None:
        """Write what is left."""

    def abandon(self) -> None:
        """Let go of the stream, whatever its state."""


class CsvTable:
    """UTF-8 with its mark, semicolons, lines that end as on Windows; nothing in it is a formula."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def begin(self, header: Sequence[str]) -> None:
        """Write the mark and the first row."""
        self._stream.write(codecs.BOM_UTF8)
        self.append([header])

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write more rows."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerows([guarded(cell) for cell in row] for row in rows)
        self._stream.write(text.getvalue().encode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing is left."""

    def abandon(self) -> None:
        """Nothing is held."""


def table_kind(path: PurePath) -> TableKind:
    """What the end of the name says. Raises UnknownTableKind."""
    try:
        return TableKind(path.suffix.removeprefix(".").lower())
    except ValueError:
        raise UnknownTableKind(path.name, tuple(f".{each}" for each in TableKind)) from None


class TableFile:
    """A table in a file of its own, which appears when it is whole.

    All methods wait for the disk: call them in a thread. All but `discard` raise FileThere, NoFolder, FileNotWritable,
    NoRoomForFile; `append` TooBigForWorkbook also.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        """Raises UnknownTableKind."""
        self.kind = table_kind(path)
        self._path = path
        self._file = NewFile(path, overwrite=overwrite)
        self._table: Table | None = None

    def begin(self, header: Sequence[str]) -> None:
        """Write the first row."""
        stream = self._file.open()
        self._table = CsvTable(stream) if self.kind is TableKind.CSV else _workbook(stream)
        with explained(self._path):
            self._table.begin(header)

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write more rows."""
        assert self._table is not None
        with explained(self._path):
            self._table.append(rows)

    def finish(self) -> None:
        """Move the whole to its place."""
        assert self._table is not None
        with explained(self._path):
            self._table.close()
        self._file.finish()

    def discard(self) -> None:
        """Leave nothing, unless it is finished."""
        if self._table is not None:
            self._table.abandon()
        self._file.discard()


def _workbook(stream: BinaryIO) -> Table:
    """Imported only now: openpyxl takes its time."""
    from smstui.services.exporting.workbook import Workbook

    return Workbook(stream)


@asynccontextmanager
async def new_table(path: Path, header: Sequence[str], *, overwrite: bool) -> AsyncIterator[Append]:
    """A file that appears at the end of the block, written through what the block is given.

    A block that raises, or is cancelled, leaves nothing. Raises UnknownTableKind and the refusals of TableFile.
    """
    file = TableFile(path, overwrite=overwrite)

    async def append(rows: Sequence[Sequence[str]]) -> None:
        await off_loop(file.append, rows)

    try:
        await off_loop(file.begin, header)
        yield append
        await off_loop(file.finish)
    finally:
        await off_loop(file.discard)
