"""The program in a real pseudo-terminal: what a person at a terminal sees, resizes, quits and hangs up on."""

import os
import signal
from pathlib import Path

import pytest

from tests.pty.commands import LOGIN, PASSWORD, CommandLine
from tests.pty.terminal import Terminal

PYTHON_COULD_NOT_FLUSH = 120
"""The interpreter's exit code when standard output is gone (docs.python.org, sys.exit)."""


def test_paints_the_login_and_quits(terminal: Terminal) -> None:
    terminal.until(lambda: "Identifier" in terminal.text() and "Sign up!" in terminal.text())
    terminal.type(b"\x11")
    assert terminal.until_ended() == 0
    assert b"\x1b[?1049l" in terminal.raw


def test_small_and_large_again_keeps_what_was_typed(terminal: Terminal) -> None:
    terminal.until(lambda: "Identifier" in terminal.text())
    terminal.type(b"ma-boutique")
    terminal.until(lambda: "ma-boutique" in terminal.text())
    terminal.resize(40, 10)
    terminal.until(lambda: "too small" in terminal.text() and "ma-boutique" not in terminal.text())
    terminal.resize(80, 24)
    terminal.until(lambda: "ma-boutique" in terminal.text() and "too small" not in terminal.text())
    terminal.type(b"\x11")
    assert terminal.until_ended() == 0


def test_what_is_typed_ahead_finds_its_field(terminal: Terminal) -> None:
    """A slow line brings many keys at once."""
    terminal.until(lambda: "Identifier" in terminal.text())
    terminal.type(b"ma-boutique\rnot-this-one\r")
    terminal.until(lambda: "Wrong identifier or password" in terminal.text())
    assert "ma-boutique" in terminal.text()
    assert "not-this-one" not in terminal.text()
    terminal.type(b"\x11")
    assert terminal.until_ended() == 0


def test_a_search_typed_ahead_is_a_search(environment: dict[str, str], shop: CommandLine) -> None:
    """Letters that follow "/" at once are not taken for the keys of the list: n would add, a tick all."""
    for number in ("+33601020304", "+33601020305"):
        shop("optout", "add", number)
    terminal = Terminal(["--no-dispatch"], environment)
    try:
        terminal.until(lambda: "Identifier" in terminal.text())
        terminal.type(f"{LOGIN}\t{PASSWORD}\r".encode())
        terminal.until(lambda: "Dashboard" in terminal.text() and LOGIN in terminal.text())
        terminal.type(b"\x10")
        terminal.until(lambda: "Search a section" in terminal.text())
        terminal.type(b"STOP list")
        terminal.until(lambda: "Address book › STOP list" in terminal.text())
        terminal.type(b"\r")
        terminal.until(lambda: "+33601020304" in terminal.text() and "Since" in terminal.text())
        terminal.type(b"/nana/na")
        terminal.until(lambda: "nana/na" in terminal.text() and "0 / 2" in terminal.text())
        terminal.type(b"\x11")
        assert terminal.until_ended() == 0
    finally:
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(terminal: Terminal, number: signal.Signals) -> None:
    terminal.until(lambda: "Identifier" in terminal.text())
    os.kill(terminal.pid, number)
    assert terminal.until_ended() == 0
    assert b"\x1b[?1049l" in terminal.raw


def test_a_terminal_that_is_gone_ends_it(terminal: Terminal) -> None:
    terminal.until(lambda: "Identifier" in terminal.text())
    terminal.hang_up()
    assert terminal.until_ended() in {0, PYTHON_COULD_NOT_FLUSH}


def test_a_database_that_cannot_be_opened(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment["SMSTUI_DATABASE_URL"] = f"sqlite:///{tmp_path / 'file' / 'smstui.db'}"
    terminal = Terminal([], environment)
    try:
        terminal.until(lambda: "can't start" in terminal.text())
        terminal.type(b"\r")
        assert terminal.until_ended() == 1
        after = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
        assert "The database" in after
        assert "Traceback" not in after
    finally:
        terminal.close()
