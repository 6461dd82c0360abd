"""The address book with a million contacts at a terminal, beside Textual's DataTable with a fifth of them."""

import json
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, say
from benchmarks.processes import DEADLINE
from benchmarks.product import memory, product_in
from benchmarks.terminal import Terminal
from benchmarks.workers.enqueue import ACCOUNT_PASSWORD, LOGIN

PAINT = Bar("contacts_first_paint_ms", "contacts: first rows painted", "ms", 500, 300, at_least=False)
PAINT_RATIO = Bar(
    "contacts_paint_vs_datatable", "first paint against a DataTable with a fifth of the rows", "×", 20, 60
)
KEY = Bar("contacts_key_p99_ms", "contacts: key, p99", "ms", 50, 20, at_least=False)
PAGE = Bar("contacts_page_down_p99_ms", "contacts: page down to rows not read yet, p99", "ms", 100, 50, at_least=False)
SEARCH = Bar("contacts_search_ms", "contacts: one found by its number", "ms", 500, 300, at_least=False)
MEMORY = Bar("contacts_memory_mb", "contacts: memory above the dashboard", "MB", 60, 41, at_least=False)
STALL = Bar("contacts_stall_ms", "contacts: longest stall of the event loop", "ms", 50, 30, at_least=False)
_FILL = """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
    INSERT INTO contact (account_id, mobile, last_name, first_name, email, title, birth_date, company, address, extra,
        search, created_at, updated_at)
    SELECT 1, '+336' || substr(100000000 + i * 7919 % 99999989, 2), printf('Name%07d', i), 'First', 'c' || i ||
        '@example.com', '', '', 'Company', '', '', printf('name%07d first +336%s 06%s c%d@example.com company', i,
        substr(100000000 + i * 7919 % 99999989, 2), substr(100000000 + i * 7919 % 99999989, 2), i), 0, 0 FROM n
"""
KEYS, PAGES = 200, 40
_DOWN, _PAGE_DOWN, _PALETTE = b"\x1b[B", b"\x1b[6~", b"\x10"


@dataclass(frozen=True, slots=True)
class Session:
    """What a person met, in milliseconds and megabytes."""

    paint: float
    key: float
    page: float
    search: float
    memory: float
    stall: float


def fill(file: Path, count: int) -> None:
    """`count` contacts, in the order of their names."""
    database = sqlite3.connect(file)
    with database:
        database.execute(_FILL, (count,))
    database.close()


def _name(row: int) -> bytes:
    return b"Name%07d" % row


def _until_written(terminal: Terminal, keys: bytes, answer: re.Pattern[bytes]) -> float:
    """Milliseconds from `keys` until what is written matches `answer`."""
    pressed, written = terminal.press(keys), b""
    while time.perf_counter() - pressed < DEADLINE:
        painted = terminal.read(DEADLINE)
        assert painted is not None
        written += painted.data
        if answer.search(written):
            return (painted.at - pressed) * 1000
    raise TimeoutError(written)


def _at_cursor(row: int) -> re.Pattern[bytes]:
    """That row in the bold of the cursor."""
    return re.compile(rb"\x1b\[1;[0-9;]*m *" + _name(row))


def _p99(count: int, press: Callable[[int], float]) -> float:
    times = sorted(press(index) for index in range(count))
    return times[len(times) * 99 // 100]


def session(count: int) -> Session:
    """Log in, open the book, move in it, look for one."""
    with TemporaryDirectory(prefix="smstui-bench-") as folder, product_in(Path(folder)) as product:
        report = Path(folder, "ticks.json")
        product.queue.prepare(9, 1)
        fill(product.file, count)
        environment = product.environment | {"TERM": "xterm-256color", "LC_ALL": "en_US.UTF-8"}
        terminal = Terminal(("-m", "benchmarks.workers.ticking", str(report)), environment)
        terminal.until(lambda text: "Identifier" in text)
        terminal.press(f"{LOGIN}\t{ACCOUNT_PASSWORD}\r".encode())
        terminal.until(lambda text: "Dashboard" in text)
        idle = memory(terminal.pid, "VmRSS")
        terminal.press(_PALETTE)
        terminal.until(lambda text: "Search a section" in text)
        terminal.press(b"Address book Contacts")
        terminal.until(lambda text: "Address book › Contacts" in text)
        paint = _until_written(terminal, b"\r", re.compile(_name(1)))
        terminal.until(lambda text: f"{count:,} contacts" in text)
        key = _p99(KEYS, lambda index: _until_written(terminal, _DOWN, _at_cursor(index + 1)))
        page = _p99(PAGES, lambda _: _until_written(terminal, _PAGE_DOWN, re.compile(rb"\x1b\[1;[0-9;]*m *Name")))
        wanted = count * 7 // 9
        terminal.press(b"/")
        terminal.until(lambda _text: True)
        number = b"06%08d" % (wanted * 7919 % 99_999_989)
        search = _until_written(terminal, number, re.compile(_name(wanted)))
        used = memory(terminal.pid, "VmHWM") - idle
        terminal.close()
        longest = json.loads(report.read_text())["longest"]
    return Session(paint, key, page, search, used, longest)


def data_table(count: int) -> float:
    """Milliseconds until DataTable shows the first of `count` contacts."""
    with TemporaryDirectory(prefix="smstui-bench-") as folder, product_in(Path(folder)) as product:
        product.queue.prepare(9, 1)
        fill(product.file, count)
        environment = product.environment | {"TERM": "xterm-256color"}
        terminal = Terminal(("-m", "benchmarks.workers.data_table", str(product.file)), environment)
        terminal.until(lambda text: "Ready" in text)
        took = _until_written(terminal, b"\r", re.compile(_name(1)))
        terminal.close()
    return took


def measure(scale: Scale) -> Findings:
    """The book, and DataTable with a fifth of its rows, in turn."""
    say("contacts")
    count, found, others = scale.count(1_000_000, 100_000), [], []
    for _ in range(scale.rounds):
        found.append(session(count))
        others.append(data_table(count // 5))
        say(f"  {found[-1]}, DataTable {others[-1]:.0f} ms")
    return Findings(
        bars=[
            Measured(PAINT, [one.paint for one in found]),
            Measured(PAINT_RATIO, [other / one.paint for one, other in zip(found, others, strict=True)]),
            Measured(KEY, [one.key for one in found]),
            Measured(PAGE, [one.page for one in found]),
            Measured(SEARCH, [one.search for one in found]),
            Measured(MEMORY, [one.memory for one in found]),
            Measured(STALL, [one.stall for one in found]),
        ],
        rates={"contacts, DataTable with a fifth of the rows, first paint, ms": others},
    )
