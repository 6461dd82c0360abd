"""One conversation: what went to a phone and what came back, and a line to answer it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from smstui.domain.addresses import e164
from smstui.domain.campaign_rules import EmptyText
from smstui.domain.errors import Refusal
from smstui.domain.text import printable
from smstui.formats import credits_text, date_time, explain, number
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.conversations import Conversation
from smstui.services.exchanges import Exchanged
from smstui.services.opt_out_query import OptOutSource
from smstui.services.replying import ReplyPlan
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.state_sign import message_sign
from smstui.widgets.text_counter import TextCounter
from smstui.widgets.words import Words

LIVE_INTERVAL = 2.0
"""Seconds between two readings."""


class Said(Static):
    """One message: who, when, what became of it, and its text."""

    def __init__(self, message: Exchanged, who: str) -> None:
        """`who` wrote it, when it came from the phone; printable."""
        side = "-theirs" if message.state is None else "-ours"
        super().__init__(_said(message, who), markup=False, classes=side)


class ConversationPage(Page):
    """The newest messages at the bottom; what is typed is the answer, Enter sends it."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "mark_unread", N_("Unread"), id="conversation.unread", priority=True),
        Binding("f8", "opt_out", N_("STOP list"), id="conversation.opt_out", priority=True),
        Binding("up", "scroll_exchange('up')", N_("Up"), show=False, id="conversation.up"),
        Binding("down", "scroll_exchange('down')", N_("Down"), show=False, id="conversation.down"),
        Binding("pageup", "scroll_exchange('page_up')", N_("Page up"), show=False, id="conversation.page_up"),
        Binding("pagedown", "scroll_exchange('page_down')", N_("Page down"), show=False, id="conversation.page_down"),
    ]

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self._pair = conversation.pair
        self._shown: Sequence[Exchanged] = ()
        self._reading = Latest(self, self._read, group="conversation")
        self._planning = Latest(self, self._plan, group="conversation-plan")

    def compose(self) -> ComposeResult:
        """Who with whom, the exchange, the answer and what it costs."""
        yield Words(self._who(), id="who")
        yield VerticalScroll(id="exchange", can_focus=False)
        yield Labelled(_("Answer"), LineField(id="answer", compact=True), id="answer-row")
        yield TextCounter()
        with Horizontal(classes="actions"):
            yield Button(_("STOP list"), id="opt-out", compact=True)
            yield Button(_("Unread"), id="unread", compact=True)
            yield Button(_("Send"), id="send", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read, now and every two seconds."""
        self.heading = self._caller
        self.query_one("#exchange", VerticalScroll).anchor()
        self._reading.ask()
        self._planning.ask()
        self.set_interval(LIVE_INTERVAL, self._reading.ask)

    def take_focus(self) -> None:
        """Stand in the answer."""
        self.query_one("#answer").focus()

    async def may_leave(self) -> bool:
        """Ask when an answer that was begun would be lost."""
        if not self._written.strip():
            return True
        return await self.ask(
            leave_question(
                _("The answer that you wrote is not sent."),
                title=_("Leave the conversation?"),
                confirm=_("Leave without sending"),
            )
        )

    @property
    def _caller(self) -> str:
        return printable(self._conversation.name) or printable(self._pair.theirs)

    @property
    def _written(self) -> str:
        return self.query_one("#answer", Input).value

    def _who(self) -> Content:
        words = f"{printable(self._pair.theirs)} → {printable(e164(self._pair.ours))}"
        campaign = self._conversation.campaign
        return Content(f"{words} · {printable(campaign)}" if campaign else words)

    async def _read(self) -> None:
        """The exchange as it is now; whatever has come is read."""
        if not self.display:
            return
        exchange = await self.backend.conversations.exchange(self.actor, self._pair)
        if exchange == self._shown:
            return
        came = [each for each in exchange if each.state is None]
        if came != [each for each in self._shown if each.state is None]:
            await self.backend.conversations.mark_read(self.actor, self._pair)
        self._shown = exchange
        await self._show(exchange)

    async def _show(self, exchange: Sequence[Exchanged]) -> None:
        scroll = self.query_one("#exchange", VerticalScroll)
        async with self.batch():
            await scroll.remove_children()
            await scroll.mount_all(Said(message, self._caller) for message in exchange)

    def action_scroll_exchange(self, way: str) -> None:
        """Look at what is above or below."""
        scroll = self.query_one("#exchange", VerticalScroll)
        moves = {
            "up": scroll.scroll_up,
            "down": scroll.scroll_down,
            "page_up": scroll.scroll_page_up,
            "page_down": scroll.scroll_page_down,
        }
        moves[way](animate=False)

    @on(Input.Changed, "#answer")
    def _typed(self) -> None:
        counter = self.query_one(TextCounter)
        counter.set_class(bool(self._written), "-shown")
        counter.show(self._written)
        self._planning.ask()

    async def _plan(self) -> None:
        """What the answer would cost, or why it can't be sent."""
        try:
            plan = await self.backend.conversations.plan(self.actor, self._pair, self._written)
        except Refusal as refusal:  # erased meanwhile
            self._row.fail(explain(refusal))
            return
        if plan.problem is None:
            self._row.fail("")
            self._row.hint(_cost(plan))
        elif isinstance(plan.problem, EmptyText):
            self._row.fail("")
            self._row.hint(_("Enter sends it."))
        else:
            self._row.fail(explain(plan.problem))

    @property
    def _row(self) -> Labelled:
        return self.query_one("#answer-row", Labelled)

    @on(Input.Submitted, "#answer")
    @on(Button.Pressed, "#send")
    def _send_asked(self) -> None:
        self._send(self._written)

    @once_at_a_time("conversation-send")
    async def _send(self, text: str) -> None:
        """Send the answer, once what costs more than one SMS is confirmed."""
        conversations = self.backend.conversations
        try:
            plan = await conversations.plan(self.actor, self._pair, text)
            if plan.problem is not None:
                raise plan.problem
            if plan.measure is not None and plan.measure.segments > 1 and not await self.ask(self._question(plan)):
                return
            await conversations.reply(self.actor, self._pair, text)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
        else:
            self.query_one("#answer", Input).clear()
            self._reading.ask()
        self.take_focus()

    def _question(self, plan: ReplyPlan) -> ConfirmModal:
        segments = plan.measure.segments if plan.measure else 0
        sentence = _("This answer takes {segments} SMS: send it to {name} for {credits}?").format(
            segments=number(segments), name=self._caller, credits=credits_text(plan.cost)
        )
        confirm = _("Send {segments} SMS").format(segments=number(segments))
        return ConfirmModal(_("Confirmation"), sentence, confirm=confirm)

    @on(Button.Pressed, "#unread")
    @once_at_a_time("conversation-mark")
    async def action_mark_unread(self) -> None:
        """Leave it for later: it is unread again."""
        await self.backend.conversations.mark_unread(self.actor, self._pair)
        self.close()

    @on(Button.Pressed, "#opt-out")
    @once_at_a_time("conversation-mark")
    async def action_opt_out(self) -> None:
        """Put the phone on the STOP list: it asked for that in other words."""
        theirs = printable(self._pair.theirs)
        sentence = _("Put {number} on the STOP list? Nothing more will be sent to it, not even an answer.")
        question = ConfirmModal(
            _("STOP list"), sentence.format(number=theirs), confirm=_("Put on the STOP list"), dangerous=True
        )
        if not await self.ask(question):
            return
        try:
            await self.backend.opt_outs.add(self.actor, self._pair.theirs, OptOutSource.REPLY)
        except Refusal as refusal:
            self.say(refusal)
        self._planning.ask()


def _said(message: Exchanged, who: str) -> Content:
    at, text = date_time(message.at), printable(message.text, keep_newlines=True)
    if message.state is None:
        head = Content.assemble((who, "bold $text-accent"), (f" · {at}", "$text-muted"))
    else:
        writer = _("Campaign {name}").format(name=printable(message.campaign)) if message.campaign else _("You")
        head = Content.assemble((writer, "bold"), (f" · {at} · ", "$text-muted"), message_sign(message.state).content())
    return Content.assemble(head, "\n", text)


def _cost(plan: ReplyPlan) -> str:
    cost = _("cost {amount}").format(amount=credits_text(plan.cost))
    balance = _("balance {amount}").format(amount=credits_text(plan.balance))
    return f"{cost} · {balance}"
