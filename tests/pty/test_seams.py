"""Private seams of Textual and Rich are those that `smstui.terminal` and `widgets.no_break` were written for."""

import hashlib
import importlib.metadata
import inspect
import re

import pytest
from rich._wrap import divide_line, words
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.drivers.web_driver import WebDriver

from smstui.terminal import never_waiting
from smstui.terminal.browser import BrowserDriver
from smstui.terminal.drivers import MODE, TerminalDriver

SEAMS = {
    App._begin_update: "74b869c65286249f",
    App._display: "4b78dff6669a455c",
    App._end_update: "1ecb7ab2a36d6c69",
    Driver.suspend_application_mode: "20cef4924da35261",
    LinuxDriver.close: "c32293a24c1a6b91",
    LinuxDriver.start_application_mode: "7c41f5ba11a8ef05",
    LinuxDriver.stop_application_mode: "9a7e99c8d4bdbd3b",
    LinuxDriver.write: "b78a34033db5a0eb",
    WebDriver.__init__: "37aff7eba9036d61",
    WebDriver.start_application_mode: "712a1fe2c912e490",
    WebDriver.stop_application_mode: "baf3ad299a874e64",
    WebDriver.write: "31cd430836b7d0c1",
    WebDriver.write_binary_encoded: "db54d9983c2b7e92",
    WebDriver.write_meta: "58080b9f7c134bc8",
    WriterThread: "411a9202bed5a877",
    divide_line: "edb3968cf35fdb49",
    words: "8399129bee547c3c",
}
"""What was read, and the beginning of its digest."""


def test_the_version_is_the_one_read() -> None:
    assert importlib.metadata.version("textual") == "8.2.8"


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.__qualname__)
def test_what_was_read_has_not_changed(seam: object) -> None:
    source = inspect.getsource(seam)  # type: ignore[arg-type]
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == SEAMS[seam]  # type: ignore[index]


@pytest.mark.parametrize("driver", [LinuxDriver, WebDriver])
def test_all_that_a_driver_writes_by_itself_is_a_mode_except_the_screen_itself(driver: type[Driver]) -> None:
    written = re.findall(r'\bwrite\(f?"(.*?)"\)', inspect.getsource(driver))
    modes = [re.sub(r"\{.*?\}", "1", text).encode().decode("unicode_escape") for text in written]
    assert len(modes) > 10
    assert [mode for mode in modes if not MODE.fullmatch(mode)] == []


def test_frames_are_no_modes() -> None:
    assert MODE.fullmatch(SYNC_START)
    assert MODE.fullmatch(SYNC_END)
    for frame in ("\x1b[1;1Htext", "\x1b[0m", "\x1b[?25lframe", "\x07", "\x1b]52;c;AA==\a", "\x1b[2J", ""):
        assert not MODE.fullmatch(frame)


def test_each_of_textuals_drivers_has_ours_in_its_place() -> None:
    assert never_waiting(LinuxDriver) is TerminalDriver
    assert never_waiting(WebDriver) is BrowserDriver
    assert never_waiting(Driver) is Driver
