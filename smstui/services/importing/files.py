"""Files of contacts of any kind that is read, told by what they hold: their names lie."""

from smstui.services.importing.compound import SIGNATURE
from smstui.services.importing.delimited import read_delimited
from smstui.services.importing.foreign import refuse_signature
from smstui.services.importing.old_workbooks import START, read_old_workbook
from smstui.services.importing.refusals import EmptyFile, FileTooBig
from smstui.services.importing.sheet import FILE_LIMIT, MEGABYTE, ReadingOptions, Sheet
from smstui.services.importing.workbooks import read_workbook

_ALL_FOUND_OUT = ReadingOptions()
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")


def read_sheet(octets: bytes, options: ReadingOptions = _ALL_FOUND_OUT) -> Sheet:
    """The table in a file; `options` matter for a text only.

    Raises an UnreadableFile of `refusals` or `foreign`, which says what is wrong and what to do. A file that was made
    to harm may still need much memory or time: call it in a process that has little of both.
    """
    if not octets:
        raise EmptyFile
    if len(octets) > FILE_LIMIT:
        raise FileTooBig(FILE_LIMIT // MEGABYTE)
    if octets.startswith(_ZIP):
        return read_workbook(octets)
    if octets.startswith((SIGNATURE, START)):
        return read_old_workbook(octets)
    refuse_signature(octets)
    return read_delimited(octets, options)
