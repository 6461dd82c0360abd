"""What `smstui dispatch` tells while it runs: metrics for Prometheus, words on a terminal, a log without secrets."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from smstui.logs import LOG_FILE
from tests.cli.conftest import PASSWORD, SMSC_PASSWORD, Answer, Cli

TEXT = "Very private words"
NUMBER = "0612345678"
DEADLINE = 20.0


@pytest.fixture
def rich(cli: Cli, add_connection: Callable[..., Answer]) -> Cli:
    """The command line of an account with credits, a sender and a connection "main" to the simulated SMSC."""
    arguments = ("--email", "rich@example.com", "--password-env", "ACCOUNT_PASSWORD", "--credits", "100")
    assert cli("account", "create", "rich", *arguments).code == 0
    assert add_connection("--window", "7").code == 0
    assert cli("sender", "add", "MaBoutique", "--default", "--account", "rich").code == 0
    return lambda *arguments: cli(*arguments, "--account", "rich")


@contextmanager
def dispatching(environment: dict[str, str], *arguments: str, stderr: int = subprocess.PIPE) -> Iterator[list[str]]:
    """A dispatcher at work, ended by SIGTERM without an error; yields the lines that it printed first."""
    process = subprocess.Popen(
        [sys.executable, "-m", "smstui", "dispatch", *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdout is not None
    printed: list[str] = []
    try:
        while not printed or "Dispatching" not in printed[-1]:
            printed.append(process.stdout.readline())
            assert printed[-1], process.communicate()
        yield printed
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err or "") == (0, "")


def scrape(address: str) -> dict[tuple[str, ...], float]:
    """The samples of one scrape, each under its name and the values of its labels, in the order of their names."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {
        (each.name, *dict(sorted(each.labels.items())).values()): each.value
        for family in families
        for each in family.samples
    }


def test_prometheus_reads_a_running_dispatcher(rich: Cli, environment: dict[str, str]) -> None:
    with dispatching(environment, "--metrics-port", "0") as printed:
        address = printed[0].split()[-1]
        assert address.startswith("http://127.0.0.1:")
        sent = rich("campaign", "send", "One", "--text", TEXT, "--to", NUMBER, "--to", "0612345679", "--wait")
        assert sent.code == 0, sent.err
        metrics = scrape(address)
    main = ("1", "main")
    assert metrics["smstui_bind_up", *main] == 1
    assert metrics["smstui_in_flight", *main] == 0
    assert metrics["smstui_window", *main] == 7
    outcomes = {name[-1]: count for name, count in metrics.items() if name[0] == "smstui_submit_sm_total"}
    assert outcomes == {"accepted": 2, "rejected": 0, "throttled": 0, "unknown": 0}
    assert metrics["smstui_response_seconds_count", *main] == 2
    assert 0 < metrics["smstui_response_seconds_sum", *main] < 10
    assert metrics["smstui_receipts_total", *main, "delivered"] == 2
    assert not [name for name in metrics if name[0] == "smstui_queued_messages"]


def test_messages_that_wait_are_counted_for_prometheus(
    rich: Cli, environment: dict[str, str], add_connection: Callable[..., Answer]
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        far = ("connection", "add", "far", "--host", "127.0.0.1", "--port", port, "--system-id", "client")
        assert rich(*far, "--password-env", "SMSC_PASSWORD", "--types", "reponse", "--reply-number", "36105").code == 0
        sent = rich("campaign", "send", "One", "--type", "reponse", "--text", TEXT, "--to", NUMBER)
        assert sent.code == 0, sent.err
        with dispatching(environment, "--metrics-port", "0") as printed:
            metrics = scrape(printed[0].split()[-1])
    assert metrics["smstui_queued_messages", "far"] == 1
    assert metrics.get(("smstui_bind_up", "1", "far"), 0) == 0


def test_a_taken_port_is_one_sentence(rich: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = rich("dispatch", "--metrics-port", str(port))
    assert answer.refuses(str(port), "127.0.0.1", "--metrics-port")


@pytest.mark.usefixtures("rich")
def test_nothing_listens_unless_asked(environment: dict[str, str]) -> None:
    with dispatching(environment) as printed:
        assert len(printed) == 1


def test_the_log_tells_what_happened_and_no_secret(rich: Cli, environment: dict[str, str], tmp_path: Path) -> None:
    with dispatching(environment):
        sent = rich("campaign", "send", "One", "--text", TEXT, "--to", NUMBER, "--wait")
        assert sent.code == 0, sent.err
    log = tmp_path / "smstui" / LOG_FILE
    text = log.read_text("utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    assert ("main", 1, "bound") in [(entry.get("connection"), entry.get("bind"), entry["message"]) for entry in entries]
    for secret in (TEXT, "private", NUMBER[1:], "33612345678", SMSC_PASSWORD, PASSWORD):
        assert secret not in text


def test_a_person_at_a_terminal_sees_what_happens(rich: Cli, environment: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    with dispatching(environment, stderr=theirs):
        os.close(theirs)
        seen, deadline = b"", time.monotonic() + DEADLINE
        while b"bound" not in seen and time.monotonic() < deadline:
            seen += os.read(ours, 4096)
    os.close(ours)
    assert b"main" in seen
    assert b"{" not in seen
