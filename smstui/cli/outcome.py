"""What becomes of every error of a command: an exit code, and one line on stderr.

Exit codes: 0 done, 1 refused, 2 wrong usage (click's own), 130 interrupted.
"""

import os
import sys
from collections.abc import Callable

from smstui.domain.errors import Refusal

REFUSED = 1
INTERRUPTED = 130


def exit_code_of(command: Callable[[], int]) -> int:
    """Run `command` and return its exit code, or that of what it raised."""
    try:
        return command()
    except Refusal as refusal:
        from smstui.formats import explain

        return _refused(explain(refusal))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:  # noqa: BLE001
        from smstui.failure import report
        from smstui.settings import Settings

        return _refused(report(error, Settings.load().data_directory))


def _refused(sentence: str) -> int:
    from smstui.cli.output import print_error

    print_error(sentence)
    return REFUSED
