"""The audit trail of all accounts, the newest first: searched by the database, read on as older entries are reached."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import explain, local, midnight, number
from smstui.i18n import N_, _
from smstui.screens.admin.audit_words import ACTION_WORDS, action_words
from smstui.screens.credits.period_modal import Days, PeriodModal
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.screens.table_list import TableList
from smstui.services.audit import AuditAction
from smstui.services.audit_search import AuditLine, AuditQuery, AuditSearch
from smstui.widgets.columns import Column
from smstui.widgets.line_field import LineField
from smstui.widgets.pick_list import Pick, PickModal
from smstui.widgets.windowed_table import Cells, WindowedTable

READ_AT_ONCE: Final = 500
"""Entries; more than a page of the table has."""
_EVER: Final = Days(None, None)


class AuditList(TableList[int]):
    """Words, account, action and period narrow it."""

    DEFAULT_CSS = """
    AuditList {
        .list--search #account { width: 14; margin-left: 2; }
        .list--filters Button { width: auto; max-width: 26; margin-right: 1; }
        .list--filters .list--aside { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", N_("Filter by action"), show=False, id="audit.filter"),
        Binding("c", "account", N_("Filter by account"), show=False, id="audit.account"),
        Binding("p", "period", N_("Period"), id="audit.period"),
    ]

    def __init__(self, search: AuditSearch, actor: Actor) -> None:
        self._search, self._actor = search, actor
        self._query = AuditQuery()
        self._days = _EVER
        self._lines: dict[int, AuditLine] = {}
        self._whole = False
        """Whether nothing older is left to read."""
        self._reading = Latest(self, self._read, group="audit")
        self._more = Latest(self, self._read_more, group="audit-more")
        columns = (
            Column("at", _("Date"), 16),
            Column("login", _("Account"), 12),
            Column("action", _("Action"), 18, grows=True),
            Column("subject", _("Subject"), 24, grows=True, from_width=84),
        )
        super().__init__(WindowedTable[int](columns), empty=_("Nothing has been kept yet."))

    def beside_search(self) -> ComposeResult:
        """Of which account."""
        yield LineField(placeholder=_("account"), id="account", compact=True, select_on_focus=False)

    def filters(self) -> ComposeResult:
        """What was done, and when."""
        yield Button(_("all actions"), id="action", compact=True)
        yield Button(_("ever"), id="period", compact=True)

    def on_mount(self) -> None:
        """Read the newest, once it is known how many can be seen."""
        self.call_after_refresh(self._reading.ask)

    @property
    def query_shown(self) -> AuditQuery:
        """What is asked for."""
        return self._query

    @property
    def current(self) -> AuditLine | None:
        """The entry under the cursor."""
        key = self.table.cursor_key
        return None if key is None else self._lines.get(key)

    def read_soon(self) -> None:
        """Read everything again."""
        self._reading.ask()

    def search(self, text: str) -> None:
        """Look for words of the subject."""
        self._look_for(replace(self._query, text=text))

    @on(Input.Changed, "#account")
    def _account_typed(self, event: Input.Changed) -> None:
        self._look_for(replace(self._query, account=event.value.strip()))

    @on(Button.Pressed, "#action")
    @once_at_a_time("audit-filter")
    async def action_filter(self) -> None:
        """Choose what was done."""
        actions = sorted(ACTION_WORDS, key=action_words)
        picks = [Pick("", _("all actions")), *(Pick(action, action_words(action)) for action in actions)]
        picked: str | None = await self.app.push_screen_wait(PickModal(_("Action"), picks, self._query.action or ""))
        if picked is None:
            return
        action = AuditAction(picked) if picked else None
        self._say_chosen("#action", action_words(action) if action else _("all actions"))
        self._look_for(replace(self._query, action=action))
        self.table.focus()

    def _say_chosen(self, selector: str, label: str) -> None:
        """Let a button say what is chosen."""
        button = self.query_one(selector, Button)
        button.label = Content(label)
        button.refresh(layout=True)

    def action_account(self) -> None:
        """Write of which account."""
        self.query_one("#account").focus()

    @on(Button.Pressed, "#period")
    @once_at_a_time("audit-period")
    async def action_period(self) -> None:
        """Ask from which day to which."""
        days: Days | None = await self.app.push_screen_wait(PeriodModal(self._days))
        if days is None:
            return
        self._days = days
        self._say_chosen("#period", _("ever") if days == _EVER else days.words)
        after = days.last + timedelta(days=1) if days.last else None
        self._look_for(replace(self._query, since=_midnight(days.first), until=_midnight(after)))
        self.table.focus()

    def _look_for(self, query: AuditQuery) -> None:
        if query != self._query:
            self._query = query
            self._reading.ask()

    async def rows(self, keys: Sequence[int]) -> Iterable[tuple[int, Cells]]:
        """What is shown of these; who comes to the last of them wants older ones."""
        if keys and not self._whole and keys[-1] == self.table.keys(0, self.table.row_count)[-1]:
            self._more.ask()
        return [(key, _cells(self._lines[key])) for key in keys if key in self._lines]

    async def _read(self) -> None:
        query = self._query
        try:
            lines = await self._search.lines(self._actor, query, READ_AT_ONCE)
        except Refusal as refusal:  # no administrator any more
            self.notify(explain(refusal), severity="error", markup=False)
            return
        if query == self._query:
            self._lines, self._whole = {}, False
            self._take(lines)
            await self.show(tuple(self._lines), is_empty=not lines and query == AuditQuery())
            self.post_message(WindowedTable.Moved(self.table))

    async def _read_more(self) -> None:
        query, oldest = self._query, next(reversed(self._lines), None)
        if self._whole or oldest is None:
            return
        try:
            lines = await self._search.lines(self._actor, query, READ_AT_ONCE, before_id=oldest)
        except Refusal:
            return
        if query == self._query and oldest == next(reversed(self._lines), None):
            self._take(lines)
            self.table.show_keys(tuple(self._lines), same_list=True)

    def _take(self, lines: Sequence[AuditLine]) -> None:
        self._lines.update((line.id, line) for line in lines)
        self._whole = len(lines) < READ_AT_ONCE
        self.say_count(number(len(self._lines)) + ("" if self._whole else "+"))


def written_at(line: AuditLine) -> str:
    """When it was done, on the machine's clock."""
    return f"{local(line.at):%d/%m/%Y %H:%M}"


def _cells(line: AuditLine) -> Cells:
    return written_at(line), printable(line.login), action_words(line.action), printable(line.subject)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else midnight(day)
