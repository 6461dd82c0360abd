"""XLS files: their records ([MS-XLS]) are looked through for what is unsafe or too large, then parsed."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from smstui.services.importing.calamine import read_only_sheet, refuse_several
from smstui.services.importing.compound import SIGNATURE, with_workbook, workbook_stream
from smstui.services.importing.refusals import DamagedFile, HoldsMacros, PasswordProtected, UncomputedFormula
from smstui.services.importing.sheet import FileKind, Sheet, check_extent

START: Final = b"\x09\x08\x10\x00"
"""The first octets of records that are not in a container, as some programs write them."""


class _Record(IntEnum):
    """The types of records that matter."""

    FORMULA = 0x06
    DEFINED_NAME = 0x18
    FILE_PASS = 0x2F
    SHEET = 0x85
    MUL_RK = 0xBD
    PROGRAM = 0xD3
    MERGED = 0xE5
    STRINGS = 0xFC
    RECALCULATION = 0x1C1
    DIMENSIONS = 0x200
    START = 0x809


_CELLS: Final = frozenset({_Record.FORMULA, _Record.MUL_RK, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
"""Those of filled cells: they start with row and column, from 0, of 16 bits each."""
_NEEDLESS: Final = frozenset({_Record.DIMENSIONS, _Record.DEFINED_NAME, _Record.MERGED})
"""Read by the parser, for nothing that is wanted here, and with claims that it trusts."""
_IGNORED: Final = 0x0FFF
"""A type that no record has."""
_HEAD: Final = struct.Struct("<HH")
_POSITION: Final = struct.Struct("<HH")
_EXCEL_97: Final = 0x600
_MACRO_SHEET: Final = 1
_SHORTEST_STRING: Final = 3
"""Octets of a string in the table of strings."""
_FORMULA_LENGTH_AT: Final = 20
_EMPTY_TEXT: Final = (3, 0xFFFF)
"""The result of a formula that gives nothing, or of one that was never computed."""


def read_old_workbook(octets: bytes) -> Sheet:
    """The table in an XLS file. A formula counts as the value that was saved with it.

    Raises HoldsMacros, PasswordProtected, UncomputedFormula, DamagedFile, what `read_only_sheet` raises, and what says
    of which other format the file is.
    """
    stream = workbook_stream(octets) if octets.startswith(SIGNATURE) else octets
    workbook = _Workbook(bytearray(stream))
    workbook.examine()
    return Sheet(FileKind.XLS, None, None, read_only_sheet(with_workbook(bytes(workbook.stream))))


@dataclass(slots=True)
class _Workbook:
    """The records of a workbook, which are made harmless while they are looked through."""

    stream: bytearray
    _starts: set[int] = field(default_factory=set)
    """Where substreams start."""
    _sheets: list[tuple[str, bool, int]] = field(default_factory=list)
    """Name, whether it is hidden, and where it starts."""
    _is_excel_97: bool = True
    _rows: int = 0
    _columns: int = 0
    _empty_formula: str = ""
    """The first cell with a formula that gives nothing."""
    _is_computed: bool = False
    """Whether a formula gives something, or Excel itself wrote the file."""

    def examine(self) -> None:
        """Raise what is wrong with the workbook."""
        try:
            for kind, at, length in self._records():
                if kind in _CELLS:
                    self._take_cell(kind, at, length)
                else:
                    self._take(kind, at, length)
        except (struct.error, IndexError, UnicodeDecodeError):
            raise DamagedFile from None
        refuse_several([(name, is_hidden) for name, is_hidden, _ in self._sheets])
        if any(start not in self._starts for _, _, start in self._sheets):
            raise DamagedFile
        check_extent(self._rows, self._columns)
        if self._empty_formula and not self._is_computed:
            raise UncomputedFormula(self._empty_formula)

    def _records(self) -> Iterator[tuple[int, int, int]]:
        """Type, place and length of what each record holds; the stream is cut after the last one."""
        stream, at = self.stream, 0
        while at + _HEAD.size <= len(stream):
            kind, length = _HEAD.unpack_from(stream, at)
            if kind == length == 0:
                break
            at += _HEAD.size
            if at + length > len(stream):
                raise DamagedFile
            yield kind, at, length
            at += length
        del stream[at:]

    def _take(self, kind: int, at: int, length: int) -> None:
        match kind:
            case _Record.START:
                self._starts.add(at - _HEAD.size)
                self._is_excel_97 = self._number(at) == _EXCEL_97
            case _Record.FILE_PASS:
                raise PasswordProtected
            case _Record.PROGRAM:
                raise HoldsMacros
            case _Record.RECALCULATION:
                self._is_computed = True
            case _Record.SHEET:
                self._take_sheet(at, length)
            case _Record.STRINGS:
                _, count = struct.unpack_from("<II", self.stream, at)
                if count * _SHORTEST_STRING > len(self.stream):
                    raise DamagedFile
            case _ if kind in _NEEDLESS:
                struct.pack_into("<H", self.stream, at - _HEAD.size, _IGNORED)

    def _take_cell(self, kind: int, at: int, length: int) -> None:
        row, column = _POSITION.unpack_from(self.stream, at)
        if kind == _Record.MUL_RK:
            column = self._number(at + length - 2)
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        if kind == _Record.FORMULA:
            if struct.unpack_from("<B5xH", self.stream, at + 6) != _EMPTY_TEXT:
                self._is_computed = True
            elif not self._empty_formula:
                self._empty_formula = f"{_letters(column)}{row + 1}"
            struct.pack_into("<H", self.stream, at + _FORMULA_LENGTH_AT, 0)

    def _take_sheet(self, at: int, length: int) -> None:
        start, state, kind, characters = struct.unpack_from("<IBBB", self.stream, at)
        if kind == _MACRO_SHEET:
            raise HoldsMacros
        name = bytes(self.stream[at + 7 : at + length])
        if self._is_excel_97:
            name = name[1 : 1 + 2 * characters] if name[0] & 1 else name[1 : 1 + characters]
            text = name.decode("utf-16-le" if self.stream[at + 7] & 1 else "latin-1")
        else:
            text = name[:characters].decode("cp1252", "replace")
        self._sheets.append((text, state & 3 != 0, start))

    def _number(self, at: int) -> int:
        """The 16 bits there."""
        low, high = self.stream[at : at + 2]
        return low | high << 8


def _letters(column: int) -> str:
    """The name of a column, from 0."""
    first, second = divmod(column, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + second)
