"""`smstui text`: what a text costs as SMS, without sending it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

import click

from smstui.cli.options import Noun, options_of
from smstui.cli.output import Json, print_lines
from smstui.domain.errors import Refusal
from smstui.domain.text import Measure, Transliteration, measure, printable, transliterate, with_stop
from smstui.i18n import N_, _, ngettext

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What would act on a terminal, end a line or not go in UTF-8; JSON itself escapes the other controls."""


@dataclass(eq=False)
class NotJsonText(Refusal):
    """A line of a JSON-lines file that is not a JSON string."""

    line: int
    """From 1."""
    sentence: ClassVar[str] = N_(
        "Line {line} is not a JSON string in UTF-8: write one text in double quotes on each line."
    )


@click.group(cls=Noun)
def text() -> None:
    """Encoding and segments of a text."""


@text.command()
@click.argument("content", metavar="TEXT", required=False)
@click.option("--jsonl", type=click.File("rb"), help="Read one JSON string a line from this file; - is standard input.")
@click.option("--stop", is_flag=True, help="Add the opt-out mention, as campaigns do.")
@click.pass_context
def check(context: click.Context, content: str | None, jsonl: BinaryIO | None, *, stop: bool) -> None:
    """Say the encoding, units and segments of TEXT, and what transliteration would change.

    With --jsonl, print one JSON object for each line of the file.
    """
    if (content is None) == (jsonl is None):
        raise click.UsageError("Give either TEXT or --jsonl FILE.")
    for checked in [content] if content is not None else _texts(jsonl or ()):
        sent = with_stop(checked) if stop else checked
        measured, plainer = measure(sent), transliterate(sent)
        if jsonl is not None or options_of(context).as_json:
            click.echo(_document(_report(measured, plainer)))
        else:
            print_lines(_lines(measured, plainer))


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    """The texts of a JSON-lines file in UTF-8, with or without byte order mark. Raises NotJsonText."""
    for number, line in enumerate(lines, start=1):
        try:
            value: object = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (ValueError, RecursionError):
            raise NotJsonText(number) from None
        if not isinstance(value, str):
            raise NotJsonText(number)
        yield value


def _report(measured: Measure, plainer: Transliteration) -> Json:
    return {
        "encoding": measured.encoding,
        "units": measured.units,
        "segments": measured.segments,
        "parts": measured.parts,
        "replacements": [
            {"before": replacement.before, "after": replacement.after, "count": replacement.count}
            for replacement in plainer.replacements
        ],
    }


def _document(report: Json) -> bytes:
    """`report` as one line of JSON in UTF-8, whatever the locale, with its letters as they are."""
    document = json.dumps(report, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", document).encode()


def _lines(measured: Measure, plainer: Transliteration) -> Iterator[str]:
    """The same for people."""
    units = (
        ngettext("{count} unit", "{count} units", measured.units).format(count=measured.units),
        ngettext("{count} SMS", "{count} SMS", measured.segments).format(count=measured.segments),
    )
    yield ", ".join((measured.encoding, *units))
    for number, part in enumerate(measured.parts, start=1):
        yield f"{number}. {part}"
    if plainer.replacements:
        changes = ", ".join(
            f"{printable(change.before)} → {printable(change.after) or '∅'} (×{change.count})"
            for change in plainer.replacements
        )
        yield _("Transliteration would change: {changes}").format(changes=changes)
    if plainer.unreplaced:
        yield _("It would leave: {characters}").format(characters=" ".join(plainer.unreplaced))
    if plainer.replacements:
        cheaper = measure(plainer.text)
        yield _("Cost after it: {encoding}, {segments} SMS").format(
            encoding=cheaper.encoding, segments=cheaper.segments
        )
