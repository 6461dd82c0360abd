"""Learning that something was committed, by this process or by another one."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from smstui.domain.errors import Refusal

PACE = 0.1
"""Seconds between two returns of `Changes.wait`, at least: a dispatcher commits a hundred times a second."""
RETRY = 1.0
"""Seconds until a database that was lost is listened to again."""
_log = logging.getLogger(__name__)


class Changes:
    """What one watcher has not looked at yet."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._returned_at = asyncio.get_running_loop().time() - PACE

    async def wait(self, timeout: float | None = None) -> bool:
        """Whether something may have been committed since the last return; False after `timeout` seconds without.

        Returns True at once when it already was, but no sooner than PACE after the last time. It may be a false alarm,
        never a missed one, except while the connection to a server is lost: a watcher that must not miss anything
        looks by itself from time to time, when this returns False.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
                await asyncio.sleep(self._returned_at + PACE - loop.time())
        except TimeoutError:
            return False
        self._news.clear()
        self._returned_at = loop.time()
        return True

    def tell(self) -> None:
        """Something may have been committed."""
        self._news.set()


class Watch:
    """Tells all watchers, and listens to the database only while there are some."""

    def __init__(self, commits: Callable[[], AsyncGenerator[None]]) -> None:
        self._commits = commits
        self._watchers: set[Changes] = set()
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[Changes]:
        """The changes from now on."""
        watcher = Changes()
        self._watchers.add(watcher)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)
            if not self._watchers and self._listening is not None:
                ended, self._listening = self._listening, None
                ended.cancel()
                await asyncio.wait({ended})
                if not ended.cancelled():
                    ended.result()

    def tell(self) -> None:
        """This process has committed something."""
        for watcher in self._watchers:
            watcher.tell()

    async def _listen(self) -> None:
        while True:
            try:
                async with aclosing(self._commits()) as commits:
                    async for _ in commits:
                        self.tell()
            except Refusal as refusal:
                _log.warning("changes of other processes are not seen: %r", refusal)
            await asyncio.sleep(RETRY)
