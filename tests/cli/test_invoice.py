"""`smstui invoice`, `smstui company`."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.payments_support import BANK, COMPANY
from tests.pdf_text import pdf_text

SELLER = (
    "--name", COMPANY.name, "--address", COMPANY.address[0], "--address", COMPANY.address[1], "--siret",
    "732 829 320 00074", "--vat-number", COMPANY.vat_number, "--email", COMPANY.email, "--legal", COMPANY.legal,
)  # fmt: skip


@pytest.fixture
def paid(cli: Cli, shop: Cli) -> str:
    """The reference of an order that was paid."""
    assert cli("company", "set", *SELLER).code == 0
    assert cli("company", "bank", "--holder", BANK.holder, "--iban", BANK.iban).code == 0
    order = shop("credit", "buy", "1000", "--by", "transfer", "--json").document
    assert isinstance(order, dict)
    assert cli("credit", "confirm", order["reference"]).code == 0
    return str(order["reference"])


def test_invoices_are_listed_and_downloaded(shop: Cli, cli: Cli, paid: str, tmp_path: Path) -> None:
    (one,) = shop("invoice", "list", "--json").document  # type: ignore[misc]
    number = one["number"]
    assert (one["kind"], one["order"], one["net"], one["vat"], one["total"]) == ("invoice", paid, 6000, 1200, 7200)
    assert number in shop("invoice", "list").out
    file = tmp_path / "invoice.pdf"
    done = shop("invoice", "download", number.lower(), str(file), "--json").document
    assert done == {"file": str(file), "size": file.stat().st_size}
    assert f"Invoice {number}" in pdf_text(file.read_bytes())
    assert shop("invoice", "download", number, str(file)).refuses("already", "--force")
    assert shop("invoice", "download", number, str(file), "--language", "fr", "--force").code == 0
    assert "72,00\u202f€" in pdf_text(file.read_bytes())
    assert cli("account", "create", "rival", "--email", "r@example.com", "--password-env", "ACCOUNT_PASSWORD").code == 0
    assert cli("invoice", "download", number, str(file), "--force", "--account", "rival").refuses("no invoice")
    assert cli("invoice", "list", "--json", "--account", "rival").document == []


def test_the_file_is_named_after_the_number(shop: Cli, paid: str, tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        written = shop("invoice", "download", "../etc/passwd")
        assert written.refuses("no invoice")
        (one,) = shop("invoice", "list", "--json").document  # type: ignore[misc]
        assert shop("invoice", "download", one["number"].lower()).out == f"{one['number']}.pdf written.\n"
        assert (tmp_path / f"{one['number']}.pdf").is_file()
    finally:
        os.chdir(before)


def test_an_order_that_waits_has_a_proforma(shop: Cli, paid: str, tmp_path: Path) -> None:
    order = shop("credit", "buy", "1000", "--by", "transfer", "--json").document
    assert isinstance(order, dict)
    file = tmp_path / "p.pdf"
    assert shop("invoice", "download", order["reference"], str(file)).code == 0
    assert f"Proforma invoice {order['reference']}" in pdf_text(file.read_bytes())


def test_the_company_is_told_and_shown(cli: Cli, shop: Cli) -> None:
    assert cli("company", "show", "--json").document == {"company": None, "bank": None}
    assert shop("company", "set", *SELLER).refuses("administrator")
    assert cli("company", "set", *SELLER[:-2], "--siret", "1").refuses("no SIREN")
    assert cli("company", "bank", "--holder", "x", "--iban", "FR76").refuses("no IBAN")
    kept = cli("company", "set", *SELLER, "--json").document
    assert isinstance(kept, dict)
    assert (kept["siret"], kept["address"]) == (COMPANY.siret, list(COMPANY.address))
    cli("company", "bank", "--holder", BANK.holder, "--iban", BANK.iban)
    assert "FR76 3000 6000 0112 3456 7890 189" in cli("company", "show").out


def test_prices_are_set_in_euros(cli: Cli, shop: Cli) -> None:
    given = ("--pack", "1000=50", "--step", "100=0.07", "--step", "5000=0,0555", "--vat", "5.5")
    assert shop("company", "prices", *given).refuses("administrator")
    document = cli("company", "prices", *given, "--json").document
    assert document == cli("credit", "packs", "--json").document
    assert isinstance(document, dict)
    assert document["packs"][0]["total"] == 5275
    assert document["steps"] == [{"from": 100, "unit_price": 0.07}, {"from": 5000, "unit_price": 0.0555}]
    for wrong in ("100", "100=x", "100=0.00001", "x=1", "100=nan"):
        assert cli("company", "prices", "--step", wrong, "--vat", "20").code == 2
    assert cli("company", "prices", "--step", "200=1", "--vat", "20").refuses("first step from 100")


def test_an_account_says_whom_its_invoices_are_for(cli: Cli, shop: Cli) -> None:
    assert shop("company", "billing", "--json").document is None
    given = ("--name", "Boutique", "--address", "2 place du Marché", "--siret", "303265045")
    assert shop("company", "billing", *given).code == 0
    kept = shop("company", "billing", "--json").document
    assert isinstance(kept, dict)
    assert (kept["name"], kept["siret"]) == ("Boutique", "303265045")
    assert shop("company", "billing", "--name", "x").refuses("address")
    assert cli("company", "billing").refuses("--account")
