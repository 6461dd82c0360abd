"""Reading deliver_sm and data_sm as they come: every field is taken as far as the octets reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from smstui.smpp.wire import Command, Tag

_read_tlv_header = Struct(">HH").unpack_from


@dataclass(frozen=True, slots=True)
class Delivered:
    """A deliver_sm or data_sm (SMPP 3.4, sections 4.6 and 4.7)."""

    source: str
    destination: str
    esm_class: int
    data_coding: int
    text: bytes
    """short_message, or message_payload when that is empty."""
    tlvs: Mapping[int, bytes]

    def integer(self, tag: Tag) -> int | None:
        """The value of an integer TLV of whatever length; None when absent or empty."""
        value = self.tlvs.get(tag)
        return int.from_bytes(value, "big") if value else None


class MalformedPdu(ValueError):
    """A body that ends before its addresses do: nobody can tell what it is."""


class _Reader:
    """The fields of a body, one after the other; beyond its end integers are 0 and strings are empty."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    def integer(self, size: int = 1) -> int:
        return int.from_bytes(self.octets(size), "big")

    def octets(self, size: int) -> bytes:
        value = self.body[self.at : self.at + size]
        self.at += size
        return value

    def c_string(self) -> str:
        """Up to the NUL, of any length: servers exceed the standard's maxima."""
        value, _, _ = self.body[self.at :].partition(b"\0")
        self.at += len(value) + 1
        return value.decode("latin-1")

    def address(self) -> str:
        self.octets(2)
        address = self.c_string()
        if self.at > len(self.body):
            raise MalformedPdu
        return address


def read_tlvs(body: bytes, at: int) -> dict[int, bytes]:
    """The optional parameters from `at` on, the first of each tag; a length that lies gives what is left."""
    values: dict[int, bytes] = {}
    while at + 4 <= len(body):
        tag, length = _read_tlv_header(body, at)
        values.setdefault(tag, body[at + 4 : at + 4 + length])
        at += 4 + length
    return values


def read_delivered(command: int, body: bytes) -> Delivered:
    """The deliver_sm or data_sm with this `body`. Raises `MalformedPdu` when it ends before its addresses do."""
    reader = _Reader(body)
    reader.c_string()
    source = reader.address()
    destination = reader.address()
    esm_class = reader.integer()
    text = b""
    if command == Command.DATA_SM:
        reader.octets(1)
        data_coding = reader.integer()
    else:
        reader.octets(2)
        reader.c_string()
        reader.c_string()
        reader.octets(2)
        data_coding = reader.integer()
        reader.octets(1)
        text = reader.octets(reader.integer())
    tlvs = read_tlvs(body, reader.at)
    return Delivered(source, destination, esm_class, data_coding, text or tlvs.get(Tag.MESSAGE_PAYLOAD, b""), tlvs)
