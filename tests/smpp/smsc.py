"""A scripted SMSC on a loopback port, written in raw octets, and an owner that keeps what a connection tells it."""

import asyncio
import ssl
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from smstui.domain.clock import SystemClock
from smstui.domain.text import Encoding
from smstui.smpp.connection import Connection
from smstui.smpp.submit import Submit, SubmitTemplate
from smstui.smpp.values import (
    Alphabet,
    BindSettings,
    BindState,
    BindStatus,
    Delivery,
    LongMessages,
    Outcome,
    OutcomeKind,
)

DEADLINE = 15.0
SUBMIT_SM, SUBMIT_SM_RESP = 0x4, 0x80000004
DELIVER_SM, DELIVER_SM_RESP = 0x5, 0x80000005
UNBIND, UNBIND_RESP = 0x6, 0x80000006
ENQUIRE_LINK, ENQUIRE_LINK_RESP = 0x15, 0x80000015
DATA_SM, DATA_SM_RESP = 0x103, 0x80000103
GENERIC_NACK = 0x80000000


class Pdu(NamedTuple):
    command: int
    status: int
    sequence: int
    body: bytes


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def deliver_sm_body(
    text: bytes = b"",
    *,
    source: bytes = b"33601020304",
    destination: bytes = b"36034",
    esm_class: int = 0,
    data_coding: int = 0,
    service_type: bytes = b"",
    tlvs: bytes = b"",
) -> bytes:
    return (
        service_type + b"\0\x01\x01" + source + b"\0\x00\x01" + destination + b"\0"
        + bytes((esm_class, 0, 0)) + b"\0\0" + bytes((0, 0, data_coding, 0, len(text))) + text + tlvs
    )  # fmt: skip


async def until(condition: Callable[[], object]) -> None:
    """Wait for `condition`; TimeoutError after a generous deadline."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 (any condition, not only those that set an event)
            await asyncio.sleep(0.002)


class Peer:
    """The SMSC's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read(self) -> Pdu:
        async with asyncio.timeout(DEADLINE):
            header = await self.reader.readexactly(16)
            length, command, status, sequence = struct.unpack(">IIII", header)
            return Pdu(command, status, sequence, await self.reader.readexactly(length - 16))

    async def expect(self, command: int) -> Pdu:
        """The next PDU, which must be `command`."""
        received = await self.read()
        assert received.command == command, f"{received.command:#x} instead of {command:#x}"
        return received

    async def submits(self, count: int) -> list[Pdu]:
        return [await self.expect(SUBMIT_SM) for _ in range(count)]

    def send(self, *pdus: bytes) -> None:
        self.writer.write(b"".join(pdus))

    def accept(self, submit: Pdu, smsc_id: bytes = b"id") -> None:
        self.send(pdu(SUBMIT_SM_RESP, submit.sequence, smsc_id + b"\0"))

    async def bind(self) -> Pdu:
        """Accept the bind."""
        request = await self.read()
        self.send(pdu(request.command | 0x80000000, request.sequence, b"smsc\0"))
        return request

    async def ended(self) -> None:
        """Wait until the client has closed."""
        async with asyncio.timeout(DEADLINE):
            while await self.reader.read(1000):
                pass

    def close(self) -> None:
        self.writer.close()


class Smsc:
    """A listening port; `peer()` gives its connections in order."""

    def __init__(self) -> None:
        self.port = 0
        self._peers: asyncio.Queue[Peer] = asyncio.Queue()
        self._all: list[Peer] = []
        self._server: asyncio.Server | None = None

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self._all.append(peer)
        self._peers.put_nowait(peer)

    async def peer(self) -> Peer:
        async with asyncio.timeout(DEADLINE):
            return await self._peers.get()

    async def bound(self) -> Peer:
        peer = await self.peer()
        await peer.bind()
        return peer

    async def close(self) -> None:
        assert self._server
        self._server.close()
        for peer in self._all:
            peer.writer.transport.abort()
            with suppress(OSError):
                await peer.writer.wait_closed()


class Owner:
    """A listener that keeps everything."""

    def __init__(self) -> None:
        self.settled: list[Outcome] = []
        self.delivered: list[Delivery] = []
        self.statuses: list[BindStatus] = []
        self.refusal: Exception | None = None
        self.committing = asyncio.Event()
        self.may_commit = asyncio.Event()
        self.may_commit.set()

    def outcomes(self, outcomes: Sequence[Outcome]) -> None:
        self.settled.extend(outcomes)

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        self.committing.set()
        await self.may_commit.wait()
        if self.refusal:
            raise self.refusal
        self.delivered.extend(deliveries)

    def status(self, status: BindStatus) -> None:
        self.statuses.append(status)

    @property
    def kinds(self) -> dict[tuple[int, int], OutcomeKind]:
        """The outcome of each (key, part); a second one for the same fails."""
        kinds = {(outcome.key, outcome.part): outcome.kind for outcome in self.settled}
        assert len(kinds) == len(self.settled), "more than one outcome for a part"
        return kinds


class Client:
    """A running connection and its owner."""

    def __init__(self, settings: BindSettings) -> None:
        self.owner = Owner()
        self.may_send = True
        self.connection = Connection(settings, self.owner, SystemClock(), may_send=lambda: self.may_send)
        self.running = asyncio.create_task(self.connection.run())

    async def bound(self) -> None:
        await until(lambda: self.connection.status.state is BindState.BOUND)

    async def send(self, template: SubmitTemplate, recipients: Sequence[tuple[int, str]]) -> None:
        await self.bound()
        await self.connection.send(template, recipients)

    async def send_each(self, messages: Sequence[tuple[int, str, Submit]]) -> None:
        await self.bound()
        await self.connection.send_each(messages)

    async def outcomes(self, count: int) -> list[Outcome]:
        await until(lambda: len(self.owner.settled) >= count)
        return self.owner.settled

    async def close(self) -> None:
        self.running.cancel()
        await asyncio.wait({self.running})


def template(
    text: str = "Hello", source: str = "SMSTUI", long_messages: LongMessages = LongMessages.UDH
) -> SubmitTemplate:
    return SubmitTemplate.build(
        source,
        text,
        Encoding.GSM7,
        alphabet=Alphabet.GSM7,
        long_messages=long_messages,
        reference=7,
        validity=None,
    )


def recipients(count: int) -> list[tuple[int, str]]:
    return [(key, f"+336{key:08d}") for key in range(count)]


def messages(submit: Submit, count: int) -> list[tuple[int, str, Submit]]:
    """One text to `count` phones."""
    return [(key, number, submit) for key, number in recipients(count)]
