"""A terminal or a page that stops reading: the sending goes on, and who reads again sees a whole screen."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.pty.commands import LOGIN, PASSWORD, CommandLine
from tests.pty.terminal import COLUMNS, DEADLINE, LINES, Page, Terminal, Viewer

MESSAGES = 3000
FOLD = b"\x02"
"""Ctrl+B: half of the screen changes."""
ENOUGH = 150
"""Presses of it after which neither the kernel nor the program has room for what they changed."""
LONGEST_PAUSE = 3.0
"""Seconds that the event loop may stand still on a machine that does other things; a stuck one never moves again."""
WATCHED = ("-m", "tests.pty.watched")
DONE = f"{MESSAGES:,}"


@pytest.fixture
def watched(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of an application whose event loop is watched."""
    root = str(Path(__file__).parent.parent.parent)
    return environment | {"WATCHED_PAUSES": str(tmp_path / "pauses"), "PYTHONPATH": root}


@pytest.fixture(params=[Terminal, Page])
def viewer(request: pytest.FixtureRequest, watched: dict[str, str], shop: CommandLine) -> Iterator[Viewer]:
    """A watched application at its list of campaigns, in a terminal and behind a page."""
    assert shop
    viewer: Viewer = request.param([], watched, WATCHED)
    open_campaigns(viewer)
    yield viewer
    viewer.close()


def open_campaigns(viewer: Viewer) -> None:
    """Log in, and go to the list of campaigns."""
    viewer.until(lambda: "Identifier" in viewer.text())
    viewer.type(LOGIN.encode() + b"\t" + PASSWORD.encode() + b"\r")
    viewer.until(lambda: "Dashboard" in viewer.text())
    viewer.type(b"\x10")
    viewer.until(lambda: "Search a section" in viewer.text())
    viewer.type(b"Messaging Campaigns")
    viewer.until(lambda: "Messaging › Campaigns" in viewer.text() and viewer.text().count("Go to this section") == 1)
    viewer.type(b"\r")
    viewer.until(lambda: "No campaign yet" in viewer.text())


def pauses(environment: dict[str, str], since: float) -> list[float]:
    """The pauses of the event loop that ended after `since`, and the time since the last of them ended."""
    lines = [line.split() for line in Path(environment["WATCHED_PAUSES"]).read_text().splitlines()]
    ended = [(float(end), float(length)) for end, length in lines if float(end) >= since]
    last = max((end for end, _ in ended), default=since)
    return [*(length for _, length in ended), time.monotonic() - last]


def until_delivered(shop: CommandLine, name: str, count: int) -> None:
    """The database is looked into: a command at each look would take the processor from who sends."""
    path = shop.environment["SMSTUI_DATABASE_URL"].removeprefix("sqlite:///")
    delivered = "SELECT count(*) FROM message WHERE state = 'delivered'"
    deadline = time.monotonic() + DEADLINE
    with closing(sqlite3.connect(path)) as books:
        while books.execute(delivered).fetchone()[0] < count:
            assert time.monotonic() < deadline, str(shop.counts(name))
            time.sleep(0.05)


def test_the_sending_goes_on_and_the_screen_is_whole_again(
    viewer: Viewer, shop: CommandLine, watched: dict[str, str], tmp_path: Path
) -> None:
    unread_since = time.monotonic()
    viewer.press_unread(FOLD, ENOUGH)
    shop.send("Soldes", MESSAGES, tmp_path)
    until_delivered(shop, "Soldes", MESSAGES)
    viewer.press_unread(FOLD, ENOUGH)
    assert max(pauses(watched, unread_since)) < LONGEST_PAUSE

    read_before = len(viewer.raw)
    viewer.until(lambda: "Soldes" in viewer.text() and DONE in viewer.text() and "done" in viewer.text())
    assert len(viewer.raw) - read_before < 400_000
    shown = viewer.text()
    viewer.resize(COLUMNS + 1, LINES)
    viewer.until(lambda: "Soldes" in viewer.text())
    viewer.resize(COLUMNS, LINES)
    viewer.until(lambda: viewer.text() == shown)


def test_a_terminal_that_never_reads_again_keeps_nothing_from_ending(
    watched: dict[str, str], shop: CommandLine, tmp_path: Path
) -> None:
    terminal = Terminal([], watched, WATCHED)
    try:
        open_campaigns(terminal)
        terminal.press_unread(FOLD, ENOUGH)
        shop.send("Soldes", MESSAGES, tmp_path)
        until_delivered(shop, "Soldes", 1)
        terminal.send_signal(signal.SIGTERM)
        assert terminal.until_ended_unread() == 0
        counts = shop.counts("Soldes")
        assert counts["in_flight"] == counts["unknown"] == 0
        assert sum(counts.values()) == MESSAGES
    finally:
        terminal.close()


def test_stopped_by_the_shell_and_continued(terminal: Terminal) -> None:
    terminal.until(lambda: "Sign up!" in terminal.text() and "F1 Help" in terminal.text())
    terminal.send_signal(signal.SIGTSTP)
    terminal.until_stopped()
    terminal.until(lambda: terminal.raw.endswith(b"\x1b[?1049l\x1b[?25h\x1b[?1004l"))
    terminal.screen.reset()
    terminal.send_signal(signal.SIGCONT)
    terminal.until(lambda: "Identifier" in terminal.text() and "Sign up!" in terminal.text())
    assert terminal.raw.rpartition(b"\x1b[?1049l")[2].count(b"\x1b[?1049h") == 1
    terminal.type(b"\x11")
    assert terminal.until_ended() == 0


def test_stopped_by_the_shell_and_continued_while_unread(terminal: Terminal) -> None:
    terminal.until(lambda: "Identifier" in terminal.text() and "Sign up!" in terminal.text())
    for _ in range(ENOUGH):
        terminal.resize(COLUMNS, LINES + 1)
        terminal.resize(COLUMNS, LINES)
        terminal.press_unread(b"a\x7f", 1)
    terminal.send_signal(signal.SIGTSTP)
    terminal.until_stopped()
    terminal.send_signal(signal.SIGCONT)
    terminal.until(lambda: b"Identifier" in painted_since_the_stop(terminal))
    terminal.type(b"\x11")
    assert terminal.until_ended() == 0


def painted_since_the_stop(terminal: Terminal) -> bytes:
    """What came after the program has taken the screen again; what gave it to the shell may have been dropped."""
    return b"".join(terminal.raw.split(b"\x1b[?1049h")[2:])
