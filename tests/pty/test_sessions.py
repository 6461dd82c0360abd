"""The session of a program at a terminal, as the command line sees it from another process."""

import json
import signal
from collections.abc import Iterator

import pytest

from tests.pty.commands import LOGIN, PASSWORD, CommandLine
from tests.pty.terminal import Terminal


@pytest.fixture
def logged_in(environment: dict[str, str], shop: CommandLine) -> Iterator[Terminal]:
    """Somebody who came by SSH, at the composer."""
    terminal = Terminal(["--no-dispatch"], environment | {"SSH_CONNECTION": "10.0.0.5 51234 10.0.0.1 22"})
    terminal.until(lambda: "Identifier" in terminal.text())
    terminal.type(f"{LOGIN}\t{PASSWORD}\r".encode())
    terminal.until(lambda: "Dashboard" in terminal.text() and LOGIN in terminal.text())
    terminal.type(b"\x1b[19~")
    terminal.type(b"\x1b[H\x1b[B\x1b[B\r")
    terminal.until(lambda: "1/4 Text" in terminal.text() and "STOP 36034" in terminal.text())
    yield terminal
    terminal.close()


def origins(shop: CommandLine) -> list[str]:
    return [each["origin"] for each in json.loads(shop("account", "sessions", "--json"))]


def test_a_password_changed_by_a_command_leads_back_to_the_login(shop: CommandLine, logged_in: Terminal) -> None:
    assert origins(shop) == ["ssh 10.0.0.5"]
    logged_in.type(b"Sales\rHello")
    logged_in.until(lambda: "Hello" in logged_in.text())
    environment = {**shop.environment, "NEW": "Other-Horse8"}
    changed = CommandLine(environment)("account", "password", "--password-env", "NEW", "--json")
    assert json.loads(changed) == {"login": LOGIN, "sessions_ended": 1}
    logged_in.until(lambda: "The password of this account was changed" in logged_in.text())
    logged_in.type(f"{LOGIN}\t{PASSWORD}\r".encode())
    logged_in.until(lambda: "Wrong identifier or password." in logged_in.text())
    logged_in.type(b"\x7f" * len(PASSWORD))
    logged_in.until(lambda: "•" not in logged_in.text())
    logged_in.type(b"Other-Horse8\r")
    logged_in.until(lambda: "Dashboard" in logged_in.text())
    logged_in.type(b"\x1b[19~")
    logged_in.type(b"\x1b[H\x1b[B\x1b[B\r")
    logged_in.until(lambda: "Sales" in logged_in.text() and "Hello" in logged_in.text())
    logged_in.type(b"\x11")
    assert logged_in.until_ended() == 0
    assert origins(shop) == []


def test_a_lost_terminal_is_the_end_of_its_session(shop: CommandLine, logged_in: Terminal) -> None:
    assert origins(shop) == ["ssh 10.0.0.5"]
    logged_in.send_signal(signal.SIGHUP)
    assert logged_in.until_ended() == 0
    assert origins(shop) == []
