"""How many submit_sm a second the simulator takes, beside a server that echoes canned responses without looking.

A client in a process of its own blasts PDUs encoded beforehand. Ratios count; absolute rates drift with the machine.
Usage: python benchmarks/simulator_rate.py [--count N] [--window N] [--rounds N]
"""

import argparse
import asyncio
import multiprocessing
import struct
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from smstui.smpp.simulator import Simulator, SimulatorSettings

HEADER = struct.Struct(">IIII")
TEXT = b"Hello from the benchmark: sixty-four characters of plain GSM-7.."
RESPONSE_LENGTH = 27
"""A submit_sm_resp with an id of ten digits."""


def submit(sequence: int, registered: int) -> bytes:
    """One submit_sm to a number of its own."""
    destination = b"336%08d\0" % sequence
    body = b"\0\x05\0SENDER\0\x01\x01" + destination + b"\0\0\0\0\0" + bytes([registered, 0, 0, 0, len(TEXT)]) + TEXT
    return HEADER.pack(16 + len(body), 4, 0, sequence) + body


class Blaster(asyncio.Protocol):
    """Keeps a window of submit_sm full, counts responses and acknowledges receipts."""

    def __init__(self, pdus: list[bytes], window: int, receipts: int) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self.finished = 0.0
        self._pdus, self._window = pdus, window
        self._sent = self._answered = self._receipts = 0
        self._awaited_receipts = receipts
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        bind = b"bench\0bench\0\0\x34\0\0\0"
        transport.write(HEADER.pack(16 + len(bind), 9, 0, 1) + bind)

    def data_received(self, data: bytes) -> None:
        """Count the answers, acknowledge the receipts, and send more."""
        data = self._rest + data
        at, acknowledgements = 0, []
        while len(data) - at >= 16:
            length, command, status, sequence = HEADER.unpack_from(data, at)
            if len(data) - at < length:
                break
            at += length
            assert status == 0, status
            if command == 0x80000004:
                self._answered += 1
            elif command == 5:
                self._receipts += 1
                acknowledgements.append(HEADER.pack(17, 0x80000005, 0, sequence) + b"\0")
            elif command == 0x80000009:
                self.began = time.perf_counter()
        self._rest = data[at:]
        if acknowledgements:
            self._transport.write(b"".join(acknowledgements))
        self._fill()

    def _fill(self) -> None:
        room = self._window - (self._sent - self._answered)
        if room >= self._window // 2 or self._answered == len(self._pdus):
            self._transport.write(b"".join(self._pdus[self._sent : self._sent + room]))
            self._sent = min(self._sent + room, len(self._pdus))
        whole = self._answered == len(self._pdus) and self._receipts >= self._awaited_receipts
        if whole and not self.done.done():
            self.done.set_result(time.perf_counter() - self.began)


async def _blast(port: int, count: int, window: int, receipts: bool) -> float:
    pdus = [submit(number, int(receipts)) for number in range(2, count + 2)]
    loop = asyncio.get_running_loop()
    awaited = count if receipts else 0
    transport, blaster = await loop.create_connection(lambda: Blaster(pdus, window, awaited), "127.0.0.1", port)
    seconds: float = await blaster.done
    transport.close()
    return count / seconds


class Echo(asyncio.Protocol):
    """Answers as many canned responses as the bytes hold submit_sm, and reads none of them."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._rest = 0
        self._bound = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer by the count of bytes."""
        if not self._bound:
            self._bound = True
            self._transport.write(HEADER.pack(23, 0x80000009, 0, 1) + b"smstui\0")
            return
        whole, self._rest = divmod(self._rest + len(data), self._length)
        canned = HEADER.pack(RESPONSE_LENGTH, 0x80000004, 0, 1) + b"1234567890\0"
        self._transport.write(canned * whole)


async def _serve_echo(pipe: Connection) -> None:
    length = len(submit(1, 0))
    server = await asyncio.get_running_loop().create_server(lambda: Echo(length), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(pipe.recv)
    server.close()


async def _serve_simulator(pipe: Connection, log: Path | None) -> None:
    settings = SimulatorSettings(receipt_delay=0.01, seed=1, log=log)
    async with Simulator(settings) as simulator:
        pipe.send(simulator.port)
        await asyncio.to_thread(pipe.recv)


def _run_server(kind: str, pipe: Connection, log: Path | None) -> None:
    asyncio.run(_serve_echo(pipe) if kind == "echo" else _serve_simulator(pipe, log))


def measure(kind: str, count: int, window: int, receipts: bool = False, log: Path | None = None) -> float:
    """Messages a second against a fresh server process."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_run_server, args=(kind, there, log))
    server.start()
    rate = asyncio.run(_blast(here.recv(), count, window, receipts))
    here.send("stop")
    server.join()
    return rate


def main() -> None:
    """Interleave the rounds and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--window", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.jsonl")
        cases: dict[str, tuple[str, bool, Path | None]] = {
            "echo of canned responses": ("echo", False, None),
            "simulator": ("simulator", False, None),
            "simulator, with its log": ("simulator", False, log),
            "simulator, with receipts": ("simulator", True, None),
            "simulator, with receipts and log": ("simulator", True, log),
        }
        rates: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(options.rounds):
            for name, (kind, receipts, path) in cases.items():
                rates[name].append(measure(kind, options.count, options.window, receipts, path))
    echo = median(rates["echo of canned responses"])
    for name, found in rates.items():
        print(f"{name:35} {median(found):10,.0f} messages/s  {median(found) / echo:5.2f} × the echo")


if __name__ == "__main__":
    main()
