"""First paint of the login screen against that of an empty Textual application, in a real pseudo-terminal.

Both are started in turn, several times, so that what else the machine does weighs on both alike. A paint counts once a
terminal emulator that read the bytes shows the expected text. Prints medians in milliseconds, then one line of JSON.
"""

import argparse
import fcntl
import json
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pyte

COLUMNS, LINES = 80, 24
DEADLINE = 30.0
LIMIT = 1.5
EMPTY = """
from textual.app import App
from textual.widgets import Label

class Empty(App):
    def compose(self):
        yield Label("Painted")

Empty().run()
"""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command, and a text that its first paint shows."""

    name: str
    command: tuple[str, ...]
    text: str


CONTESTANTS = (
    Contestant("empty", (sys.executable, "-c", EMPTY), "Painted"),
    Contestant("smstui", (str(Path(sys.executable).with_name("smstui")),), "Password"),
)


def first_paint(contestant: Contestant, home: Path) -> float:
    """Seconds from the start of the process until its text is on the screen."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "en_US.UTF-8", "XDG_DATA_HOME": str(home)}
    environment.pop("SMSTUI_DATABASE_URL", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        contestant.command, stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True
    )
    os.close(child)
    try:
        return wait_for(contestant, parent) - started
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(parent)


def wait_for(contestant: Contestant, terminal: int) -> float:
    """The instant at which the text is on the screen. Raises TimeoutError."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    deadline = time.perf_counter() + DEADLINE
    while time.perf_counter() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        received = os.read(terminal, 65536)
        instant = time.perf_counter()
        stream.feed(received)
        if any(contestant.text in line for line in screen.display):
            return instant
    raise TimeoutError(f"{contestant.name} did not paint {contestant.text!r}:\n" + "\n".join(screen.display))


def main() -> int:
    """Measure, print, and fail when the ratio is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {contestant.name: [] for contestant in CONTESTANTS}
    with tempfile.TemporaryDirectory() as home:
        for round_number in range(-1, rounds):
            for contestant in CONTESTANTS:
                seconds = first_paint(contestant, Path(home))
                if round_number >= 0:
                    times[contestant.name].append(seconds)
    medians = {name: statistics.median(each) * 1000 for name, each in times.items()}
    ratio = medians["smstui"] / medians["empty"]
    for name, each in times.items():
        print(f"{name:8} median {medians[name]:6.0f} ms   best {min(each) * 1000:6.0f}   worst {max(each) * 1000:6.0f}")
    milliseconds = {f"{name}_ms": round(median) for name, median in medians.items()}
    print(json.dumps({"bench": "start", "ratio": round(ratio, 3), "limit": LIMIT, **milliseconds}))
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
