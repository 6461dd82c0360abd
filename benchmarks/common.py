"""Bars, what was measured against them, and the machine on which it was."""

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import TypeVar

T = TypeVar("T")
_LIBRARIES = ("aiosmpplib", "smpp34", "smpplib", "sqlalchemy", "psycopg", "textual", "python-calamine", "pandas")


@dataclass(frozen=True, slots=True)
class Bar:
    """What is required of a figure, and what is aimed at."""

    key: str
    words: str
    unit: str
    require: float
    aim: float
    at_least: bool = True

    def met_by(self, value: float) -> bool:
        """Whether `value` is good enough."""
        return value >= self.require if self.at_least else value <= self.require


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a bar, one a round."""

    bar: Bar
    values: Sequence[float]

    @property
    def median(self) -> float:
        """The one that counts."""
        return median(self.values)

    @property
    def met(self) -> bool:
        """Whether the median is good enough."""
        return self.bar.met_by(self.median)


@dataclass(slots=True)
class Findings:
    """What a benchmark has found."""

    bars: list[Measured] = field(default_factory=list)
    rates: dict[str, list[float]] = field(default_factory=dict)
    """Of each contestant, messages a second, one a round."""
    skipped: list[str] = field(default_factory=list)
    """What could not be measured here, and why."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int
    quick: bool

    def count(self, full: int, quick: int) -> int:
        """How many messages."""
        return quick if self.quick else full


def interleaved(rounds: int, contestants: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Let all take their turn, `rounds` times, so that what else the machine does weighs on all alike."""
    found: dict[str, list[T]] = {name: [] for name in contestants}
    for turn in range(rounds):
        for name, measure in contestants.items():
            found[name].append(measure())
            say(f"  {turn + 1}/{rounds} {name}: {found[name][-1]}")
    return found


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours by theirs, round by round."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def say(line: str) -> None:
    """Tell how far it is, beside the results."""
    print(line, file=sys.stderr, flush=True)


def machine() -> dict[str, str]:
    """What the figures depend on."""
    facts = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "file system": _file_system(Path(tempfile.gettempdir())),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    for name in _LIBRARIES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = "not installed"
    return facts


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _file_system(folder: Path) -> str:
    """The kind of file system on which the databases of the measurements are."""
    best, kind = "", "unknown"
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return kind
    for line in mounts:
        _, place, found = line.split()[:3]
        if folder.resolve().is_relative_to(place) and len(place) >= len(best):
            best, kind = place, found
    return kind
