"""XLSX of one sheet, all of its cells texts."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import count
from typing import BinaryIO, Final

import openpyxl
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import WorkbookAlreadySaved
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from smstui.services.exporting.refusals import TooBigForWorkbook

MOST_ROWS: Final = 1_048_576
"""Of a sheet, with the header."""
LONGEST_CELL: Final = 32_767
_COLUMN_WIDTH: Final = 20
_NEWLINE: Final = re.compile("\r\n?")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT_FORMAT: Final = "@"
"""Excel leaves such cells as they are, also when they are edited."""


class Workbook:
    """A table in XLSX; its first row stays in view."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._archive: zipfile.ZipFile | None = None
        self._book = openpyxl.Workbook(write_only=True)
        sheet = self._book.create_sheet("smstui")
        assert isinstance(sheet, WriteOnlyWorksheet)
        self._sheet = sheet
        self._row = count(1)

    def begin(self, header: Sequence[str]) -> None:
        """Write the first row, and what comes before it."""
        self._sheet.freeze_panes = "A2"
        for index in range(1, len(header) + 1):
            column = self._sheet.column_dimensions[get_column_letter(index)]  # type: ignore[attr-defined]  # the stubs lack it
            column.width, column.number_format = _COLUMN_WIDTH, _TEXT_FORMAT
        cells = [self._cell(text) for text in header]
        for cell in cells:
            cell.font = Font(bold=True)
        self._append(cells)

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write more rows. Raises TooBigForWorkbook."""
        for row in rows:
            self._append([self._cell(text) if text else None for text in row])

    def close(self) -> None:
        """Write what is left; the stream stays open."""
        self._archive = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_DEFLATED)
        ExcelWriter(self._book, self._archive).save()

    def abandon(self) -> None:
        """Let go of what was written aside, whatever its state."""
        with suppress(OSError, ValueError):
            if self._archive is not None:
                self._archive.close()
        with suppress(OSError, ValueError, WorkbookAlreadySaved):
            self._sheet.close()
            self._sheet._writer.cleanup()  # type: ignore[attr-defined]  # the stubs lack it

    def _append(self, cells: Sequence[Cell | None]) -> None:
        if next(self._row) > MOST_ROWS:
            raise TooBigForWorkbook
        self._sheet.append(cells)

    def _cell(self, text: str) -> Cell:
        """A text, also where it looks like a formula; what XML has no way to write becomes U+FFFD."""
        if not text.isprintable():
            text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", _NEWLINE.sub("\n", text))
        cell = WriteOnlyCell(self._sheet, text[:LONGEST_CELL])
        cell.data_type, cell.number_format = "s", _TEXT_FORMAT
        return cell
