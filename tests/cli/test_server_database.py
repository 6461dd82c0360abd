"""The commands about the database, on a PostgreSQL server."""

import json

import pytest

from smstui.storage.schema import HEAD
from tests.cli.conftest import Cli


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


def _checks(cli: Cli, *arguments: str) -> dict[str, tuple[bool, str]]:
    document = json.loads(cli("doctor", "--json", *arguments).out)
    return {check["name"]: (check["ok"], check["detail"]) for check in document["checks"]}


def test_an_empty_database_is_filled_once(cli: Cli, empty_database_url: str) -> None:
    there = ("--database", empty_database_url)
    assert cli("db", "check", *there).refuses("db upgrade")
    right, detail = _checks(cli, *there)["database"]
    assert right
    assert "first start" in detail
    assert cli("db", "upgrade", "--json", *there).document == {"before": None, "revision": HEAD}
    assert cli("db", "upgrade", "--json", *there).document == {"before": HEAD, "revision": HEAD}
    assert cli("db", "check", "--json", *there).document == {"revision": HEAD, "sound": True}


def test_an_account_and_its_credits(shop: Cli) -> None:
    assert shop("credit", "balance", "--json").document == {"balance": 0, "reserved": 0}
    assert shop("sender", "add", "MaBoutique").code == 0
    checks = _checks(shop)
    assert checks["database"] == (True, f"postgresql://…@/{checks['database'][1].rpartition('/')[2]}")
    assert checks["account"][0]


def test_a_server_that_does_not_answer_is_one_line_without_the_password(cli: Cli) -> None:
    away = "postgresql://me:s3cret@127.0.0.1:1/smstui"
    for command in (("db", "upgrade"), ("db", "check"), ("connection", "list")):
        answer = cli(*command, "--database", away)
        assert answer.refuses("postgresql://…@127.0.0.1:1/smstui", "refused", "its server runs")
        assert "s3cret" not in answer.err
    right, detail = _checks(cli, "--database", away)["database"]
    assert not right
    assert "s3cret" not in detail
