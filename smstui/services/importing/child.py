"""The process that reads a file of contacts, and writes them: what hostile files do, they do to it alone.

It has limits of memory and time, and says over its standard output how far it is, then what came of it.
"""

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

from smstui.domain.errors import Refusal
from smstui.i18n import use_language
from smstui.services.importing import pipe
from smstui.services.importing.requests import ImportRequest, LookRequest, NumbersRequest, OutOfMemory, Request
from smstui.services.importing.values import ImportProgress

MEMORY_LIMIT: Final = 5 * 1024**3 // 4
"""Octets of address space."""
TIME_LIMIT: Final = 300
"""Seconds of the processor, after which it ends even if its parent was killed and waits for nothing."""
COURTESY: Final = 10
"""How much its processor time counts less than that of the screens and of the dispatcher (nice)."""


def main() -> None:
    """Do what standard input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(COURTESY)
    out = sys.stdout.buffer
    request = pipe.read(sys.stdin.buffer)
    assert isinstance(request, Request)
    use_language(request.language)
    gc.disable()  # hundreds of thousands of rows stay until the end, which comes soon: looking through them is in vain
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))
    _say(out, _outcome(request.work, lambda progress: _say(out, progress)))


def _outcome(work: LookRequest | NumbersRequest | ImportRequest, told: Callable[[ImportProgress], None]) -> object:
    try:
        if isinstance(work, LookRequest):
            from smstui.services.importing.looking import look

            return look(work.file, work.options, work.free_fields)
        if isinstance(work, NumbersRequest):
            from smstui.services.importing.numbers import read_numbers

            return read_numbers(work.file.octets)
        from smstui.services.importing.running import run_import

        return run_import(work, told)
    except Refusal as refusal:
        return refusal.with_traceback(None)
    except MemoryError:
        return OutOfMemory()


def _say(out: BinaryIO, value: object) -> None:
    out.write(pipe.pack(value))
    out.flush()


if __name__ == "__main__":
    main()
