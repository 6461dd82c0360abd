"""The line between the applications and the SMSC: it counts what passes, and is cut where a test says."""

import asyncio
import random
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

SUBMIT_SM = bytes((0, 0, 0, 4))
LONGEST = 1 << 16
"""A command_length above this is no PDU."""


class Way(Enum):
    """From whom to whom."""

    TO_SMSC = "to the SMSC"
    FROM_SMSC = "from the SMSC"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the next session is cut: so many whole PDUs pass one way, and a piece of the next."""

    way: Way
    after: int
    """PDUs, from 1: the bind passes."""
    share: float
    """Of the octets of the PDU that is cut, between 0 and 1."""


@dataclass(slots=True)
class Session:
    """What passed on one TCP connection of an application."""

    submits: int = 0
    is_open: bool = True
    passed: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    """Whole PDUs."""


class Line:
    """A TCP proxy on a port of its own. Without an SMSC behind it, it hangs up at once."""

    def __init__(self) -> None:
        self.smsc_port: int | None = None
        self.sessions: list[Session] = []
        self.cuts: list[Cut] = []
        """For the next sessions, one each."""
        self._server: asyncio.Server | None = None
        self._serving = 0
        self._pipes: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        while self._serving:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session()
        self._serving += 1
        self.sessions.append(session)
        cut = self.cuts.pop(0) if self.cuts else None
        writers = [writer]
        try:
            if self.smsc_port is not None:
                smsc_reader, smsc_writer = await asyncio.open_connection("127.0.0.1", self.smsc_port)
                writers.append(smsc_writer)
                to_smsc = _pass(session, cut, Way.TO_SMSC, reader, smsc_writer)
                from_smsc = _pass(session, cut, Way.FROM_SMSC, smsc_reader, writer)
                await self._first_ended({asyncio.create_task(to_smsc), asyncio.create_task(from_smsc)})
        except OSError:
            return
        finally:
            session.is_open = False
            self._serving -= 1
            for each in writers:
                each.close()

    async def _first_ended(self, pipes: set[asyncio.Task[None]]) -> None:
        """Wait until one of the two pipes ends, and end the other."""
        self._pipes |= pipes
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for pipe in pipes:
            pipe.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)
        self._pipes -= pipes


async def _pass(
    session: Session, cut: Cut | None, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Pass octets on as they come until one side ends, or PDU by PDU until the cut."""
    is_cut = cut is not None and cut.way is way
    waiting = b""
    with suppress(OSError):
        while chunk := await reader.read(1 << 14):
            if not is_cut:
                writer.write(chunk)
            waiting += chunk
            while pdu := _first_pdu(waiting):
                waiting = waiting[len(pdu) :]
                if is_cut and cut is not None and session.passed[way] == cut.after:
                    writer.write(pdu[: max(1, int(len(pdu) * cut.share))])
                    return
                if is_cut:
                    writer.write(pdu)
                session.passed[way] += 1
                session.submits += pdu[4:8] == SUBMIT_SM
            await writer.drain()


def _first_pdu(octets: bytes) -> bytes:
    """The first PDU, when it is whole; octets that can't be one at once."""
    if len(octets) < 16:
        return b""
    (length,) = struct.unpack_from(">I", octets)
    if not 16 <= length <= LONGEST:
        return octets
    return octets[:length] if len(octets) >= length else b""


def random_cuts(chance: random.Random, count: int, longest: int) -> list[Cut]:
    """`count` cuts, one way and the other, after at most `longest` PDUs."""
    ways = list(Way)
    return [Cut(ways[each % 2], chance.randint(2, longest), chance.random()) for each in range(count)]
