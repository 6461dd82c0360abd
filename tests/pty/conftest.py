"""Fixtures of the program as a process at a terminal or behind a page.

environment    of the program: a home, a database and a language of its own
terminal       a Terminal of 80×24 with the application in it
smsc_port      the port of an SMSC that runs as long as the test
shop           the command line of an account that can send over that SMSC
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty.commands import LOGIN, PASSWORD, CommandLine
from tests.pty.terminal import Terminal


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "en_US.UTF-8",
        "SMSTUI_DATABASE_URL": f"sqlite:///{tmp_path / 'smstui.db'}",
        "TEXTUAL_ANIMATIONS": "none",
    }


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Terminal]:
    terminal = Terminal([], environment)
    yield terminal
    terminal.close()


@pytest.fixture
def smsc_port(environment: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "smstui", "simulator", "--port", "0", "--json", "--receipt-delay", "0.05"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["port"]
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def shop(environment: dict[str, str], smsc_port: int) -> CommandLine:
    shop = CommandLine(environment | {"PASSWORD": PASSWORD, "SMSTUI_ACCOUNT": LOGIN})
    shop.prepare(smsc_port)
    return shop
