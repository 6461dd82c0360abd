"""Processes that a measurement starts, and ends."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEADLINE = 600.0
"""Seconds that one measurement may take."""


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this package."""
    return [sys.executable, "-m", f"benchmarks.{module}", *arguments]


def output(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """What `command` prints. Raises CalledProcessError, with what it said on stderr shown."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | (environment or {}),
        timeout=DEADLINE,
        check=True,
    )
    return done.stdout


@contextmanager
def started(command: Sequence[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A running process, with pipes; at the end of the block it is killed if it still runs."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | (environment or {}),
    )
    try:
        yield process
    finally:
        process.kill()
        with suppress(ValueError):
            process.communicate()


NEVER = 86_400.0
"""Seconds: a receipt that doesn't come during the measurement."""
SOON = 0.02


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a simulator behaves. Times in seconds."""

    receipt_delay: float
    response_delay: float = 0.0
    port: int = 0
    """0 takes a free one."""
    log: str = ""
    """The file of what phones received; "" keeps none."""


def ask(process: subprocess.Popen[str], line: str) -> str:
    """What a process answers to a line on its standard input."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(line + "\n")
    process.stdin.flush()
    answer = process.stdout.readline().strip()
    assert answer, f"no answer to {line}"
    return answer


@dataclass(frozen=True, slots=True)
class SimulatorProcess:
    """The bundled simulator in a process of its own."""

    port: int
    _process: subprocess.Popen[str]

    def acknowledged(self, count: int) -> float:
        """Wait until `count` receipts were acknowledged; that instant in seconds since 1970."""
        return float(ask(self._process, f"acknowledged {count}"))

    def accepted(self, count: int) -> float:
        """Wait until `count` submit_sm were accepted; that instant in seconds since 1970."""
        return float(ask(self._process, f"accepted {count}"))

    def close(self) -> None:
        """End it, its log written."""
        self._process.communicate()


@contextmanager
def simulator(behaviour: Behaviour) -> Iterator[SimulatorProcess]:
    """A fresh simulator."""
    with started(python("workers.simulator", json.dumps(asdict(behaviour)))) as process:
        assert process.stdout
        yield SimulatorProcess(int(process.stdout.readline()), process)


def simulator_for(receipts: bool) -> AbstractContextManager[SimulatorProcess]:
    """A fresh simulator without faults. Receipts are always asked for; without `receipts` they don't come in time."""
    return simulator(Behaviour(SOON if receipts else NEVER))
