"""How the process that imports and the one that asked for it talk: values, one after the other, over a pipe.

Both ends are this program, and what goes over is made by it: pickles, each after its length.
"""

import asyncio
import pickle
import struct
from typing import BinaryIO, Final

_LENGTH: Final = struct.Struct("!I")


def pack(value: object) -> bytes:
    """`value` as it goes over the pipe."""
    octets = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(octets)) + octets


def read(stream: BinaryIO) -> object:
    """The next value; waits for it. Raises EOFError."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(*_LENGTH.unpack(length)))  # noqa: S301


async def receive(stream: asyncio.StreamReader) -> object | None:
    """The next value; None at the end."""
    try:
        length = await stream.readexactly(_LENGTH.size)
        value: object = pickle.loads(await stream.readexactly(*_LENGTH.unpack(length)))  # noqa: S301
    except asyncio.IncompleteReadError:
        return None
    return value
