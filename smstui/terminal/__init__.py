"""The screen's way out, to a terminal or a browser page that may stop reading; the event loop never waits for it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def never_waiting(usual: "type[Driver]") -> "type[Driver]":
    """The driver that stands in for `usual`, one of Textual's; `usual` itself where there is none."""
    from textual.drivers.linux_driver import LinuxDriver

    if usual is LinuxDriver:
        from smstui.terminal.drivers import TerminalDriver

        return TerminalDriver
    from textual.drivers.web_driver import WebDriver

    if usual is WebDriver:
        from smstui.terminal.browser import BrowserDriver

        return BrowserDriver
    return usual
