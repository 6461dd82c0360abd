"""What the simulator is started with, and why it may refuse to start or to deliver."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.i18n import N_
from smstui.smpp.simulator.hazards import Hazards
from smstui.smpp.values import Alphabet


@dataclass(frozen=True, slots=True)
class Account:
    """A system_id that may bind, with its password."""

    system_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """How the simulated SMSC behaves when nothing goes wrong. Times in seconds."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one: see `Simulator.port`."""
    accounts: tuple[Account, ...] = ()
    """Who may bind; empty accepts anyone."""
    hazards: Hazards = field(default_factory=Hazards)
    receipt_delay: float = 0.1
    alphabet: Alphabet = Alphabet.GSM7
    """What data_coding 0 means here."""
    deliver_window: int = 500
    """deliver_sm written to a session and not yet acknowledged, at most."""
    redeliver_after: float = 30.0
    """A deliver_sm without a good answer for this long is written again."""
    seed: int | None = None
    """The same seed gives the same ids and the same faults; None draws them anew at each start."""
    log: Path | None = None
    """JSON lines of what the phones received and sent, and of the receipts."""
    kept_messages: int = 1000
    """The newest messages (or parts of messages) kept for display."""


@dataclass(eq=False)
class PortTaken(Refusal):
    """Another program listens there."""

    host: str
    port: int
    sentence: ClassVar[str] = N_("Port {port} of {host} is taken by another program: stop it, or choose another port.")


@dataclass(eq=False)
class CannotListen(Refusal):
    """The address can't be listened on."""

    host: str
    port: int
    reason: str
    sentence: ClassVar[str] = N_("Can't listen on {host}, port {port} ({reason}): choose another address.")


@dataclass(eq=False)
class LogNotWritable(Refusal):
    """The log file can't be opened for writing."""

    path: str
    reason: str
    sentence: ClassVar[str] = N_("Can't write the log {path} ({reason}): choose another file.")


@dataclass(eq=False)
class NobodyBound(Refusal):
    """No receiver or transceiver is bound, so that a phone's message can't be delivered."""

    sentence: ClassVar[str] = N_(
        "No application is connected to the simulator to receive this message: connect it first."
    )
