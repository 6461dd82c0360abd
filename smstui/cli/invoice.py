"""`smstui invoice`: the invoices and credit notes of an account."""

from pathlib import Path

import click

from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import table
from smstui.i18n import _


@click.group(cls=Noun)
def invoice() -> None:
    """Invoices of an account."""


@invoice.command("list")
@with_backend
async def list_invoices(call: Call) -> None:
    """List the invoices and credit notes, the newest first. In JSON amounts are cents."""
    from smstui import money
    from smstui.services.order_words import INVOICE_WORDS

    found = await call.backend.invoices.list(await call.actor())
    documents: list[Json] = [
        {
            "number": one.number,
            "kind": one.kind.value,
            "issued_on": one.document.issued_on.isoformat(),
            "order": one.document.order_reference,
            "corrects": one.document.corrects,
            "net": one.document.net,
            "vat": one.document.vat,
            "total": one.document.total,
            "mailed_at": None if one.mailed_at is None else one.mailed_at.isoformat(),
            "perhaps_mailed": one.perhaps_mailed,
        }
        for one in found
    ]
    rows = [
        [
            one.number,
            _(INVOICE_WORDS[one.kind]),
            one.document.issued_on.isoformat(),
            one.document.order_reference,
            money.euros(one.document.total),
        ]
        for one in found
    ]
    header = [_("Number"), _("Document"), _("Date"), _("Order"), _("With VAT")]
    call.answer(documents, table(header, rows))


@invoice.command()
@click.argument("number")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--language", type=click.Choice(["fr", "en"]), help="Else the account's.")
@click.option("--force", is_flag=True, help="Replace FILE.")
@with_backend
async def download(call: Call, number: str, file: str | None, *, language: str | None, force: bool) -> None:
    """Write the invoice NUMBER as PDF to FILE [NUMBER.pdf]; of an order's reference, its proforma invoice."""
    from smstui.cli.table_file import only_by_force
    from smstui.services.order_rows import written_reference

    path = Path(file or f"{written_reference(number).strip().upper()}.pdf")
    with only_by_force():
        size = await call.backend.invoices.save(await call.actor(), number, path, overwrite=force, language=language)
    call.answer({"file": str(path), "size": size}, _("{file} written.").format(file=path))


@invoice.command()
@click.argument("number")
@click.option("--to", metavar="ADDRESS", help="Else the account's.")
@with_backend
async def mail(call: Call, number: str, *, to: str | None) -> None:
    """Send the invoice or credit note NUMBER as PDF by e-mail, in the account's language."""
    address = await call.backend.invoice_mail.send(await call.actor(), number, to)
    call.answer({"sent_to": address}, _("Sent to {address}.").format(address=address))
