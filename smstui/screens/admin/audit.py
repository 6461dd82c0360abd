"""Administration › Audit trail: what all accounts did, and what was done to them."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from smstui.domain.visible import printable
from smstui.formats import clock_time, local, long_date
from smstui.i18n import N_, _
from smstui.screens.admin.audit_list import AuditList
from smstui.screens.admin.audit_words import action_words
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.saving import hand_out
from smstui.services.audit_search import AuditLine
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.modals import TextModal
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class AuditPage(Page):
    """The list, the entry under the cursor in full, and its export."""

    DEFAULT_CSS = """
    AuditPage > #subject { height: auto; max-height: 3; color: $text-muted; margin-top: 1; }
    AuditPage > .actions { height: 1; align-horizontal: right; }
    AuditPage > .actions > Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", N_("Export"), id="audit.export"),
        Binding("r", "refresh_list", N_("Refresh"), show=False, id="audit.refresh"),
    ]

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield AuditList(self.backend.audit_search, self.actor)
        yield Words("", id="subject")
        with Horizontal(classes="actions"):
            yield Button(_("Refresh"), id="refresh", compact=True)
            yield Button(_("Export"), id="export", variant="primary", compact=True)

    @property
    def list(self) -> AuditList:
        """The list."""
        return self.query_one(AuditList)

    def take_focus(self) -> None:
        """Stand in the list."""
        self.list.table.focus()

    @on(WindowedTable.Moved)
    def _say_subject(self) -> None:
        line = self.list.current
        self.query_one("#subject", Words).update("" if line is None else printable(line.subject))

    @on(WindowedTable.Chosen)
    @once_at_a_time("audit-entry")
    async def _chosen(self) -> None:
        if (line := self.list.current) is not None:
            await self.ask(EntryModal(line))

    @on(Button.Pressed, "#refresh")
    def action_refresh_list(self) -> None:
        """Read the list again."""
        self.list.read_soon()

    @on(Button.Pressed, "#export")
    @once_at_a_time("audit-export")
    async def action_export(self) -> None:
        """Write all that the search lets through to a file; its ending says of which kind."""
        query = self.list.query_shown

        async def write(path: Path) -> None:
            await self.backend.audit_search.export(self.actor, query, path)

        await hand_out(self.host, write, _("audit{suffix}").format(suffix=".xlsx"), None)


class EntryModal(TextModal):
    """All that is kept of one entry."""

    def __init__(self, line: AuditLine) -> None:
        super().__init__(action_words(line.action), "")
        self._line = line

    def body(self) -> Iterable[Widget]:
        """A fact a line."""
        yield FactLines({"at": _("Date"), "login": _("Account"), "action": _("Action"), "subject": _("Subject")})

    def on_mount(self) -> None:
        """Fill it in."""
        line, at = self._line, local(self._line.at)
        self.query_one(FactLines).show(
            {
                "at": Content(f"{long_date(at.date())}, {clock_time(line.at)}"),
                "login": Content(printable(line.login)),
                "action": Content(f"{action_words(line.action)} ({line.action})"),
                "subject": Content(printable(line.subject)),
            }
        )
