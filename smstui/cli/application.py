"""Starting the full-screen application from the command line."""

import gc
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smstui.cli.invocation import GlobalOptions, settings_of
from smstui.domain.errors import Refusal
from smstui.i18n import N_

if TYPE_CHECKING:
    from smstui.app import SmstuiApp

TERMINALS_WITHOUT_A_SCREEN = frozenset({"dumb", "unknown"})

GARBAGE_THRESHOLDS = (10_000, 4, 10)
"""Objects between two looks for garbage, as screens are made of many objects and few of them become garbage; then how
many looks until one at the middle-aged too, few enough for that one to be short."""


@dataclass(eq=False)
class NoScreen(Refusal):
    """The terminal can't place text on a screen."""

    term: str
    sentence: ClassVar[str] = N_(
        "This terminal (TERM={term}) cannot show a full screen; set TERM, or use the commands of `smstui --help`."
    )


@dataclass(eq=False)
class NoTerminal(Refusal):
    """Standard input or output is a pipe or a file."""

    sentence: ClassVar[str] = N_(
        "The application needs a terminal; in a script, use the commands of `smstui --help`, "
        "and `smstui serve` for a browser."
    )


def check_terminal() -> None:
    """Refuse a terminal on which nothing could be drawn. A browser session (`smstui serve`) needs none."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal
    term = os.environ.get("TERM", "")
    if term in TERMINALS_WITHOUT_A_SCREEN:
        raise NoScreen(term)


def run_application(options: GlobalOptions) -> int:
    """Run the application until the person quits, and return its exit code. Raises NoScreen or NoTerminal."""
    check_terminal()
    from smstui.logs import LogFile, through

    settings = settings_of(options)
    application = application_class()(settings, dispatch=options.dispatch)
    with through(LogFile(settings.data_directory)):
        application.run(mouse=options.mouse)
    return application.return_code or 0


def application_class() -> "type[SmstuiApp]":
    """Import the application, without the garbage collector, which would find nothing: what is imported stays."""
    gc.disable()
    try:
        from smstui.app import SmstuiApp
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        gc.enable()
    return SmstuiApp
