"""The process that reads a file of contacts, and writes them: what hostile files do, they do to it alone.

It has a limit of memory, ends with its parent, and says over its standard output how far it is, then what came of it.
"""

import gc
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Final

from smstui.domain.errors import Refusal
from smstui.i18n import use_language
from smstui.services.importing import pipe
from smstui.services.importing.requests import ImportRequest, LookRequest, OutOfMemory, Request
from smstui.services.importing.values import ImportProgress

MEMORY_LIMIT: Final = 5 * 1024**3 // 4
"""Octets of address space."""


def main() -> None:
    """Do what standard input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = sys.stdout.buffer
    request = pipe.read(sys.stdin.buffer)
    assert isinstance(request, Request)
    threading.Thread(target=_end_with_parent, args=(sys.stdin.fileno(),), daemon=True).start()
    use_language(request.language)
    gc.disable()  # hundreds of thousands of rows stay until the end, which comes soon: looking through them is in vain
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    _say(out, _outcome(request.work, lambda progress: _say(out, progress)))


def _outcome(work: LookRequest | ImportRequest, told: Callable[[ImportProgress], None]) -> object:
    try:
        if isinstance(work, LookRequest):
            from smstui.services.importing.looking import look

            return look(work.file, work.options, work.free_fields)
        from smstui.services.importing.running import run_import

        return run_import(work, told)
    except Refusal as refusal:
        return refusal.with_traceback(None)
    except MemoryError:
        return OutOfMemory()


def _end_with_parent(stdin: int) -> None:
    """Standard input ends when the parent does, which was killed: nobody waits for the outcome."""
    while os.read(stdin, 1):
        pass
    signal.raise_signal(signal.SIGKILL)


def _say(out: BinaryIO, value: object) -> None:
    out.write(pipe.pack(value))
    out.flush()


if __name__ == "__main__":
    main()
