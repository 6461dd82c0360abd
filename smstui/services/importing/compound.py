"""Compound files (OLE, [MS-CFB]): the containers of XLS files and of encrypted XLSX files."""

import io
import struct
from collections.abc import Sequence
from typing import Final

import olefile

from smstui.services.importing.foreign import Presentation, TextDocument
from smstui.services.importing.refusals import (
    BinaryFile,
    DamagedFile,
    HoldsMacros,
    PasswordProtected,
    UnreadableFile,
)

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOKS: Final = ("workbook", "book")
"""Names of the stream with the records; both are there in files for Excel 5 as well as 97."""
_MACROS: Final = "_vba_project"
_OTHERS: Final = {
    "encryptedpackage": PasswordProtected,
    "worddocument": TextDocument,
    "powerpoint document": Presentation,
}

_SECTOR: Final = 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
"""Entries of the allocation table: a free sector, the last one of a stream, one of the table itself."""
_TABLES_IN_HEADER: Final = 109
_ROOT, _STREAM, _NOTHING = 5, 2, 0
"""Kinds of directory entries."""


def workbook_stream(octets: bytes) -> bytes:
    """The records of the workbook in a compound file.

    Raises PasswordProtected, HoldsMacros, DamagedFile, BinaryFile, and what says that it is a document of Office.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as container:
            paths: list[list[str]] = container.listdir()
            name = _workbook_name(paths)
            stream: bytes = container.openstream(name).read()
            return stream
    except UnreadableFile:
        raise
    except Exception:  # noqa: BLE001 (olefile raises whatever a damaged file leads it to)
        raise DamagedFile from None


def _workbook_name(paths: Sequence[Sequence[str]]) -> str:
    names = {path[0].lower(): path[0] for path in paths if len(path) == 1}
    for other, refusal in _OTHERS.items():
        if other in names:
            raise refusal
    if any(part.lower().startswith(_MACROS) for path in paths for part in path):
        raise HoldsMacros
    for each in _WORKBOOKS:
        if each in names:
            return names[each]
    raise BinaryFile if paths else DamagedFile


def with_workbook(stream: bytes) -> bytes:
    """A compound file that holds nothing but a workbook, without any of the traps that a container may hold."""
    sectors = max(-(-len(stream) // _SECTOR), 1)
    directory = sectors
    tables = -(-(sectors + 1) // (_SECTOR // 4 - 1))
    allocation = [*range(1, sectors), _END, _END] + [_TABLE] * tables
    allocation += [_FREE] * (tables * _SECTOR // 4 - len(allocation))
    entries = _entry("Root Entry", _ROOT, 1, _END, 0) + _entry("Workbook", _STREAM, _FREE, 0, sectors * _SECTOR)
    entries += _entry("", _NOTHING, _FREE, 0, 0) * (_SECTOR // len(entries) * 2 - 2)
    return b"".join(
        (
            _header(directory, range(directory + 1, directory + 1 + tables)).ljust(_SECTOR, b"\0"),
            stream.ljust(sectors * _SECTOR, b"\0"),
            entries,
            struct.pack(f"<{len(allocation)}I", *allocation),
        )
    )


def _header(directory: int, tables: Sequence[int]) -> bytes:
    """Of version 3, though with the sectors of version 4: a table of allocation of a few sectors is enough then."""
    version, byte_order, sector_shift, mini_shift, mini_cutoff = (0x3E, 3), 0xFFFE, 12, 6, 4096
    fields = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        SIGNATURE,
        *version,
        byte_order,
        sector_shift,
        mini_shift,
        1,
        len(tables),
        directory,
        0,
        mini_cutoff,
        _END,
        0,
        _END,
        0,
        tables[0],
    )
    listed = [*tables[1:], *[_FREE] * (_TABLES_IN_HEADER - len(tables))]
    return fields + struct.pack(f"<{len(listed)}I", *listed)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """An entry of the directory."""
    encoded = name.encode("utf-16-le")
    length = len(encoded) + 2 if name else 0
    return struct.pack("<64sHBBIII16xI16xIQ", encoded, length, kind, 1, _FREE, _FREE, child, 0, start, size)
