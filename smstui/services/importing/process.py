"""Starting the process that imports, and hearing what it says; see `child`."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.services.exporting.refusals import explained
from smstui.services.importing import pipe
from smstui.services.importing.requests import OutOfMemory, Request
from smstui.services.importing.values import ImportProgress
from smstui.settings import SECRET_VARIABLES

DEADLINE: Final = 300.0
"""Seconds that all of it may take."""
LAST_MOMENT: Final = 5.0
"""Seconds that the process may take to end once it has answered."""
_FELL: Final = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})
"""How the process ends when a library in it is refused memory."""
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class FileTooDemanding(Refusal):
    """More memory or time than a file of contacts needs."""

    sentence: ClassVar[str] = N_(
        "The file needs more memory or time than a file of contacts does: save it again as CSV, or cut it in two."
    )


@dataclass(eq=False)
class ReadingFailed(Refusal):
    """The process ended without an outcome: the file made it fall, or somebody stopped it."""

    sentence: ClassVar[str] = N_("Reading the file stopped half-way, and nothing was imported: try again.")


async def outcome(request: Request, told: Callable[[ImportProgress], None] | None = None) -> object:
    """What the process answers to `request`; `told` hears how far it is. Cancelled, it ends the process first.

    Raises the refusals that the process raises, FileTooDemanding, ReadingFailed, NoRoomForFile, FileNotWritable.
    """
    answer: object = None
    try:
        async with asyncio.timeout(DEADLINE), _child(request) as (process, stdout):
            while (said := await pipe.receive(stdout)) is not None:
                if isinstance(said, ImportProgress):
                    if told is not None:
                        told(said)
                else:
                    answer = said
    except TimeoutError:
        raise FileTooDemanding from None
    match answer:
        case None if process.returncode not in _FELL:
            raise ReadingFailed
        case None | OutOfMemory():
            raise FileTooDemanding
        case Refusal():
            raise answer
        case _:
            return answer


@asynccontextmanager
async def _child(request: Request) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """The process at work on `request`, and what it says. It has ended when the block has."""
    with await asyncio.to_thread(_written, request) as stdin:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "smstui.services.importing.child",
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name not in SECRET_VARIABLES},
        )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        yield process, process.stdout
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(process.wait()), LAST_MOMENT)
    finally:
        if process.returncode is None:
            # Not by `process.kill`, which may take the end of the process away from the one who awaits it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
        if said := (await errors).decode(errors="replace").strip():
            _log.error("the process that imports: %s", said)


def _written(request: Request) -> IO[bytes]:
    """A file without a name that holds `request`: megabytes through a pipe would keep the event loop busy.

    The caller closes it. Raises NoRoomForFile, FileNotWritable.
    """
    with explained(Path(tempfile.gettempdir(), "smstui")), contextlib.ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        file.write(pipe.pack(request))
        file.seek(0)
        stack.pop_all()
        return file
