"""No-break spaces hold words together: « à 12 430 numéros ? » is never cut before its sign or inside its number.

Rich, which wraps the lines of Textual, takes every white space for a place to cut.
"""

import re

from rich import _wrap

_NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}"
_WORD = re.compile(rf"[^\S{_NO_BREAK}]*[\S{_NO_BREAK}]+[^\S{_NO_BREAK}]*")


def keep_together() -> None:
    """From now on, in the whole process."""
    _wrap.re_word = _WORD
