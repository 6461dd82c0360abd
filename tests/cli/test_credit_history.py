"""`smstui credit history` and `smstui credit alert`."""

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def spent(cli: Cli, rich: Cli) -> Cli:
    """100 credits at the beginning, then 20.5 more, then 50 less."""
    for amount in ("20.5", "-50"):
        assert cli("credit", "grant", "rich", amount, "--reason", "test").code == 0
    return rich


def test_each_entry_says_the_balance_after_it(spent: Cli) -> None:
    history = spent("credit", "history", "--json").document
    assert isinstance(history, list)
    assert [(each["cause"], each["amount"], each["balance"]) for each in history] == [
        ("admin", -50, 70.5),
        ("admin", 20.5, 120.5),
        ("grant", 100, 100),
    ]
    assert set(history[0]) == {"at", "cause", "reference", "amount", "balance", "campaign"}
    assert "120.5" in spent("credit", "history").out


def test_a_part_of_it(spent: Cli) -> None:
    def amounts(*arguments: str) -> list[float]:
        document = spent("credit", "history", "--json", *arguments).document
        assert isinstance(document, list)
        return [each["amount"] for each in document]

    assert amounts("--cause", "admin") == [-50, 20.5]
    assert amounts("--limit", "1") == [-50]
    assert amounts("--from", "2020-01-01", "--to", "2099-12-31") == [-50, 20.5, 100]
    assert amounts("--from", "2099-01-01") == []
    assert amounts("--to", "2020-01-01") == []
    assert amounts("--search", "nothing") == []
    assert spent("credit", "history", "--cause", "x").code == 2
    assert spent("credit", "history", "--from", "yesterday").code == 2


def test_the_alert_is_set_shown_and_put_out(spent: Cli, cli: Cli) -> None:
    assert spent("credit", "alert", "--json").document == {
        "threshold": None, "balance": 70.5, "low": False, "told_at": None,
    }  # fmt: skip
    assert "No alert" in spent("credit", "alert").out
    low = spent("credit", "alert", "100,5", "--json").document
    assert low == {"threshold": 100.5, "balance": 70.5, "low": True, "told_at": None}
    assert "only 70.5 credits left" in spent("credit", "alert").out
    assert spent("credit", "alert", "70.5").out == "Alert below 70.5 credits. 70.5 credits left.\n"
    assert spent("credit", "alert", "0").refuses("more than 0")
    assert spent("credit", "alert", "many").code == 2
    assert spent("credit", "alert", "OFF", "--json").document["threshold"] is None  # type: ignore[index]
    assert cli("credit", "alert").refuses("--account")
