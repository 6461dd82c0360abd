"""The past imports: when, which file, who certified the opt-in, and what became of it."""

from textual import on
from textual.app import ComposeResult

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import _
from smstui.screens.contacts.contact_words import day_and_time
from smstui.screens.contacts.importing.result import ImportResultPage
from smstui.screens.list_page import ListPage
from smstui.services.importing.values import ImportResult
from smstui.widgets.columns import Column
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class PastImportsPage(ListPage[int]):
    """The list; Enter opens the result of an import."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, ImportResult] = {}

    def compose(self) -> ComposeResult:
        """The list."""
        yield SearchList[int](
            [
                Column("at", _("Imported on"), 16, sortable=True),
                Column("file", _("File"), 12, grows=True, sortable=True),
                Column("by", _("Certified by"), 12, from_width=64),
                Column("rows", _("Rows"), 8, right=True, sortable=True),
                Column("created", _("New"), 9, right=True, from_width=76),
                Column("updated", _("Updated"), 10, right=True, from_width=88),
                Column("refused", _("Refused"), 8, right=True, sortable=True),
            ],
            empty=_("Nothing was imported yet: press Esc, and choose a file."),
            sorted_by=("at", True),
        )

    def on_mount(self) -> None:
        """Name the page, and read."""
        self.heading = _("Past imports")
        super().on_mount()

    async def read(self) -> None:
        """Read the list and show it."""
        results = await self.backend.imports.list(self.actor)
        self._known = {result.id: result for result in results}
        self.list.show([_entry(result) for result in results])

    @on(WindowedTable.Chosen)
    def _chosen(self, event: WindowedTable.Chosen) -> None:
        if (result := self._known.get(int(event.key))) is not None:
            self.open(ImportResultPage(result))


def _entry(result: ImportResult) -> Entry[int]:
    counts, file, by = result.counts, printable(result.file_name), printable(result.certified_by)
    at = day_and_time(result.finished_at)
    return Entry(
        result.id,
        (at, file, by, *map(number, (counts.rows, counts.created, counts.updated, counts.refused))),
        search=f"{at} {file} {by}",
        order={"at": result.finished_at, "file": file, "rows": counts.rows, "refused": counts.refused},
    )
