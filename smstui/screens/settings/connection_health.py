"""How one connection is doing, live: its binds, rate and response time, the SMSC's errors, the last receipts."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from smstui.domain.errors import Refusal
from smstui.domain.text import printable
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.page import Page
from smstui.screens.settings.health_words import (
    bind_cells,
    figures,
    rate_words,
    reasons,
    receipt_cells,
    refusal_cells,
    response_words,
)
from smstui.services.health_values import ConnectionHealth
from smstui.widgets.columns import Column, align
from smstui.widgets.plain_table import PlainTable
from smstui.widgets.trend_line import LABEL_WIDTH, TrendLine
from smstui.widgets.words import Words

LIVE_INTERVAL = 1.0
"""Seconds between two readings."""


class ConnectionHealthPage(Page):
    """Opened by the list of connections. The arrows scroll it."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", N_("Back"), id="page.back")]

    def __init__(self, connection: str) -> None:
        """`connection`: its name."""
        super().__init__()
        self._connection = connection
        self._reading = Latest(self, self._read, group="health")

    def compose(self) -> ComposeResult:
        """The present above, the past below."""
        with VerticalScroll():
            yield PlainTable(_bind_columns(), id="binds")
            yield Words("", id="trouble")
            yield TrendLine(_("Rate"), id="rate")
            yield TrendLine(_("Response"), id="response")
            yield Words("", id="figures")
            yield PlainTable(_refusal_columns(), empty=_("The SMSC has refused nothing."), id="refusals")
            yield PlainTable(_receipt_columns(), empty=_("No receipt yet."), id="receipts")

    def on_mount(self) -> None:
        """Read, now and every second."""
        self.heading = printable(self._connection)
        self._reading.ask()
        self.set_interval(LIVE_INTERVAL, self._reading.ask)

    async def _read(self) -> None:
        try:
            health = await self.backend.health.of(self.actor, self._connection)
        except Refusal as refusal:
            self._say(explain(refusal))
            return
        self._say(reasons(health))
        self._show(health)

    def _say(self, trouble: str) -> None:
        line = self.query_one("#trouble", Words)
        line.update(Content(trouble))
        line.set_class(bool(trouble), "-shown")

    def _show(self, health: ConnectionHealth) -> None:
        now = self.backend.clock.now()
        rate, response = rate_words(health), response_words(health)
        width = max(len(rate), len(response))
        self.query_one("#rate", TrendLine).show([one.rate for one in health.history], rate, width)
        self.query_one("#response", TrendLine).show([one.response_ms for one in health.history], response, width)
        lines = [
            Content.assemble(align(Content.styled(label, "$text-muted"), LABEL_WIDTH, right=False), value)
            for label, value in figures(health)
        ]
        self.query_one("#figures", Words).update(Content("\n").join(lines))
        self.query_one("#binds", PlainTable).show([bind_cells(one, health, now) for one in health.binds])
        self.query_one("#refusals", PlainTable).show([refusal_cells(one, now) for one in health.refusals])
        self.query_one("#receipts", PlainTable).show([receipt_cells(one, now) for one in health.receipts])


def _bind_columns() -> list[Column]:
    return [
        Column("bind", _("Bind"), 4),
        Column("state", _("State"), 14, grows=True),
        Column("window", _("Window"), 8, right=True),
        Column("rate", _("Rate"), 8, right=True),
        Column("since", _("Since"), 8),
        Column("owner", _("Held by"), 20, grows=True, from_width=80),
    ]


def _refusal_columns() -> list[Column]:
    return [
        Column("error", _("Errors of the SMSC"), 24, grows=True),
        Column("name", _("Name"), 22, from_width=80),
        Column("count", _("Count"), 7, right=True),
        Column("last", _("Last"), 8),
    ]


def _receipt_columns() -> list[Column]:
    return [
        Column("at", _("Receipts"), 8),
        Column("state", _("State"), 16, grows=True),
        Column("word", _("SMSC code"), 12, grows=True),
        Column("id", _("SMSC id"), 10, grows=True),
    ]
