"""Pieces that tests of orders, bank statements and invoices share."""

from dataclasses import dataclass, field
from pathlib import Path

from smstui.domain.company import BankDetails, Company
from smstui.services.backend import Backend

COMPANY = Company(
    name="Envoi SAS",
    address=("1 rue de la Paix", "13001 Marseille"),
    siret="73282932000074",
    vat_number="FR44732829320",
    email="facturation@envoi.example",
    legal="SAS au capital de 10 000 €, RCS Marseille",
)
BANK = BankDetails("Envoi SAS", "FR7630006000011234567890189", "AGRIFRPP")


async def open_shop(backend: Backend) -> None:
    """Say who sells, and where transfers go."""
    await backend.company.set_company(None, COMPANY)
    await backend.company.set_bank(None, BANK)


@dataclass
class Payment:
    """An entry of a bank statement to write by hand."""

    amount: str = "39.00"
    text: str = ""
    currency: str = "EUR"
    direction: str = "CRDT"
    status: str = "BOOK"
    reference: str = ""
    end_to_end: str = "NOTPROVIDED"
    payer: str = "Boutique"
    day: str = "2026-11-23"
    more: str = ""
    """Elements at the end of the entry's own."""
    structured: str = ""
    parts: list["Payment"] = field(default_factory=list)
    """Of a batch."""

    def xml(self, version: int) -> str:
        """The entry, as that version of camt.053.001 writes it."""
        status = f"<Cd>{self.status}</Cd>" if version >= 8 else self.status
        reference = f"<AcctSvcrRef>{self.reference}</AcctSvcrRef>" if self.reference else ""
        details = "".join(part.details(version, own=True) for part in self.parts) or self.details(version, own=False)
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt><CdtDbtInd>{self.direction}</CdtDbtInd>'
            f"<Sts>{status}</Sts><BookgDt><Dt>{self.day}</Dt></BookgDt>{reference}{self.more}"
            f"<NtryDtls>{details}</NtryDtls></Ntry>"
        )

    def details(self, version: int, *, own: bool) -> str:
        """One payment in an entry; with an amount of its own in a batch."""
        payer = f"<Pty><Nm>{self.payer}</Nm></Pty>" if version >= 8 else f"<Nm>{self.payer}</Nm>"
        written = f'<Amt Ccy="{self.currency}">{self.amount}</Amt>'
        amount = written if version >= 4 else f"<AmtDtls><TxAmt>{written}</TxAmt></AmtDtls>"
        structured = f"<Strd><CdtrRefInf><Ref>{self.structured}</Ref></CdtrRefInf></Strd>" if self.structured else ""
        lines = "".join(f"<Ustrd>{line}</Ustrd>" for line in self.text.split("|") if line)
        return (
            f"<TxDtls><Refs><EndToEndId>{self.end_to_end}</EndToEndId></Refs>{amount if own else ''}"
            f"<RltdPties><Dbtr>{payer}</Dbtr></RltdPties><RmtInf>{lines}{structured}</RmtInf></TxDtls>"
        )


def statement(*payments: Payment, version: int = 2, iban: str = BANK.iban, prefix: str = "") -> str:
    """A whole bank statement."""
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"
    entries = "".join(each.xml(version) for each in payments)
    text = (
        f"<Document><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>"
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f'<Bal><Amt Ccy="EUR">1.00</Amt></Bal>{entries}</Stmt></BkToCstmrStmt></Document>'
    )
    if prefix:
        text = text.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
        return text.replace("Document>", f'Document xmlns:{prefix}="{space}">', 1)
    return text.replace("<Document>", f'<Document xmlns="{space}">')


def written(folder: Path, text: str | bytes, name: str = "statement.xml") -> Path:
    """A file of that text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
