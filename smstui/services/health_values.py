"""What is known of the health of a connection."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from smstui.domain.states import MessageState
from smstui.services.connections import NO_DISPATCHER
from smstui.smpp.values import BindState

SLOT: Final = timedelta(seconds=5)
SLOTS: Final = 60
"""Of the history: five minutes."""
RECEIPTS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class BindHealth:
    """One bind of a connection."""

    bind: int
    """From 1."""
    state: BindState | Literal["no dispatcher"]
    reason: str = ""
    """The last refusal or loss in the SMSC's words."""
    owner: str = ""
    """The process that holds it, "host:pid"; "" when none does."""
    since: datetime | None = None
    """When it came into its state."""
    rate: int = 0
    """submit_sm a second lately."""
    in_flight: int = 0
    """submit_sm that await their response."""
    allowed_rate: int | None = None
    """submit_sm a second that throttling has taught."""


class Moment(NamedTuple):
    """What all binds together did in one SLOT."""

    rate: float
    """submit_sm accepted a second."""
    response_ms: float | None
    """The mean time from a submit_sm to its response."""
    throttled: int


@dataclass(frozen=True, slots=True)
class SmscRefusal:
    """How often the SMSC has refused a submit_sm with this command_status."""

    status: int
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RecentReceipt:
    """One of the last receipts."""

    smsc_id: str
    """As the receipt writes it; foreign text."""
    state: MessageState | None
    """None for an intermediate or unknown one."""
    word: str
    """The SMSC's own word and code; foreign text."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """Everything that is known of a connection at one instant."""

    name: str
    enabled: bool
    window: int
    """submit_sm awaiting their response, at most, of each bind."""
    contracted_rate: int | None
    """submit_sm a second, over all binds."""
    binds: tuple[BindHealth, ...]
    history: tuple[Moment, ...]
    """The last SLOTS complete slots, the oldest first."""
    refusals: tuple[SmscRefusal, ...]
    """The most frequent first."""
    receipts: tuple[RecentReceipt, ...]
    """The newest first, RECEIPTS_SHOWN at most."""
    parked: int
    """Receipts of no message that is known yet."""
    in_doubt: int
    """Messages that may or may not have gone out, and that nobody has sent again."""
    waiting: bool
    """Whether messages wait to be sent now."""

    @property
    def response_ms(self) -> float | None:
        """The mean time from a submit_sm to its response, in the last slot; None without any."""
        return self.history[-1].response_ms

    @property
    def is_held(self) -> bool:
        """Whether a process dispatches it."""
        return any(one.state != NO_DISPATCHER for one in self.binds)

    @property
    def rate(self) -> int:
        """submit_sm a second lately."""
        return sum(one.rate for one in self.binds)

    @property
    def in_flight(self) -> int:
        """submit_sm that await their response."""
        return sum(one.in_flight for one in self.binds)

    @property
    def throttled(self) -> int:
        """submit_sm that the SMSC put off, over the history."""
        return sum(one.throttled for one in self.history)

    @property
    def allowed_rate(self) -> int | None:
        """submit_sm a second that throttling has taught; None when no bind is slowed down."""
        taught = [one.allowed_rate for one in self.binds if one.allowed_rate is not None]
        return sum(taught) if taught else None
