"""What `smstui credit` prints of prices, orders, transfers and bank statements. Money is in cents in JSON."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import click

from smstui import formats, money
from smstui.cli.context import Call
from smstui.cli.output import Json, amount, table
from smstui.domain.errors import Refusal
from smstui.domain.packs import PriceList
from smstui.i18n import N_, _, ngettext
from smstui.services.bank_statements import Applied, Leftover, Match, Preview
from smstui.services.camt import StatementEntry
from smstui.services.order_rows import Order
from smstui.services.order_words import ASIDE_WORDS, METHOD_WORDS, ORDER_WORDS
from smstui.services.transfers import Transfer

_UNITS = 10_000
"""Prices of a credit are in ten-thousandths of a euro."""


@dataclass(eq=False)
class NoSuchPack(Refusal):
    """The price list has no pack of that size."""

    credits: int
    sentence: ClassVar[str] = N_("There is no pack of {credits} credits: see them with “smstui credit packs”.")


def prices_document(prices: PriceList) -> dict[str, Json]:
    """The price list as JSON."""
    quotes = [prices.quote(pack.credits) for pack in prices.packs]
    return {
        "packs": [
            {
                "credits": quote.credits,
                "net": quote.net,
                "vat": quote.vat,
                "total": quote.total,
                "unit_price": quote.unit_price / _UNITS,
            }
            for quote in quotes
        ],
        "steps": [{"from": step.from_credits, "unit_price": step.unit / _UNITS} for step in prices.steps],
        "vat_rate": prices.vat_rate / 100,
    }


def prices_lines(prices: PriceList) -> list[str]:
    """The price list for people."""
    quotes = [prices.quote(pack.credits) for pack in prices.packs]
    header = [_("Credits"), _("Without VAT"), _("With VAT"), _("A credit")]
    rows = [
        [
            formats.number(quote.credits),
            money.euros(quote.net),
            money.euros(quote.total),
            money.unit_price(quote.unit_price),
        ]
        for quote in quotes
    ]
    steps = [[formats.number(step.from_credits), money.unit_price(step.unit)] for step in prices.steps]
    return [
        *(table(header, rows) if rows else ()),
        *([""] if rows else ()),
        _("Any other amount, without VAT:"),
        *table([_("From so many"), _("A credit")], steps),
    ]


def order_document(order: Order) -> dict[str, Json]:
    """An order as JSON."""
    return {
        "reference": order.reference,
        "method": order.method.value,
        "state": order.state.value,
        "credits": amount(order.credits),
        "net": order.net,
        "vat": order.vat,
        "total": order.total,
        "refunded": order.refunded,
        "created_at": order.created_at.isoformat(),
        "expires_at": _iso(order.expires_at),
        "closed_at": _iso(order.closed_at),
    }


def order_header() -> list[str]:
    """Of `order_cells`."""
    return [_("Reference"), _("Date"), _("Credits"), _("With VAT"), _("Payment"), _("State")]


def order_cells(order: Order) -> list[str]:
    """An order as a row for people."""
    return [
        order.reference,
        formats.date_time(order.created_at),
        formats.amount(order.credits),
        money.euros(order.total),
        _(METHOD_WORDS[order.method]),
        _(ORDER_WORDS[order.state]),
    ]


def answer_transfer(call: Call, order: Order, transfer: Transfer) -> None:
    """Say how to pay an order by transfer; on a terminal with the QR code for banking apps."""
    bank = transfer.bank
    document: dict[str, Json] = {
        **order_document(order),
        "holder": bank.holder,
        "iban": bank.iban,
        "bic": bank.bic,
    }
    rows = [
        (_("Amount"), money.euros(transfer.amount)),
        (_("To"), bank.holder),
        (_("IBAN"), bank.iban_in_groups),
        *([(_("BIC"), bank.bic)] if bank.bic else []),
        (_("Reference"), transfer.reference),
    ]
    width = max(len(label) for label, _value in rows)
    lines = [f"{label.ljust(width)}  {value}" for label, value in rows]
    last = _("The credits come when the transfer has arrived. Write the reference on it: it says whose it is.")
    call.answer(document, [*lines, last])
    if sys.stdout.isatty() and not call.options.as_json:
        for line in transfer.qr:
            click.echo(click.style(line, fg="black", bg="bright_white"))


def statement_document(preview: Preview, applied: Applied | None) -> dict[str, Json]:
    """What a bank statement holds, and what was done, as JSON."""
    document: dict[str, Json] = {
        "matches": [_match(match) for match in preview.matches],
        "differing": [_match(match) for match in preview.differing],
        "leftovers": [_leftover(each) for each in preview.leftovers],
    }
    if applied is not None:
        document["paid"] = [match.order.reference for match in applied.paid]
        document["skipped"] = [_leftover(each) for each in applied.skipped]
    return document


def statement_lines(preview: Preview, applied: Applied | None) -> list[str]:
    """The same for people."""
    return [
        *_matches(_("These pay orders:"), preview.matches),
        *_matches(_("These are of another amount than their order; confirm it, or send the money back:"),
                  preview.differing),
        *_leftovers(preview.leftovers),
        *_outcome(preview, applied),
    ]  # fmt: skip


def _matches(title: str, matches: Iterable[Match]) -> list[str]:
    rows = [
        [
            str(match.entry.booked_on),
            money.euros(match.entry.amount),
            match.order.reference,
            money.euros(match.order.total),
            match.login,
            match.entry.payer,
        ]
        for match in matches
    ]
    header = [_("Date"), _("Amount"), _("Reference"), _("Order"), _("Account"), _("Payer")]
    return [title, *table(header, rows), ""] if rows else []


def _leftovers(leftovers: Iterable[Leftover]) -> list[str]:
    rows = [
        [
            "" if each.entry.booked_on is None else str(each.entry.booked_on),
            money.hundredths(each.entry.amount, each.entry.currency),
            _(ASIDE_WORDS[each.reason]),
            each.entry.payer,
            each.entry.remittance,
        ]
        for each in leftovers
    ]
    header = [_("Date"), _("Amount"), _("Why"), _("Payer"), _("Text")]
    return [_("These pay nothing:"), *table(header, rows), ""] if rows else []


def _outcome(preview: Preview, applied: Applied | None) -> list[str]:
    if applied is None:
        count = len(preview.matches)
        sentence = ngettext(
            "{count} order would be paid: say --apply to do it.", "{count} orders would be paid: say --apply to do it.",
            count,
        )  # fmt: skip
        return [sentence.format(count=formats.number(count))]
    paid, skipped = len(applied.paid), len(applied.skipped)
    lines = [ngettext("{count} order paid.", "{count} orders paid.", paid).format(count=formats.number(paid))]
    if skipped:
        sentence = ngettext("{count} was paid meanwhile.", "{count} were paid meanwhile.", skipped)
        lines.append(sentence.format(count=formats.number(skipped)))
    return lines


def _match(match: Match) -> dict[str, Json]:
    due: dict[str, Json] = {"reference": match.order.reference, "account": match.login, "due": match.order.total}
    return {**due, **_entry(match.entry)}


def _leftover(leftover: Leftover) -> dict[str, Json]:
    return {"reason": leftover.reason.value, **_entry(leftover.entry)}


def _entry(entry: StatementEntry) -> dict[str, Json]:
    return {
        "amount": entry.amount,
        "currency": entry.currency,
        "booked_on": _iso(entry.booked_on),
        "payer": entry.payer,
        "text": entry.remittance,
    }


def _iso(when: date | None) -> str | None:
    return None if when is None else when.isoformat()
