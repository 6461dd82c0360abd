"""E-mail (RFC 5321, 5322), handed to the server that the environment names.

The connection is `aiosmtplib`'s: unlike a thread in `smtplib`, it ends at a deadline, or with the program, whatever the
server does.
"""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import TYPE_CHECKING, Final

from smstui.domain.clock import Clock
from smstui.domain.identity import InvalidEmail, check_email
from smstui.domain.visible import printable
from smstui.services.mail_refusals import (
    MailInDoubt,
    MailNotEncrypted,
    MailRecipientRefused,
    login_refused,
    refusal_of,
)
from smstui.services.mail_server import MailServer, Security, checked
from smstui.settings import SMTP_SECURITY_VARIABLE, SmtpAccess

if TYPE_CHECKING:
    import aiosmtplib

GOODBYE: Final = 3.0
"""Seconds that a server may take to answer QUIT."""
_UTF8: Final = "SMTPUTF8"
"""The extension (RFC 6531) for addresses that are not ASCII before their @."""
_POLICY: Final = SMTP.clone(cte_type="7bit")
_UTF8_POLICY: Final = SMTPUTF8.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with an e-mail."""

    name: str
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail to one person. All of it may be foreign text."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


def composed(mail: Mail, sender: Address, at: datetime) -> EmailMessage:
    """The message: no text of `mail` can begin a line of its head, whatever it holds. Raises InvalidEmail."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = _address(mail.to)
    message["Subject"] = printable(" ".join(mail.subject.split()))
    message["Date"] = at
    message["Message-ID"] = f"<{secrets.token_hex(12)}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(printable(mail.text, keep_newlines=True))
    for each in mail.attachments:
        message.add_attachment(each.octets, maintype="application", subtype="pdf", filename=printable(each.name))
    return message


class MailSession:
    """A server that is connected, and knows who we are."""

    def __init__(self, client: "aiosmtplib.SMTP", server: MailServer, clock: Clock) -> None:
        self._client, self._server, self._clock = client, server, clock

    async def send(self, mail: Mail) -> None:
        """Hand a message over.

        Raises InvalidEmail, MailRecipientRefused, MailRefused: the next one may be taken. Raises MailServerUnreachable,
        MailServerSilent, MailInDoubt: nothing more is.
        """
        import aiosmtplib

        sender, now = self._server.sender, self._clock.now()
        recipient, octets = await asyncio.to_thread(_written, mail, sender, now)
        is_leaving = False
        try:
            async with asyncio.timeout(self._server.timeout):
                await self._address(recipient)
                is_leaving = True
                await self._client.data(octets)
        except (OSError, aiosmtplib.SMTPException) as error:
            refusal = refusal_of(error, self._server, mail.to)
            if not _answered(error):
                self._client.close()
                raise MailInDoubt(self._server.host) if is_leaving else refusal from error
            await self._forget()
            raise refusal from error

    async def _address(self, recipient: str) -> None:
        """Say from whom and to whom. Raises MailRecipientRefused."""
        options, encoding = [], "ascii"
        if not recipient.isascii():
            if not self._client.supports_extension(_UTF8.lower()):
                raise MailRecipientRefused(recipient, _UTF8)
            options, encoding = [_UTF8], "utf-8"
        await self._client.mail(self._server.sender.addr_spec, options=options, encoding=encoding)
        await self._client.rcpt(recipient, encoding=encoding)

    async def _forget(self) -> None:
        """Let the server forget the message that it refused."""
        import aiosmtplib

        with suppress(OSError, aiosmtplib.SMTPException):
            async with asyncio.timeout(GOODBYE):
                await self._client.rset()


class Mailer:
    """Sends e-mail, where the environment says by which server."""

    def __init__(self, clock: Clock, access: SmtpAccess) -> None:
        self._clock, self._access = clock, access

    @property
    def is_set_up(self) -> bool:
        """Whether a server is named."""
        return bool(self._access.host)

    def check(self) -> MailServer:
        """The server. Raises MailNotSetUp, InvalidMailSetting."""
        return checked(self._access)

    async def send(self, mail: Mail) -> None:
        """Send one message. Raises what `session` and `MailSession.send` do."""
        async with self.session() as session:
            await session.send(mail)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """A connection for as many messages as there are.

        Raises MailNotSetUp, InvalidMailSetting, MailServerUnreachable, MailServerSilent, MailNotEncrypted,
        MailCertificateRefused, MailLoginRefused.
        """
        import aiosmtplib

        server = self.check()
        client = await _connected(server)
        try:
            yield MailSession(client, server, self._clock)
            with suppress(OSError, aiosmtplib.SMTPException):
                async with asyncio.timeout(GOODBYE):
                    await client.quit()
        finally:
            client.close()


async def _connected(server: MailServer) -> "aiosmtplib.SMTP":
    """A client of `server`, encrypted as it must be, and logged in. See `Mailer.session`."""
    import aiosmtplib

    context = None if server.security is Security.NONE else await asyncio.to_thread(ssl.create_default_context)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        timeout=None,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=context,
    )
    try:
        async with asyncio.timeout(server.timeout):
            await client.connect()
            await client.ehlo()
            if server.security is Security.STARTTLS:
                if not client.supports_extension("starttls"):
                    raise MailNotEncrypted(server.host, SMTP_SECURITY_VARIABLE)
                await client.starttls()
                await client.ehlo()
            if server.user:
                await _log_in(client, server)
    except (OSError, aiosmtplib.SMTPException) as error:
        client.close()
        raise refusal_of(error, server) from error
    except BaseException:
        client.close()
        raise
    return client


async def _log_in(client: "aiosmtplib.SMTP", server: MailServer) -> None:
    import aiosmtplib

    try:
        await client.login(server.user.encode(), server.password.encode())
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError):
        raise
    except aiosmtplib.SMTPException as error:
        raise login_refused(error, server) from error


def _written(mail: Mail, sender: Address, at: datetime) -> tuple[str, bytes]:
    """To whom it goes, and the message as it does. Raises InvalidEmail."""
    message = composed(mail, sender, at)
    recipient = str(message["To"].addresses[0].addr_spec)
    return recipient, message.as_bytes(policy=_POLICY if recipient.isascii() else _UTF8_POLICY)


def _address(text: str) -> Address:
    """An address as it is written on the wire: its domain in ASCII (RFC 5890). Raises InvalidEmail."""
    user, _at, domain = check_email(text).rpartition("@")
    try:
        return Address(username=user, domain=domain.encode("idna").decode("ascii"))
    except ValueError:
        raise InvalidEmail(printable(text)) from None


def _answered(error: Exception) -> bool:
    """Whether the server has said no, and is still there."""
    import aiosmtplib

    return isinstance(error, aiosmtplib.SMTPResponseException) and not isinstance(error, ConnectionError)
