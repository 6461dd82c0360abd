"""All about one account: its balance, its rights, why it is blocked, its orders."""

from textual.app import ComposeResult
from textual.reactive import reactive

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.i18n import _, ngettext
from smstui.screens.admin.account_actions import AccountActions
from smstui.screens.admin.account_words import FACTS, facts_of, order_cells
from smstui.screens.latest import Latest
from smstui.services.account_query import AccountRow
from smstui.services.administration import AccountDetails
from smstui.widgets.columns import Column
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words


class AccountPage(AccountActions):
    """What the list has no room for, and the same actions."""

    DEFAULT_CSS = """
    AccountPage > #orders { height: 1fr; margin-top: 1; }
    AccountPage > #none { height: 1; margin-top: 1; color: $text-muted; display: none; }
    """
    details: reactive[AccountDetails | None] = reactive(None)

    def __init__(self, login: str) -> None:
        super().__init__()
        self._login = login
        self._reading = Latest(self, self._read, group="account")

    def compose(self) -> ComposeResult:
        """The facts, the orders, the actions."""
        yield FactLines({name: _(label) for name, label in FACTS.items()})
        yield Words(_("It has ordered nothing yet."), id="none")
        yield WindowedTable[str](
            [
                Column("at", _("Date"), 11),
                Column("reference", _("Order"), 13),
                Column("credits", _("Credits"), 9, right=True),
                Column("total", _("Incl. VAT"), 12, right=True, from_width=70),
                Column("method", _("Payment"), 9, from_width=82),
                Column("state", _("State"), 12, grows=True),
            ],
            id="orders",
        )
        yield from self.actions()

    def on_mount(self) -> None:
        """Name the page, and read."""
        self.heading = printable(self._login)
        self._reading.ask()

    @property
    def account(self) -> AccountRow | None:
        """The one shown."""
        return None if self.details is None else self.details.row

    def read_soon(self) -> None:
        """Read it again."""
        self._reading.ask()

    async def _read(self) -> None:
        try:
            self.details = await self.backend.administration.about(self.actor, self._login)
        except Refusal as refusal:  # no administrator any more
            self.say(refusal)

    def watch_details(self, details: AccountDetails | None) -> None:
        """Show them."""
        if details is None:
            return
        self.query_one(FactLines).show(facts_of(details))
        self.query_one("#none").display = not details.orders
        table = self.query_one(WindowedTable[str])
        table.show_header = bool(details.orders)
        table.show_rows({order.reference: order_cells(order) for order in details.orders})
        count = len(details.orders)
        self.note = ngettext("{count} order", "{count} orders", count).format(count=count) if count else ""

    def take_focus(self) -> None:
        """Stand in the orders."""
        self.query_one(WindowedTable[str]).focus()
