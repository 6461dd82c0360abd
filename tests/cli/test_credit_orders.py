"""`smstui credit`: prices, orders, transfers, bank statements."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.payments_support import Payment, statement, written

HISTORY = ("credit", "history", "--json")


@pytest.fixture
def bank(cli: Cli) -> None:
    details = ("--holder", "Envoi SAS", "--iban", "FR76 3000 6000 0112 3456 7890 189", "--bic", "AGRIFRPP")
    assert cli("company", "bank", *details).code == 0


def _ordered(shop: Cli, *arguments: str) -> dict[str, object]:
    answer = shop("credit", "buy", *arguments, "--json")
    assert answer.code == 0, answer.err
    assert isinstance(answer.document, dict)
    return answer.document


def _statement_of(folder: Path, *pairs: tuple[object, str]) -> str:
    entries = [Payment(amount, f"x {reference}", reference=str(reference)) for reference, amount in pairs]
    return str(written(folder, statement(*entries)))


def test_prices_are_shown_to_all(cli: Cli) -> None:
    document = cli("credit", "packs", "--json").document
    assert isinstance(document, dict)
    assert document["packs"][1] == {
        "credits": 1000, "net": 6000, "vat": 1200, "total": 7200, "unit_price": 0.06,
    }  # fmt: skip
    assert document["steps"][0] == {"from": 100, "unit_price": 0.065}
    assert document["vat_rate"] == 20.0
    lines = cli("credit", "packs").out
    assert "€72.00" in lines
    assert "€0.065" in lines


@pytest.mark.usefixtures("bank")
def test_a_transfer_is_ordered_and_says_where_to_pay(shop: Cli) -> None:
    order = _ordered(shop, "1500")
    assert (order["credits"], order["net"], order["total"], order["state"]) == (1500, 9150, 10980, "pending")
    assert (order["iban"], order["bic"], order["holder"]) == ("FR7630006000011234567890189", "AGRIFRPP", "Envoi SAS")
    pack = shop("credit", "buy", "--pack", "1000", "--by", "transfer")
    assert all(word in pack.out for word in ("€72.00", "FR76 3000 6000 0112 3456 7890 189", "AGRIFRPP", "SMS-"))
    assert "█" not in pack.out
    assert len(shop("credit", "orders").out.splitlines()) == 3
    listed = shop("credit", "orders", "--json").document
    assert isinstance(listed, list)
    assert [each["credits"] for each in listed] == [1000, 1500]


@pytest.mark.usefixtures("bank")
def test_what_can_not_be_ordered_is_refused(shop: Cli) -> None:
    assert shop("credit", "buy", "99", "--by", "transfer").refuses("from 100 to 1,000,000")
    assert shop("credit", "buy", "--pack", "999", "--by", "transfer").refuses("no pack of 999", "credit packs")
    assert shop("credit", "buy", "1000", "--by", "card").refuses("SMSTUI_STRIPE_KEY")
    for wrong in ((), ("--by", "transfer"), ("1000", "--pack", "1000"), ("x", "--by", "card")):
        assert shop("credit", "buy", *wrong).code == 2
    assert shop("credit", "buy", "1000", "--by", "transfer", "--wait").code == 2
    assert shop("credit", "orders", "--json").document == []


def test_without_bank_details_there_is_no_transfer(shop: Cli) -> None:
    assert shop("credit", "buy", "1000", "--by", "transfer").refuses("bank details")


@pytest.mark.usefixtures("bank")
def test_a_transfer_is_confirmed_by_hand_once(cli: Cli, shop: Cli) -> None:
    reference = str(_ordered(shop, "1000")["reference"])
    assert shop("credit", "confirm", reference).refuses("administrator")
    awaited = cli("credit", "orders", "--awaited", "--json").document
    assert isinstance(awaited, list)
    assert [(each["reference"], each["account"]) for each in awaited] == [(reference, "shop")]
    assert shop("credit", "orders", "--awaited").refuses("administrator")
    assert cli("credit", "confirm", reference.lower()).out == f"The order {reference} is paid: 1,000 credits given.\n"
    assert cli("credit", "confirm", reference).refuses("paid before")
    assert cli("credit", "confirm", "SMS-0000-0000").refuses("no order “SMS-0000-0000”")
    assert shop("credit", "balance", "--json").document == {"balance": 1000, "reserved": 0}
    history = shop(*HISTORY).document
    assert isinstance(history, list)
    assert [(each["cause"], each["amount"], each["reference"]) for each in history] == [("purchase", 1000, reference)]
    assert f"Purchase  1,000    {reference}" in shop("credit", "history").out


@pytest.mark.usefixtures("bank")
def test_an_order_is_given_up(shop: Cli) -> None:
    reference = str(_ordered(shop, "1000")["reference"])
    assert shop("credit", "cancel", reference).out == f"The order {reference} is cancelled.\n"
    assert shop("credit", "cancel", reference).refuses("closed")


@pytest.mark.usefixtures("bank")
def test_a_statement_is_shown_then_applied_once(cli: Cli, shop: Cli, tmp_path: Path) -> None:
    paid, less = (_ordered(shop, "1000")["reference"] for _ in range(2))
    file = _statement_of(tmp_path, (paid, "72.00"), (less, "70.00"), ("nothing", "5.00"))
    assert shop("credit", "statement", file).refuses("administrator")
    shown = cli("credit", "statement", file)
    assert "1 order would be paid" in shown.out
    assert "Names no order" in shown.out
    assert shop("credit", "balance", "--json").document == {"balance": 0, "reserved": 0}
    document = cli("credit", "statement", file, "--apply", "--json").document
    assert isinstance(document, dict)
    assert document["paid"] == [paid]
    assert [(each["reference"], each["due"], each["amount"]) for each in document["differing"]] == [(less, 7200, 7000)]
    assert [each["reason"] for each in document["leftovers"]] == ["unknown"]
    again = cli("credit", "statement", file, "--apply")
    assert "0 orders paid." in again.out
    assert "Applied before" in again.out
    assert shop("credit", "balance", "--json").document == {"balance": 1000, "reserved": 0}


@pytest.mark.usefixtures("bank")
def test_hostile_statements_are_refused_on_one_line(cli: Cli, tmp_path: Path) -> None:
    laughs = '<!DOCTYPE d [<!ENTITY a "a">]><d>&a;</d>'
    assert cli("credit", "statement", str(written(tmp_path, laughs))).refuses("unsafe")
    assert cli("credit", "statement", str(written(tmp_path, "\x1b[31m"))).refuses("camt.053")
    assert cli("credit", "statement", str(tmp_path / "no\x1b[31mwhere")).refuses("can't be read")


@pytest.mark.usefixtures("bank")
def test_foreign_texts_of_a_statement_reach_no_terminal(cli: Cli, tmp_path: Path) -> None:
    file = written(tmp_path, statement(Payment(text="\u202e[red]x&#x9b;31m", payer="\u200b")))
    out = cli("credit", "statement", str(file)).out
    assert "\u202e" not in out
    assert "\x9b" not in out
    assert "‹U+202E›[red]x" in out
