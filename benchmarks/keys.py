"""The application at a terminal, its campaign page open, while its own dispatcher sends 200,000 messages.

Keys move the cursor of the table of messages, at the pace of a keyboard's repetition. A key is answered when the
terminal has read the row or the detail of the message that it leads to, in the bold of the cursor.
"""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, say
from benchmarks.peers.task import number
from benchmarks.processes import DEADLINE, SOON, Behaviour, simulator
from benchmarks.product import AWAITING_RECEIPT, memory, product_in
from benchmarks.terminal import Terminal
from benchmarks.workers.enqueue import ACCOUNT_PASSWORD, LOGIN

KEY = Bar("key_press_p99_ms", "key press answered while 200,000 are dispatched, p99", "ms", 50, 50, at_least=False)
STALL = Bar("longest_stall_with_page_ms", "longest stall with the campaign page open", "ms", 50, 50, at_least=False)
MEMORY = Bar(
    "memory_over_idle_application_mb", "200,000 with receipts: memory above the idle application", "MB", 60, 60, False
)
COUNT, WINDOW = 200_000, 500
PERIOD = 0.05
"""Seconds between two keys."""
ROWS = 10
"""The cursor goes down so many rows, then up again."""
IDLE_KEYS = 90
"""Keys before anything is sent; the cursor is then where it was."""
DOWN, UP = b"\x1b[B", b"\x1b[A"
_MOVES = [*((DOWN, row) for row in range(1, ROWS)), *((UP, row) for row in range(ROWS - 2, -1, -1))]
_PALETTE = b"\x10"


@dataclass(frozen=True, slots=True)
class Session:
    """What a person at the terminal has met, in milliseconds and megabytes."""

    key_p99: float
    key_median: float
    idle_p99: float
    """Of the keys before anything was sent."""
    keys: int
    longest_stall: float
    memory: float


def _open_campaign(terminal: Terminal) -> None:
    """Log in, and open the only campaign."""
    terminal.until(lambda text: "Identifier" in text)
    terminal.press(f"{LOGIN}\t{ACCOUNT_PASSWORD}\r".encode())
    terminal.until(lambda text: "Dashboard" in text)
    terminal.press(_PALETTE)
    terminal.until(lambda text: "Search a section" in text)
    terminal.press(b"Messaging Campaigns")
    terminal.until(lambda text: "Messaging › Campaigns" in text and text.count("Go to this section") == 1)
    terminal.press(b"\r")
    terminal.until(lambda text: "measured" in text)
    terminal.press(b"\r")
    terminal.until(lambda text: number(0) in text, again=b"\r")


def _latency(terminal: Terminal, key: bytes, row: int) -> float:
    """Seconds from `key` until the message of `row` is shown in bold."""
    answer = re.compile(rb"\x1b\[1;[0-9;]*m\+" + number(row).encode())
    pressed, written = terminal.press(key), b""
    while time.perf_counter() - pressed < DEADLINE:
        painted = terminal.read(DEADLINE)
        assert painted is not None
        written += painted.data
        if answer.search(written):
            return painted.at - pressed
    raise TimeoutError(written)


def _press_while(terminal: Terminal, condition: Callable[[int], object]) -> list[float]:
    """The latencies of all keys, sorted; `condition` is asked before each, with their number."""
    latencies: list[float] = []
    for key, row in cycle(_MOVES):
        if not condition(len(latencies)):
            break
        latencies.append(_press_in_time(terminal, key, row))
    return sorted(latencies)


def _press_in_time(terminal: Terminal, key: bytes, row: int) -> float:
    """The latency of a key, PERIOD before the next."""
    until = time.perf_counter() + PERIOD
    latency = _latency(terminal, key, row)
    while (left := until - time.perf_counter()) > 0:
        terminal.read(left)
    return latency


def _p99(latencies: list[float]) -> float:
    """In milliseconds."""
    return latencies[len(latencies) * 99 // 100] * 1000


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A port on which nobody listens yet."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def session(count: int) -> Session:
    """Queue a campaign, open its page, let the SMSC appear, and press keys until all is delivered."""
    with TemporaryDirectory(prefix="smstui-bench-") as folder, product_in(Path(folder)) as product:
        report = Path(folder, "ticks.json")
        environment = product.environment | {"TERM": "xterm-256color", "LC_ALL": "en_US.UTF-8"}
        with _reserved_port() as port:
            product.queue.prepare(port, WINDOW)
            campaign = product.queue.send("measured", count)
            terminal = Terminal(("-m", "benchmarks.workers.ticking", str(report)), environment)
            _open_campaign(terminal)
            idle_latencies = _press_while(terminal, lambda pressed: pressed < IDLE_KEYS)
        idle = memory(terminal.pid, "VmRSS")
        os.kill(terminal.pid, signal.SIGUSR1)
        with simulator(Behaviour(SOON, port=port)):
            while not product.look("SELECT 1 FROM message_count WHERE state <> 'queued' AND messages > 0"):
                terminal.read(0.01)
            latencies = _press_while(terminal, lambda _: product.look(AWAITING_RECEIPT, campaign))
            product.check(campaign, count, receipts=True)
            used = memory(terminal.pid, "VmHWM") - idle
            terminal.close()
        longest = json.loads(report.read_text())["longest"]
    median = latencies[len(latencies) // 2] * 1000
    return Session(_p99(latencies), median, _p99(idle_latencies), len(latencies), longest, used)


def measure(scale: Scale) -> Findings:
    """All bars of the application with its campaign page open."""
    say("keys")
    found = []
    for _ in range(scale.rounds):
        found.append(session(scale.count(COUNT, 20_000)))
        say(f"  {found[-1]}")
    return Findings(
        bars=[
            Measured(KEY, [one.key_p99 for one in found]),
            Measured(STALL, [one.longest_stall for one in found]),
            Measured(MEMORY, [one.memory for one in found]),
        ],
        rates={
            "key press, median, ms": [one.key_median for one in found],
            "key press before anything is sent, p99, ms": [one.idle_p99 for one in found],
        },
    )
