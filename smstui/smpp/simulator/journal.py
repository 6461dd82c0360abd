"""The log file: JSON lines of what phones received and sent, and of the receipts, written beside the event loop.

One object a line; "event" is "message" (an accepted submit_sm: one line a part), "receipt", "inbound", or
"acknowledged" with the line of the receipt or inbound message that the application took.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from io import FileIO
from json.encoder import encode_basestring_ascii as quote
from pathlib import Path
from typing import NamedTuple

from smstui.smpp.simulator.ids import Writer
from smstui.smpp.simulator.settings import LogNotWritable
from smstui.smpp.simulator.submit import Content, Route, Submit
from smstui.smpp.simulator.texts import decode_payload
from smstui.smpp.simulator.wire import INTERNATIONAL, Address
from smstui.smpp.values import Alphabet

LARGEST_WRITE = 500
"""Records in one write, at most: making their lines takes about a millisecond."""


class MessageRecord(NamedTuple):
    """A submit_sm was accepted."""

    submit: Submit
    write_id: Writer

    def line(self, alphabet: Alphabet) -> str:
        """As a JSON object. `stat` is what became of it: the phone received it when that is DELIVRD."""
        route, digits, content, number, stat, at = self.submit
        return (
            f'{{"event": "message", "number": {_phone(route, digits)}'
            f', {_common(route, content, alphabet)}, "smsc_id": "{self.write_id(number)}"'
            f', "stat": "{stat}", "at": "{_instant(at)}"}}\n'
        )


class ReceiptRecord(NamedTuple):
    """A receipt was written to a session."""

    submit: Submit
    write_id: Writer
    stat: str
    at: float

    def line(self, _alphabet: Alphabet) -> str:
        """As a JSON object."""
        submit = self.submit
        return (
            f'{{"event": "receipt", "number": {_phone(submit.route, submit.digits)}, "sender": {_sender(submit.route)}'
            f', "smsc_id": "{self.write_id(submit.number)}", "stat": {quote(self.stat)}'
            f', "at": "{_instant(self.at)}"}}\n'
        )


class InboundRecord(NamedTuple):
    """A phone sent a message: one record, however many parts it was cut into."""

    number: str
    destination: str
    text: str
    at: float

    def line(self, _alphabet: Alphabet) -> str:
        """As a JSON object."""
        return (
            f'{{"event": "inbound", "number": {quote(self.number)}, "destination": {quote(self.destination)}'
            f', "text": {quote(self.text)}, "at": "{_instant(self.at)}"}}\n'
        )


class AcknowledgedRecord(NamedTuple):
    """The application acknowledged a delivery; of an inbound message in several parts, the first of them."""

    delivery: ReceiptRecord | InboundRecord

    def line(self, alphabet: Alphabet) -> str:
        """As a JSON object, with that of the delivery inside."""
        return f'{{"event": "acknowledged", "of": {self.delivery.line(alphabet).rstrip()}}}\n'


Record = MessageRecord | ReceiptRecord | InboundRecord | AcknowledgedRecord


@lru_cache(maxsize=256)
def _common(route: Route, content: Content, alphabet: Alphabet) -> str:
    """What the lines of messages share that differ in their numbers only."""
    text = decode_payload(content.payload, content.data_coding, alphabet)
    part = content.part
    shared = f'"sender": {_sender(route)}, "text": {quote(text)}, "part": {part.number}, "parts": {part.total}'
    if route.service_type:
        shared += f', "service_type": {quote(route.service_type.decode("latin-1"))}'
    if content.vendor_tlvs:
        values = (f'"0x{tag:04X}": {quote(value.decode("latin-1"))}' for tag, value in content.vendor_tlvs)
        shared += f', "vendor_tlvs": {{{", ".join(values)}}}'
    return shared


@lru_cache(maxsize=256)
def _sender(route: Route) -> str:
    return quote(route.source.shown)


def _phone(route: Route, digits: bytes) -> str:
    """The phone as JSON."""
    if route.ton == INTERNATIONAL and digits.isdigit():
        return f'"+{digits.decode()}"'
    return quote(Address(route.ton, route.npi, digits).shown)


@lru_cache(maxsize=256)
def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


class Journal:
    """The file, to which another thread writes. Without a path it keeps nothing."""

    def __init__(self, path: Path | None, alphabet: Alphabet) -> None:
        self._path = path
        self._alphabet = alphabet
        self._file: FileIO | None = None
        self._waiting: deque[Record] = deque()
        self._writing: asyncio.Future[None] | None = None
        self._failure: OSError | None = None

    @property
    def is_kept(self) -> bool:
        """Whether records are written anywhere."""
        return self._file is not None

    async def open(self) -> None:
        """Begin to append to the file. Raises LogNotWritable."""
        if self._path is None:
            return
        try:
            self._file = await asyncio.to_thread(self._path.open, "ab", buffering=0)
        except OSError as error:
            raise LogNotWritable(str(self._path), error.strerror or str(error)) from error

    def add(self, records: Sequence[Record]) -> None:
        """Write these soon."""
        if self._file is None:
            return
        self._waiting.extend(records)
        if self._writing is None:
            self._write(self._file)

    async def close(self) -> None:
        """Write what is left and end. Raises LogNotWritable when lines were lost."""
        if self._file is None:
            return
        while self._writing is not None:
            await asyncio.wait({self._writing})
        file, self._file = self._file, None
        await asyncio.to_thread(file.close)
        if self._failure is not None:
            raise LogNotWritable(str(self._path), self._failure.strerror or str(self._failure))

    def _write(self, file: FileIO) -> None:
        """Write some of what waits; the lines are made here, since two threads would only wait for each other."""
        some = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_WRITE))]
        lines = "".join([record.line(self._alphabet) for record in some])
        self._writing = asyncio.get_running_loop().run_in_executor(None, _append, file, lines.encode("ascii"))
        self._writing.add_done_callback(partial(self._written, file))

    def _written(self, file: FileIO, writing: "asyncio.Future[None]") -> None:
        error = writing.exception()
        if isinstance(error, OSError):
            self._failure = error
            self._waiting.clear()
        self._writing = None
        if self._waiting:
            self._write(file)


def _append(file: FileIO, octets: bytes) -> None:
    """Runs in a thread. Raises OSError."""
    while octets:
        octets = octets[file.write(octets) :]
