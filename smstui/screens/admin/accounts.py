"""Administration › Accounts: found, blocked, given credits, what they may do."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from smstui.domain.actor import Role
from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.formats import amount, credits_text, date_time, explain
from smstui.i18n import N_, _, ngettext
from smstui.screens.admin.reason_modal import ReasonModal
from smstui.screens.list_page import ListPage
from smstui.screens.once import once_at_a_time
from smstui.services.account_query import AccountQuery, AccountRow
from smstui.widgets.columns import Column
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.search_list import Entry, SearchList

MOST_SHOWN: Final = 2000


class AccountsPage(ListPage[str]):
    """The list, and what can be done to the account under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "credits", N_("Credits"), id="accounts.credits"),
        Binding("b", "block", N_("Block"), id="accounts.block"),
        Binding("o", "omit_stop", N_("STOP"), id="accounts.omit_stop"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, AccountRow] = {}

    def compose(self) -> ComposeResult:
        """The list and its actions."""
        yield SearchList[str](
            [
                Column("login", _("Identifier"), 12, grows=True, sortable=True),
                Column("email", _("E-mail address"), 18, grows=True, sortable=True, from_width=80),
                Column("number", _("Certified number"), 16, from_width=66),
                Column("balance", _("Balance"), 11, right=True, sortable=True),
                Column("state", _("State"), 14, sortable=True),
                Column("created", _("Created on"), 11, sortable=True, from_width=74),
            ],
            empty=_("No account."),
            sorted_by=("login", False),
        )
        with Horizontal(classes="actions"):
            yield Button(_("STOP right"), id="omit-stop", compact=True)
            yield Button(_("Block"), id="block", compact=True)
            yield Button(_("Give credits"), id="credits", variant="primary", compact=True)

    async def read(self) -> None:
        """Read the list and show it."""
        administration = self.backend.administration
        try:
            ids = await administration.ids(self.actor, AccountQuery(), MOST_SHOWN)
            rows = await administration.rows(self.actor, ids)
        except Refusal as refusal:  # no administrator any more
            self.notify(explain(refusal), severity="error", markup=False)
            return
        self._known = {row.login: row for row in rows}
        self.list.show([_entry(row) for row in rows])
        self.note = ngettext("{count} account", "{count} accounts", len(rows)).format(count=len(rows))

    @property
    def _current(self) -> AccountRow | None:
        return self._known.get(self.table.cursor_key or "")

    @on(Button.Pressed, "#credits")
    @once_at_a_time("accounts-act")
    async def action_credits(self) -> None:
        """Give credits to the account, or take them back."""
        row = self._current
        if row is None:
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
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()

    @on(Button.Pressed, "#block")
    @once_at_a_time("accounts-act")
    async def action_block(self) -> None:
        """Block the account, or unblock one that is blocked."""
        row = self._current
        if row is None:
            return
        try:
            if row.blocked_at is None:
                await self._block(row)
            else:
                await self._unblock(row)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()

    async def _block(self, row: AccountRow) -> None:
        words = _("{login} will neither log in nor send: what is queued stops, what is scheduled waits.")
        sentence = words.format(login=printable(row.login))
        decision = await self.ask(ReasonModal(_("Block"), sentence, confirm=_("Block the account")))
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
        row = self._current
        if row is None:
            return
        if row.may_omit_stop:
            sentence = _("{login} will have to offer STOP in every campaign.")
            confirm = _("Take the right away")
        else:
            sentence, confirm = (
                _("{login} will be able to send campaigns without the STOP mention."),
                _("Give the right"),
            )
        sentence = sentence.format(login=printable(row.login))
        if not await self.ask(ConfirmModal(_("STOP right"), sentence, confirm=confirm)):
            return
        try:
            may = not row.may_omit_stop
            await self.backend.administration.set_rights(self.actor, row.login, may_omit_stop=may)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
        self.read_soon()


def _entry(row: AccountRow) -> Entry[str]:
    return Entry(
        row.login,
        (
            printable(row.login),
            printable(row.email),
            row.certified_number or "",
            amount(row.balance),
            _state(row),
            date_time(row.created_at),
        ),
        search=f"{row.login} {row.email} {row.certified_number or ''}",
        order={
            "login": row.login,
            "email": row.email,
            "balance": row.balance.milli,
            "state": _state(row).plain,
            "created": row.created_at,
        },
    )


def _state(row: AccountRow) -> Content:
    if row.blocked_at is not None:
        return Content.assemble(("✕ ", "$text-error"), _("blocked"))
    words = [_("administrator")] if row.role is Role.ADMIN else []
    words += [_("without STOP")] if row.may_omit_stop else []
    return Content(", ".join(words))
