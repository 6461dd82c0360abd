"""A campaign to 200,000 contacts in four groups that overlap: filled, beside the count of its recipients alone."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.processes import SOON, Behaviour, output, python, simulator

UNIFORM = Bar("recipients_uniform_vs_count", "a campaign to 200,000 against their count", "×", 3, 1.7, at_least=False)
PERSONAL = Bar("recipients_personal_vs_count", "the same with merge fields", "×", 9, 6.9, at_least=False)
FIRST = Bar("recipients_first_message_s", "from its confirmation to the first message", "s", 3, 1.5, at_least=False)
STALL = Bar("recipients_longest_stall_ms", "longest stall of the event loop in that time", "ms", 50, 20, at_least=False)


def _figures(seeded: Path, what: str, *rest: str) -> list[float]:
    """What a worker prints of a copy of the database."""
    with _copied(seeded) as file:
        return [float(figure) for figure in output(python("workers.recipients", what, str(file), *rest)).split()]


@contextmanager
def _copied(seeded: Path) -> Iterator[Path]:
    with TemporaryDirectory(prefix="smstui-bench-") as folder:
        for file in seeded.parent.glob(f"{seeded.name}*"):
            shutil.copy(file, folder)
        os.sync()  # the copy is not written during what is measured
        yield Path(folder) / seeded.name


def measure(scale: Scale) -> Findings:
    """Filled without dispatch, then sent by the event loop that confirms it."""
    say("a campaign to 200,000 contacts of four groups")
    with TemporaryDirectory(prefix="smstui-bench-") as folder, simulator(Behaviour(receipt_delay=SOON)) as smsc:
        seeded = Path(folder) / "book.db"
        output(python("workers.recipients", "seed", str(seeded), str(smsc.port)))
        contestants: dict[str, Callable[[], list[float]]] = {
            what: partial(_figures, seeded, what) for what in ("count", "uniform", "personal")
        }
        contestants["first"] = partial(_figures, seeded, "first", "personal")
        found = interleaved(scale.rounds, contestants)
    counts = [seconds for (seconds,) in found["count"]]
    return Findings(
        bars=[
            Measured(UNIFORM, ratios([seconds for (seconds,) in found["uniform"]], counts)),
            Measured(PERSONAL, ratios([seconds for (seconds,) in found["personal"]], counts)),
            Measured(FIRST, [seconds for seconds, _ in found["first"]]),
            Measured(STALL, [stall for _, stall in found["first"]]),
        ]
    )
