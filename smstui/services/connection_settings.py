"""What an administrator enters about an SMSC, and the rules that it must keep."""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.i18n import N_
from smstui.smpp.values import BindSettings

DEFAULT_STOP_CODE = "36034"
MAX_NAME = 64
MAX_HOST = 255
MAX_SYSTEM_ID = 15
"""SMPP 3.4, section 4.1.1, without the final NUL."""
MAX_PASSWORD = 64
"""The specification says 8; the SMSCs in use accept more."""
MAX_SYSTEM_TYPE = 12
MAX_PORT = 65535
MAX_WINDOW = 1000
MAX_RATE = 100_000
MAX_SECONDS = 3600
MAX_BINDS = 16
MAX_VALIDITY = 7 * 24 * 3600
"""Seconds."""
MAX_SERVICE_TYPE = 5
"""SMPP 3.4, section 4.4.1, without the final NUL."""
VOICE_TAGS = range(0x1400, 0x10000)
"""Below, SMPP 3.4 itself gives tags a meaning (section 5.3.2)."""


@dataclass(eq=False)
class InvalidConnection(Refusal):
    """A value of the connection breaks its rule; `field` is the name of the value, for the form."""

    field: ClassVar[str]


@dataclass(eq=False)
class InvalidName(InvalidConnection):
    """The name is empty, too long, or holds control characters."""

    maximum: int = MAX_NAME
    field: ClassVar[str] = "name"
    sentence: ClassVar[str] = N_("Give the connection a name of 1 to {maximum} printable characters.")


@dataclass(eq=False)
class InvalidHost(InvalidConnection):
    """The host is empty or can't be one."""

    field: ClassVar[str] = "host"
    sentence: ClassVar[str] = N_("Enter the host name or the IP address of the SMSC, without spaces.")


@dataclass(eq=False)
class InvalidPort(InvalidConnection):
    """The port is out of range."""

    port: int
    field: ClassVar[str] = "port"
    sentence: ClassVar[str] = N_("{port} is not a port: enter a number from 1 to 65535.")


@dataclass(eq=False)
class InvalidSystemId(InvalidConnection):
    """The system_id is empty, too long, or not ASCII."""

    maximum: int = MAX_SYSTEM_ID
    field: ClassVar[str] = "system_id"
    sentence: ClassVar[str] = N_("The system_id must have 1 to {maximum} ASCII characters.")


@dataclass(eq=False)
class InvalidPassword(InvalidConnection):
    """The password is missing, too long, or not ASCII."""

    maximum: int = MAX_PASSWORD
    field: ClassVar[str] = "password"
    sentence: ClassVar[str] = N_("Enter the password of the bind: 1 to {maximum} ASCII characters.")


@dataclass(eq=False)
class InvalidSystemType(InvalidConnection):
    """The system_type is too long, or not ASCII."""

    maximum: int = MAX_SYSTEM_TYPE
    field: ClassVar[str] = "system_type"
    sentence: ClassVar[str] = N_("The system_type must have at most {maximum} ASCII characters.")


@dataclass(eq=False)
class InvalidWindow(InvalidConnection):
    """The window is out of range."""

    maximum: int = MAX_WINDOW
    field: ClassVar[str] = "window"
    sentence: ClassVar[str] = N_("The window must be between 1 and {maximum} messages.")


@dataclass(eq=False)
class InvalidRate(InvalidConnection):
    """The rate is not a whole number of messages a second."""

    maximum: int = MAX_RATE
    field: ClassVar[str] = "rate"
    sentence: ClassVar[str] = N_(
        "The rate must be a whole number of messages a second, from 1 to {maximum}, or empty for no limit."
    )


@dataclass(eq=False)
class InvalidInterval(InvalidConnection):
    """An interval or a time-out is out of range."""

    maximum: int = MAX_SECONDS
    field: ClassVar[str] = "enquire_link_interval"
    sentence: ClassVar[str] = N_("Intervals and time-outs must be whole seconds, between 1 and {maximum}.")


@dataclass(eq=False)
class InvalidBinds(InvalidConnection):
    """The number of binds is out of range."""

    maximum: int = MAX_BINDS
    field: ClassVar[str] = "binds"
    sentence: ClassVar[str] = N_("The number of binds must be between 1 and {maximum}.")


@dataclass(eq=False)
class InvalidValidity(InvalidConnection):
    """The validity period is out of range."""

    maximum: int = MAX_VALIDITY // 3600
    field: ClassVar[str] = "validity"
    sentence: ClassVar[str] = N_(
        "The validity must be between one minute and {maximum} hours, or empty to leave it to the SMSC."
    )


@dataclass(eq=False)
class NoMessageType(InvalidConnection):
    """The connection would carry nothing."""

    field: ClassVar[str] = "types"
    sentence: ClassVar[str] = N_("Choose at least one message type that this connection carries.")


@dataclass(eq=False)
class InvalidReplyNumber(InvalidConnection):
    """The reply number is no number, or it is missing while SMS Réponse needs it."""

    field: ClassVar[str] = "reply_number"
    sentence: ClassVar[str] = N_("SMS Réponse needs a reply number: 3 to 15 digits, as the SMSC knows it.")


