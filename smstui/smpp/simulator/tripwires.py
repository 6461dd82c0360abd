"""Faults that a session plays at a given PDU, counted from its bind."""

from enum import Enum, auto

from smstui.smpp.simulator import wire
from smstui.smpp.simulator.hazards import Hazards

HUGE_LENGTH = 0x40000000
UNKNOWN_COMMAND = 0x00010203
GARBAGE = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
"""What a wrong server behind the port would say: as a command_length, it is over 1 GiB."""


class Fault(Enum):
    """What happens when the count is reached."""

    DROP = auto()
    GARBAGE = auto()
    HUGE_LENGTH = auto()
    UNKNOWN_COMMAND = auto()
    UNBIND = auto()


class Tripwires:
    """Tells which fault is due as the PDUs of a session pass."""

    def __init__(self, hazards: Hazards, *, may_drop: bool) -> None:
        counts = {
            Fault.DROP: hazards.drop_after if may_drop else 0,
            Fault.GARBAGE: hazards.garbage_after,
            Fault.HUGE_LENGTH: hazards.huge_length_after,
            Fault.UNKNOWN_COMMAND: hazards.unknown_command_after,
            Fault.UNBIND: hazards.unbind_after,
        }
        self._faults = {count: fault for fault, count in counts.items() if count}
        self._passed = 0
        self.is_set = bool(self._faults)
        """Whether there is anything to count."""

    def step(self) -> Fault | None:
        """One more PDU has passed: the fault that is due now."""
        self._passed += 1
        return self._faults.get(self._passed)


def intrusion(fault: Fault, sequence: int) -> bytes:
    """The bytes that `fault` writes."""
    if fault is Fault.GARBAGE:
        return GARBAGE
    if fault is Fault.HUGE_LENGTH:
        return wire.HEADER.pack(HUGE_LENGTH, wire.DELIVER_SM, wire.ESME_ROK, sequence)
    if fault is Fault.UNKNOWN_COMMAND:
        return wire.pdu(UNKNOWN_COMMAND, sequence)
    if fault is Fault.UNBIND:
        return wire.pdu(wire.UNBIND, sequence)
    return b""
