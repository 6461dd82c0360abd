"""E-mail that nobody asks for at that moment: each message once, whoever runs, and whatever the server does.

A message is claimed in a transaction before it leaves, so that no two processes send it; the claim is given back when
the server is seen not to take it, and it is tried again later. Who is killed in between, or does not learn what the
server did, never sends it again: at most once.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from smstui.domain.clock import Clock
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from smstui.services.mail import Mail, Mailer, MailSession
from smstui.services.mail_refusals import MailInDoubt, MailRecipientRefused, MailRefused

FIRST_PAUSE: Final = 60.0
"""Seconds before what has failed is tried again, doubled with each further failure."""
LONGEST_PAUSE: Final = 3600.0
_ONE: Final = (InvalidEmail, MailRecipientRefused, MailRefused)
"""What keeps one message from leaving, and none of the others."""
_log = logging.getLogger(__name__)


class DueMail(Protocol):
    """A message that is due."""

    @property
    def key(self) -> str:
        """Names it in this process."""

    async def claim(self) -> Mail | None:
        """The message, for this process to send; None when another one has claimed it, or it is due no longer."""

    async def sent(self) -> None:
        """The server has taken it."""

    async def release(self) -> None:
        """It has not left: it is due again."""


Look = Callable[[], Awaitable[Sequence[DueMail]]]
"""Finds what is due."""


@dataclass(slots=True)
class _Pause:
    """Until when something that has failed is left alone."""

    until: float
    """Monotonic."""
    seconds: float


class MailRound:
    """Sends what is due, and leaves alone for a while what has failed."""

    def __init__(self, mailer: Mailer, clock: Clock, looks: Sequence[Look]) -> None:
        self._mailer, self._clock, self._looks = mailer, clock, tuple(looks)
        self._pauses: dict[str, _Pause] = {}

    async def run(self) -> None:
        """One round. Never raises a refusal of the server: it is logged, and what is due is tried again later."""
        if not self._mailer.is_set_up or self._pauses_now(""):
            return
        due = [each for look in self._looks for each in await look()]
        waiting = [each for each in due if not self._pauses_now(each.key)]
        self._pauses = {key: pause for key, pause in self._pauses.items() if key in {"", *(one.key for one in due)}}
        if not waiting:
            return
        try:
            async with self._mailer.session() as session:
                for each in waiting:
                    await self._send(session, each)
        except Refusal as refusal:
            self._failed("", refusal)
        else:
            self._pauses.pop("", None)

    async def _send(self, session: MailSession, due: DueMail) -> None:
        """Send one message, if it still is due. Raises what keeps the others from leaving too."""
        mail = await due.claim()
        if mail is None:
            return
        try:
            await session.send(mail)
        except MailInDoubt:
            raise
        except _ONE as refusal:
            self._failed(due.key, refusal)
            await due.release()
        except Refusal:
            await due.release()
            raise
        else:
            self._pauses.pop(due.key, None)
            await due.sent()

    def _pauses_now(self, key: str) -> bool:
        pause = self._pauses.get(key)
        return pause is not None and pause.until > self._clock.monotonic()

    def _failed(self, key: str, refusal: Refusal) -> None:
        before = self._pauses.get(key)
        seconds = min(before.seconds * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self._pauses[key] = _Pause(self._clock.monotonic() + seconds, seconds)
        what = key or "the mail server"  # a refusal may hold an address
        _log.warning("e-mail waits for %.0f s, because of %s: %s", seconds, what, type(refusal).__name__)
