"""What the program writes about itself: lines of JSON in a file that rotates, without secrets, texts or numbers.

Whoever logs never waits: records go to a thread that writes them. Several processes share the file.
"""

import fcntl
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from smstui.domain.visible import printable

LOG_FILE: Final = "smstui.log"
LARGEST: Final = 5_000_000
"""Octets of the file before it is put aside as smstui.log.1."""
KEPT: Final = 5
"""Files put aside."""
GRACE: Final = 2.0
"""Seconds given to the last records when the program ends: a disk that hangs must not keep it."""

_FILE_MODE = 0o600
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}
_NUMBER = re.compile(r"(?<!\w)(\+?\d{4})\d{4,}(?!\w)")
_PRIVATE_LINES = ("[parameters:", "DETAIL:")
"""How SQLAlchemy and PostgreSQL begin the lines that quote what was to be written."""


def safe(text: str) -> list[str]:
    """The lines of `text` that may be kept: long numbers cut short, control characters shown, no quoted values."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(_PRIVATE_LINES)]
    return [printable(_NUMBER.sub(r"\1…", line)) for line in lines]


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, the fields given as `extra`, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": " ".join(safe(record.getMessage())),
        }
        entry |= {name: _value(value) for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            entry["traceback"] = safe(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """One line for a person at a terminal: the time, the bind that it is about, the words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`; an error's last line instead of its traceback."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        about = [str(vars(record)[name]) for name in ("connection", "bind") if name in vars(record)]
        words = safe(": ".join(["/".join(about), record.getMessage()] if about else [record.getMessage()]))
        if record.exc_info and record.exc_info[0]:
            words += safe(f"({record.exc_info[0].__name__}: {record.exc_info[1]})")
        return f"{at:%H:%M:%S} {' '.join(words)}"


class LogFile(RotatingFileHandler):
    """The log file in a folder, which is made when there is something to write. A full disk loses lines, no more."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / LOG_FILE, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
        self._directory = directory
        self.setFormatter(JsonFormatter())

    def keep(self, record: logging.LogRecord) -> None:
        """Write a line at once. Raises OSError."""
        if self.shouldRollover(record):
            self.doRollover()
        self.stream = self.stream or self._open()
        self.stream.write(f"{self.format(record)}\n")
        self.stream.flush()

    def shouldRollover(self, record: logging.LogRecord) -> int:  # noqa: N802 (the name that logging gives it)
        """Whether the file is full, once it is the one of that name: another process may have put ours aside."""
        if not self._is_current():
            self._let_go()
        return super().shouldRollover(record)

    def doRollover(self) -> None:  # noqa: N802 (the name that logging gives it)
        """Put the file aside, unless another process has just done so."""
        descriptor = os.open(self._directory / f"{LOG_FILE}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if self._is_current():
                super().doRollover()
            else:
                self._let_go()
        finally:
            os.close(descriptor)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name that logging gives it)
        """Nothing: stderr belongs to the screen."""

    def _is_current(self) -> bool:
        """Whether the open file is still the one of that name."""
        try:
            return self.stream is not None and os.path.samestat(
                os.stat(self.baseFilename), os.fstat(self.stream.fileno())
            )
        except FileNotFoundError:
            return False

    def _let_go(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()

    def _open(self) -> TextIOWrapper:
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _FILE_MODE)
        return open(descriptor, "a", encoding="utf-8")


@contextmanager
def through(handler: logging.Handler) -> Iterator[None]:
    """Meanwhile `handler` writes what the program logs, and the warnings of its libraries, in a thread of its own."""
    root, own = logging.getLogger(), logging.getLogger("smstui")
    behind = _Behind(handler)
    own.setLevel(logging.INFO)
    root.addHandler(behind)
    try:
        yield
    finally:
        root.removeHandler(behind)
        behind.finish()


class _Behind(logging.Handler):
    """Leaves records to a thread."""

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__()
        self._handler = handler
        self._records: SimpleQueue[logging.LogRecord | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="smstui-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Leave it to the thread."""
        self._records.put(record)

    def finish(self) -> None:
        """Wait at most GRACE seconds until everything is written."""
        self._records.put(None)
        self._thread.join(GRACE)

    def _run(self) -> None:
        while (record := self._records.get()) is not None:
            self._handler.handle(record)
        with suppress(OSError):
            self._handler.close()


def _value(value: object) -> object:
    return value if value is None or isinstance(value, (bool, int, float)) else " ".join(safe(str(value)))
