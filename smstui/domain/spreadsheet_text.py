"""Texts in the cells of a CSV file, guarded so that no spreadsheet program takes them for formulas.

A guarded text has an apostrophe before it. Reading takes it away, so that what was written comes back.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet program computes or hides; with apostrophes before it, what could be taken for a guarded one."""
_GUARD = re.compile(r"'[=+\-@\t\r]")
_NUMBER = re.compile(r"\+?[0-9]+")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it if it could act as a formula. A number like +33601020304 can't."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given, from what it gave."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def may_hold_guards(text: str) -> bool:
    """Whether any cell of a whole CSV file could be guarded: most files need not be looked through cell by cell."""
    return _GUARD.search(text) is not None
