"""The outcome of an import as people read it."""

from textual.content import Content

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import _
from smstui.screens.contacts.contact_words import day_and_time
from smstui.services.importing.values import ImportCounts, ImportResult
from smstui.widgets.folders import size_text

_GAP = 4


def count_lines(counts: ImportCounts) -> Content:
    """What became of the rows: on the left what is in the book, on the right what is not, or not entirely."""
    left = [
        (_("Rows of the file"), counts.rows),
        (_("Contacts created"), counts.created),
        (_("Contacts updated"), counts.updated),
        (_("Already there"), counts.unchanged),
    ]
    right = [
        (_("Duplicates"), counts.duplicates),
        (_("On the STOP list"), counts.opted_out),
        (_("Refused"), counts.refused),
        (_("Incomplete"), counts.incomplete),
    ]
    columns = [_column(left), _column(right)]
    return Content("\n").join(Content(" " * _GAP).join(line) for line in zip(*columns, strict=True))


def _column(counts: list[tuple[str, int]]) -> list[Content]:
    """Labels and counts, aligned."""
    wide = max(Content(label).cell_length for label, _count in counts)
    digits = max(len(number(count)) for _label, count in counts)
    return [
        Content.assemble(
            (label + " " * (wide - Content(label).cell_length), "$text-muted"),
            (f"  {number(count):>{digits}}", "bold" if count else "$text-muted"),
        )
        for label, count in counts
    ]


def proof(result: ImportResult) -> str:
    """What is kept to prove an import."""
    counts = result.counts
    facts = (
        (_("File"), f"{printable(result.file_name)} ({size_text(result.size)})"),
        (_("SHA-256"), result.sha256),
        (_("Opt-in certified"), f"{printable(result.certified_by)}, {day_and_time(result.certified_at)}"),
        (_("Finished on"), day_and_time(result.finished_at)),
        (_("Groups"), ", ".join(map(printable, result.groups)) or _("none")),
        (_("Rows of the file"), number(counts.rows)),
    )
    return "\n".join(_("{label}: {value}").format(label=label, value=value) for label, value in facts)