@dataclass(eq=False)
class InvalidStopCode(InvalidConnection):
    """The short code of the STOP mention is no number."""

    field: ClassVar[str] = "stop_code"
    sentence: ClassVar[str] = N_("The STOP code must have 3 to 15 digits.")


@dataclass(eq=False)
class InvalidVoiceServiceType(InvalidConnection):
    """The service_type of SMS Voix is too long, or not ASCII."""

    maximum: int = MAX_SERVICE_TYPE
    field: ClassVar[str] = "voice_service_type"
    sentence: ClassVar[str] = N_(
        "The service_type of SMS Voix must have 1 to {maximum} ASCII characters, or be empty for none."
    )


@dataclass(eq=False)
class InvalidVoiceTag(InvalidConnection):
    """The tag of the vendor's TLV is none that a vendor may use."""

    lowest: str = f"0x{VOICE_TAGS[0]:04X}"
    highest: str = f"0x{VOICE_TAGS[-1]:04X}"
    field: ClassVar[str] = "voice_tag"
    sentence: ClassVar[str] = N_(
        "The tag of the language of SMS Voix must be between {lowest} and {highest}, or be empty for none."
    )


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """A connection to an SMSC, as it is entered. The database, readable by its owner only, keeps its password."""

    name: str
    bind: BindSettings
    types: frozenset[MessageType] = frozenset({MessageType.PRO, MessageType.UNICODE})
    reply_number: str | None = None
    """The source address of SMS Réponse, to which phones answer."""
    stop_code: str = DEFAULT_STOP_CODE
    enabled: bool = True
    binds: int = 1
    """Held at once, over all processes; the window is of each, the contracted rate of all together."""
    validity: int | None = None
    """Seconds that the SMSC tries to deliver, where a campaign says nothing else; None leaves it to the SMSC."""
    voice_service_type: str | None = None
    """service_type of SMS Voix, for which SMPP has no standard; None where a bind of its own tells them apart."""
    voice_tag: int | None = None
    """Tag of the vendor's TLV that holds the language of SMS Voix; None where there is none."""


_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_CODE = re.compile(r"[0-9]{3,15}")
_HOST = re.compile(r"[^\s\x00-\x1f\x7f/@]+")


def _octets(value: str, least: int, most: int) -> bool:
    return value.isascii() and (value.isprintable() or not value) and least <= len(value) <= most


def _seconds(value: float) -> bool:
    return 1 <= value <= MAX_SECONDS and value == int(value)


def checked(settings: ConnectionSettings) -> ConnectionSettings:
    """`settings` without the spaces around its texts. Raises the first InvalidConnection that applies."""
    bind = replace(settings.bind, host=settings.bind.host.strip(), system_id=settings.bind.system_id.strip())
    reply_number = (settings.reply_number or "").strip() or None
    service_type = (settings.voice_service_type or "").strip() or None
    settings = replace(settings, name=settings.name.strip(), bind=bind, reply_number=reply_number)
    settings = replace(settings, voice_service_type=service_type)
    problem = _problem(settings) or _bind_problem(bind)
    if problem is not None:
        raise problem
    return settings


def _problem(settings: ConnectionSettings) -> InvalidConnection | None:
    if not (settings.name.isprintable() and 1 <= len(settings.name) <= MAX_NAME):
        return InvalidName()
    if not settings.types:
        return NoMessageType()
    needs_number = MessageType.REPONSE in settings.types
    if not _NUMBER.fullmatch(settings.reply_number or ("" if needs_number else "000")):
        return InvalidReplyNumber()
    if not _CODE.fullmatch(settings.stop_code):
        return InvalidStopCode()
    if not 1 <= settings.binds <= MAX_BINDS:
        return InvalidBinds()
    if not valid_period(settings.validity):
        return InvalidValidity()
    return _voice_problem(settings)


def _voice_problem(settings: ConnectionSettings) -> InvalidConnection | None:
    service_type, tag = settings.voice_service_type, settings.voice_tag
    if service_type is not None and not _octets(service_type, 1, MAX_SERVICE_TYPE):
        return InvalidVoiceServiceType()
    if tag is not None and tag not in VOICE_TAGS:
        return InvalidVoiceTag()
    return None


def valid_period(seconds: int | None) -> bool:
    """Whether a message may be tried for that long; None leaves it to the SMSC."""
    return seconds is None or 60 <= seconds <= MAX_VALIDITY


def _bind_problem(bind: BindSettings) -> InvalidConnection | None:
    rules = (
        (_HOST.fullmatch(bind.host) is not None and len(bind.host) <= MAX_HOST, InvalidHost()),
        (1 <= bind.port <= MAX_PORT, InvalidPort(bind.port)),
        (_octets(bind.system_id, 1, MAX_SYSTEM_ID), InvalidSystemId()),
        (_octets(bind.password, 1, MAX_PASSWORD), InvalidPassword()),
        (_octets(bind.system_type, 0, MAX_SYSTEM_TYPE), InvalidSystemType()),
        (1 <= bind.window <= MAX_WINDOW, InvalidWindow()),
        (bind.rate is None or (1 <= bind.rate <= MAX_RATE and bind.rate == int(bind.rate)), InvalidRate()),
        (_seconds(bind.enquire_link_interval) and _seconds(bind.response_timeout), InvalidInterval()),
    )
    return next((refusal for kept, refusal in rules if not kept), None)
