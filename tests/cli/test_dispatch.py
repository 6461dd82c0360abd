"""`smstui dispatch` as a process of its own, ended by SIGTERM."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Answer, Cli


@pytest.mark.usefixtures("smsc_port")
def test_a_dispatcher_sends_what_others_queue_and_ends_when_told(
    cli: Cli, environment: dict[str, str], add_connection: Callable[..., Answer]
) -> None:
    arguments = ("--email", "rich@example.com", "--password-env", "ACCOUNT_PASSWORD", "--credits", "100")
    assert cli("account", "create", "rich", *arguments).code == 0
    assert add_connection().code == 0
    assert cli("sender", "add", "MaBoutique", "--default", "--account", "rich").code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "smstui", "dispatch"],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "Dispatching" in process.stdout.readline()
        options = ("--to", "0612345678", "--wait", "--json", "--account", "rich")
        answer = cli("campaign", "send", "One", "--text", "Hello", *options)
        assert answer.code == 0, answer.err
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
