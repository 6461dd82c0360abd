"""What administrators do to an account, from the list of accounts and from its own page."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import credits_text
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.reason_modal import ReasonModal
from smstui.services.account_query import AccountRow
from smstui.widgets.modals import ConfirmModal


class AccountActions(Page):
    """A page that has an account: the one under its cursor, or its own."""

    DEFAULT_CSS = """
    AccountActions > .actions { height: 1; align-horizontal: right; margin-top: 1; }
    AccountActions > .actions > Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "credits", N_("Credits"), id="accounts.credits"),
        Binding("b", "block", N_("Block"), id="accounts.block"),
        Binding("o", "omit_stop", N_("STOP"), id="accounts.omit_stop"),
    ]

    @property
    def account(self) -> AccountRow | None:
        """The account as it was read last; None when there is none."""
        raise NotImplementedError

    def read_soon(self) -> None:
        """Read it again."""
        raise NotImplementedError

    def actions(self) -> ComposeResult:
        """The buttons."""
        with Horizontal(classes="actions"):
            yield Button(_("STOP right"), id="omit-stop", compact=True)
            yield Button(_("Block"), id="block", compact=True)
            yield Button(_("Give credits"), id="credits", variant="primary", compact=True)

    @on(Button.Pressed, "#credits")
    @once_at_a_time("accounts-act")
    async def action_credits(self) -> None:
        """Give credits to the account, or take them back."""
        if (row := self.account) is None:
            return
        words = _("{login} has {balance}. Credits are given, or taken back, at once.")
        sentence = words.format(login=printable(row.login), balance=credits_text(row.balance))
        decision = await self.ask(
            ReasonModal(_("Credits"), sentence, confirm=_("Change the balance"), asks_credits=True)
        )
        if decision is None or decision.credits is None:
            return
        try:
            await self.backend.administration.adjust_credits(self.actor, row.login, decision.credits, decision.reason)
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()

    @on(Button.Pressed, "#block")
    @once_at_a_time("accounts-act")
    async def action_block(self) -> None:
        """Block the account, or unblock one that is blocked."""
        if (row := self.account) is None:
            return
        try:
            await (self._block(row) if row.blocked_at is None else self._unblock(row))
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()

    async def _block(self, row: AccountRow) -> None:
        words = _("{login} will neither log in nor send: what is queued stops, what is scheduled waits.")
        sentence = words.format(login=printable(row.login))
        decision = await self.ask(ReasonModal(_("Block"), sentence, confirm=_("Block the account"), dangerous=True))
        if decision is not None:
            await self.backend.administration.block(self.actor, row.login, decision.reason)

    async def _unblock(self, row: AccountRow) -> None:
        words = _("{login} was blocked: “{reason}”. What was queued goes on at once.")
        sentence = words.format(login=printable(row.login), reason=printable(row.blocked_reason))
        confirm = _("Unblock the account")
        if await self.ask(ConfirmModal(_("Unblock"), sentence, confirm=confirm)):
            await self.backend.administration.unblock(self.actor, row.login)

    @on(Button.Pressed, "#omit-stop")
    @once_at_a_time("accounts-act")
    async def action_omit_stop(self) -> None:
        """Give the right to send without the STOP mention, or take it away."""
        if (row := self.account) is None:
            return
        if row.may_omit_stop:
            sentence, confirm = _("{login} will have to offer STOP in every campaign."), _("Take the right away")
        else:
            sentence = _("{login} will be able to send campaigns without the STOP mention.")
            confirm = _("Give the right")
        sentence = sentence.format(login=printable(row.login))
        if not await self.ask(ConfirmModal(_("STOP right"), sentence, confirm=confirm)):
            return
        try:
            may = not row.may_omit_stop
            await self.backend.administration.set_rights(self.actor, row.login, may_omit_stop=may)
        except Refusal as refusal:
            self.say(refusal)
        self.read_soon()
