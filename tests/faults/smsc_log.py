"""What the simulated SMSC wrote down: the truth that the books are held against."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Phoned(NamedTuple):
    """A submit_sm that the SMSC accepted."""

    number: str
    text: str
    part: int
    parts: int
    smsc_id: str
    stat: str
    """What became of it at the phone, as receipts say."""
    at: str
    """ISO 8601, UTC."""


class Receipted(NamedTuple):
    """A receipt that the application acknowledged."""

    number: str
    smsc_id: str
    stat: str


class Answered(NamedTuple):
    """A message from a phone that the application acknowledged."""

    number: str
    text: str


@dataclass(slots=True)
class SmscLog:
    """The logs of one SMSC, a file for each of its lives: a crash may cut the last line of each."""

    files: list[Path] = field(default_factory=list)
    phoned: list[Phoned] = field(default_factory=list)
    receipted: list[Receipted] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    _read: dict[Path, int] = field(default_factory=dict)

    def new_file(self, folder: Path) -> Path:
        """Where the next life of the SMSC writes."""
        self.files.append(folder / f"smsc-{len(self.files) + 1}.jsonl")
        return self.files[-1]

    def follow(self) -> "SmscLog":
        """Read what has come since the last time."""
        for path in self.files:
            if path.exists():
                with path.open("rb") as file:
                    file.seek(self._read.get(path, 0))
                    whole = file.read().rpartition(b"\n")[0]
                self._read[path] = self._read.get(path, 0) + len(whole) + bool(whole)
                for line in whole.splitlines():
                    self._take(json.loads(line))
        return self

    def copy(self) -> "SmscLog":
        """What was read so far, which stays as it is."""
        return SmscLog([], [*self.phoned], [*self.receipted], [*self.answered])

    def _take(self, line: dict[str, object]) -> None:
        if line["event"] == "message":
            self.phoned.append(Phoned(**{name: line[name] for name in Phoned._fields}))
        elif line["event"] == "acknowledged":
            of = line["of"]
            if of["event"] == "receipt":
                self.receipted.append(Receipted(of["number"], of["smsc_id"], of["stat"]))
            else:
                self.answered.append(Answered(of["number"], of["text"]))

    def twice(self) -> list[tuple[str, str, int]]:
        """What a phone got more than once: number, text and part."""
        counted = Counter((one.number, one.text, one.part) for one in self.phoned)
        return [what for what, count in counted.items() if count > 1]
