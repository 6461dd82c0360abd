"""A phone number in the lines that imports left out; see `importing.rejects` for how they are kept."""

import csv
import io
import re
import zlib
from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.services.written_numbers import normal, number_pattern, pieces
from smstui.storage.tables import contact_import

_FIRST_CELL: Final = 3
"""Of a line as it is kept, after kind, number and reason."""


def imports_that_mention(tx: Connection, actor: Actor, number: str) -> Iterator[int]:
    """The ids of the account's imports whose rejects hold `number` (E.164), in whatever form."""
    wanted = number_pattern(number)
    own = select(contact_import.c.id, contact_import.c.rejects).where(
        contact_import.c.account_id == actor.account_id, contact_import.c.rejects.is_not(None)
    )
    for row in tx.execute(own).yield_per(1):
        if any(map(wanted.search, pieces(_decompressed(row.rejects)))):
            yield row.id


def forget_in_rejects(tx: Connection, actor: Actor, number: str, import_ids: Collection[int]) -> int:
    """Empty the lines that hold `number` in the rejects of these imports; how many. Their kind and line number stay."""
    wanted, forgotten = number_pattern(number), 0
    own = (contact_import.c.account_id == actor.account_id, contact_import.c.id.in_(import_ids))
    for row in tx.execute(select(contact_import.c.id, contact_import.c.rejects).where(*own)).all():
        kept, lines = _without(row.rejects, wanted)
        if lines:
            tx.execute(update(contact_import).where(contact_import.c.id == row.id).values(rejects=kept))
            forgotten += lines
    return forgotten


def _without(rejects: bytes, wanted: re.Pattern[str]) -> tuple[bytes, int]:
    """The rejects without what the lines that hold the number say, and how many lines those are."""
    written, emptied = io.StringIO(), 0
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for index, line in enumerate(csv.reader(io.StringIO(_decompressed(rejects), newline=""), delimiter=";")):
        told = line if index == 0 else line[_FIRST_CELL - 1 :]
        if not wanted.search(normal(";".join(told))):
            writer.writerow(line)
            continue
        emptied += 1
        blank = [""] * len(told)
        writer.writerow(blank if index == 0 else [*line[: _FIRST_CELL - 1], *blank])
    return zlib.compress(written.getvalue().encode("utf-8", "surrogatepass")), emptied


def _decompressed(rejects: bytes) -> str:
    return zlib.decompress(rejects).decode("utf-8", "surrogatepass")
