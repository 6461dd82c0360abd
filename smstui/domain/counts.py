"""How many messages of a campaign are in each state."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from smstui.domain.states import FINAL_STATES, MessageState


@dataclass(frozen=True, slots=True)
class Counts:
    """A number of messages for each `MessageState`; their sum is that of the recipients."""

    queued: int = 0
    in_flight: int = 0
    accepted: int = 0
    delivered: int = 0
    listened: int = 0
    undelivered: int = 0
    expired: int = 0
    rejected_by_network: int = 0
    rejected: int = 0
    unknown: int = 0
    suppressed: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, stored: Mapping[MessageState, int], in_flight: int) -> "Counts":
        """The counts of rows by `stored` state, of which `in_flight` of the queued ones may have left."""
        counts = {state: stored.get(state, 0) for state in MessageState}
        counts[MessageState.QUEUED] -= in_flight
        counts[MessageState.IN_FLIGHT] += in_flight
        return cls(**counts)

    def __getitem__(self, state: MessageState) -> int:
        return int(getattr(self, state))

    def items(self) -> tuple[tuple[MessageState, int], ...]:
        """Each state with its count, in the order of a message's life."""
        return tuple((MessageState(field.name), self[MessageState(field.name)]) for field in fields(self))

    @property
    def total(self) -> int:
        """All messages."""
        return sum(count for _, count in self.items())

    @property
    def arrived(self) -> int:
        """Those that reached their phone."""
        return self.delivered + self.listened

    @property
    def final(self) -> int:
        """Those of which nothing more is awaited."""
        return sum(count for state, count in self.items() if state in FINAL_STATES)

    @property
    def remaining(self) -> int:
        """Those that still have to leave."""
        return self.queued + self.in_flight
