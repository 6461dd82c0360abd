"""Credits › Balance: what the account has, how it went, and every entry of the ledger that made it so."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Button

from smstui.domain.credits import NO_CREDITS, Credits
from smstui.domain.errors import Refusal
from smstui.formats import amount, credits_text, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.credits.alert_modal import AlertModal
from smstui.screens.credits.history_list import HistoryList
from smstui.screens.credits.order import OrderPage
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.credits import Balance, HistoryQuery
from smstui.services.low_credit import CreditAlert
from smstui.widgets.balance_chart import BalanceChart
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

READ_INTERVAL = 2.0
"""Seconds between two readings."""
TALL: Final = 30
"""Lines from which the chart is higher."""
_STEPS: Final = 240
"""Parts of the period that the chart knows: more than it has columns."""


class BalancePage(Page):
    """The figures, the chart, the newest entries first; Enter opens the campaign or the order behind one."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "buy", N_("Buy credits"), id="balance.buy"),
        Binding("w", "alert", N_("Alert"), id="balance.alert"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._query = HistoryQuery()
        self._reading = Latest(self, self._read, group="balance")
        self._charting = Latest(self, self._read_chart, group="balance-chart")

    def compose(self) -> ComposeResult:
        """Figures, chart, ledger."""
        yield Words("\n", id="figures")
        yield BalanceChart()
        yield HistoryList(self.backend, self.actor)
        with Horizontal(classes="actions"):
            yield Button(_("Alert"), id="alert", compact=True)
            yield Button(_("Buy credits"), id="buy", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read, now and while the page is shown."""
        self._reading.ask()
        self.set_interval(READ_INTERVAL, self._reading.ask)

    def on_resize(self, event: Resize) -> None:
        """High pages have room for a higher chart."""
        self.set_class(event.size.height >= TALL, "-tall")

    def take_focus(self) -> None:
        """Stand in the ledger."""
        self.query_one(HistoryList).table.focus()

    def shown_again(self) -> None:
        """The order in front may have been paid."""
        self._reading.ask()

    async def _read(self) -> None:
        """Read what the page shows."""
        if not self.display:
            return
        balance = await self.backend.credits.balance(self.actor)
        alert = await self.backend.low_credit.get(self.actor)
        self.query_one("#figures", Words).update(_figures(balance, alert))
        self.query_one(HistoryList).read_soon()

    @on(HistoryList.Read)
    def _ledger_read(self, event: HistoryList.Read) -> None:
        self._query = event.query
        self.note = ngettext("{count} entry", "{count} entries", event.found).format(count=number(event.found))
        self._charting.ask()

    async def _read_chart(self) -> None:
        zone, now = self.query_one(HistoryList).zone, self.backend.clock.now() + timedelta(milliseconds=1)
        until = min(self._query.until or now, now)
        course = await self.backend.credits.course(self.actor, self._query.since, until, _STEPS)
        self.set_class(course is None, "-flat")
        if course is not None and zone is not None:
            ends = _day(course.since, zone), _day(course.until - timedelta(milliseconds=1), zone)
            values = [each.milli for each in course.balances]
            self.query_one(BalanceChart).show(values, lambda milli: amount(Credits(milli)), ends)

    @on(WindowedTable.Chosen)
    @once_at_a_time("balance-open")
    async def _open(self, event: WindowedTable.Chosen) -> None:
        found = await self.backend.credits.entries(self.actor, [int(event.key)])
        for entry in found:
            if entry.order is not None:
                self.open(OrderPage(entry.order))
            elif entry.campaign_id is not None:
                await self._open_campaign(entry.campaign_id)
            else:
                self.notify(_("Neither a campaign nor an order is behind this entry."), markup=False)

    async def _open_campaign(self, campaign_id: int) -> None:
        from smstui.screens.messaging.campaign import CampaignPage

        try:
            progress = await self.backend.campaigns.progress(self.actor, campaign_id)
        except Refusal as refusal:  # an answer or a test to one's own phone
            self.notify(explain(refusal), severity="warning", markup=False)
        else:
            self.open(CampaignPage(progress.summary))

    @on(Button.Pressed, "#buy")
    def action_buy(self) -> None:
        """Go and buy."""
        self.go_to("buy")

    @on(Button.Pressed, "#alert")
    @once_at_a_time("balance-alert")
    async def action_alert(self) -> None:
        """Set below which balance the account is warned."""
        backend, actor = self.backend, self.actor
        alert = await backend.low_credit.get(actor)
        address = await backend.invoice_mail.address(actor) if backend.mailer.is_set_up else ""
        if await self.ask(AlertModal(backend.low_credit, actor, alert.threshold, address)):
            self._reading.ask()


def _figures(balance: Balance, alert: CreditAlert) -> Content:
    first = Content.assemble(
        (_("Available"), "$text-muted"),
        "  ",
        (credits_text(balance.available), "bold"),
        "     ",
        (_("Reserved"), "$text-muted"),
        "  ",
        credits_text(balance.reserved),
    )
    words = _("none set") if alert.threshold is None else _("below {credits}")
    threshold = words.format(credits=credits_text(alert.threshold or NO_CREDITS))
    low = ("   " + _("▼ low credit"), "bold $text-warning") if alert.is_low else ""
    return Content("\n").join([first, Content.assemble((_("Alert"), "$text-muted"), "  ", threshold, low)])


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%d/%m/%Y}"
