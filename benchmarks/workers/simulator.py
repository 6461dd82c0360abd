"""The bundled simulator in a process of its own. The argument is a `Behaviour`, as JSON.

Prints its port. Each line on its standard input is `acknowledged N` or `accepted N`: once there were so many receipts
acknowledged, or submit_sm accepted, it prints the time, in seconds since 1970. It ends with its input.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from benchmarks.processes import Behaviour
from smstui.smpp.simulator import Hazards, Simulator, SimulatorSettings

LOOK = 0.002
"""Seconds between two looks at a count."""


def _count(simulator: Simulator, what: str) -> int:
    return simulator.acknowledged if what == "acknowledged" else simulator.stats.accepted


async def _run(behaviour: Behaviour) -> None:
    settings = SimulatorSettings(
        port=behaviour.port,
        receipt_delay=behaviour.receipt_delay,
        hazards=Hazards(response_delay=behaviour.response_delay),
        log=Path(behaviour.log) if behaviour.log else None,
        seed=1,
    )
    async with Simulator(settings) as simulator:
        print(simulator.port, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, count = line.split()
            while _count(simulator, what) < int(count):  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
            print(time.time(), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(Behaviour(**json.loads(sys.argv[1]))))
