"""The process behind one browser page."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

QUIT_DEADLINE = 1.0
"""Seconds given to the application to quit by itself, before it is told by a signal."""
TERM_DEADLINE = 0.8
"""Seconds given to it after SIGTERM, before it is killed."""


class Session(AppService):
    """One page's application. Unlike its base, it starts without a shell, in a process group that ends with it."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            command[0], write_bytes=write_bytes, write_str=write_str, close=close, download_manager=downloads
        )
        self._arguments = tuple(command)
        self._extra_environment = dict(environment)

    async def _open_app_process(self, width: int = 80, height: int = 24) -> asyncio.subprocess.Process:
        environment = self._build_environment(width=width, height=height) | self._extra_environment
        process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Carry bytes between the process and the page until the process ends; the page is closed then."""
        await super().run()
        await self.remote_close()

    async def end(self) -> None:
        """Have the process quit, by force once the deadlines have passed, and wait until it has ended."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(QUIT_DEADLINE):
                await self.send_meta({"type": "quit"})
        if not await self._ended_within(QUIT_DEADLINE):
            self._signal(signal.SIGTERM)
            if not await self._ended_within(TERM_DEADLINE):
                self._signal(signal.SIGKILL)
        await process.wait()
        if self._task is not None:
            await self._task

    async def _ended_within(self, seconds: float) -> bool:
        """Whether the process has ended, waiting for it no longer than `seconds`."""
        assert self._process is not None
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and whatever it started."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
