"""What a command prints: one JSON document, or lines for people."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import click

from smstui.domain.credits import MILLI, Credits

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def print_document(document: Json) -> None:
    """Print `document` on stdout as the one JSON document of this command."""
    click.echo(json.dumps(document, ensure_ascii=False))


def print_lines(lines: str | Iterable[str]) -> None:
    """Print `lines` for people, with foreign control characters made visible."""
    from smstui.domain.text import printable

    for line in [lines] if isinstance(lines, str) else lines:
        click.echo(printable(line))


def print_error(sentence: str) -> None:
    """Print `sentence` as one line on stderr."""
    from smstui.domain.text import printable

    click.echo(printable(" ".join(sentence.split("\n"))), err=True)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """`rows` under `header`, in columns as wide as their widest cell."""
    from smstui.domain.text import printable

    cells = [header, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def amount(value: Credits) -> int | float:
    """Credits as a JSON number: whole where they are whole."""
    return value.milli // MILLI if value.milli % MILLI == 0 else float(value.decimal)
