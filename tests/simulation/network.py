"""Connections without sockets: bytes arrive late and in pieces, and connections end at any byte."""

import asyncio
import errno
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from random import Random
from typing import Any

from tests.simulation.loop import Node, VirtualLoop, this_node

_FLIGHT = 2048
"""Bytes on their way that don't count as the writer's."""
_HIGH_WATER = 64 * 1024


class Weather:
    """How bytes travel. Calm weather brings them at once and whole."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.latency = chance.choice((0.0001, 0.001, 0.005, 0.03))
        self.split_share = chance.choice((0.0, 0.1, 0.5))
        self.cut_share = chance.choice((0.0, 0.0, 0.3, 0.7))
        self.refused_share = 0.0
        self.blocked_until = 0.0
        self.is_calm = False

    def calm(self) -> None:
        """Nothing bad happens from now on."""
        self.is_calm = True
        self.split_share = self.cut_share = self.refused_share = 0.0
        self.latency, self.blocked_until = 0.001, 0.0

    def delay(self, now: float) -> float:
        """Seconds until a chunk written at `now` arrives."""
        late = self.chance.uniform(0.5, 1.5) * self.latency
        if not self.is_calm and self.chance.random() < 0.02:
            late += self.chance.choice((0.05, 0.2, 1.0))
        return late + max(0.0, self.blocked_until - now)

    def pieces(self, data: bytes) -> list[bytes]:
        """`data` as the network brings it."""
        if len(data) < 2 or self.chance.random() >= self.split_share:
            return [data]
        at = self.chance.randrange(1, len(data))
        return [data[:at], *self.pieces(data[at:])]

    def life(self) -> int | None:
        """After how many bytes of one direction a new connection is cut; None is never."""
        if self.chance.random() >= self.cut_share:
            return None
        return int(2 ** self.chance.uniform(4, 13))


class End(asyncio.Transport):
    """One end of a connection."""

    def __init__(self, wire: "Wire", protocol: Any, is_server: bool) -> None:
        super().__init__({"peername": ("127.0.0.1", wire.number), "sockname": ("127.0.0.1", wire.port)})
        self.wire = wire
        self.peer: End
        self.protocol = protocol
        self.is_server = is_server
        self.node: Node | None = this_node()
        self._context = copy_context()
        self._loop = wire.loop
        self._coming: deque[bytes | None] = deque()
        """What has been written to this end; None is the end of it."""
        self._held: deque[bytes | None] = deque()
        """What has arrived and is not read, while reading is paused."""
        self._next_arrival = 0.0
        self._under_way = 0
        """Bytes written from this end that the other has not read."""
        self._reading = True
        self._writing_paused = False
        self._closing = False
        self.lost = False
        self.written = 0
        self.life: int | None = None

    # What the program calls.

    def write(self, data: Any) -> None:
        data = bytes(data)
        if self._closing or self.lost or not data:
            return
        allowed = len(data) if self.life is None else min(len(data), self.life - self.written)
        self.written += allowed
        self.wire.network.wrote(self, data[:allowed])
        for piece in self.wire.network.weather.pieces(data[:allowed]):
            self._send(piece)
        if allowed < len(data):
            self.wire.cut("in the middle of what was written")

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._send(None)
            self._soon(self._lose, None)

    def abort(self) -> None:
        if not self.lost:
            self._closing = True
            self._soon(self._lose, None)
            self.peer.reset(self.wire.network.weather.delay(self._loop.time()))

    def write_eof(self) -> None:
        self._send(None)

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self._closing

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        if self._held:
            self._soon(self._read_held)

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def get_write_buffer_size(self) -> int:
        return max(0, self._under_way - _FLIGHT)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return (_HIGH_WATER // 4, _HIGH_WATER)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The limits stay as they are."""

    # What the network does.

    def _soon(self, callback: Callable[..., None], *args: Any) -> None:
        self._loop.call_soon(callback, *args, context=self._context.copy())

    def _send(self, data: bytes | None) -> None:
        """Put `data` on its way."""
        if self.wire.is_cut:
            return
        now, peer = self._loop.time(), self.peer
        self._next_arrival = max(self._next_arrival, now + self.wire.network.weather.delay(now))
        peer._coming.append(data)
        self._loop.call_at(self._next_arrival, peer._arrive, context=peer._context.copy())
        if data:
            self._under_way += len(data)
            if not self._writing_paused and self.get_write_buffer_size() > _HIGH_WATER:
                self._writing_paused = True
                self.protocol.pause_writing()

    def _arrive(self) -> None:
        if not self._coming:
            return
        self._held.append(self._coming.popleft())
        self._read_held()

    def _read_held(self) -> None:
        while self._held and self._reading and not self._closing and not self.lost:
            data = self._held.popleft()
            if data is None:
                if not self.protocol.eof_received():
                    self.close()
                return
            self.wire.network.read(self, data)
            self.protocol.data_received(data)
            self.peer._soon(self.peer._was_read, len(data))

    def _was_read(self, size: int) -> None:
        self._under_way -= size
        if self._writing_paused and self.get_write_buffer_size() <= _HIGH_WATER // 4:
            self._writing_paused = False
            self.protocol.resume_writing()

    def truncate(self, kept: int) -> None:
        """Of what is on its way here, only `kept` bytes arrive."""
        coming, self._coming = self._coming, deque()
        for data in coming:
            if not data:
                break
            self._coming.append(data[:kept])
            kept -= len(data)
            if kept <= 0:
                break

    def coming(self) -> int:
        """Bytes on their way here."""
        return sum(len(data) for data in self._coming if data)

    def reset(self, after: float) -> None:
        """This end learns `after` seconds from now that the connection is gone."""
        due = max(self.peer._next_arrival, self._loop.time() + after)
        self._loop.call_at(due, self._lose, ConnectionResetError("reset by peer"), context=self._context.copy())

    def _lose(self, error: Exception | None) -> None:
        if not self.lost:
            self.lost = self._closing = True
            self.wire.network.ended(self)
            self.protocol.connection_lost(error)


