"""aiosmpplib's `stop` with a full window in flight: how many of its messages have an outcome then."""

import asyncio
import json
import logging
import os

from aiosmpplib import ESME  # type: ignore[import-untyped]

from benchmarks.peers.aiosmpplib_client import Counting, DictCorrelator, Windowed
from benchmarks.peers.task import PASSWORD, SYSTEM_ID, Tally, Task, task_of_this_process


async def _run(task: Task) -> None:
    tally = Tally(task, warm=lambda: None, done=lambda: None)
    hook, broker = Counting(tally), Windowed(tally)
    hook.broker = broker
    esme = ESME(
        smsc_host="127.0.0.1",
        smsc_port=task.port,
        system_id=SYSTEM_ID,
        password=PASSWORD,
        hook=hook,
        broker=broker,
        correlator=DictCorrelator(SYSTEM_ID),
        log_level=logging.CRITICAL,
        log_handler=logging.NullHandler(),
    )
    starting = asyncio.create_task(esme.start())
    while tally.submitted < task.total:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await asyncio.wait({starting, asyncio.create_task(esme.stop())}, return_when=asyncio.ALL_COMPLETED, timeout=10)
    print(json.dumps({"outcomes": tally.answered}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_run(task_of_this_process()))
