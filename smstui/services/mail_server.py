"""The server that takes e-mail, as the environment names it."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from smstui.domain.identity import InvalidEmail, check_email
from smstui.domain.visible import printable
from smstui.services.mail_refusals import InvalidMailSetting, MailNotSetUp
from smstui.settings import (
    SMTP_FROM_VARIABLE,
    SMTP_HOST_VARIABLE,
    SMTP_PORT_VARIABLE,
    SMTP_SECURITY_VARIABLE,
    SmtpAccess,
)

_HIGHEST_PORT: Final = 65_535


class Security(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    """After a word in clear; where the server offers none, nothing is sent."""
    TLS = "tls"
    """From the first byte on."""
    NONE = "none"


_PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes e-mail, and from whom it is."""

    host: str
    port: int
    security: Security
    user: str
    """"" is no login."""
    password: str = field(repr=False)
    sender: Address
    timeout: float
    """Seconds that connecting may take, and each message."""


def checked(access: SmtpAccess) -> MailServer:
    """The server that the environment means. Raises MailNotSetUp, InvalidMailSetting."""
    if not access.host:
        raise MailNotSetUp(SMTP_HOST_VARIABLE)
    try:
        security = Security(access.security or Security.STARTTLS)
    except ValueError:
        raise InvalidMailSetting(SMTP_SECURITY_VARIABLE, access.security) from None
    written = access.port or str(_PORTS[security])
    port = int(written) if written.isascii() and written.isdigit() and len(written) <= len(str(_HIGHEST_PORT)) else 0
    if not 0 < port <= _HIGHEST_PORT:
        raise InvalidMailSetting(SMTP_PORT_VARIABLE, written)
    return MailServer(_host(access), port, security, access.user, access.password, _sender(access), access.timeout)


def _host(access: SmtpAccess) -> str:
    try:
        access.host.encode("idna")
    except UnicodeError:
        raise InvalidMailSetting(SMTP_HOST_VARIABLE, access.host) from None
    if not access.host.isprintable():
        raise InvalidMailSetting(SMTP_HOST_VARIABLE, access.host)
    return access.host


def _sender(access: SmtpAccess) -> Address:
    written = access.sender or (access.user if "@" in access.user else "")
    if not written:
        raise MailNotSetUp(SMTP_FROM_VARIABLE)
    name, address = parseaddr(written)
    try:
        if not (address.isascii() and written.isprintable()):
            raise InvalidEmail(address)
        return Address(printable(name), addr_spec=check_email(address))
    except InvalidEmail:
        raise InvalidMailSetting(SMTP_FROM_VARIABLE, written) from None
