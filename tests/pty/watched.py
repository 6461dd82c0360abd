"""The application with a heartbeat beside it: each pause of its event loop goes to the file WATCHED_PAUSES.

A line is the instant a pause ended (CLOCK_MONOTONIC, which all processes share) and its length, in seconds.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

import smstui.app
from smstui.app import SmstuiApp
from smstui.cli import application
from smstui.cli.main import run

BEAT = 0.01


class Watched(SmstuiApp):
    """The application, and its heartbeat."""

    CSS_PATH = Path(smstui.app.__file__).with_name("app.tcss")

    def on_mount(self) -> None:
        # Textual calls the handler of each class by itself.
        self._heart = asyncio.create_task(self._beat(Path(os.environ["WATCHED_PAUSES"])))

    async def _beat(self, path: Path) -> None:
        with path.open("a", buffering=1) as pauses:
            last = time.monotonic()
            while True:
                await asyncio.sleep(BEAT)
                now = time.monotonic()
                pauses.write(f"{now:.3f} {now - last:.3f}\n")
                last = now


if __name__ == "__main__":
    application.application_class = lambda: Watched
    sys.exit(run(sys.argv[1:]))
