"""aiosmpplib's own ESME. Arguments: `shipped` or `o1corr`, then the task.

`o1corr` only replaces the correlator's search for what has expired, which as shipped looks at every entry at every
call, and the persisting dictionaries, which without a folder persist nothing, by plain ones. Requests, segments and
receipts are correlated by the library's code.
"""

import asyncio
import logging
import os
import sys
import time

from aiosmpplib import (  # type: ignore[import-untyped]
    ESME,
    NPI,
    TON,
    AbstractBroker,
    AbstractHook,
    DeliverSm,
    PhoneNumber,
    SubmitSm,
    SubmitSmResp,
)
from aiosmpplib.correlator import SimpleCorrelator  # type: ignore[import-untyped]
from aiosmpplib.protocol import SmppMessage  # type: ignore[import-untyped]

from benchmarks.peers.task import PASSWORD, SOURCE, SYSTEM_ID, TEXT, Tally, Task, number, task_of_this_process


class DictCorrelator(SimpleCorrelator):  # type: ignore[misc]
    """The library's correlator, in constant time: entries lie by age, so only the first can have expired."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._store: dict[str, tuple[float, SmppMessage]] = {}
        self._delivery_store: dict[str, tuple[float, SubmitSm]] = {}

    async def _remove_expired(self) -> None:
        now = time.monotonic()
        while self._store:
            key = next(iter(self._store))
            stored_at, message = self._store[key]
            if now - stored_at <= self.max_ttl_response:
                break
            del self._store[key]
            await self.expired(message)
        while self._delivery_store:
            key = next(iter(self._delivery_store))
            if now - self._delivery_store[key][0] <= self.max_ttl_delivery:
                break
            del self._delivery_store[key]


class Windowed(AbstractBroker):  # type: ignore[misc]
    """Makes messages as the window has room: the library has none of its own."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.room = asyncio.Event()

    async def enqueue(self, message: SmppMessage) -> None:
        """Nothing is queued."""
        raise NotImplementedError

    async def dequeue(self) -> SmppMessage:
        """The next message."""
        while not self._tally.may_submit:
            self.room.clear()
            await self.room.wait()
        return SubmitSm(
            short_message=TEXT,
            source=PhoneNumber(SOURCE, TON.ALPHANUMERIC, NPI.UNKNOWN),
            destination=PhoneNumber(number(self._tally.submit()), TON.INTERNATIONAL, NPI.ISDN),
            registered_delivery=1,
        )


class Counting(AbstractHook):  # type: ignore[misc]
    """Counts what comes back."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.broker: Windowed

    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        """Nothing to do."""

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        """An answer or a receipt."""
        if isinstance(smpp_message, SubmitSmResp):
            self._tally.answer()
            self.broker.room.set()
        elif isinstance(smpp_message, DeliverSm):
            self._tally.receipt()
            self.broker.room.set()

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        """Errors end the measurement."""
        raise error


async def _run(task: Task, correlator: SimpleCorrelator) -> None:
    done = asyncio.Event()
    tally = Tally(task, warm=lambda: None, done=done.set)
    hook, broker = Counting(tally), Windowed(tally)
    hook.broker = broker
    esme = ESME(
        smsc_host="127.0.0.1",
        smsc_port=task.port,
        system_id=SYSTEM_ID,
        password=PASSWORD,
        hook=hook,
        broker=broker,
        correlator=correlator,
        log_level=logging.CRITICAL,
        log_handler=logging.NullHandler(),
    )
    running = asyncio.create_task(esme.start())
    await asyncio.wait({running, asyncio.create_task(done.wait())}, return_when=asyncio.FIRST_COMPLETED)
    tally.report()
    os._exit(0)  # its end waits seconds for its tasks


if __name__ == "__main__":
    chosen = {"shipped": SimpleCorrelator, "o1corr": DictCorrelator}[sys.argv[1]]
    asyncio.run(_run(task_of_this_process(), chosen(SYSTEM_ID)))
