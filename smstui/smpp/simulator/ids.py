"""The styles in which SMSCs write message ids: one in the response, maybe another in the receipt."""

from collections.abc import Callable
from uuid import UUID

from smstui.smpp.simulator.hazards import IdStyle

Writer = Callable[[int], str]
HASH = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""An odd number, so that multiplying by it modulo 2**128 gives every count a UUID of its own."""


def _uuid(number: int) -> str:
    return str(UUID(int=number * HASH % 2**128))


WRITERS: dict[IdStyle, tuple[Writer, Writer]] = {
    IdStyle.DECIMAL: (str, str),
    IdStyle.HEX: ("{:x}".format, "{:x}".format),
    IdStyle.HEX_THEN_DECIMAL: ("{:x}".format, str),
    IdStyle.DECIMAL_THEN_HEX: (str, "{:x}".format),
    IdStyle.LEADING_ZEROS: ("{:020d}".format, str),
    IdStyle.ZEROS_IN_RECEIPT: (str, "{:020d}".format),
    IdStyle.UPPERCASE_HEX: ("{:x}".format, "{:X}".format),
    IdStyle.UUID: (_uuid, _uuid),
    IdStyle.LONG: ("smsc-{:059d}".format, "smsc-{:059d}".format),
}
"""How each style writes the SMSC's count: in the response, in the receipt."""
