"""`smstui account`, `sender` and `credit`."""

import pytest

from tests.cli.conftest import Cli


def create(cli: Cli, *arguments: str, login: str = "shop") -> object:
    usual = ("account", "create", login, "--email", f"{login}@example.com", "--password-env", "ACCOUNT_PASSWORD")
    return cli(*usual, *arguments)


def test_create_says_what_was_created(cli: Cli) -> None:
    answer = create(cli, "--admin", "--phone", "06 01 02 03 04", "--certified", "--credits", "12.5", "--json")
    assert answer.code == 0
    assert answer.document == {
        "login": "shop",
        "email": "shop@example.com",
        "role": "admin",
        "certified_number": "+33601020304",
        "balance": 12.5,
    }


def test_whole_balances_are_whole_numbers(cli: Cli) -> None:
    assert '"balance": 20}' in create(cli, "--credits", "20", "--json").out


def test_a_login_is_created_once(cli: Cli) -> None:
    create(cli)
    assert create(cli).refuses("shop", "taken")


def test_the_password_comes_from_the_named_variable(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCOUNT_PASSWORD")
    assert create(cli).refuses("ACCOUNT_PASSWORD")


def test_without_a_variable_and_without_a_terminal_there_is_no_password(cli: Cli) -> None:
    assert cli("account", "create", "shop", "--email", "shop@example.com").refuses("--password-env")


def test_a_weak_password_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNT_PASSWORD", "short")
    assert create(cli).refuses("8 characters")


@pytest.mark.parametrize(
    "arguments",
    [("--phone", "0601020304"), ("--certified",), ("--credits", "many"), ("--password", "in-the-clear")],
)
def test_wrong_usage_is_told_from_a_refusal(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert create(cli, *arguments).code == 2


def test_a_number_that_cannot_be_one_is_refused(cli: Cli) -> None:
    assert create(cli, "--phone", "+336010304", "--certified").refuses("+336010304")


def test_the_first_sender_is_the_default_until_another_one_is(shop: Cli) -> None:
    assert shop("sender", "add", "MaBoutique", "--json").document == {"name": "MaBoutique", "default": True}
    assert shop("sender", "add", "Soldes", "--default").code == 0
    listed = shop("sender", "list", "--json").document
    assert listed == [{"name": "MaBoutique", "default": False}, {"name": "Soldes", "default": True}]


def test_a_sender_that_is_too_long_is_refused(shop: Cli) -> None:
    assert shop("sender", "add", "MaTropLongueBoutique").refuses()


def test_the_balance(shop: Cli) -> None:
    assert shop("credit", "balance", "--json").document == {"balance": 0, "reserved": 0}
    assert "0 credits" in shop("credit", "balance").out


def test_a_command_that_needs_an_account_says_so(cli: Cli) -> None:
    assert cli("credit", "balance").refuses("--account", "SMSTUI_ACCOUNT")


def test_an_unknown_account_is_refused(cli: Cli) -> None:
    assert cli("credit", "balance", "--account", "nobody").refuses("nobody")
