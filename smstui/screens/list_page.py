"""What the pages that are a list share: the focus stands in the list, so that its keys work at once."""

from typing import Generic

from smstui.screens.latest import Latest
from smstui.screens.page import Page
from smstui.widgets.search_list import SearchList
from smstui.widgets.windowed_table import Key, WindowedTable


class ListPage(Page, Generic[Key]):
    """A page around one `SearchList`, read when it is shown and whenever `read_soon` says."""

    DEFAULT_CSS = """
    ListPage > .actions { height: 1; align-horizontal: right; margin-top: 1; }
    ListPage > .actions > Button { margin-left: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reading = Latest(self, self.read, group="list")

    def on_mount(self) -> None:
        """Read the list, once it is known how many rows can be seen."""
        self.call_after_refresh(self.read_soon)

    def read_soon(self) -> None:
        """Read the list again."""
        self._reading.ask()

    async def read(self) -> None:
        """Read the list and show it."""
        raise NotImplementedError

    def shown_again(self) -> None:
        """The page in front is closed: it may have changed something."""
        self.read_soon()

    @property
    def list(self) -> SearchList[Key]:
        """The list."""
        return self.query_one(SearchList)

    @property
    def table(self) -> WindowedTable[Key]:
        """Its table."""
        return self.list.table

    @property
    def chosen(self) -> tuple[Key, ...]:
        """The keys of the ticked rows, or else that of the row under the cursor."""
        key = self.table.cursor_key
        return self.table.marks or (() if key is None else (key,))

    def take_focus(self) -> None:
        """Stand in the list."""
        self.table.focus()