class Wire:
    """A connection between two nodes."""

    def __init__(self, network: "Network", number: int, port: int) -> None:
        self.network = network
        self.loop = network.loop
        self.number = number
        self.port = port
        self.is_cut = False
        self.ends: list[End] = []

    def cut(self, why: str, *, silent: bool = False) -> None:
        """What is on its way is lost from some byte on; both ends learn of it, sooner or later."""
        if self.is_cut:
            return
        self.is_cut = True
        chance = self.network.weather.chance
        self.network.note(f"wire {self.number} cut {why}{' silently' if silent else ''}")
        for end in self.ends:
            end.truncate(chance.randrange(end.coming() + 1))
            end.reset(chance.uniform(2, 12) if silent else chance.choice((0.0, 0.001, 0.05)))


class _Listener:
    """A server: of `asyncio.Server`, what the simulator uses."""

    def __init__(self, network: "Network", factory: Callable[[], Any], port: int) -> None:
        self.factory = factory
        self.port = port
        self.context = copy_context()
        self._network = network

    @property
    def sockets(self) -> list["_Listener"]:
        return [self]

    def getsockname(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def close(self) -> None:
        self._network.listeners.pop(self.port, None)

    async def wait_closed(self) -> None:
        return None


class Network:
    """All connections. `note` is told what happens; `taps` see the bytes."""

    def __init__(self, loop: VirtualLoop, weather: Weather, note: Callable[[str], None]) -> None:
        self.loop = loop
        self.weather = weather
        self.note = note
        self.listeners: dict[int, _Listener] = {}
        self.down: set[int] = set()
        """Ports that refuse connections for now."""
        self.wires: list[Wire] = []
        self.wrote: Callable[[End, bytes], None] = lambda _end, _data: None
        self.read: Callable[[End, bytes], None] = lambda _end, _data: None

    def listen(self, factory: Callable[[], Any], _host: str, _port: int) -> _Listener:
        """Take connections."""
        listener = _Listener(self, factory, 2775 + len(self.listeners))
        self.listeners[listener.port] = listener
        return listener

    async def connect(self, factory: Callable[[], Any], _host: str, port: int) -> tuple[End, Any]:
        """Open a connection from the present node. Raises ConnectionRefusedError."""
        await asyncio.sleep(self.weather.delay(self.loop.time()))
        refused = self.weather.chance.random() < self.weather.refused_share
        listener = self.listeners.get(port)
        if refused or listener is None or port in self.down:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "connection refused")
        wire = Wire(self, len(self.wires) + 1, port)
        near = End(wire, factory(), is_server=False)
        far: End = listener.context.copy().run(lambda: End(wire, listener.factory(), is_server=True))
        near.peer, far.peer = far, near
        near.life, far.life = self.weather.life(), self.weather.life()
        wire.ends = [near, far]
        self.wires.append(wire)
        self.note(f"wire {wire.number} opened to {port}")
        far._soon(far.protocol.connection_made, far)
        near.protocol.connection_made(near)
        return near, near.protocol

    def ended(self, end: End) -> None:
        """One end is gone."""
        self.note(f"wire {end.wire.number} {'server' if end.is_server else 'client'} end lost")

    def open_wires(self, port: int | None = None) -> list[Wire]:
        """The connections that are not cut, to `port` if given."""
        alive = [wire for wire in self.wires if not wire.is_cut and not all(end.lost for end in wire.ends)]
        return [wire for wire in alive if port in {None, wire.port}]

    def bury(self, node: Node) -> None:
        """The connections of a dead process end at some byte of what it had written."""
        for wire in self.open_wires():
            if any(end.node is node and not end.lost for end in wire.ends):
                wire.cut(f"by the death of {node.name}")
