"""Reading what may have changed, one reading at a time."""

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode


class Latest:
    """Runs `work` in a worker of `node`; asked again while it runs, it runs once more after, and never twice at once.

    A timer that asks faster than a slow database answers thus neither piles readings up nor cuts them short.
    """

    def __init__(self, node: DOMNode, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._node, self._work, self._group = node, work, group
        self._running = False
        self._again = False

    def ask(self) -> None:
        """See that `work` runs from its beginning after this."""
        if self._running:
            self._again = True
            return
        self._running = True
        self._node.run_worker(self._run(), group=self._group)

    async def _run(self) -> None:
        try:
            self._again = True
            while self._again:
                self._again = False
                await self._work()
        finally:
            self._running = False
