"""What holds for every command: global options, exit codes, errors."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from smstui.cli import main
from tests.cli.conftest import Cli

COMMAND = (sys.executable, "-m", "smstui")


def test_global_options_go_before_the_noun_before_the_verb_and_after_it(cli: Cli, tmp_path: Path) -> None:
    here, elsewhere = f"sqlite:///{tmp_path / 'here.db'}", f"sqlite:///{tmp_path / 'elsewhere.db'}"
    cli("--database", here, "connection", "list", "--json")
    assert (tmp_path / "here.db").exists()
    for arguments in (
        ("--json", "--database", elsewhere, "connection", "list"),
        ("connection", "--json", "--database", elsewhere, "list"),
        ("connection", "list", "--json", "--database", elsewhere),
        ("--database", here, "connection", "list", "--json", "--database", elsewhere),
    ):
        assert cli(*arguments).document == []
    assert (tmp_path / "elsewhere.db").exists()


def test_the_account_may_come_from_the_environment(shop: Cli, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSTUI_ACCOUNT", "shop")
    assert cli("credit", "balance").code == 0


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("connection", "--help"), ("doctor", "--help")])
def test_help_is_no_error(cli: Cli, arguments: tuple[str, ...]) -> None:
    answer = cli(*arguments)
    assert (answer.code, answer.err) == (0, "")


def test_every_command_of_the_help_exists(cli: Cli) -> None:
    for name in main.COMMANDS:
        assert cli(name, "--help").code == 0
        assert name in cli("--help").out


@pytest.mark.parametrize("arguments", [("pigeon",), ("connection", "pigeon"), ("--pigeon",), ("connection",)])
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    answer = cli(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("url", ["pigeon", "mysql://me:secret@host/db", "sqlite:///"])
def test_a_wrong_database_url(cli: Cli, url: str) -> None:
    answer = cli("connection", "list", "--database", url)
    assert answer.refuses()
    assert "secret" not in answer.err


def test_a_database_that_cannot_be_created(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert cli("connection", "list", "--database", f"sqlite:///{tmp_path}/file/smstui.db").refuses("file/smstui.db")


def test_a_file_that_is_no_database(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all, " * 1000)
    assert cli("connection", "list", "--database", f"sqlite:///{tmp_path}/letter.txt").refuses("letter.txt")


def test_an_error_that_nobody_foresaw_goes_to_the_log(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("a bug\nover two lines")

    monkeypatch.setattr("smstui.storage.migrate.check", fail)
    log = tmp_path / "smstui" / "smstui.log"
    assert cli("db", "check").refuses("ZeroDivisionError", str(log))
    assert "Traceback" in log.read_text()


def test_db_upgrade_creates_and_check_finds_it_sound(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "smstui.db").unlink()
    assert cli("db", "check").refuses("no such file")
    assert cli("db", "upgrade", "--json").document["before"] is None
    assert cli("db", "upgrade").code == 0
    assert cli("db", "check", "--json").document["sound"] is True


def test_refusals_are_told_in_the_language_of_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert cli("credit", "balance").refuses("compte")


def test_a_reader_that_goes_away_is_no_error(cli: Cli, environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(20)
    process.stderr.close()


@pytest.mark.parametrize("command", [(), ("demo",)])
def test_a_terminal_without_a_screen_is_refused(environment: dict[str, str], command: tuple[str, ...]) -> None:
    parent, child = pty.openpty()
    answer = subprocess.run(
        [*COMMAND, *command],
        stdin=child,
        stdout=child,
        stderr=subprocess.PIPE,
        env=os.environ | environment | {"TERM": "dumb"},
        timeout=30,
        check=False,
        text=True,
    )
    os.close(child)
    os.close(parent)
    assert answer.returncode == 1
    assert "TERM=dumb" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_application_needs_a_terminal(environment: dict[str, str]) -> None:
    answer = subprocess.run(
        COMMAND, stdin=subprocess.DEVNULL, capture_output=True, env=os.environ | environment, timeout=30, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.count(b"\n") == 1


def test_the_demo_keeps_off_other_databases(cli: Cli, database_url: str) -> None:
    assert cli("demo", "--database", database_url).code == 2


def test_doctor_finds_everything_right(shop: Cli) -> None:
    document = shop("doctor", "--json").document
    assert document["ok"], document
    assert {check["name"] for check in document["checks"]} >= {"python", "terminal", "serve", "database", "account"}


def test_doctor_creates_nothing(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "smstui.db").unlink()
    assert cli("doctor").code == 0
    assert not (tmp_path / "smstui.db").exists()


def test_doctor_says_what_is_wrong(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = cli("doctor", "--json", "--database", f"sqlite:///{tmp_path}/file/smstui.db")
    assert answer.code == 1
    wrong = [check["name"] for check in json.loads(answer.out)["checks"] if not check["ok"]]
    assert wrong == ["database"]


def test_doctor_binds_when_asked(cli: Cli, add_connection: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSC_PASSWORD", "wrong")
    add_connection()
    assert cli("doctor").code == 0
    answer = cli("doctor", "--bind")
    assert answer.code == 1
    assert "✕ connection main" in answer.out
    assert "ESME_RINVPASWD" in answer.out
