"""deliver_sm and data_sm are acknowledged in batches, after their owner has committed them."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from struct import Struct

from smstui.smpp.deliver import MalformedPdu
from smstui.smpp.framing import Frame
from smstui.smpp.inbound import read_delivery
from smstui.smpp.link import Link
from smstui.smpp.values import BindSettings, Delivery, Listener
from smstui.smpp.wire import HEADER, RESPONSE, Status

_BATCH = 1000
"""Deliveries committed at once: building their answers takes less than a millisecond."""
_LIMIT = 10_000
_ANSWER = Struct(HEADER.format + "x")
"""deliver_sm_resp and data_sm_resp: a header and an empty message_id (SMPP 3.4, sections 4.6.2 and 4.7.2)."""

_log = logging.getLogger(__name__)


class Acknowledger:
    """Deliveries between their arrival and their acknowledgement."""

    def __init__(self, listener: Listener, link: Link, settings: BindSettings) -> None:
        self._listener = listener
        self._link = link
        self._settings = settings
        self._waiting: deque[tuple[int, int, Delivery]] = deque()
        self._filled = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def take(self, frames: Iterable[Frame]) -> None:
        """Queue the deliveries in `frames`; with too many waiting, the SMSC is asked to come again with them."""
        waiting, alphabet = self._waiting, self._settings.alphabet
        for command, _, sequence, body in frames:
            if len(waiting) >= _LIMIT:
                self._answer([(command, sequence)], Status.TEMPORARY_RECEIVER_ERROR)
                continue
            try:
                waiting.append((command, sequence, read_delivery(command, body, alphabet)))
            except MalformedPdu:
                self._answer([(command, sequence)], Status.PERMANENT_RECEIVER_ERROR)
        if waiting:
            self._filled.set()
            self._idle.clear()

    def _answer(self, requests: Iterable[tuple[int, int]], status: Status) -> None:
        """Answer these commands and sequence numbers, in one write."""
        pack, size, status_number = _ANSWER.pack, _ANSWER.size, int(status)
        self._link.write(
            b"".join([pack(size, command | RESPONSE, status_number, sequence) for command, sequence in requests])
        )

    async def run(self) -> None:
        """Commit and acknowledge, batch after batch, until cancelled."""
        while True:
            await self._filled.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            status = await self._commit([delivery for _, _, delivery in batch])
            self._answer([(command, sequence) for command, sequence, _ in batch], status)
            if not self._waiting:
                self._filled.clear()
                self._idle.set()
            await asyncio.sleep(0)

    async def flushed(self) -> None:
        """Wait until everything that came is acknowledged."""
        await self._idle.wait()

    async def _commit(self, deliveries: list[Delivery]) -> Status:
        """Let the owner commit, within the time in which the SMSC awaits an answer."""
        try:
            async with asyncio.timeout(self._settings.response_timeout):
                await self._listener.deliveries(deliveries)
        except Exception:  # noqa: BLE001 (whatever happened to the owner, the SMSC is told and the session lives)
            _log.exception("%d deliveries could not be kept; the SMSC will send them again", len(deliveries))
            return Status.TEMPORARY_RECEIVER_ERROR
        return Status.OK
