"""calamine, the parser of workbooks, with refusals for its errors."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetVisibleEnum,
    load_workbook,
)

from smstui.domain.visible import excerpt
from smstui.services.importing.cells import cell_text
from smstui.services.importing.refusals import (
    DamagedFile,
    NoFilledRow,
    PasswordProtected,
    SeveralSheets,
    SeveralSheetsSomeHidden,
)
from smstui.services.importing.sheet import SheetRow, even_rows

_PANIC = "PanicException"
"""What a panic of Rust becomes; pyo3 makes its class anew in each module, where it can't be imported from."""
_NAMES_SHOWN = 10


def read_only_sheet(octets: bytes) -> tuple[SheetRow, ...]:
    """The rows of the only sheet of a workbook that was found safe.

    Raises SeveralSheets, NoFilledRow, DamagedFile, PasswordProtected, and what `even_rows` raises.
    """
    with _errors_refused():
        workbook = load_workbook(io.BytesIO(octets))
        refuse_several([(each.name, _is_hidden(each)) for each in workbook.sheets_metadata])
        return _rows(workbook)


def refuse_several(sheets: Sequence[tuple[str, bool]]) -> None:
    """Raise unless there is one of `sheets`: their names, and whether they are hidden."""
    if not sheets:
        raise NoFilledRow
    if len(sheets) == 1:
        return
    names = _shown([name for name, _ in sheets])
    if hidden := _shown([name for name, is_hidden in sheets if is_hidden]):
        raise SeveralSheetsSomeHidden(names, hidden)
    raise SeveralSheets(names)


def _shown(names: Sequence[str]) -> tuple[str, ...]:
    more = ("…",) if len(names) > _NAMES_SHOWN else ()
    return (*map(excerpt, names[:_NAMES_SHOWN]), *more)


def _is_hidden(sheet: SheetMetadata) -> bool:
    return sheet.visible is not SheetVisibleEnum.Visible


def _rows(workbook: CalamineWorkbook) -> tuple[SheetRow, ...]:
    sheet: CalamineSheet = workbook.get_sheet_by_index(0)
    if sheet.start is None:
        raise NoFilledRow
    first_row, first_column = sheet.start
    blank = ("",) * first_column
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    for line, values in enumerate(sheet.to_python(), start=first_row + 1):
        cells = tuple([value.strip() if type(value) is str else cell_text(value) for value in values])
        if "\0" in "".join(cells):
            cells = tuple(map(cell_text, cells))
        if any(cells):
            lines.append(line)
            rows.append(blank + cells if blank else cells)
    return even_rows(lines, rows)


@contextmanager
def _errors_refused() -> Iterator[None]:
    try:
        yield
    except PasswordError:
        raise PasswordProtected from None
    except CalamineError:
        raise DamagedFile from None
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise DamagedFile from None
