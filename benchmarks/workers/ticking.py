"""smstui with a ticker in the event loop of its dispatcher. Arguments: a file, then those of smstui.

At the end the file tells how late the ticks were; SIGUSR1 forgets the ticks so far.
"""

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from smstui.__main__ import main
from smstui.services.dispatch.dispatcher import Dispatcher

TICK = 0.001
_late: list[float] = []


async def _tick() -> None:
    """Note how late each tick is, in seconds."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        _late.append(time.perf_counter() - before - TICK)


def _let_tick() -> None:
    """Let the dispatcher's event loop tick."""
    run = Dispatcher.run

    async def run_and_tick(self: Dispatcher, only: str | None = None) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _late.clear)
        ticker = asyncio.create_task(_tick())
        try:
            await run(self, only)
        finally:
            ticker.cancel()

    Dispatcher.run = run_and_tick  # type: ignore[method-assign]


def _report() -> str:
    _late.sort()
    return json.dumps({"longest": _late[-1] * 1000, "p999": _late[len(_late) * 999 // 1000] * 1000})


if __name__ == "__main__":
    _let_tick()
    report = Path(sys.argv[1])
    sys.argv = ["smstui", *sys.argv[2:]]
    try:
        main()
    finally:
        report.write_text(_report())
