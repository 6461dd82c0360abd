"""Administration › Accounts: found, blocked, given credits, what they may do."""

from textual import on
from textual.app import ComposeResult

from smstui.domain.visible import printable
from smstui.formats import number
from smstui.i18n import _, ngettext
from smstui.screens.admin.account import AccountPage
from smstui.screens.admin.account_actions import AccountActions
from smstui.screens.admin.account_list import AccountList
from smstui.services.account_query import AccountRow
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class AccountsPage(AccountActions):
    """The list, and what can be done to the account under the cursor; Enter shows all about it."""

    DEFAULT_CSS = """
    AccountsPage > #reason { height: 1; color: $text-error; text-wrap: nowrap; text-overflow: ellipsis; }
    AccountsPage > .actions { margin-top: 0; }
    """

    def compose(self) -> ComposeResult:
        """The list, why the account under the cursor is blocked, and the actions."""
        yield AccountList(self.backend.administration, self.actor)
        yield Words("", id="reason")
        yield from self.actions()

    @property
    def list(self) -> AccountList:
        """The list."""
        return self.query_one(AccountList)

    @property
    def table(self) -> WindowedTable[int]:
        """Its table."""
        return self.list.table

    @property
    def account(self) -> AccountRow | None:
        """The one under the cursor."""
        return self.list.current

    def read_soon(self) -> None:
        """Read the list again."""
        self.list.read_soon()

    def take_focus(self) -> None:
        """Stand in the list."""
        self.table.focus()

    def shown_again(self) -> None:
        """The account in front may have been changed."""
        self.read_soon()

    @on(AccountList.Counted)
    def _counted(self, event: AccountList.Counted) -> None:
        self.note = ngettext("{count} account", "{count} accounts", event.total).format(count=number(event.total))

    @on(WindowedTable.Moved)
    def _say_reason(self) -> None:
        row, words = self.account, ""
        if row is not None and row.blocked_at is not None:
            words = _("Blocked: {reason}").format(reason=printable(row.blocked_reason))
        self.query_one("#reason", Words).update(words)

    @on(WindowedTable.Chosen)
    def _chosen(self) -> None:
        if (row := self.account) is not None:
            self.open(AccountPage(row.login))
