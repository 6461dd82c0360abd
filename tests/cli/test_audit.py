"""`smstui audit`."""

import csv
from pathlib import Path

from tests.cli.conftest import Cli


def actions(document: object) -> list[tuple[str, str, str]]:
    assert isinstance(document, list)
    return [(each["account"], each["action"], each["subject"]) for each in document]


def test_the_trail_is_listed_searched_and_exported(cli: Cli, shop: Cli, tmp_path: Path) -> None:
    assert cli("credit", "grant", "shop", "5", "--reason", "=gift").code == 0
    assert cli("account", "block", "shop", "--reason", "Unpaid").code == 0
    granted = ("shop", "credits_adjusted", "shop: +5 (5): =gift")
    blocked = ("shop", "account_blocked", "shop: Unpaid")
    assert actions(cli("audit", "list", "--json").document) == [blocked, granted]
    assert actions(cli("audit", "list", "--json", "--limit", "1").document) == [blocked]
    assert actions(cli("audit", "list", "--json", "--action", "credits_adjusted").document) == [granted]
    assert actions(cli("audit", "list", "--json", "--text", "unpaid").document) == [blocked]
    assert actions(cli("audit", "list", "--json", "--of", "Shop", "--since", "2026-01-01").document) == [
        blocked,
        granted,
    ]
    assert actions(cli("audit", "list", "--json", "--until", "2026-01-01").document) == []
    assert "Unpaid" in cli("audit", "list").out
    assert cli("audit", "list", "--action", "dancing").code == 2
    assert cli("audit", "list", "--since", "yesterday").code == 2
    assert shop("audit", "list").refuses("administrator")
    file = tmp_path / "audit.csv"
    assert cli("audit", "export", str(file), "--of", "shop").out == f"2 entries written to {file}.\n"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened, delimiter=";"))
    assert [tuple(row[1:]) for row in rows] == [("Account", "Action", "Subject"), blocked, granted]
    assert cli("audit", "export", str(file)).refuses("--force")
    assert shop("audit", "export", str(tmp_path / "other.csv")).refuses("administrator")
    assert not (tmp_path / "other.csv").exists()
