"""`smstui campaign`, `inbox`, `optout` against a simulated SMSC in a thread of its own."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from smstui.domain.states import MessageState
from tests.cli.conftest import Answer, Cli

COUNTS = {state.value for state in MessageState}


def _counts(answer: Answer) -> dict[str, int]:
    document = answer.document
    assert isinstance(document, dict)
    counts: dict[str, int] = document["counts"]
    assert set(counts) == COUNTS
    return counts


def test_send_waits_for_every_final_state(sending: Cli) -> None:
    answer = sending("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "--wait", "--json")
    assert answer.code == 0, answer.err
    assert _counts(answer)["delivered"] == 1
    document = answer.document
    assert isinstance(document, dict)
    shape = {key: document[key] for key in ("name", "type", "state", "recipients", "segments", "cost")}
    assert shape == {"name": "One", "type": "pro", "state": "done", "recipients": 1, "segments": 1, "cost": 1}
    shown = sending("campaign", "show", "One", "--json")
    assert _counts(shown) == _counts(answer)
    listed = sending("campaign", "list", "--json").document
    assert isinstance(listed, list)
    assert [one["name"] for one in listed] == ["One"]
    assert "One" in sending("campaign", "list").out
    assert "delivered: 1" in sending("campaign", "show", "One").out


@pytest.mark.parametrize(
    "to",
    [
        ("--to", "0612345678", "0612345679", "0612345680"),
        ("--to", "0612345678", "--to", "0612345679", "--to", "0612345680"),
        ("--to", "0612345678,0612345679;0612345680"),
    ],
)
def test_numbers_are_given_in_any_way(sending: Cli, to: tuple[str, ...]) -> None:
    answer = sending("campaign", "send", "Some", "--text", "Hello", *to, "--json")
    assert answer.code == 0, answer.err
    assert _counts(answer)["queued"] == 3


def test_a_file_of_numbers_leaves_the_bad_ones_out_and_names_them(sending: Cli, tmp_path: Path) -> None:
    file = tmp_path / "numbers.txt"
    file.write_bytes("\ufeff0612345678\r\n+336010304\r\n0612345678\r\n\r\n0612345679\r\n".encode())
    answer = sending("campaign", "send", "File", "--text", "Hello", "--to-file", str(file), "--json")
    assert answer.code == 0, answer.err
    document = answer.document
    assert isinstance(document, dict)
    assert (document["recipients"], document["duplicates"]) == (2, 1)
    assert [(one["line"], one["text"]) for one in document["refused"]] == [(2, "+336010304")]
    assert "line 2" in answer.err


def test_refusals_are_one_line(sending: Cli, tmp_path: Path) -> None:
    send = ("campaign", "send", "Refused", "--text", "Hello")
    assert sending(*send, "--to-file", str(tmp_path / "missing")).refuses("missing")
    assert sending(*send, "--to", "0612345678", "--sender", "Nobody").refuses("Nobody")
    assert sending(*send, "--to", "0612345678", "--no-stop").refuses("STOP")
    assert sending("campaign", "send", "X", "--text", "Noël", "--to", "0612345678").refuses("ë")
    assert sending("campaign", "send", "X", "--text", "x", "--type", "voix", "--to", "0612345678").refuses("Voix")
    assert sending(*send, "--to", "+336010304").refuses("+336010304")
    assert sending("campaign", "show", "Unknown").refuses("Unknown")
    assert sending("campaign", "send", "X", "--text", "x").code == 2
    assert sending("campaign", "send", "X", "extra", "--text", "x", "--to-file", "y").code == 2
    assert sending("campaign", "list", "--json").document == []


def test_the_time_out_says_why_and_keeps_the_messages(rich: Cli, add_connection: Callable[..., Answer]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert add_connection("--port", str(port)).code == 0
    assert rich("sender", "add", "MaBoutique", "--default").code == 0
    options = ("--to", "0612345678", "--wait", "--timeout", "1.5", "--json")
    answer = rich("campaign", "send", "Later", "--text", "Hello", *options)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "main" in answer.err
    assert "not bound" in answer.err
    assert _counts(answer)["queued"] == 1


def test_the_opt_out_list(sending: Cli) -> None:
    assert sending("optout", "add", "06 12 34 56 78").code == 0
    (listed,) = sending("optout", "list", "--json").document  # type: ignore[misc]
    assert (listed["mobile"], listed["source"]) == ("+33612345678", "manual")
    assert "+33612345678" in sending("optout", "list").out
    assert sending("campaign", "send", "X", "--text", "x", "--to", "0612345678").refuses("opted_out: 1")
    assert sending("optout", "remove", "0612345678").code == 0
    assert sending("optout", "remove", "0612345678").refuses("+33612345678")
    assert sending("inbox", "list", "--json").document == []


def test_a_campaign_is_paused_resumed_and_cancelled(sending: Cli) -> None:
    assert sending("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "0612345679").code == 0
    assert sending("campaign", "pause", "One", "--json").document["state"] == "paused"
    assert sending("campaign", "pause", "One").refuses("One", "not being sent")
    assert sending("campaign", "resume", "One", "--json").document["state"] == "sending"
    assert sending("campaign", "resume", "One").refuses("One", "not paused")
    cancelled = sending("campaign", "cancel", "One", "--json")
    assert _counts(cancelled)["cancelled"] == 2
    assert sending("campaign", "show", "One", "--json").document["state"] == "cancelled"
    assert sending("campaign", "cancel", "One").refuses("One", "ended")
    assert sending("credit", "balance", "--json").document == {"balance": 100, "reserved": 0}
    assert sending("campaign", "resend", "One").refuses("One", "in doubt")
    assert sending("campaign", "pause", "Two").refuses("Two")


def test_a_validity_out_of_range_is_refused_and_nothing_is_queued(sending: Cli) -> None:
    send = ("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "--validity")
    assert sending(*send, "100000").refuses("validity")
    assert sending("campaign", "list", "--json").document == []
    assert sending(*send, "60").code == 0
