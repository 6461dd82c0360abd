"""`smstui serve` as a process of its own, and a real browser."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import browser  # noqa: E402

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STOP_DEADLINE = 5.0
"""Seconds in which a server that is told to stop must have ended."""

Serve = Callable[..., tuple[str, "subprocess.Popen[str]"]]


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return os.environ | {
        "LC_ALL": "en_US.UTF-8",
        "XDG_DATA_HOME": str(tmp_path),
        "SMSTUI_DATABASE_URL": database_url,
        "TEXTUAL_ANIMATIONS": "none",
    }


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Serve]:
    """`serve("--demo")` starts a server on a free port; returns its address and its process."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[str, "subprocess.Popen[str]"]:
        command = [sys.executable, "-m", "smstui", "serve", "--port", "0", "--json", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        started.append(process)
        assert process.stdout is not None
        return json.loads(process.stdout.readline())["url"], process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(2 * STOP_DEADLINE)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; in CI there must be one."""
    found = browser.executable()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: run `make browser`")
        pytest.skip("no Chromium: run `make browser`")
    return found


@pytest.fixture
def create_account(environment: dict[str, str]) -> Callable[[], None]:
    """Create the account "shop" with 42 credits in the server's database."""

    def create() -> None:
        arguments = ("account", "create", "shop", "--email", "shop@example.com", "--password-env", "PASSWORD")
        certified = ("--phone", "+33601020304", "--certified", "--credits", "42")
        subprocess.run(
            [sys.executable, "-m", "smstui", *arguments, *certified],
            env=environment | {"PASSWORD": "Secret-2026"},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    return create
