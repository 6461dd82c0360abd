"""`smstui tariff`: what a segment costs, by country and type, for all accounts."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smstui.cli.account_admin import administrator
from smstui.cli.context import Call, Json, Noun, with_backend
from smstui.cli.output import amount, table
from smstui.cli.table_file import write_table
from smstui.domain.states import MessageType
from smstui.i18n import _, current_language, ngettext

if TYPE_CHECKING:
    from smstui.domain.credits import Credits
    from smstui.domain.tariff import Tariff
    from smstui.services.tariffs import PriceChange

TYPE = click.option(
    "--type",
    "types",
    type=click.Choice([kind.value for kind in MessageType]),
    multiple=True,
    help="Only of this type; may be repeated.",
)


@click.group(cls=Noun)
def tariff() -> None:
    """What an SMS costs, by country and type."""


@tariff.command()
@click.argument("countries", nargs=-1)
@with_backend
async def show(call: Call, countries: tuple[str, ...]) -> None:
    """Show the prices of a segment in credits: of COUNTRIES (codes or names), else of all."""
    from smstui.domain.country import name_of
    from smstui.services.tariff_files import read_country

    current = await call.backend.tariffs.current()
    shown = [read_country(country) for country in countries] or current.countries
    header = [_("Code"), _("Country"), _("SMS Pro"), _("SMS Unicode"), _("SMS Réponse"), _("SMS Voix")]
    rows = [
        [country, name_of(country, current_language()), *(_shown(current, country, kind) for kind in MessageType)]
        for country in shown
    ]
    call.answer([_document(current, country) for country in shown], table(header, rows))


@tariff.command("set")
@click.argument("country")
@click.argument("price", metavar="CREDITS")
@TYPE
@with_backend
async def set_price(call: Call, country: str, price: str, types: tuple[str, ...]) -> None:
    """Let a segment to COUNTRY cost CREDITS: of all types that go there, unless --type says which."""
    from smstui.services.tariff_files import read_country, read_price

    changes = await call.backend.tariffs.set_price(
        await administrator(call), read_country(country), read_price(price), [MessageType(each) for each in types]
    )
    _tell(call, changes)


@tariff.command()
@click.argument("country")
@TYPE
@with_backend
async def remove(call: Call, country: str, types: tuple[str, ...]) -> None:
    """Let nothing go to COUNTRY any more; what is being sent goes on."""
    from smstui.services.tariff_files import read_country

    kinds = [MessageType(each) for each in types]
    _tell(call, await call.backend.tariffs.remove(await administrator(call), read_country(country), kinds))


@tariff.command("import")
@click.argument("file", metavar="FILE")
@click.option("--preview", "preview_only", is_flag=True, help="Only tell what would change.")
@with_backend
async def import_prices(call: Call, file: str, *, preview_only: bool) -> None:
    """Take the prices of FILE, a CSV with the columns country;type;credits: all of them, or none.

    "none" instead of credits lets nothing go there. Countries that it does not name stay as they are.
    """
    from smstui.formats import explain

    actor = await administrator(call)
    preview = await call.backend.tariffs.preview(actor, Path(file))
    if not preview_only:
        _tell(call, await call.backend.tariffs.apply(actor, preview))
        return
    refused = [(one.line, explain(one.why)) for one in preview.file.refused]
    document: dict[str, Json] = {
        "prices": preview.file.count,
        "changes": [_change_document(one) for one in preview.changes],
        "refused": [{"line": line, "reason": reason} for line, reason in refused],
    }
    told = [_("Line {line}: {reason}").format(line=line, reason=reason) for line, reason in refused]
    call.answer(document, told or [*_lines(preview.changes), _summary(preview.changes)])


@tariff.command()
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@with_backend
async def export(call: Call, file: str, *, force: bool) -> None:
    """Write all prices to FILE, .csv or .xlsx; - is CSV on standard output. The CSV can be imported again."""
    await write_table(
        call,
        file,
        stream=call.backend.tariffs.stream,
        write=lambda path: call.backend.tariffs.export(path, overwrite=force),
        written=lambda count: ngettext("{count} price written to {file}.", "{count} prices written to {file}.", count),
    )


@tariff.command()
@click.argument("countries", nargs=-1)
@with_backend
async def reset(call: Call, countries: tuple[str, ...]) -> None:
    """Take back all changes, or those of COUNTRIES."""
    from smstui.services.tariff_files import read_country

    wanted = [read_country(country) for country in countries]
    _tell(call, await call.backend.tariffs.reset(await administrator(call), wanted))


def _tell(call: Call, changes: "tuple[PriceChange, ...]") -> None:
    call.answer({"changes": [_change_document(one) for one in changes]}, [*_lines(changes), _summary(changes)])


def _summary(changes: "tuple[PriceChange, ...]") -> str:
    count = len(changes)
    return ngettext("{count} price changed.", "{count} prices changed.", count).format(count=count)


def _lines(changes: "Iterable[PriceChange]") -> list[str]:
    from smstui.services.tariff_files import price_text

    return [f"{one.country} {one.type}: {price_text(one.before)} → {price_text(one.after)}" for one in changes]


def _shown(current: "Tariff", country: str, kind: MessageType) -> str:
    from smstui.formats import amount as shown

    price = current.price(country, kind)
    return "-" if price is None else shown(price)


def _number(price: "Credits | None") -> int | float | None:
    return None if price is None else amount(price)


def _document(current: "Tariff", country: str) -> dict[str, Json]:
    return {"country": country, **{kind.value: _number(current.price(country, kind)) for kind in MessageType}}


def _change_document(one: "PriceChange") -> dict[str, Json]:
    return {"country": one.country, "type": one.type, "before": _number(one.before), "after": _number(one.after)}
