"""A campaign that was being written when the program was killed."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.pty.commands import LOGIN, PASSWORD, CommandLine
from tests.pty.terminal import Terminal

TEXT = "Hello {first_name|you}, sales begin"


@contextmanager
def composer(environment: dict[str, str]) -> Iterator[Terminal]:
    """Somebody logged in, at the composer."""
    terminal = Terminal(["--no-dispatch"], environment)
    try:
        terminal.until(lambda: "Identifier" in terminal.text())
        terminal.type(f"{LOGIN}\t{PASSWORD}\r".encode())
        terminal.until(lambda: "Dashboard" in terminal.text() and LOGIN in terminal.text())
        terminal.type(b"\x1b[19~")
        terminal.type(b"\x1b[H\x1b[B\x1b[B\r")
        terminal.until(lambda: "1/4 Text" in terminal.text() and "STOP 36034" in terminal.text())
        yield terminal
    finally:
        terminal.close()


def kept(database: Path) -> list[tuple[str, str]]:
    """Names and texts of the drafts."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT name, text FROM draft").fetchall()


def test_what_was_typed_is_there_again_after_a_kill(
    environment: dict[str, str], shop: CommandLine, tmp_path: Path
) -> None:
    """Nobody saves anything: what is typed is kept as it is typed."""
    with composer(environment) as terminal:
        terminal.type(b"Sales\r" + TEXT.encode())
        terminal.until(lambda: kept(tmp_path / "smstui.db") == [("Sales", TEXT)])
        terminal.send_signal(signal.SIGKILL)
        assert terminal.until_ended() == -signal.SIGKILL
    with composer(environment) as terminal:
        terminal.until(lambda: "Sales" in terminal.text() and TEXT in terminal.text())
        terminal.type(b"\x11")
        assert terminal.until_ended() == 0
    assert kept(tmp_path / "smstui.db") == [("Sales", TEXT)]
