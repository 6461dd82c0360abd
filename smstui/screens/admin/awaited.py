"""Administration › Transfers: the orders whose transfer is awaited, of all accounts, confirmed by hand."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import amount, credits_text, date_time
from smstui.i18n import N_, _, ngettext
from smstui.money import euros
from smstui.screens.admin.statement import StatementPage
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.services.orders import AwaitedOrder
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList
from smstui.widgets.windowed_table import WindowedTable


class AwaitedPage(ListPage[str]):
    """The list; Enter confirms that the money of one has arrived."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "confirm", N_("Confirm"), id="awaited.confirm"),
        Binding("i", "import", N_("Bank statement"), id="awaited.import"),
        Binding("r", "refresh_list", N_("Refresh"), id="awaited.refresh"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, AwaitedOrder] = {}

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("at", _("Date"), 11, sortable=True),
                Column("reference", _("Order"), 14),
                Column("login", _("Account"), 10, grows=True, sortable=True),
                Column("credits", _("Credits"), 9, right=True, from_width=66),
                Column("total", _("Incl. VAT"), 11, right=True, sortable=True),
            ],
            empty=_("No transfer is awaited."),
            sorted_by=("at", True),
        )
        with Horizontal(classes="actions"):
            yield Button(_("Refresh"), id="refresh", compact=True)
            yield Button(_("Bank statement"), id="import", compact=True)
            yield Button(_("Confirm"), id="confirm", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        try:
            awaited = await self.backend.orders.pending(self.actor)
        except Refusal as refusal:  # no administrator any more
            self.say(refusal)
            return
        self._known = {each.order.reference: each for each in awaited}
        self.list.show([_entry(each) for each in awaited])
        self.note = ngettext("{count} order", "{count} orders", len(awaited)).format(count=len(awaited))

    @on(Button.Pressed, "#refresh")
    def action_refresh_list(self) -> None:
        """Read the list again."""
        self.read_soon()

    @on(Button.Pressed, "#import")
    def action_import(self) -> None:
        """Find in a bank statement which transfers have arrived."""
        self.open(StatementPage())

    @on(WindowedTable.Chosen)
    def _chosen(self) -> None:
        self.action_confirm()

    @on(Button.Pressed, "#confirm")
    @once_at_a_time("awaited-confirm")
    async def action_confirm(self) -> None:
        """Give the credits of the order under the cursor, once that is confirmed."""
        one = self._known.get(self.table.cursor_key or "")
        if one is None:
            return
        order = one.order
        question = _("Has the transfer of {total} with the reference {reference} arrived? {login} gets {credits}.")
        sentence = question.format(
            total=euros(order.total),
            reference=order.reference,
            login=printable(one.login),
            credits=credits_text(order.credits),
        )
        confirm = _("Give {credits}").format(credits=credits_text(order.credits))
        if not await self.ask(ConfirmModal(_("Confirm the payment"), sentence, confirm=confirm)):
            return
        try:
            await self.backend.orders.confirm(self.actor, order.reference)
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()


def _entry(one: AwaitedOrder) -> Entry[str]:
    order = one.order
    return Entry(
        order.reference,
        (
            date_time(order.created_at),
            order.reference,
            printable(one.login),
            amount(order.credits),
            euros(order.total),
        ),
        search=f"{order.reference} {one.login}",
        order={"at": order.created_at, "login": one.login, "total": order.total},
    )
