"""Cutting the byte stream into PDUs, however the network split or joined them."""

from dataclasses import dataclass

from smstui.smpp.wire import HEADER, HEADER_LENGTH, MAX_COMMAND_LENGTH

_read_header = HEADER.unpack_from

Frame = tuple[int, int, int, bytes]
"""command_id, command_status, sequence_number, body."""


@dataclass(frozen=True, slots=True)
class BadLength:
    """A command_length that no PDU has: the stream can't be read any further."""

    command_length: int
    sequence: int


class Framer:
    """Collects octets and gives whole PDUs. Holds at most one incomplete PDU, thus at most 64 KiB and a chunk."""

    def __init__(self) -> None:
        self._rest = b""
        self.bad_length: BadLength | None = None
        """Set once, when the stream is broken for good; what `feed` gets from then on is dropped."""

    def feed(self, chunk: bytes) -> list[Frame]:
        """The PDUs that `chunk` completes, in order."""
        if self.bad_length:
            return []
        buffer = self._rest + chunk if self._rest else chunk
        last_header = len(buffer) - HEADER_LENGTH
        frames: list[Frame] = []
        start = 0
        while start <= last_header:
            length, command, status, sequence = _read_header(buffer, start)
            if not HEADER_LENGTH <= length <= MAX_COMMAND_LENGTH:
                self.bad_length = BadLength(length, sequence)
                self._rest = b""
                return frames
            end = start + length
            if end > len(buffer):
                break
            frames.append((command, status, sequence, buffer[start + HEADER_LENGTH : end]))
            start = end
        self._rest = buffer[start:]
        return frames
