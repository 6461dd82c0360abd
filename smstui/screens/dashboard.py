"""The first page: the balance, the connection, the last campaigns, and what to do first."""

from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from smstui.domain.visible import printable
from smstui.formats import credits_text, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.messaging.campaign_words import date_of, short_date, sign_of
from smstui.screens.page import Page
from smstui.screens.settings.words import state_content
from smstui.services.accounts import Profile
from smstui.services.campaign_details import account_zone, waiting_for_a_person
from smstui.services.campaigns import CampaignSummary
from smstui.services.certification import TEST_CREDITS
from smstui.services.connections import ConnectionStatus
from smstui.services.credits import Balance
from smstui.widgets.columns import Column, align, fit, line
from smstui.widgets.state_sign import HELD
from smstui.widgets.words import Words

READ_INTERVAL = 2.0
"""Seconds between two readings."""
LAST_CAMPAIGNS = 6


class DashboardPage(Page):
    """Read again every other second while it is shown."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "write", N_("New campaign"), id="dashboard.write"),
        Binding("d", "decide", N_("Decide"), id="dashboard.decide"),
        Binding("c", "certify", N_("Certify my number"), show=False, id="dashboard.certify"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._held = 0
        self._reading = Latest(self, self._read, group="dashboard")

    def compose(self) -> ComposeResult:
        """What waits for a decision, the figures, the certification while it is due, the campaigns, the first steps."""
        with VerticalScroll(can_focus=False):
            with Horizontal(id="held-line"):
                yield Words("")
                yield Button(_("Decide"), id="decide", compact=True)
            yield Words(id="figures")
            with Horizontal(id="certify-line"):
                yield Words(
                    _("Certify your number to get {credits} test credits.").format(
                        credits=number(TEST_CREDITS.decimal)
                    ),
                )
                yield Button(_("I certify my number"), id="certify", compact=True)
            yield Words(_("Last campaigns"), classes="title")
            yield LastCampaigns(id="last-campaigns")
            with Vertical(id="first-steps"):
                yield Words(_("First steps"), classes="title")
                yield FirstSteps(id="steps")
        with Horizontal(classes="actions"):
            yield Button(_("New campaign"), id="write", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read, now and while the page is shown."""
        self.query_one("#certify-line").display = False
        self.query_one("#held-line").display = False
        self._reading.ask()
        self.set_interval(READ_INTERVAL, self._reading.ask)

    def take_focus(self) -> None:
        """Enter starts a campaign."""
        self.query_one("#write").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Decide only where something waits."""
        return self._held > 0 if action == "decide" else super().check_action(action, parameters)

    async def _read(self) -> None:
        """Read what the page shows."""
        backend, actor = self.backend, self.actor
        self._show_held(await waiting_for_a_person(backend.database, actor))
        zone = await account_zone(backend.database, actor)
        profile = await backend.accounts.profile(actor)
        balance = await backend.credits.balance(actor)
        connections = await backend.connections.statuses()
        senders = await backend.senders.list(actor)
        campaigns = await backend.campaigns.list(actor, LAST_CAMPAIGNS)
        self.query_one("#figures", Words).update(_figures(profile, balance, connections))
        self.query_one("#certify-line").display = profile.certified_number is None
        self.query_one(LastCampaigns).show(campaigns, zone, backend.clock.now())
        self.query_one(FirstSteps).show(
            {
                N_("Certify your number"): profile.certified_number is not None,
                N_("Set up an SMSC connection"): any(each.enabled for each in connections),
                N_("Add a sender"): bool(senders),
                N_("Send your first campaign"): bool(campaigns),
            }
        )

    def _show_held(self, held: int) -> None:
        """Say first what waits for a decision, and lead there."""
        if held == self._held:
            return
        self._held = held
        line = self.query_one("#held-line")
        line.display = held > 0
        sentence = ngettext(
            "{sign} {count} sending waits for your decision", "{sign} {count} sendings wait for your decision", held
        )
        line.query_one(Words).update(sentence.format(sign=HELD.sign, count=number(held)))
        if held and self.query_one("#write").has_focus:
            self.query_one("#decide").focus()
        elif not held and self.query_one("#decide").has_focus:
            self.take_focus()
        self.refresh_bindings()

    @on(Button.Pressed, "#decide")
    def action_decide(self) -> None:
        """Go to the campaigns: what waits stands first."""
        self.go_to("campaigns")

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write a campaign."""
        self.go_to("send")

    @on(Button.Pressed, "#certify")
    def action_certify(self) -> None:
        """Certify a number."""
        self.host.certify()


class LastCampaigns(Static):
    """The newest campaigns, one a line, cut to the width of the page."""

    COLUMNS = (
        Column("created", "", 11),
        Column("name", "", 12, grows=True),
        Column("recipients", "", 8, right=True),
        Column("state", "", 14),
    )

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._campaigns: tuple[CampaignSummary, ...] = ()
        self._zone: ZoneInfo | None = None
        self._now: datetime | None = None

    def show(self, campaigns: tuple[CampaignSummary, ...], zone: ZoneInfo, now: datetime) -> None:
        """Show these, with their dates in `zone`."""
        self._campaigns, self._zone, self._now = campaigns, zone, now
        self.refresh(layout=True)

    def render(self) -> Content:
        """The lines, or what to do when there are none."""
        zone, now = self._zone, self._now
        if zone is None or now is None:
            return Content("")
        if not self._campaigns:
            return Content.styled(_("No campaign yet."), "$text-muted")
        widths = fit(self.COLUMNS, self.size.width)
        return Content("\n").join(
            line(
                self.COLUMNS,
                widths,
                (
                    short_date(date_of(campaign), zone, now),
                    printable(campaign.name),
                    number(campaign.recipients),
                    sign_of(campaign).content(),
                ),
            )
            for campaign in self._campaigns
        )


class FirstSteps(Static):
    """What a new account does first, ticked when done; gone when all is."""

    def show(self, steps: dict[str, bool]) -> None:
        """Show `steps`, message ids, with whether each is done."""
        assert self.parent is not None
        self.parent.display = not all(steps.values())
        self.update(
            Content("\n").join(
                Content.styled(f"✓ {_(step)}", "$text-success") if done else Content(f"○ {_(step)}")
                for step, done in steps.items()
            )
        )


def _figures(profile: Profile, balance: Balance, connections: tuple[ConnectionStatus, ...]) -> Content:
    """The account, its credits, each connection with the reason when it is not bound."""
    rows: list[tuple[str, Content]] = [
        (_("Available"), Content.styled(credits_text(balance.available), "bold")),
        (_("Reserved"), Content(credits_text(balance.reserved))),
        (_("Certified number"), Content(profile.certified_number or _("none yet"))),
    ]
    for status in connections:
        reason = f"  {printable(status.reason)}" if status.reason else ""
        rows.append((printable(status.name), Content.assemble(state_content(status), (reason, "$text-muted"))))
    if not connections:
        rows.append((_("Connection"), Content(_("none: an administrator adds one in the settings"))))
    return Content("\n").join(
        Content.assemble(align(Content.styled(label, "$text-muted"), 19, right=False), value) for label, value in rows
    )
