"""What keeps e-mail from leaving, in words that say what to do. No password is ever in them."""

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_

if TYPE_CHECKING:
    from smstui.services.mail_server import MailServer

_LONGEST: Final = 200
"""Characters of foreign words that a refusal repeats."""
_CLOSING: Final = 421
"""RFC 5321, 4.2.3: the server ends the connection."""


@dataclass(eq=False)
class MailNotSetUp(Refusal):
    """Nobody has said which server takes e-mail, or from whom it is."""

    variable: str
    sentence: ClassVar[str] = N_(
        "E-mail is not configured: an administrator must set the environment variable {variable} first."
    )


@dataclass(eq=False)
class InvalidMailSetting(Refusal):
    """The environment says something that can't be."""

    variable: str
    value: str
    sentence: ClassVar[str] = N_("“{value}” can't be the value of the environment variable {variable}: correct it.")


@dataclass(eq=False)
class MailServerUnreachable(Refusal):
    """No connection, or it was lost before a message was handed over."""

    host: str
    reason: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("The mail server {host} cannot be reached ({reason}): nothing was sent, try later.")


@dataclass(eq=False)
class MailServerSilent(Refusal):
    """No answer, before a message was handed over."""

    host: str
    seconds: float
    sentence: ClassVar[str] = N_(
        "The mail server {host} does not answer within {seconds} s: nothing was sent, try later."
    )


@dataclass(eq=False)
class MailNotEncrypted(Refusal):
    """STARTTLS is asked for, and not offered: nothing is sent in clear instead."""

    host: str
    variable: str
    sentence: ClassVar[str] = N_(
        "The mail server {host} offers no encryption (STARTTLS): nothing was sent. Check its port and {variable}."
    )


@dataclass(eq=False)
class MailCertificateRefused(Refusal):
    """Whoever answers can't prove to be the server."""

    host: str
    reason: str
    sentence: ClassVar[str] = N_(
        "The certificate of the mail server {host} is not trusted ({reason}): nothing was sent."
    )


@dataclass(eq=False)
class MailLoginRefused(Refusal):
    """The server doesn't know the user, or the password is another one."""

    host: str
    words: str
    """Foreign text."""
    variables: tuple[str, str]
    sentence: ClassVar[str] = N_("The mail server {host} refuses the login ({words}): check {variables}.")


@dataclass(eq=False)
class MailRecipientRefused(Refusal):
    """The server takes nothing for this address."""

    address: str
    words: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("The mail server takes nothing for {address} ({words}): check the address.")


@dataclass(eq=False)
class MailRefused(Refusal):
    """The server does not take this message, or not from this sender."""

    host: str
    words: str
    """Foreign text."""
    sentence: ClassVar[str] = N_("The mail server {host} refuses the message ({words}): nothing was sent.")


@dataclass(eq=False)
class MailInDoubt(Refusal):
    """The connection was lost after the message had begun to leave."""

    host: str
    sentence: ClassVar[str] = N_(
        "The mail server {host} did not say whether it took the message: ask the recipient before you send it again."
    )


def refusal_of(error: Exception, server: "MailServer", recipient: str = "") -> Refusal:
    """What a person is told of an error of `aiosmtplib`, of TLS or of the network."""
    import aiosmtplib

    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return MailCertificateRefused(server.host, _one_line(cause.verify_message, server))
    if isinstance(error, TimeoutError):
        return MailServerSilent(server.host, server.timeout)
    words = _one_line(_words(error), server)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if error.code == _CLOSING or isinstance(error, ConnectionError):
            return MailServerUnreachable(server.host, words)
        if isinstance(error, aiosmtplib.SMTPRecipientRefused):
            return MailRecipientRefused(recipient, words)
        return MailRefused(server.host, words)
    return MailServerUnreachable(server.host, words)


def login_refused(error: Exception, server: "MailServer") -> MailLoginRefused:
    """What a person is told when the login fails."""
    from smstui.settings import SMTP_PASSWORD_VARIABLE, SMTP_USER_VARIABLE

    words = _one_line(_words(error), server)
    return MailLoginRefused(server.host, words, (SMTP_USER_VARIABLE, SMTP_PASSWORD_VARIABLE))


def _words(error: Exception) -> str:
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(error.__cause__, OSError):
        error = error.__cause__
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _one_line(words: str, server: "MailServer") -> str:
    """`words`, not too long, and without the password."""
    shown = words.replace(server.password, "…") if server.password else words
    return " ".join(shown.split())[:_LONGEST]
