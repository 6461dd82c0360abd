"""What an SMSC, or the way to it, refuses: one sentence each that an operator can act on."""

from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.i18n import N_


class ConnectionRefusal(Refusal):
    """A bind that could not be made. `reason` is the SMSC's or the network's own words, for `BindStatus`."""

    reason: str


@dataclass(eq=False)
class SmscUnreachable(ConnectionRefusal):
    """No connection: the network, the name or the host is at fault."""

    sentence: ClassVar[str] = N_("{host}:{port} can’t be reached: {reason}. Check host and port.")
    host: str
    port: int
    reason: str


@dataclass(eq=False)
class SmscRefusesConnection(SmscUnreachable):
    """The host answers, and nothing listens on the port."""

    sentence: ClassVar[str] = N_(
        "{host}:{port} refuses the connection. Check host and port, and that the SMSC is running."
    )


@dataclass(eq=False)
class SmscNameUnknown(SmscUnreachable):
    """The name service does not know the host."""

    sentence: ClassVar[str] = N_("There is no host named {host}. Check the host.")


@dataclass(eq=False)
class SmscSilent(SmscUnreachable):
    """Connected or not, no answer came in time."""

    sentence: ClassVar[str] = N_(
        "{host}:{port} does not answer. Check host and port, and that a firewall lets you pass."
    )


@dataclass(eq=False)
class NotAnSmsc(SmscUnreachable):
    """The peer closed the connection, or answered something else than SMPP."""

    sentence: ClassVar[str] = N_(
        "{host}:{port} does not speak SMPP as expected: {reason}. Check the port, and whether it wants TLS."
    )


@dataclass(eq=False)
class TlsRefused(ConnectionRefusal):
    """The TLS handshake failed, or the certificate is not to be trusted."""

    sentence: ClassVar[str] = N_(
        "No secure connection with {host}:{port}: {reason}. Check its certificate and the port."
    )
    host: str
    port: int
    reason: str


@dataclass(eq=False)
class BindRefused(ConnectionRefusal):
    """The SMSC answered the bind with an error. `words` are those of `status_words`."""

    sentence: ClassVar[str] = N_("The SMSC {host}:{port} refuses the bind: {words}.")
    host: str
    port: int
    status: int
    words: str

    @property
    def reason(self) -> str:  # type: ignore[override]
        """The status in words."""
        return self.words


@dataclass(eq=False)
class UnusableCredential(ConnectionRefusal):
    """A bind field that SMPP can't carry: it is not ASCII, or holds a NUL."""

    sentence: ClassVar[str] = N_("The {field} of this connection can only hold unaccented letters, digits and signs.")
    field: str

    @property
    def reason(self) -> str:  # type: ignore[override]
        """Which field."""
        return f"{self.field} is not ASCII"


@dataclass(eq=False)
class ConnectionDraining(Refusal):
    """The connection takes no more messages: it is being closed."""

    sentence: ClassVar[str] = N_("This connection is closing and takes no more messages.")


@dataclass(eq=False)
class ReceiverCannotSend(Refusal):
    """A submit through a bind that only receives."""

    sentence: ClassVar[str] = N_(
        "The bind with {host}:{port} only receives. Make it a transmitter or a transceiver to send."
    )
    host: str
    port: int


@dataclass(eq=False)
class UnusableSender(Refusal):
    """A sender that a submit_sm can't carry: more than 20 octets, or not ASCII."""

    sentence: ClassVar[str] = N_("“{sender}” can’t be a sender: up to 20 unaccented letters, digits and signs.")
    sender: str


@dataclass(eq=False)
class TextNotInAlphabet(Refusal):
    """A GSM-7 text with characters that the alphabet of this connection lacks."""

    sentence: ClassVar[str] = N_(
        "The connection’s alphabet has no {characters}. Change the text, send it as Unicode, "
        "or change the alphabet of the connection."
    )
    characters: str
