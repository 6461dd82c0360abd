"""Files of contacts and of groups for spreadsheets, and the models of files to import."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from smstui.domain.actor import Actor
from smstui.domain.clock import Clock
from smstui.domain.storable import storable
from smstui.services.audit import AuditAction, record
from smstui.services.contact_query import ContactQuery
from smstui.services.contacts import Contacts
from smstui.services.exporting.contact_tables import (
    MODEL_CSV,
    MODEL_HEADER,
    MODEL_ROWS,
    ContactColumns,
    group_cells,
    group_header,
)
from smstui.services.exporting.new_file import write_file
from smstui.services.exporting.off_loop import off_loop
from smstui.services.exporting.tables import CsvTable, TableKind, new_table, table_kind
from smstui.services.free_fields import FreeFields
from smstui.services.groups import Groups
from smstui.storage.database import Database

_PAGE: Final = 500
"""Contacts read and written at a time."""
Row = Sequence[str]
Chosen = ContactQuery | Sequence[int]
"""Contacts: those that a query lets through, or those with these ids."""
Told = Callable[[int, int], None]
"""Hears how many contacts are written, and how many there are."""


class ContactFiles:
    """What accounts take out of their books. A file appears when it is whole; one that is given up leaves nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._contacts = Contacts(database, clock)
        self._groups = Groups(database, clock)
        self._free_fields = FreeFields(database)

    async def export_contacts(
        self, actor: Actor, path: Path, chosen: Chosen, *, overwrite: bool = False, told: Told | None = None
    ) -> int:
        """Write contacts to a .csv or .xlsx file; how many. Cancelled, it leaves nothing.

        Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile, TooBigForWorkbook, UnknownGroup.
        """
        columns, ids = await self._look_up(actor, chosen)
        count = 0
        async with new_table(path, columns.header, overwrite=overwrite) as append:
            async for rows in self._pages(actor, columns, ids):
                await append(rows)
                count += len(rows)
                if told is not None:
                    told(count, len(ids))
            await self._record(actor, storable(f"{path.name}: {count}"))
        return count

    async def stream_contacts(self, actor: Actor, stream: BinaryIO, chosen: Chosen) -> int:
        """Write contacts as CSV to a stream, such as standard output; how many. Raises UnknownGroup, OSError."""
        columns, ids = await self._look_up(actor, chosen)
        await self._record(actor, f"-: {len(ids)}")
        table, count = CsvTable(stream), 0
        await off_loop(table.begin, columns.header)
        async for rows in self._pages(actor, columns, ids):
            await off_loop(table.append, rows)
            count += len(rows)
        await off_loop(stream.flush)
        return count

    async def export_groups(
        self, actor: Actor, path: Path, group_ids: Collection[int] | None = None, *, overwrite: bool = False
    ) -> int:
        """Write groups (all, unless some are chosen) to a .csv or .xlsx file: name, description, number of contacts.

        Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile.
        """
        rows = await self._group_rows(actor, group_ids)
        async with new_table(path, group_header(actor.language), overwrite=overwrite) as append:
            await append(rows)
        return len(rows)

    async def stream_groups(self, actor: Actor, stream: BinaryIO) -> int:
        """Write all groups as CSV to a stream; how many. Raises OSError."""
        table, rows = CsvTable(stream), await self._group_rows(actor, None)
        await off_loop(table.begin, group_header(actor.language))
        await off_loop(table.append, rows)
        await off_loop(stream.flush)
        return len(rows)

    async def write_model(self, path: Path, *, overwrite: bool = False) -> None:
        """Write a model of a file to import: for .xlsx the guide's model 1, for .csv its model 2.

        Raises UnknownTableKind, FileThere, NoFolder, FileNotWritable, NoRoomForFile.
        """
        if table_kind(path) is TableKind.CSV:
            await off_loop(write_file, path, MODEL_CSV.encode(), overwrite=overwrite)
            return
        async with new_table(path, MODEL_HEADER, overwrite=overwrite) as append:
            await append(MODEL_ROWS)

    async def _look_up(self, actor: Actor, chosen: Chosen) -> tuple[ContactColumns, Sequence[int]]:
        """The columns of the account, and the ids of the contacts. Raises UnknownGroup."""
        ids = await self._contacts.ids(actor, chosen) if isinstance(chosen, ContactQuery) else chosen
        return ContactColumns(actor.language, await self._free_fields.list(actor)), ids

    async def _pages(self, actor: Actor, columns: ContactColumns, ids: Sequence[int]) -> AsyncIterator[Sequence[Row]]:
        """The contacts that are still there, some at a time."""
        for start in range(0, len(ids), _PAGE):
            contacts = await self._contacts.rows(actor, ids[start : start + _PAGE])
            yield [columns.cells(each) for each in contacts]

    async def _group_rows(self, actor: Actor, group_ids: Collection[int] | None) -> Sequence[Row]:
        groups = await self._groups.list(actor)
        return [group_cells(each) for each in groups if group_ids is None or each.id in group_ids]

    async def _record(self, actor: Actor, subject: str) -> None:
        now = self._clock.now()
        await self._database.write(lambda tx: record(tx, actor, now, AuditAction.CONTACTS_EXPORTED, subject))
