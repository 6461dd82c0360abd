"""A raw SMPP peer for tests: sockets and struct, nothing of the simulator's or the client's own coding."""

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple, Self

from smstui.domain.clock import Clock
from smstui.smpp.simulator import Hazards, Simulator, SimulatorSettings

DEADLINE = 5.0
TRANSMITTER, RECEIVER, TRANSCEIVER = 2, 1, 9
SUBMIT_SM, SUBMIT_SM_RESP = 4, 0x80000004
DELIVER_SM, DELIVER_SM_RESP = 5, 0x80000005
UNBIND, UNBIND_RESP = 6, 0x80000006
ENQUIRE_LINK, ENQUIRE_LINK_RESP = 0x15, 0x80000015
GENERIC_NACK = 0x80000000


class Pdu(NamedTuple):
    command: int
    status: int
    sequence: int
    body: bytes

    @property
    def message_id(self) -> str:
        return self.body.partition(b"\0")[0].decode()


class Deliver(NamedTuple):
    service_type: str
    source: tuple[int, int, str]
    destination: tuple[int, int, str]
    esm_class: int
    data_coding: int
    text: bytes
    tlvs: dict[int, bytes]

    def field(self, name: str) -> str | None:
        """A field of the receipt in `text`, or in its message_payload."""
        text = (self.text or self.tlvs.get(0x0424, b"")).decode()
        found = re.search(rf"(?:^| ){name}:(.*?)(?= (?:sub|dlvrd|submit date|done date|stat|err|text):|$)", text)
        return found[1] if found else None


def encode(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def submit_body(
    destination: str = "33601020304",
    text: bytes = b"hello",
    *,
    source: bytes = b"\x05\0SHOP\0",
    esm_class: int = 0,
    data_coding: int = 0,
    registered: int = 0,
    validity: bytes = b"",
    tlvs: bytes = b"",
    service_type: bytes = b"",
) -> bytes:
    return (
        service_type + b"\0" + source + b"\x01\x01" + destination.encode() + b"\0"
        + bytes([esm_class, 0, 0, 0]) + validity + bytes([0, registered, 0, data_coding, 0, len(text)]) + text + tlvs
    )  # fmt: skip


def decode_deliver(body: bytes) -> Deliver:
    service_type, rest = body.split(b"\0", 1)
    source, rest = rest[2:].split(b"\0", 1)
    source_type = body[len(service_type) + 1 : len(service_type) + 3]
    destination_type, rest = rest[:2], rest[2:]
    destination, rest = rest.split(b"\0", 1)
    esm_class, data_coding, length = rest[0], rest[7], rest[9]
    text, optional, tlvs = rest[10 : 10 + length], rest[10 + length :], {}
    while optional:
        tag, size = struct.unpack(">HH", optional[:4])
        tlvs[tag], optional = optional[4 : 4 + size], optional[4 + size :]
    return Deliver(
        service_type.decode(),
        (*source_type, source.decode()),
        (*destination_type, destination.decode()),
        esm_class,
        data_coding,
        text,
        tlvs,
    )


class Esme:
    """One connection. Reading waits at most DEADLINE."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.sequence = 0

    @classmethod
    async def connect(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def bind(self, mode: int = TRANSCEIVER, system_id: str = "me", password: str = "secret") -> Pdu:
        body = system_id.encode() + b"\0" + password.encode() + b"\0\0\x34\0\0\0"
        return await self.ask(mode, body)

    async def ask(self, command: int, body: bytes = b"") -> Pdu:
        self.send(command, body)
        return await self.read()

    def send(self, command: int, body: bytes = b"") -> int:
        self.sequence += 1
        self.writer.write(encode(command, self.sequence, body))
        return self.sequence

    def submit(self, count: int = 1, **fields: object) -> None:
        """Many submit_sm in one write, to numbers of their own."""
        pdus = []
        for _ in range(count):
            self.sequence += 1
            body = submit_body(**{"destination": f"336{self.sequence:08}", **fields})  # type: ignore[arg-type]
            pdus.append(encode(SUBMIT_SM, self.sequence, body))
        self.writer.write(b"".join(pdus))

    async def read(self) -> Pdu:
        async with asyncio.timeout(DEADLINE):
            length, command, status, sequence = struct.unpack(">IIII", await self.reader.readexactly(16))
            return Pdu(command, status, sequence, await self.reader.readexactly(length - 16))

    async def read_many(self, count: int) -> list[Pdu]:
        return [await self.read() for _ in range(count)]

    async def deliver(self, *, status: int | None = 0) -> Deliver:
        """The next deliver_sm, answered with `status` (None leaves it without answer); other PDUs are passed over."""
        while True:
            pdu = await self.read()
            if pdu.command == DELIVER_SM:
                if status is not None:
                    self.writer.write(encode(DELIVER_SM_RESP, pdu.sequence, b"\0", status))
                return decode_deliver(pdu.body)

    async def rest(self) -> bytes:
        """What comes until the peer closes."""
        async with asyncio.timeout(DEADLINE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    async def silent(self) -> bool:
        """Whether nothing but what was asked comes before the answer to an enquire_link."""
        return (await self.ask(ENQUIRE_LINK)).command == ENQUIRE_LINK_RESP

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def bound(
    hazards: Hazards | None = None, mode: int = TRANSCEIVER, clock: Clock | None = None, **settings: object
) -> AsyncIterator[tuple[Simulator, Esme]]:
    """A simulator that plays `hazards` and a peer bound to it."""
    async with running(hazards, clock, **settings) as (simulator, connect):
        esme = await connect()
        assert (await esme.bind(mode)).status == 0
        yield simulator, esme


@asynccontextmanager
async def running(
    hazards: Hazards | None = None, clock: Clock | None = None, **settings: object
) -> AsyncIterator[tuple[Simulator, "Opener"]]:
    """A simulator and the way to open peers, which are closed at the end."""
    values = {"seed": 7, "receipt_delay": 0.01, "hazards": hazards or Hazards(), **settings}
    async with Simulator(SimulatorSettings(**values), clock) as simulator:  # type: ignore[arg-type]
        opener = Opener(simulator.port)
        try:
            yield simulator, opener
        finally:
            for esme in opener.opened:
                await esme.close()


class Opener:
    """Opens peers and remembers them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.opened: list[Esme] = []

    async def __call__(self) -> Esme:
        self.opened.append(await Esme.connect(self.port))
        return self.opened[-1]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for `condition`, at most DEADLINE."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
