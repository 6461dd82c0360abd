"""Credits › Balance: what the account has, and every entry of the ledger that made it so."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from smstui.formats import amount, credits_text, date_time
from smstui.i18n import _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.page import Page
from smstui.services.credits import CAUSE_WORDS, Balance, Entry
from smstui.widgets.columns import Column
from smstui.widgets.windowed_table import WindowedTable
from smstui.widgets.words import Words

READ_INTERVAL = 2.0
"""Seconds between two readings."""


class BalancePage(Page):
    """The two figures, then the newest entries first."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")

    def __init__(self) -> None:
        super().__init__()
        self._reading = Latest(self, self._read, group="balance")

    def compose(self) -> ComposeResult:
        """Figures and ledger."""
        with Vertical():
            yield Words(id="figures")
            yield Words(_("No entry yet: certify your number to get test credits."), id="nothing", classes="muted")
            yield WindowedTable[int](
                [
                    Column("at", _("Date"), 11),
                    Column("cause", _("Reason"), 12, grows=True),
                    Column("amount", _("Credits"), 10, right=True),
                    Column("balance", _("Balance"), 10, right=True, from_width=60),
                ]
            )

    def on_mount(self) -> None:
        """Read, now and while the page is shown."""
        self.query_one("#nothing").display = False
        self._reading.ask()
        self.set_interval(READ_INTERVAL, self._reading.ask)

    async def _read(self) -> None:
        """Read what the page shows."""
        balance = await self.backend.credits.balance(self.actor)
        entries = await self.backend.credits.history(self.actor)
        self.query_one("#figures", Words).update(_figures(balance))
        self.query_one("#nothing").display = not entries
        self.query_one(WindowedTable).display = bool(entries)
        self.query_one(WindowedTable[int]).show_rows(_rows(balance, entries))
        self.note = ngettext("{count} entry", "{count} entries", len(entries)).format(count=len(entries))


def _figures(balance: Balance) -> Content:
    return Content.assemble(
        (_("Available"), "$text-muted"),
        "  ",
        (credits_text(balance.available), "bold"),
        "     ",
        (_("Reserved"), "$text-muted"),
        "  ",
        credits_text(balance.reserved),
    )


def _rows(balance: Balance, entries: tuple[Entry, ...]) -> dict[int, tuple[str | Content, ...]]:
    """The entries with the balance after each, from the newest to the oldest; keyed by their place from the oldest."""
    rows: dict[int, tuple[str | Content, ...]] = {}
    after = balance.available
    for age, entry in enumerate(entries):
        sign = "+" if entry.amount.milli > 0 else ""
        rows[len(entries) - age] = (
            date_time(entry.at),
            _(CAUSE_WORDS[entry.cause]),
            f"{sign}{amount(entry.amount)}",
            amount(after),
        )
        after -= entry.amount
    return rows
