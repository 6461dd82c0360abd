"""A phone number in the lines that imports left out; see `importing.rejects` for how they are kept."""

import csv
import io
import re
import unicodedata
import zlib
from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.storage.tables import contact_import

_BETWEEN: Final = r"[\s.,/()'-]*"
"""What people and spreadsheets write between two digits."""
_PIECE: Final = 100_000
"""Characters that are searched at once."""
_OVERLAP: Final = 200
_FIRST_CELL: Final = 3
"""Of a line as it is kept, after kind, number and reason."""


def imports_that_mention(tx: Connection, actor: Actor, number: str) -> Iterator[int]:
    """The ids of the account's imports whose rejects hold `number` (E.164), in whatever form."""
    wanted = _written(number)
    own = select(contact_import.c.id, contact_import.c.rejects).where(
        contact_import.c.account_id == actor.account_id, contact_import.c.rejects.is_not(None)
    )
    for row in tx.execute(own).yield_per(1):
        if any(map(wanted.search, _pieces(_decompressed(row.rejects)))):
            yield row.id


def forget_in_rejects(tx: Connection, actor: Actor, number: str, import_ids: Collection[int]) -> int:
    """Empty the lines that hold `number` in the rejects of these imports; how many. Their kind and line number stay."""
    wanted, forgotten = _written(number), 0
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
        if not wanted.search(_normal(";".join(told))):
            writer.writerow(line)
            continue
        emptied += 1
        blank = [""] * len(told)
        writer.writerow(blank if index == 0 else [*line[: _FIRST_CELL - 1], *blank])
    return zlib.compress(written.getvalue().encode("utf-8", "surrogatepass")), emptied


def _written(number: str) -> re.Pattern[str]:
    """The digits of `number` without its country code, whatever is between them."""
    from phonenumbers import parse

    return re.compile(_BETWEEN.join(str(parse(number).national_number)) + "(?![0-9])")


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces that overlap, so that whoever else needs the interpreter does not wait for all of it."""
    for start in range(0, len(text), _PIECE):
        yield _normal(text[start : start + _PIECE + _OVERLAP])


def _decompressed(rejects: bytes) -> str:
    return zlib.decompress(rejects).decode("utf-8", "surrogatepass")


def _normal(text: str) -> str:
    """With ASCII digits and spaces."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
