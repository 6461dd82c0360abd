"""The session of who is logged in at this program: kept fresh, looked at, and ended with it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.services.blocking import AccountBlocked
from smstui.services.sessions import SessionEnded, Sessions

LOOK: Final = 2.0
"""Seconds until it is noticed that the session was ended elsewhere."""
_log = logging.getLogger(__name__)


class Attendance:
    """`async with Attendance(…) as attendance:` – what is begun in it is ended with it, and known to be when it ends.

    A program that is killed ends nothing: its session is not seen any more, and is gone after a few minutes.
    """

    def __init__(self, sessions: Sessions, over: Callable[[Actor, Refusal], None]) -> None:
        """`over` is called once when a session may not go on, with whose it was and why."""
        self._sessions, self._over = sessions, over
        self._actor: Actor | None = None
        self._looking: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end()
        await asyncio.gather(*self._closing)

    def begin(self, actor: Actor) -> None:
        """`actor` has logged in by a session."""
        self.end()
        self._actor = actor
        self._looking = asyncio.create_task(self._look(actor), name="session")

    def end(self) -> None:
        """Whoever was logged in has logged out."""
        if self._actor is None or self._looking is None:
            return
        self._looking.cancel()
        closing = asyncio.create_task(self._close(self._actor), name="session-end")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._actor = self._looking = None

    async def _look(self, actor: Actor) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self._sessions.attend(actor)
            except (SessionEnded, AccountBlocked) as refusal:
                self._over(actor, refusal)
                return
            except Refusal:
                continue  # the database is busy or away: it is asked again
            except Exception:  # noqa: BLE001 (the next look may succeed)
                _log.exception("the session could not be looked at")

    async def _close(self, actor: Actor) -> None:
        with suppress(Refusal):
            await self._sessions.close(actor)
