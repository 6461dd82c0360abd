"""What could not be done, in front of the page: refusals that no field shows, and errors that nothing foresaw."""

import asyncio
from pathlib import Path

from smstui.domain.errors import Refusal
from smstui.domain.text import printable
from smstui.failure import report
from smstui.formats import explain
from smstui.i18n import _
from smstui.widgets.modals import ErrorModal


async def trouble(error: Exception, log_directory: Path) -> ErrorModal:
    """The announcement of `error`; one that nothing foresaw is written to the log in `log_directory` first."""
    if isinstance(error, Refusal):
        return ErrorModal(_("This can't be done"), explain(error))
    return ErrorModal(_("Unexpected error"), printable(await asyncio.to_thread(report, error, log_directory)))


def cannot_start(refusal: Refusal) -> ErrorModal:
    """The announcement that the services can't be opened."""
    return ErrorModal(_("smstui can't start"), explain(refusal), close=_("Quit"))
