"""How long the event loop is kept from coming back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_TICK = 0.001


@asynccontextmanager
async def noted_stalls() -> AsyncIterator[list[float]]:
    """While the block runs, a list of one figure: the longest time in seconds, beyond the asked one, of a tick."""
    longest = [0.0]
    ticking = asyncio.create_task(_tick(longest))
    try:
        yield longest
    finally:
        ticking.cancel()


async def _tick(longest: list[float]) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        await asyncio.sleep(_TICK)
        longest[0] = max(longest[0], clock() - began - _TICK)
