"""Importing 200,000 contacts from CSV and XLSX: beside prepared tuples, and beside pandas with an ORM."""

import csv
from collections.abc import Callable
from functools import partial
from itertools import count as counted
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.processes import SOON, Behaviour, output, python, simulator
from benchmarks.product import product_in

FLOOR = {
    "csv": Bar("import_csv_vs_floor", "import of a CSV against prepared tuples", "×", 4, 3, at_least=False),
    "xlsx": Bar("import_xlsx_vs_floor", "import of an XLSX against prepared tuples", "×", 6, 4.5, at_least=False),
}
ORM = {
    kind: Bar(f"import_{kind}_vs_orm", f"import of {words} against pandas and an ORM", "×", 8, 12)
    for kind, words in (("csv", "a CSV"), ("xlsx", "an XLSX"))
}
STALL = Bar("import_longest_stall_ms", "longest stall of the event loop during an import", "ms", 50, 10, False)
SENDING = Bar("import_stall_while_sending_ms", "the same while a campaign is being sent", "ms", 50, 20, False)
SENT, CAMPAIGN, WINDOW = 1_000_000, 200_000, 500
"""Messages waiting: more than leave while a file is imported."""
_NAMES = ("Dupont", "Léger", "Martin", "Œuvrard", "Nguyên", "Garcia", "Petit", "Lefèvre", "Müller", "d'Almeida")
Timed = tuple[float, float]


def _row(index: int) -> tuple[str, str, str, str]:
    """A contact as the guide's sample has it, the leading 0 lost."""
    mobile = 610_000_000 + index * 7919 % 9_999_991
    return (f"{_NAMES[index % 10]}{index % 997}", _NAMES[index % 7], f"c{index}@example.com", str(mobile))


def write_csv(file: Path, count: int) -> None:
    """`count` contacts, separated by semicolons."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(map(_row, range(count)))


def write_xlsx(file: Path, count: int) -> None:
    """`count` contacts, the numbers as numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    for index in range(count):
        *texts, mobile = _row(index)
        sheet.append([*texts, int(mobile)])
    book.save(file)


def _timed(folder: Path, names: "counted[int]", what: str, file: Path) -> Timed:
    database = folder / f"{next(names)}.db"
    seconds, stall = output(python("workers.imports", what, str(database), str(file))).split()
    for each in folder.glob(f"{database.name}*"):
        each.unlink()
    return float(seconds), float(stall)


def _while_sending(file: Path) -> float:
    """The longest stall of the loop that sends a campaign and imports `file`, in milliseconds."""
    with (
        TemporaryDirectory(prefix="smstui-bench-") as folder,
        product_in(Path(folder)) as product,
        simulator(Behaviour(receipt_delay=SOON)) as smsc,
    ):
        product.queue.prepare(smsc.port, WINDOW)
        for part in range(SENT // CAMPAIGN):
            product.queue.send(f"measured-{part}", CAMPAIGN)
        _, stall = output(python("workers.imports", "sending", str(product.file), str(file))).split()
    return float(stall)


def measure(scale: Scale) -> Findings:
    """Both files, each by all three; the ORM with an XLSX is left out of a quick run."""
    count, names, findings, stalls = scale.count(200_000, 20_000), counted(), Findings(), []
    with TemporaryDirectory(prefix="smstui-bench-") as folder_name:
        folder = Path(folder_name)
        for kind, write in (("csv", write_csv), ("xlsx", write_xlsx)):
            say(f"import of {count} contacts, {kind}")
            file = folder / f"contacts.{kind}"
            write(file, count)
            contestants: dict[str, Callable[[], Timed]] = {
                what: partial(_timed, folder, names, what, file) for what in ("floor", "ours", "orm")
            }
            found = interleaved(scale.rounds, contestants)
            seconds = {what: [took for took, _ in each] for what, each in found.items()}
            stalls += [stall for _, stall in found["ours"]]
            if kind == "csv" and not scale.quick:
                findings.bars.append(Measured(SENDING, [_while_sending(file) for _ in range(scale.rounds)]))
            findings.bars.append(Measured(FLOOR[kind], ratios(seconds["ours"], seconds["floor"])))
            findings.bars.append(Measured(ORM[kind], ratios(seconds["orm"], seconds["ours"])))
            findings.rates |= {
                f"import {kind}, {what}": [count / one for one in each] for what, each in seconds.items()
            }
    findings.bars.append(Measured(STALL, stalls))
    return findings
