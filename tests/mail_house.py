"""A mail server over loopback, which does what a test wants of it."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from smstui.settings import SmtpAccess

DATA = Path(__file__).parent / "smpp" / "data"
CERTIFICATE = DATA / "localhost.pem"
"""Self-signed, for localhost and 127.0.0.1."""
USER, PASSWORD, SENDER = "mailer", "pass-wörd", "facturation@envoi.example"


@dataclass
class MailHouse:
    """What the server has received, and what it does wrong."""

    starttls: bool = True
    implicit_tls: bool = False
    utf8: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    """What is answered to RCPT, by its address."""
    data_answer: str = "250 OK"
    silent_at: str = ""
    """The command that is never answered: EHLO, MAIL, RCPT or DATA."""
    hangs_up_at: str = ""
    """The command at which the connection is cut."""
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody has connected."""
    port: int = 0
    _protocols: list[SMTP] = field(default_factory=list, repr=False)

    def access(self, **changes: object) -> SmtpAccess:
        """How it is reached."""
        usual: dict[str, object] = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "security": "starttls",
            "sender": SENDER,
            "timeout": 10.0,
        }
        return SmtpAccess(**{**usual, **changes})  # type: ignore[arg-type]

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._trouble("EHLO", server)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._trouble("MAIL", server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._trouble("RCPT", server)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.received.append(message)
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(session.ssl is not None or self.implicit_tls)
        await self._trouble("DATA", server)
        return self.data_answer

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        login = data.login.decode(), data.password.decode()
        self.logins.append(login)
        return AuthResult(success=login == (USER, PASSWORD), handled=False)

    async def _trouble(self, command: str, server: SMTP) -> None:
        if command == self.silent_at:
            await asyncio.Event().wait()
        if command == self.hangs_up_at:
            server.transport.abort()
            await asyncio.Event().wait()

    def _protocol(self) -> SMTP:
        self.connections += 1
        self.asked.set()
        protocol = SMTP(
            self,
            hostname="localhost",
            enable_SMTPUTF8=self.utf8,
            tls_context=_context() if self.starttls and not self.implicit_tls else None,
            authenticator=self._authenticate,
            auth_require_tls=not self.implicit_tls,
        )
        self._protocols.append(protocol)
        return protocol

    @asynccontextmanager
    async def running(self) -> AsyncIterator["MailHouse"]:
        """Open in the running loop."""
        context = _context() if self.implicit_tls else None
        server = await asyncio.get_running_loop().create_server(self._protocol, "127.0.0.1", self.port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
            await self._empty()

    async def _empty(self) -> None:
        """End the connections that are left."""
        for protocol in self._protocols:
            if protocol.transport is not None:
                protocol.transport.abort()
        tasks = [each._handler_coroutine for each in self._protocols if each._handler_coroutine is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def in_a_thread(self) -> Iterator["MailHouse"]:
        """Open in a thread of its own: for commands that have a loop of their own."""
        started, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

        async def serve() -> None:
            async with self.running():
                started.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        assert started.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, DATA / "localhost.key")
    return context


def attached(message: EmailMessage) -> dict[str, bytes]:
    """The files of a message, by their names."""
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


def text_of(message: EmailMessage) -> str:
    """What a message says."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
