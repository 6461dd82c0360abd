"""One TCP or TLS connection to an SMSC: open, bind, exchange PDUs, unbind, close. It knows no messages."""

import asyncio
import errno
import socket
import ssl
from contextlib import suppress

from aiosmpplib import BindReceiver, BindTransceiver, BindTransmitter  # type: ignore[import-untyped]

from smstui.smpp.errors import (
    BindRefused,
    ConnectionRefusal,
    NotAnSmsc,
    SmscNameUnknown,
    SmscRefusesConnection,
    SmscSilent,
    SmscUnreachable,
    TlsRefused,
    UnusableCredential,
)
from smstui.smpp.framing import Frame, Framer
from smstui.smpp.status import status_words
from smstui.smpp.values import BindMode, BindSettings
from smstui.smpp.wire import RESPONSE, Command, Status, pdu

_CHUNK = 16 * 1024
"""Octets handled in one go: a millisecond or two of PDUs."""
_HIGH_WATER = 64 * 1024
"""Octets that asyncio keeps before it asks writers to wait."""
_BIND_SEQUENCE = 1
_CLOSE_TIMEOUT = 2.0
UNBIND_TIMEOUT = 5.0
"""Seconds for an unbind_resp, which many servers never send."""
_BINDS = {
    BindMode.RECEIVER: BindReceiver,
    BindMode.TRANSMITTER: BindTransmitter,
    BindMode.TRANSCEIVER: BindTransceiver,
}


class LinkLost(ConnectionError):
    """The session ended. Its text says why, for `BindStatus`."""


class Link:
    """An open connection. Make it with `open`."""

    def __init__(self, settings: BindSettings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._settings = settings
        self._framer = Framer()
        self._received: list[Frame] = []

    @classmethod
    async def open(cls, settings: BindSettings) -> "Link":
        """Connect, with TLS when the settings say so. Raises a `ConnectionRefusal`."""
        host, port = settings.host, settings.port
        try:
            context = await asyncio.to_thread(ssl.create_default_context) if settings.tls else None
            async with asyncio.timeout(settings.connect_timeout):
                reader, writer = await asyncio.open_connection(host, port, ssl=context)
        except TimeoutError:
            raise SmscSilent(host, port, "no answer in time") from None
        except ssl.SSLCertVerificationError as error:
            raise TlsRefused(host, port, error.verify_message) from None
        except ssl.SSLError as error:
            raise TlsRefused(host, port, (error.reason or str(error)).replace("_", " ").lower()) from None
        except (OSError, ValueError, OverflowError) as error:
            raise _unreachable(host, port, error) from None
        return cls(settings, reader, writer)

    async def bind(self) -> None:
        """Bind as the settings say. Raises a `ConnectionRefusal`; the link is then to be closed."""
        host, port = self._settings.host, self._settings.port
        request = bind_request(self._settings, _BIND_SEQUENCE)
        self.write(request)
        try:
            async with asyncio.timeout(self._settings.response_timeout):
                status = await self._bind_response(int.from_bytes(request[4:8], "big"))
        except TimeoutError:
            raise SmscSilent(host, port, "no answer to the bind") from None
        except OSError as error:
            raise NotAnSmsc(host, port, str(error)) from None
        if status == Status.ALREADY_BOUND:
            await self.unbind(_BIND_SEQUENCE + 1)
        if status != Status.OK:
            raise BindRefused(host, port, status, status_words(status))

    async def _bind_response(self, command: int) -> int:
        """The status of the answer to bind `command`; what comes behind it stays to be received."""
        while True:
            frames = await self.receive()
            for at, (answer, status, sequence, _) in enumerate(frames):
                if answer in (command | RESPONSE, Command.GENERIC_NACK):
                    self._received = frames[at + 1 :]
                    return status or (Status.INVALID_COMMAND_ID if answer == Command.GENERIC_NACK else Status.OK)
                if answer == Command.ENQUIRE_LINK:
                    self.write(pdu(Command.ENQUIRE_LINK_RESP, sequence))

    async def receive(self) -> list[Frame]:
        """The next PDUs, at least one. Raises `LinkLost` at the end of the stream or when it can't be read any more."""
        while not self._received:
            bad = self._framer.bad_length
            if bad:
                self.write(pdu(Command.GENERIC_NACK, bad.sequence, status=Status.INVALID_COMMAND_LENGTH))
                raise LinkLost(f"command_length {bad.command_length} is impossible")
            chunk = await self.reader.read(_CHUNK)
            if not chunk:
                raise LinkLost("the SMSC closed the connection")
            self._received = self._framer.feed(chunk)
        frames, self._received = self._received, []
        return frames

    def write(self, octets: bytes) -> None:
        """Hand `octets` to the network, without waiting; a link that is closing drops them."""
        if not self.writer.is_closing():
            self.writer.write(octets)

    @property
    def is_writable(self) -> bool:
        """Whether what is written now would leave soon; `drain` waits for that."""
        return not self.writer.is_closing() and self.writer.transport.get_write_buffer_size() < _HIGH_WATER

    async def drain(self) -> None:
        """Wait until the network has taken enough of what was written.

        Raises `LinkLost` when it doesn't in time, and ConnectionError when the link is gone.
        """
        if self.is_writable:
            return
        try:
            async with asyncio.timeout(self._settings.response_timeout):
                await self.writer.drain()
        except TimeoutError:
            raise LinkLost("the SMSC does not read") from None

    async def unbind(self, sequence: int = _BIND_SEQUENCE + 1) -> None:
        """Unbind and wait a moment for the answer, when nobody else receives; never fails."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(UNBIND_TIMEOUT):
                self.write(pdu(Command.UNBIND, sequence))
                while all(command != Command.UNBIND_RESP for command, *_ in await self.receive()):
                    pass

    async def close(self) -> None:
        """Close; what was written is given a moment to leave. Never fails."""
        self.writer.close()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self.writer.wait_closed()
        self.writer.transport.abort()


def _unreachable(host: str, port: int, error: Exception) -> ConnectionRefusal:
    """The refusal for a failed connect. Several addresses that failed come as one error with all texts."""
    words = getattr(error, "strerror", None) or str(error)
    if isinstance(error, socket.gaierror | UnicodeError):
        return SmscNameUnknown(host, port, words)
    if isinstance(error, ConnectionRefusedError) or f"[Errno {errno.ECONNREFUSED}]" in str(error):
        return SmscRefusesConnection(host, port, "connection refused")
    return SmscUnreachable(host, port, words)


def bind_request(settings: BindSettings, sequence: int) -> bytes:
    """The bind PDU. Raises `UnusableCredential`.

    The fields are set past the library's constructor, which holds them to the lengths of SMPP 3.4: real servers take
    longer passwords, and refuse in their own words what they don't take.
    """
    request = _BINDS[settings.mode](sequence_num=sequence)
    for field, value in (
        ("system_id", settings.system_id),
        ("password", settings.password),
        ("system_type", settings.system_type),
    ):
        if not value.isascii() or "\0" in value:
            raise UnusableCredential(field)
        setattr(request, field, value)
    return bytes(request.pdu())
