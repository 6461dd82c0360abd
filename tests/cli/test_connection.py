"""`smstui connection`, against the bundled simulator."""

import socket
from collections.abc import Callable

import pytest

from tests.cli.conftest import Answer, Cli

AddConnection = Callable[..., Answer]


def test_add_says_what_was_added_without_its_password(add_connection: AddConnection, smsc_port: int) -> None:
    added = add_connection("--window", "20", "--rate", "50", "--types", "pro,voix", "--json")
    assert added.document == {
        "name": "main",
        "host": "127.0.0.1",
        "port": smsc_port,
        "system_id": "client",
        "tls": False,
        "window": 20,
        "rate": 50,
        "types": ["pro", "voix"],
        "voice_service_type": None,
        "voice_tag": None,
        "bind_mode": "transceiver",
        "binds": 1,
        "enabled": True,
    }


def test_a_name_is_added_once(add_connection: AddConnection) -> None:
    add_connection()
    assert add_connection().refuses("main")


def test_list_shows_that_nobody_dispatches(add_connection: AddConnection, cli: Cli) -> None:
    add_connection()
    assert cli("connection", "list", "--json").document[0]["state"] == "no dispatcher"
    assert "no dispatcher" in cli("connection", "list").out


def test_a_bind_that_succeeds(add_connection: AddConnection, cli: Cli) -> None:
    add_connection()
    assert cli("connection", "test", "main", "--json").document == {"name": "main", "bound": True}


def test_a_wrong_password_at_bind_is_refused_in_the_words_of_the_smsc(
    add_connection: AddConnection, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSC_PASSWORD", "wrong")
    add_connection()
    assert cli("connection", "test", "main").refuses("ESME_RINVPASWD")


def test_an_smsc_that_is_away(add_connection: AddConnection, cli: Cli) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
        add_connection("--port", port)
        assert cli("connection", "test", "main").refuses(f"127.0.0.1:{port}")


def test_an_unknown_connection(cli: Cli) -> None:
    assert cli("connection", "test", "main").refuses("main")


def test_an_unknown_type_is_wrong_usage(add_connection: AddConnection) -> None:
    assert add_connection("--types", "pigeon").code == 2


def test_replies_need_a_number(add_connection: AddConnection) -> None:
    assert add_connection("--types", "reponse").refuses("reply number")
    assert add_connection("--types", "reponse", "--reply-number", "36105").code == 0


def test_a_voice_connection_says_how_it_marks_its_messages(add_connection: AddConnection) -> None:
    marked = add_connection("--types", "voix", "--voice-service-type", "VOIX", "--voice-tag", "0x1403", "--json")
    assert (marked.document["voice_service_type"], marked.document["voice_tag"]) == ("VOIX", 0x1403)


def test_what_can_mark_no_voice_message_is_refused(add_connection: AddConnection) -> None:
    assert add_connection("--types", "voix", "--voice-service-type", "TOOLONG").refuses("service_type")
    assert add_connection("--types", "voix", "--voice-tag", "1").refuses("0x1400")
    assert add_connection("--types", "voix", "--voice-tag", "fr").code == 2
    assert add_connection("--types", "voix", "--voice-tag", "5123").code == 0
