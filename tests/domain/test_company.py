from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.company import (
    AddressMissing,
    BankDetails,
    Billing,
    InvalidBic,
    InvalidIban,
    InvalidSiret,
    InvalidVatNumber,
    NameMissing,
    bank_problems,
    check_bank,
    check_billing,
    check_company,
    company_problems,
)
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail
from tests.payments_support import BANK, COMPANY


def test_a_company_is_kept_as_the_registers_write_it() -> None:
    loose = replace(
        COMPANY, name="  Envoi   SAS ", siret="732 829 320 00074", vat_number="fr 44 732829320", address=("1 rue\n", "")
    )
    kept = check_company(loose)
    assert (kept.name, kept.siret, kept.vat_number) == ("Envoi SAS", "73282932000074", "FR44732829320")
    assert kept.address == ("1 rue",)
    assert check_company(replace(COMPANY, vat_number="")).vat_number == ""
    assert check_company(replace(COMPANY, siret="732829320")).siret == "732829320"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": " "}, NameMissing),
        ({"name": "x" * 71}, NameMissing),
        ({"address": ()}, AddressMissing),
        ({"address": ("a",) * 7}, AddressMissing),
        ({"address": ("a" * 101,)}, AddressMissing),
        ({"siret": "73282932000075"}, InvalidSiret),
        ({"siret": "732829321"}, InvalidSiret),
        ({"siret": ""}, InvalidSiret),
        ({"siret": "٧٣٢٨٢٩٣٢٠"}, InvalidSiret),
        ({"vat_number": "FR45732829320"}, InvalidVatNumber),
        ({"vat_number": "44732829320"}, InvalidVatNumber),
        ({"email": "nobody"}, InvalidEmail),
    ],
)
def test_what_no_register_would_hold_is_refused(change: dict[str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_company(replace(COMPANY, **change))


def test_a_post_office_has_a_number_of_its_own() -> None:
    assert check_company(replace(COMPANY, siret="35600000000048")).siret == "35600000000048"


def test_bank_details_are_checked() -> None:
    kept = check_bank(BankDetails("Envoi SAS", "fr76 3000 6000 0112 3456 7890 189", "agrifrpp"))
    assert (kept.iban, kept.bic) == ("FR7630006000011234567890189", "AGRIFRPP")
    assert kept.iban_in_groups == "FR76 3000 6000 0112 3456 7890 189"
    assert check_bank(replace(BANK, bic="")).bic == ""


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"holder": ""}, NameMissing),
        ({"iban": "FR7630006000011234567890188"}, InvalidIban),
        ({"iban": ""}, InvalidIban),
        ({"iban": "BR1800360305000010009795493C1"}, InvalidIban),
        ({"bic": "NOTABIC"}, InvalidBic),
    ],
)
def test_an_account_that_no_transfer_reaches_is_refused(change: dict[str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_bank(replace(BANK, **change))


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=8))
def test_whatever_is_typed_is_kept_soundly_or_refused(name: str, vat: str, siret: str, lines: list[str]) -> None:
    try:
        kept = check_billing(Billing(name, tuple(lines), vat, siret))
    except Refusal:
        return
    assert check_billing(kept) == kept
    assert all("\n" not in line for line in (kept.name, *kept.address))


@given(st.text(max_size=40), st.text(max_size=12))
def test_whatever_is_typed_is_an_iban_or_refused(iban: str, bic: str) -> None:
    try:
        kept = check_bank(BankDetails("Envoi", iban, bic))
    except Refusal:
        return
    assert kept.iban.isalnum()


def test_every_field_that_is_wrong_is_told() -> None:
    assert company_problems(COMPANY) == {}
    wrong = replace(COMPANY, name=" ", address=(), siret="1", vat_number="x", email="nobody")
    assert {field: type(why) for field, why in company_problems(wrong).items()} == {
        "name": NameMissing, "address": AddressMissing, "siret": InvalidSiret, "vat_number": InvalidVatNumber,
        "email": InvalidEmail,
    }  # fmt: skip
    assert bank_problems(BANK) == {}
    assert {field: type(why) for field, why in bank_problems(BankDetails("", "FR76", "x")).items()} == {
        "holder": NameMissing, "iban": InvalidIban, "bic": InvalidBic,
    }  # fmt: skip
