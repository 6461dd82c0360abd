"""Cells of workbooks as texts."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

CellValue = int | float | str | bool | time | date | datetime | timedelta
"""What calamine makes of a cell; "" for a blank one and for an error."""

_MOST_DIGITS = 21
"""Of a number that is written in full."""


def cell_text(value: CellValue) -> str:
    """`value` without spaces around it nor NUL characters, as a person would write it into a CSV file.

    A whole number has no decimals, a day is written 1990-12-31, a truth value TRUE or FALSE.
    """
    match value:
        case str():
            return value.replace("\0", "").strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return _number_text(value)
        case datetime():
            day = value.date().isoformat()
            return day if value.time() == time() else f"{day} {value.time().isoformat()}"
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 10**_MOST_DIGITS:
        return str(int(value))
    text = repr(value)
    if "e-" in text and abs(value) > 10**-_MOST_DIGITS:
        return f"{Decimal(text):f}"
    return text
