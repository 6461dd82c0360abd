"""The log: lines of JSON that programs read, without what must not be kept, shared by processes, never in the way."""

import json
import logging
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smstui import logs
from smstui.failure import report
from smstui.logs import LOG_FILE, LogFile, PlainFormatter, through
from tests.support import run_together

LOG = logging.getLogger("smstui.tests")


@pytest.fixture(autouse=True)
def _own_level() -> Iterator[None]:
    own = logging.getLogger("smstui")
    before = own.level
    yield
    own.setLevel(before)


def lines(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / LOG_FILE).read_text("utf-8").splitlines()]


def files(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if path.suffix != ".lock"]


def test_a_line_has_its_fields(tmp_path: Path) -> None:
    with through(LogFile(tmp_path)):
        LOG.info("bound after %d tries", 3, extra={"connection": "Opérateur", "bind": 2})
        LOG.debug("too much")
        logging.getLogger("library").info("too much")
        logging.getLogger("library").warning("worth it")
    first, second = lines(tmp_path)
    assert str(first.pop("at")).endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "smstui.tests",
        "message": "bound after 3 tries",
        "connection": "Opérateur",
        "bind": 2,
    }
    assert (second["logger"], second["level"]) == ("library", "warning")
    assert stat.S_IMODE((tmp_path / LOG_FILE).stat().st_mode) == 0o600


def test_nothing_is_written_without_something_to_say(tmp_path: Path) -> None:
    with through(LogFile(tmp_path / "later")):
        pass
    assert not (tmp_path / "later").exists()


def test_numbers_values_and_control_characters_stay_out(tmp_path: Path) -> None:
    with through(LogFile(tmp_path)):
        LOG.warning("no %s, no %r\x1b[2J", "+33612345678", {"to": 33612345678}, extra={"about": "0612345678"})
        try:
            raise ValueError(
                "(Error) failed\n[SQL: INSERT INTO message]\n[parameters: ('Bonjour', 1)]\nDETAIL:  Key (Bonjour)"
            )
        except ValueError as error:
            LOG.error("stopped", exc_info=error)
    text = (tmp_path / LOG_FILE).read_text("utf-8")
    for secret in ("612345678", "12345678", "Bonjour", "\x1b"):
        assert secret not in text
    number, failure = lines(tmp_path)
    assert number["message"] == "no +3361…, no {'to': 3361…}␛[2J"
    assert number["about"] == "0612…"
    assert isinstance(failure["traceback"], list)
    assert failure["traceback"][-1] == "[SQL: INSERT INTO message]"


def test_a_person_at_a_terminal_reads_words() -> None:
    record = logging.makeLogRecord(
        {"msg": "%s: bound", "args": ("main",), "levelno": 20, "name": "smstui", "created": 0.0}
    )
    assert PlainFormatter().format(record).endswith(":00:00 main: bound")
    record.connection, record.bind = "main", 2
    assert PlainFormatter().format(record).endswith(":00:00 main/2: main: bound")
    record.exc_info = (ValueError, ValueError("no +33612345678"), None)
    assert PlainFormatter().format(record).endswith(" main: bound (ValueError: no +3361…)")


def test_what_nobody_foresaw_is_in_the_same_file(tmp_path: Path) -> None:
    try:
        raise KeyError("what")
    except KeyError as error:
        sentence = report(error, tmp_path)
    assert str(tmp_path / LOG_FILE) in sentence
    (line,) = lines(tmp_path)
    assert (line["level"], line["message"]) == ("error", "unexpected error")
    assert "KeyError: 'what'" in str(line["traceback"])


def test_what_nobody_foresaw_finds_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "file").write_text("in the way")
    assert str(tmp_path / "temporary" / LOG_FILE) in report(KeyError("what"), tmp_path / "file")
    assert len(lines(tmp_path / "temporary")) == 1


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST", 1000)
    with through(LogFile(tmp_path)):
        for index in range(100):
            LOG.info("line %d", index)
    kept = files(tmp_path)
    assert len(kept) == logs.KEPT + 1
    assert all(path.stat().st_size <= 1000 for path in kept)
    assert lines(tmp_path)[-1]["message"] == "line 99"


def test_processes_share_the_file(tmp_path: Path) -> None:
    program = (
        "import logging, pathlib; from smstui import logs; logs.LARGEST = 20_000\n"
        f"with logs.through(logs.LogFile(pathlib.Path({str(tmp_path)!r}))):\n"
        "    for index in range(300): logging.getLogger('smstui').info('%s', '{name}-%d' % index)\n"
    )
    run_together([program.replace("{name}", name) for name in "abc"])
    found = [json.loads(line)["message"] for path in files(tmp_path) for line in path.read_text("utf-8").splitlines()]
    assert sorted(found) == sorted(f"{name}-{index}" for name in "abc" for index in range(300))


def test_a_quiet_process_follows_the_file(tmp_path: Path) -> None:
    with through(LogFile(tmp_path)):
        LOG.info("before")
        deadline = time.monotonic() + 10
        while not (tmp_path / LOG_FILE).exists() or not (tmp_path / LOG_FILE).stat().st_size:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        (tmp_path / LOG_FILE).rename(tmp_path / f"{LOG_FILE}.1")
        LOG.info("after")
    assert [line["message"] for line in lines(tmp_path)] == ["after"]


def test_a_full_disk_loses_lines_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    class FullDisk(LogFile):
        def _open(self) -> object:  # type: ignore[override]
            return open("/dev/full", "w", encoding="utf-8")

    with through(FullDisk(Path("/dev"))):
        LOG.error("lost")
    assert capfd.readouterr() == ("", "")


def test_nobody_waits_for_a_disk_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "GRACE", 0.01)
    answered = threading.Event()

    class Hanging(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            answered.wait(60)

    with through(Hanging()):
        LOG.error("one")
        LOG.error("two")
    answered.set()
