"""The last resort: an error that no refusal foresaw goes to the log file, and the person gets one line."""

import logging
import tempfile
from pathlib import Path

from smstui.i18n import _
from smstui.logs import LOG_FILE, LogFile


def report(error: Exception, directory: Path) -> str:
    """Write `error` and its traceback to the log file in `directory` and return the sentence that says so."""
    path = _write(error, directory)
    return _("Unexpected error ({kind}): {error}. The details are in {path}.").format(
        kind=type(error).__name__, error=str(error).rstrip("."), path=path
    )


def _write(error: Exception, preferred: Path) -> Path:
    """Log `error` in the `preferred` folder, or in the temporary one when that can't be written; return the file."""
    record = logging.makeLogRecord(
        {
            "name": "smstui",
            "levelno": logging.ERROR,
            "levelname": "ERROR",
            "msg": "unexpected error",
            "exc_info": (type(error), error, error.__traceback__),
        }
    )
    for directory in (preferred, Path(tempfile.gettempdir())):
        file = LogFile(directory)
        try:
            file.keep(record)
        except OSError:
            continue
        finally:
            file.close()
        return directory / LOG_FILE
    raise error
