"""A platform that really sends, every part of it a process of its own: an SMSC, and the command line."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOGIN = "shop"
PASSWORD = "Secret-2026"
TIMEOUT = 60.0


@dataclass(frozen=True)
class CommandLine:
    """The command line, as the account LOGIN."""

    environment: Mapping[str, str]

    def __call__(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        command = [sys.executable, "-m", "smstui", *arguments]
        answer = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=TIMEOUT)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def prepare(self, smsc_port: int, *bind: str) -> None:
        """An account that has answered the welcome, its sender, and the connection "main"."""
        certified = ("--phone", "+33601020304", "--certified", "--credits", "1000000")
        self("account", "create", LOGIN, "--email", "shop@example.com", "--password-env", "PASSWORD", *certified)
        self("sender", "add", "MaBoutique", "--default")
        where = ("--host", "127.0.0.1", "--port", str(smsc_port), "--system-id", "client")
        self("connection", "add", "main", *where, "--password-env", "PASSWORD", "--window", "50", *bind)

    def send(self, name: str, count: int, folder: Path) -> None:
        """Queue a campaign to `count` numbers."""
        numbers = folder / "numbers.txt"
        numbers.write_text("\n".join(f"+336{10_000_000 + index}" for index in range(count)))
        self("campaign", "send", name, "--text", "Bonjour", "--to-file", str(numbers), "--outside-hours")

    def counts(self, name: str) -> dict[str, int]:
        """How many messages of a campaign are in each state."""
        counts: dict[str, int] = json.loads(self("campaign", "show", name, "--json"))["counts"]
        return counts
