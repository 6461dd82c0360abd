"""`smstui doctor`: what is wrong, and how the connections are doing, for people and for programs."""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smstui.cli import checks
from tests.cli.conftest import Answer, Cli


@pytest.fixture
def rich(cli: Cli, add_connection: Callable[..., Answer]) -> Cli:
    """The command line of an account with credits, a sender and a connection "main" to the simulated SMSC."""
    arguments = ("--email", "rich@example.com", "--password-env", "ACCOUNT_PASSWORD", "--credits", "100")
    assert cli("account", "create", "rich", *arguments).code == 0
    assert add_connection("--rate", "50").code == 0
    assert cli("sender", "add", "MaBoutique", "--default", "--account", "rich").code == 0
    return lambda *arguments: cli(*arguments, "--account", "rich")


def examined(cli: Cli) -> tuple[dict[str, Any], list[str]]:
    """The document of the doctor, and the names of what is wrong."""
    answer = cli("doctor", "--json")
    document: dict[str, Any] = json.loads(answer.out)
    wrong = [check["name"] for check in document["checks"] if not check["ok"]]
    assert (document["ok"], answer.code) == ((False, 1) if wrong else (True, 0))
    return document, wrong


def execute(tmp_path: Path, statement: str, *parameters: object) -> None:
    with sqlite3.connect(tmp_path / "smstui.db") as database:
        database.execute(statement, parameters)
    database.close()


def test_it_tells_how_a_connection_did(rich: Cli) -> None:
    assert rich("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "--wait").code == 0
    document, wrong = examined(rich)
    assert wrong == []
    (main,) = document["connections"]
    shape = {name: main[name] for name in ("name", "enabled", "window", "contracted_rate", "waiting", "in_doubt")}
    assert shape == {
        "name": "main",
        "enabled": True,
        "window": 10,
        "contracted_rate": 50,
        "waiting": False,
        "in_doubt": 0,
    }
    (bind,) = main["binds"]
    assert (bind["bind"], bind["state"], bind["owner"]) == (1, "no dispatcher", "")
    assert len(main["history"]["rate"]) == len(main["history"]["response_ms"]) == 60
    (receipt,) = main["receipts"]
    assert (receipt["state"], receipt["word"][:7]) == ("delivered", "DELIVRD")
    assert "0612345678"[1:] not in json.dumps(document)


def test_refusals_of_the_smsc_are_told_in_words(rich: Cli, tmp_path: Path) -> None:
    execute(tmp_path, "INSERT INTO smsc_refusal VALUES (1, 11, 3, 0)")
    (main,) = examined(rich)[0]["connections"]
    assert main["errors"] == [
        {
            "status": 11,
            "name": "ESME_RINVDSTADR",
            "words": "invalid destination address",
            "count": 3,
            "last_at": "1970-01-01T00:00:00+00:00",
        }
    ]


def test_messages_that_nobody_sends_are_wrong(rich: Cli) -> None:
    assert rich("campaign", "send", "One", "--text", "Hello", "--to", "0612345678").code == 0
    document, wrong = examined(rich)
    assert wrong == ["dispatcher"]
    assert document["connections"][0]["waiting"]
    assert "✕ dispatcher: messages wait on main" in rich("doctor").out


def test_a_campaign_whose_time_has_come_and_that_nobody_begins_is_wrong(rich: Cli, tmp_path: Path) -> None:
    at = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT12:00}"
    assert rich("campaign", "send", "Later", "--text", "Hello", "--to", "0612345678", "--at", at).code == 0
    assert examined(rich)[1] == []
    execute(tmp_path, "UPDATE campaign SET due_at = ?", int((time.time() - 90) * 1000))
    assert examined(rich)[1] == ["dispatcher"]
    assert "1 campaign should have begun, and nothing begins it: start `smstui dispatch`" in rich("doctor").out
    execute(tmp_path, "UPDATE campaign SET hold = 'missed'")
    assert examined(rich)[1] == []


def test_cards_and_mail_are_told_and_wrong_where_what_is_set_up_can_not_be(
    rich: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {
        "✓ cards: not offered: SMSTUI_STRIPE_KEY is not set",
        "✓ e-mail: none is sent: SMSTUI_SMTP_HOST is not set",
    } <= {*rich("doctor").out.splitlines()}
    monkeypatch.setenv("SMSTUI_STRIPE_KEY", "sk_test_secret")
    monkeypatch.setenv("SMSTUI_SMTP_HOST", "mail.example.com")
    monkeypatch.setenv("SMSTUI_SMTP_FROM", "sms@example.com")
    assert {"✓ cards: offered", "✓ e-mail: by mail.example.com"} <= {*rich("doctor").out.splitlines()}
    monkeypatch.setenv("SMSTUI_STRIPE_API", "http://stripe.example.com")
    monkeypatch.setenv("SMSTUI_SMTP_PORT", "mail")
    _document, wrong = examined(rich)
    assert wrong == ["cards", "e-mail"]
    assert "secret" not in rich("doctor").out


def test_a_clock_that_was_put_back_is_wrong(rich: Cli, tmp_path: Path) -> None:
    assert examined(rich)[1] == []
    in_an_hour = round((time.time() + 3600) * 1000)
    execute(tmp_path, "INSERT INTO smsc_refusal VALUES (1, 11, 1, ?)", in_an_hour)
    assert examined(rich)[1] == ["clock"]


def test_a_full_disk_is_wrong(rich: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE", 10**18)
    assert examined(rich)[1] == ["disk"]


def test_a_damaged_database_is_wrong(rich: Cli, tmp_path: Path) -> None:
    path = tmp_path / "smstui.db"
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    answer = rich("doctor", "--json")
    assert answer.code == 1
    assert [check["name"] for check in json.loads(answer.out)["checks"] if not check["ok"]] == ["database"]


def test_what_waits_for_an_explanation_is_told_and_nothing_is_wrong(rich: Cli, tmp_path: Path) -> None:
    assert rich("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "--wait").code == 0
    execute(tmp_path, "UPDATE message SET state = 'unknown'")
    parked = (
        "INSERT INTO parked_receipt (connection_id, smsc_id, smsc_id_key, state, received_at) VALUES (1, ?, ?, ?, 0)"
    )
    execute(tmp_path, parked, "9", "9", "delivered")
    document, wrong = examined(rich)
    assert wrong == []
    assert "✓ messages: 1 message in doubt, 1 unmatched receipt" in rich("doctor").out
    (main,) = document["connections"]
    assert (main["in_doubt"], main["unmatched_receipts"]) == (1, 1)


def test_a_disabled_connection_is_not_wrong(rich: Cli, tmp_path: Path) -> None:
    execute(tmp_path, "UPDATE connection SET enabled = 0")
    assert examined(rich)[1] == []
    assert "✓ connection main: disabled" in rich("doctor").out
