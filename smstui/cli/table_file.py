"""Verbs that write a table: to a file, .csv or .xlsx, or as CSV to standard output."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

from smstui.cli.context import Call
from smstui.domain.errors import Refusal
from smstui.i18n import N_

STANDARD_OUTPUT = "-"


@dataclass(eq=False)
class NotReplaced(Refusal):
    """A file of that name, and no --force."""

    path: str
    sentence: ClassVar[str] = N_("There is a file {path} already: choose another name, or replace it with --force.")


@contextmanager
def only_by_force() -> Iterator[None]:
    """Raise NotReplaced where the block finds a file that it must not replace."""
    from smstui.services.exporting.refusals import FileThere

    try:
        yield
    except FileThere as there:
        raise NotReplaced(there.path) from None


async def write_table(
    call: Call,
    file: str,
    stream: Callable[[BinaryIO], Awaitable[int]],
    write: Callable[[Path], Awaitable[int]],
    written: Callable[[int], str],
) -> None:
    """Write by `stream` to standard output, or by `write` to `file`, which is told by the sentence `written` gives.

    Raises NotReplaced, and what these raise.
    """
    if file == STANDARD_OUTPUT:
        await stream(sys.stdout.buffer)
        return
    with only_by_force():
        count = await write(Path(file))
    call.answer({"exported": count, "file": file}, written(count).format(count=count, file=file))
