"""XLSX files: looked through for what is unsafe or too large, then parsed."""

from typing import Final

from smstui.domain.visible import excerpt
from smstui.services.importing.archives import Archive
from smstui.services.importing.calamine import read_only_sheet
from smstui.services.importing.foreign import foreign_archive
from smstui.services.importing.refusals import HoldsMacros
from smstui.services.importing.sheet import FileKind, Sheet
from smstui.services.importing.sheet_xml import check_cells, is_within_frame, refuse_unsafe, tag_aligned

_WORKBOOK: Final = "workbook.xml"
_MACROS: Final = ("vbaproject.bin", "/macrosheets/")
_XML: Final = (".xml", ".rels", ".vml")
_MEDIA_TYPE: Final = "mimetype"
_LONGEST_MEDIA_TYPE: Final = 100


def read_workbook(octets: bytes) -> Sheet:
    """The table in an XLSX file. A formula counts as the value that was saved with it.

    Raises HoldsMacros, UnpacksTooBig, UnusualXml, UncomputedFormula, DamagedFile, what `read_only_sheet` raises, and
    what says of which other format the archive is.
    """
    archive = Archive(octets)
    names = [member.filename.lower() for member in archive.members]
    if not any(name.endswith(_WORKBOOK) for name in names):
        raise foreign_archive(names, _media_type(archive))
    if any(mark in name for name in names for mark in _MACROS):
        raise HoldsMacros
    for member in archive.members:
        blocks = tag_aligned(archive.pieces(member))
        if member.filename.lower().endswith(_XML):
            blocks = refuse_unsafe(excerpt(member.filename), blocks)
        if not is_within_frame(blocks):
            check_cells(tag_aligned(archive.pieces(member)))
    return Sheet(FileKind.XLSX, None, None, read_only_sheet(octets))


def _media_type(archive: Archive) -> str:
    """What an OpenDocument file says that it is; "" for other archives."""
    for member in archive.members:
        if member.filename == _MEDIA_TYPE:
            start = next(archive.pieces(member), b"")
            return start[:_LONGEST_MEDIA_TYPE].decode("ascii", "replace").strip()
    return ""
