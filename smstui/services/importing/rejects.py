"""The lines that an import left out, as a CSV file to correct and to import again; kept compressed."""

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from smstui.domain.spreadsheet_text import guarded
from smstui.i18n import N_, _
from smstui.services.importing.values import Reject, RejectKind

REJECT_WORDS: Final = {
    RejectKind.REFUSED: N_("refused"),
    RejectKind.DUPLICATE: N_("duplicate"),
    RejectKind.OPTED_OUT: N_("on the STOP list"),
    RejectKind.INCOMPLETE: N_("incomplete"),
}
"""Message ids."""


def pack(header: Sequence[str], rejects: Sequence[Reject]) -> bytes | None:
    """Rejects as they are kept, with the names of the columns of their file; None when there are none."""
    if not rejects:
        return None
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    for each in rejects:
        writer.writerow([each.kind.value, each.line, each.reason, *each.cells])
    return zlib.compress(text.getvalue().encode("utf-8", "surrogatepass"))


def unpack(kept: bytes | None, limit: int | None = None) -> tuple[Reject, ...]:
    """The first `limit` of the rejects that were kept, or all."""
    return tuple(islice(map(_reject, islice(_lines(kept), 1, None)), limit))


def rejects_file(kept: bytes | None) -> bytes:
    """The CSV file of rejects to hand out: UTF-8 with BOM, semicolons, a header, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    header = next(_lines(kept), [])
    writer.writerow([*map(guarded, header), _("Line"), _("Outcome"), _("Reason")])
    for each in unpack(kept):
        told = [str(each.line), _(REJECT_WORDS[each.kind]), each.reason]
        writer.writerow([guarded(cell) for cell in (*each.cells, *told)])
    return text.getvalue().encode("utf-8-sig", "replace")


def _lines(kept: bytes | None) -> Iterator[list[str]]:
    """The header, then a line for each reject."""
    if kept is None:
        return iter(())
    return csv.reader(io.StringIO(zlib.decompress(kept).decode("utf-8", "surrogatepass"), newline=""), delimiter=";")


def _reject(line: Sequence[str]) -> Reject:
    kind, number, reason, *cells = line
    return Reject(RejectKind(kind), int(number), reason, tuple(cells))
