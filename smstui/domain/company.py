"""Who sells and who buys, and the bank account that transfers go to: what invoices must say of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.domain.identity import check_email
from smstui.domain.storable import storable
from smstui.domain.visible import excerpt
from smstui.i18n import N_

LONGEST_NAME: Final = 70
"""Characters: what a transfer has room for (EPC069-12)."""
LONGEST_LINE: Final = 100
MOST_LINES: Final = 6
_SIREN: Final = 9
_SIRET: Final = 14
_POST_OFFICE: Final = "356000000"
"""Its establishments are numbered in another way."""
_VAT_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}", re.ASCII)
_FRENCH_VAT: Final = re.compile(r"FR([0-9]{2})([0-9]{9})", re.ASCII)
_FRENCH_KEY: Final = 97
_NINE: Final = 9


@dataclass(eq=False)
class NameMissing(Refusal):
    """A company without a name, or with one that no transfer has room for."""

    limit: int = LONGEST_NAME
    sentence: ClassVar[str] = N_("Give the name of the company, in {limit} characters at most.")


@dataclass(eq=False)
class AddressMissing(Refusal):
    """A company without an address, or with one that no invoice has room for."""

    lines: int = MOST_LINES
    limit: int = LONGEST_LINE
    sentence: ClassVar[str] = N_("Give the address, in 1 to {lines} lines of {limit} characters at most.")


@dataclass(eq=False)
class InvalidSiret(Refusal):
    """Neither a SIREN nor a SIRET."""

    number: str
    sentence: ClassVar[str] = N_(
        "“{number}” is no SIREN (9 digits) nor SIRET (14 digits): copy it from the register of companies."
    )


@dataclass(eq=False)
class InvalidVatNumber(Refusal):
    """Not written as a VAT number of its country."""

    number: str
    sentence: ClassVar[str] = N_("“{number}” is no VAT number: write it with its country, as FR40303265045.")


@dataclass(eq=False)
class InvalidIban(Refusal):
    """No IBAN of an account that takes transfers in euros."""

    iban: str
    sentence: ClassVar[str] = N_("“{iban}” is no IBAN of the SEPA zone: copy it from the bank's details.")


@dataclass(eq=False)
class InvalidBic(Refusal):
    """No BIC."""

    bic: str
    sentence: ClassVar[str] = N_("“{bic}” is no BIC: it has 8 or 11 letters and digits, as BNPAFRPP.")


@dataclass(frozen=True, slots=True)
class Company:
    """Who runs this platform and sells its credits."""

    name: str
    address: tuple[str, ...]
    siret: str
    """SIREN or SIRET, digits only."""
    vat_number: str
    """"" where none is charged (CGI, article 293 B)."""
    email: str
    legal: str = ""
    """Its form, capital and register (code de commerce, R123-237 and R123-238)."""


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where transfers go."""

    holder: str
    iban: str
    """Without spaces."""
    bic: str = ""

    @property
    def iban_in_groups(self) -> str:
        """Four characters at a time, as people read it."""
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))


@dataclass(frozen=True, slots=True)
class Billing:
    """Whom the invoices of an account are for."""

    name: str
    address: tuple[str, ...]
    vat_number: str = ""
    siret: str = ""


def check_company(company: Company) -> Company:
    """`company` as it is kept.

    Raises NameMissing, AddressMissing, InvalidSiret, InvalidVatNumber, InvalidEmail.
    """
    return replace(
        company,
        name=_name(company.name),
        address=_address(company.address),
        siret=_siret(company.siret),
        vat_number=_vat_number(company.vat_number),
        email=check_email(company.email.strip()),
        legal=_line(company.legal)[: 2 * LONGEST_LINE],
    )


def check_billing(billing: Billing) -> Billing:
    """`billing` as it is kept. Raises NameMissing, AddressMissing, InvalidSiret, InvalidVatNumber."""
    return Billing(
        name=_name(billing.name),
        address=_address(billing.address),
        vat_number=_vat_number(billing.vat_number),
        siret=_siret(billing.siret) if billing.siret.strip() else "",
    )


def check_bank(bank: BankDetails) -> BankDetails:
    """`bank` as it is kept; slow the first time. Raises NameMissing, InvalidIban, InvalidBic."""
    return BankDetails(_name(bank.holder), _iban(bank.iban), _bic(bank.bic))


def company_problems(company: Company) -> Mapping[str, Refusal]:
    """What `check_company` has against each field, by its name."""
    return _problems(
        {
            "name": lambda: _name(company.name),
            "address": lambda: _address(company.address),
            "siret": lambda: _siret(company.siret),
            "vat_number": lambda: _vat_number(company.vat_number),
            "email": lambda: check_email(company.email.strip()),
        }
    )


def bank_problems(bank: BankDetails) -> Mapping[str, Refusal]:
    """What `check_bank` has against each field, by its name; slow the first time."""
    return _problems(
        {"holder": lambda: _name(bank.holder), "iban": lambda: _iban(bank.iban), "bic": lambda: _bic(bank.bic)}
    )


def _problems(checks: Mapping[str, Callable[[], object]]) -> Mapping[str, Refusal]:
    found: dict[str, Refusal] = {}
    for field, check in checks.items():
        try:
            check()
        except Refusal as refusal:
            found[field] = refusal
    return found


def _iban(text: str) -> str:
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        iban = IBAN(text)
    except SchwiftyException:
        raise InvalidIban(excerpt(text)) from None
    if not iban.in_sepa_zone:
        raise InvalidIban(excerpt(text))
    return str(iban)


def _bic(text: str) -> str:
    from schwifty import BIC
    from schwifty.exceptions import SchwiftyException

    try:
        return str(BIC(text)) if text.strip() else ""
    except SchwiftyException:
        raise InvalidBic(excerpt(text)) from None


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _name(text: str) -> str:
    name = _line(text)
    if not 0 < len(name) <= LONGEST_NAME:
        raise NameMissing
    return name


def _address(lines: Sequence[str]) -> tuple[str, ...]:
    address = tuple(line for line in map(_line, lines) if line)
    if not 0 < len(address) <= MOST_LINES or any(len(line) > LONGEST_LINE for line in address):
        raise AddressMissing
    return address


def _siret(text: str) -> str:
    digits = "".join(text.split())
    numeric = digits.isascii() and digits.isdigit()
    right = numeric and len(digits) in (_SIREN, _SIRET) and (_luhn(digits) or digits.startswith(_POST_OFFICE))
    if not right or not _luhn(digits[:_SIREN]):
        raise InvalidSiret(excerpt(text))
    return digits


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - _NINE if value > _NINE else value for value in doubled) % 10 == 0


def _vat_number(text: str) -> str:
    number = "".join(text.split()).upper()
    if not number:
        return ""
    french = _FRENCH_VAT.fullmatch(number)
    wrong_key = french is not None and int(french[1]) != (12 + 3 * (int(french[2]) % _FRENCH_KEY)) % _FRENCH_KEY
    if wrong_key or not _VAT_NUMBER.fullmatch(number):
        raise InvalidVatNumber(excerpt(text))
    return number
