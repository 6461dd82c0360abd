"""`smstui account list|block|unblock|rights` and `smstui credit grant`."""

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def boss(cli: Cli, shop: Cli) -> Cli:
    """The command line with an administrator "boss" that acts, beside the account "shop"."""
    arguments = ("--email", "boss@example.com", "--password-env", "ACCOUNT_PASSWORD", "--admin")
    assert cli("account", "create", "boss", *arguments).code == 0
    return lambda *arguments: cli(*arguments, "--account", "boss")


def one(document: object) -> dict[str, object]:
    assert isinstance(document, dict)
    return document


def test_accounts_are_listed_and_searched(cli: Cli, boss: Cli, shop: Cli) -> None:
    listed = boss("account", "list", "--json").document
    assert isinstance(listed, list)
    assert [each["login"] for each in listed] == ["boss", "shop"]
    assert listed[1] == {
        "login": "shop", "email": "shop@example.com", "certified_number": None, "role": "user", "may_omit_stop": False,
        "balance": 0, "created_at": listed[1]["created_at"], "blocked_at": None, "blocked_reason": None,
    }  # fmt: skip
    found = cli("account", "list", "--search", "SHOP@exa").out.splitlines()
    assert [line.split() for line in found] == [
        ["Login", "E-mail", "Number", "Role", "Credits", "Blocked"],
        ["shop", "shop@example.com", "user", "0"],
    ]
    assert shop("account", "list").refuses("administrator")


def test_accounts_are_blocked_and_unblocked(cli: Cli, boss: Cli, shop: Cli) -> None:
    blocked = one(boss("account", "block", "shop", "--reason", "Unpaid invoices", "--json").document)
    assert (blocked["login"], blocked["blocked_reason"]) == ("shop", "Unpaid invoices")
    listed = cli("account", "list", "--blocked", "--json").document
    assert isinstance(listed, list)
    assert [each["login"] for each in listed] == ["shop"]
    assert boss("account", "block", "boss", "--reason", "x").refuses("your own account")
    assert cli("account", "block", "boss", "--reason", "x").refuses("only administrator")
    assert boss("account", "block", "nobody", "--reason", "x").refuses("nobody")
    assert boss("account", "block", "shop").code == 2
    assert shop("account", "unblock", "shop").refuses("administrator")
    assert boss("account", "unblock", "shop").out == "shop is not blocked any more.\n"
    assert boss("account", "unblock", "shop").refuses("not blocked")


def test_a_blocked_account_sends_nothing_from_the_command_line(cli: Cli, sending: Cli) -> None:
    assert cli("account", "block", "rich", "--reason", "Unpaid").code == 0
    arguments = ("campaign", "send", "Soldes", "--text", "Bonjour", "--to", "0612345678")
    assert sending(*arguments).refuses("blocked", "Unpaid")
    assert one(sending("credit", "balance", "--json").document)["balance"] == 100
    assert cli("account", "unblock", "rich").code == 0
    assert sending(*arguments).code == 0


def test_rights_are_changed(boss: Cli, shop: Cli) -> None:
    changed = one(boss("account", "rights", "shop", "--without-stop", "--role", "admin", "--json").document)
    assert (changed["may_omit_stop"], changed["role"]) == (True, "admin")
    assert shop("account", "rights", "boss", "--role", "user").out == "boss: user, must write the STOP mention\n"
    assert boss("account", "rights", "shop", "--with-stop").refuses("administrator")
    assert shop("account", "rights", "shop").code == 2
    assert shop("account", "rights", "shop", "--role", "king").code == 2


def test_credits_are_granted_and_taken_back(cli: Cli, boss: Cli, shop: Cli) -> None:
    assert boss("credit", "grant", "shop", "12.5", "--reason", "gift").out == (
        "12.5 credits given to shop, which has 12.5 credits now.\n"
    )
    assert one(shop("credit", "balance", "--json").document)["balance"] == 12.5
    assert cli("credit", "grant", "shop", "-2", "--reason", "error").out == (
        "2 credits taken back from shop, which has 10.5 credits now.\n"
    )
    assert cli("credit", "grant", "shop", "-10.501", "--reason", "error").refuses("only 10.5")
    assert cli("credit", "grant", "shop", "0", "--reason", "error").refuses("between")
    assert cli("credit", "grant", "shop", "many", "--reason", "error").code == 2
    assert cli("credit", "grant", "shop", "5").code == 2
    assert shop("credit", "grant", "shop", "5", "--reason", "me").refuses("administrator")
    assert one(shop("credit", "balance", "--json").document)["balance"] == 10.5
