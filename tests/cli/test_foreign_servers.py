"""From the shell against SMSCs that this project did not write: submit, receipt and inbound message."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERVERS = Path(__file__).parent.parent / "smpp" / "servers"
DEADLINE = 30.0
Shell = Callable[..., str]


@pytest.fixture(params=["smpp34_smsc.py", "twisted_smsc.py"])
def port(request: pytest.FixtureRequest, unused_tcp_port: int) -> Iterator[int]:
    """The port of a foreign server in a process of its own."""
    command = [sys.executable, str(SERVERS / request.param), str(unused_tcp_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"listening\n"
        yield unused_tcp_port
        process.kill()


@pytest.fixture
def shell_environment(environment: dict[str, str]) -> dict[str, str]:
    return os.environ | environment | {"SMSTUI_ACCOUNT": "shop", "SMSC_PASSWORD": "secret"}


@pytest.fixture
def shell(shell_environment: dict[str, str]) -> Shell:
    """What `smstui` prints on standard output for these arguments; it must succeed."""

    def call(*arguments: str) -> str:
        command = [sys.executable, "-m", "smstui", *arguments]
        done = subprocess.run(
            command, env=shell_environment, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


@pytest.fixture
def dispatching(shell_environment: dict[str, str], shell: Shell, port: int) -> Iterator[None]:
    """An account, a connection to the foreign server, and `smstui dispatch`, which must drain when told to end."""
    shell(
        "account", "create", "shop", "--email", "shop@example.com", "--password-env", "ACCOUNT_PASSWORD",
        "--credits", "100",
    )  # fmt: skip
    shell(
        "connection", "add", "foreign", "--host", "127.0.0.1", "--port", str(port), "--system-id", "smstui",
        "--password-env", "SMSC_PASSWORD",
    )  # fmt: skip
    shell("connection", "test", "foreign")
    with subprocess.Popen([sys.executable, "-m", "smstui", "dispatch"], env=shell_environment) as process:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0


@pytest.mark.usefixtures("dispatching")
def test_a_campaign_is_delivered_and_answered(shell: Shell) -> None:
    shell("sender", "add", "MaBoutique", "--default")
    numbers = ("0612345678", "0612345679")
    sent = json.loads(shell("campaign", "send", "Promo", "--text", "Hi", "--to", *numbers, "--wait", "--json"))
    assert (sent["state"], sent["recipients"], sent["counts"]["delivered"]) == ("done", 2, 2)
    deadline = time.monotonic() + DEADLINE
    while len(inbox := json.loads(shell("inbox", "list", "--json"))) < len(numbers):
        assert time.monotonic() < deadline, inbox
    answers = {(one["from"], one["to"], one["text"], one["campaign"]) for one in inbox}
    assert answers == {(f"+33{number[1:]}", "36034", "Merci ☺", "Promo") for number in numbers}
