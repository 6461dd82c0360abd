"""`smstui contact import`: a file of contacts into the address book."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from smstui.cli.context import Call, Json, Verb, with_backend
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from smstui.services.importing.mapping import Target
    from smstui.services.importing.sheet import ReadingOptions
    from smstui.services.importing.values import ImportResult, Reject

CERTIFIED = N_(
    "I certify that the imported contacts meet these conditions: they agreed to receive SMS from me; "
    "they were neither obtained from a third party, nor bought, nor rented."
)
"""What --certify-opt-in says (the guide, part 4, "ETAPE 7")."""
SHOWN_REJECTS = 20
"""Lines named for people, at most; --json and --rejects give all."""


@dataclass(eq=False)
class RejectsNotWritten(Refusal):
    """The import is done, but its rejects couldn't be written where they should be."""

    path: str
    reason: str
    sentence: ClassVar[str] = N_("The contacts are imported, but {path} can't be written: {reason}.")


@click.command("import", cls=Verb)
@click.argument("file", metavar="FILE")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Put them into it; created if there is none.")
@click.option("--certify-opt-in", is_flag=True, help="Certify that all of them agreed to receive SMS from you.")
@click.option("--map", "mapping", metavar="FIELD=N,…", help="Columns of the fields, from 1 [default: guessed].")
@click.option("--header/--no-header", default=None, help="Whether the first line is a header [default: found out].")
@click.option("--encoding", metavar="E", help="Of a CSV file: utf-8, cp1252, utf-16 [default: found out].")
@click.option("--separator", metavar="C", help="Of a CSV file: one character, or tab [default: found out].")
@click.option("--rejects", metavar="FILE", help="Write the lines left out there, as CSV.")
@with_backend
async def import_contacts(
    call: Call,
    file: str,
    groups: tuple[str, ...],
    certify_opt_in: bool,
    mapping: str | None,
    header: bool | None,
    encoding: str | None,
    separator: str | None,
    rejects: str | None,
) -> None:
    """Import the contacts of FILE (XLSX, XLS or CSV): all of them, or nothing.

    FIELD is mobile, last_name, first_name, email, title, birth_date, company, address, or a field of the account.
    """
    from smstui.services.importing.values import ImportPlan

    options = _options(encoding, separator)
    actor = await call.actor()
    source = await call.backend.imports.open(Path(file))
    look = await call.backend.imports.look(actor, source, options)
    names = await call.backend.free_fields.list(actor)
    plan = ImportPlan(
        options,
        _targets(mapping, names) if mapping else tuple(column.guess for column in look.columns),
        look.has_header if header is None else header,
        _(CERTIFIED) if certify_opt_in else "",
        new_groups=groups,
    )
    result = await call.backend.imports.run(actor, source, plan)
    assert result is not None
    if rejects is not None:
        octets = await call.backend.imports.rejects_file(actor, result.id)
        await asyncio.to_thread(_write, Path(rejects), octets)
    left_out = await call.backend.imports.rejects(actor, result.id)
    call.answer(_document(result, left_out), _lines(result, left_out))


def _options(encoding: str | None, separator: str | None) -> "ReadingOptions":
    from smstui.services.importing.separators import SEPARATORS
    from smstui.services.importing.sheet import ReadingOptions, TextEncoding

    try:
        chosen = None if encoding is None else TextEncoding(encoding.lower())
    except ValueError:
        known = ", ".join(TextEncoding)
        raise click.UsageError(f"--encoding {encoding} is not known: choose one of {known}.") from None
    if separator is None:
        return ReadingOptions(chosen)
    character = {"tab": "\t", "\\t": "\t"}.get(separator.lower(), separator)
    if character not in SEPARATORS:
        raise click.UsageError("--separator is one of ; , | tab.")
    return ReadingOptions(chosen, character)


def _targets(text: str, free_fields: Sequence[str]) -> "tuple[Target | None, ...]":
    """The fields of columns, from FIELD=N,FIELD=N."""
    from smstui.domain.contact import ContactField
    from smstui.domain.folding import folded
    from smstui.services.importing.mapping import FreeField
    from smstui.services.importing.sheet import COLUMN_LIMIT

    names: dict[str, Target] = {folded(name): FreeField(name) for name in free_fields}
    names |= {each.value: each for each in ContactField}
    columns: dict[int, Target] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, number = part.rpartition("=")
        target = names.get(folded(name.strip()))
        if not equals or target is None:
            raise click.UsageError(f"--map {part}: write FIELD=N; the fields are {', '.join(names)}.")
        column = int(number) if number.isascii() and number.isdigit() else 0
        if not 0 < column <= COLUMN_LIMIT:
            raise click.UsageError(f"--map {part}: columns are counted from 1.")
        if column in columns:
            raise click.UsageError(f"--map {part}: column {column} is given twice.")
        columns[column] = target
    return tuple(columns.get(column) for column in range(1, max(columns, default=0) + 1))


def _write(path: Path, octets: bytes) -> None:
    """Raises RejectsNotWritten."""
    try:
        path.write_bytes(octets)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise RejectsNotWritten(str(path), reason or str(error)) from None


def _document(result: "ImportResult", rejects: "Sequence[Reject]") -> dict[str, Json]:
    from smstui.services.importing.values import RejectKind

    def told(kind: RejectKind) -> Json:
        return [{"line": each.line, "reason": each.reason} for each in rejects if each.kind is kind]

    counts = result.counts
    return {
        "rows": counts.rows,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "duplicates": counts.duplicates,
        "opted_out": counts.opted_out,
        "refused": told(RejectKind.REFUSED),
        "incomplete": told(RejectKind.INCOMPLETE),
        "groups": list(result.groups),
        "file": result.file_name,
        "sha256": result.sha256,
        "certified_by": result.certified_by,
    }


def _lines(result: "ImportResult", rejects: "Sequence[Reject]") -> list[str]:
    """What became of the file, for people: the counts, and the first refusals."""
    from smstui import formats
    from smstui.services.importing.values import RejectKind

    counts = result.counts
    words = (
        (ngettext("row", "rows", counts.rows), counts.rows),
        (ngettext("contact created", "contacts created", counts.created), counts.created),
        (ngettext("contact updated", "contacts updated", counts.updated), counts.updated),
        (_("already there"), counts.unchanged),
        (ngettext("duplicate in the file", "duplicates in the file", counts.duplicates), counts.duplicates),
        (_("on the STOP list"), counts.opted_out),
        (ngettext("line refused", "lines refused", counts.refused), counts.refused),
        (ngettext("incomplete line", "incomplete lines", counts.incomplete), counts.incomplete),
    )
    refused = [each for each in rejects if each.kind in {RejectKind.REFUSED, RejectKind.INCOMPLETE}]
    told = [_("line {line}: {reason}").format(line=each.line, reason=each.reason) for each in refused[:SHOWN_REJECTS]]
    return [
        f"{result.file_name}: " + ", ".join(f"{formats.number(count)} {word}" for word, count in words if count),
        *told,
        *(["…"] if len(refused) > SHOWN_REJECTS else []),
    ]
