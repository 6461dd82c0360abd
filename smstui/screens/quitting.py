"""The end of the application while it sends: what is asked, and how what is in flight is waited for."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState
from smstui.formats import number
from smstui.i18n import _, ngettext
from smstui.screens.host import Host
from smstui.services.backend import Backend
from smstui.services.connections import NO_DISPATCHER
from smstui.services.dispatch.dispatcher import Dispatcher
from smstui.smpp.values import BindState
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words

_BAR = 24
_GRACE = 1.0
"""Seconds beyond those given to responses, in which the connections are given back."""
_LOOK = 0.1
"""Seconds between two looks at what is still in flight."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The messages of an account that only this process sends, or nobody does."""

    queued: int
    in_flight: int


async def finish_sending(host: Host, seconds: float, *, asking: bool) -> bool:
    """Send nothing more, and wait `seconds` at most for what is in flight; False when the person would rather stay.

    With `asking`, a person whose messages wait is asked before. Only from a worker.
    """
    if asking:
        waiting = await messages_waiting(host)
        if waiting != Waiting(0, 0) and not await host.push_screen_wait(quit_question(waiting, seconds)):
            return False
    dispatcher = host.backend.dispatcher
    if _in_flight(dispatcher):
        host.push_screen(DrainModal(dispatcher, seconds))
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds + _GRACE):
            await dispatcher.drain(seconds)
    return True


async def messages_waiting(host: Host) -> Waiting:
    """What the account that is logged in has in campaigns that no other process would go on with.

    A database that can't be read is no reason to stay.
    """
    if not host.logged_in:
        return Waiting(0, 0)
    try:
        return await _messages_waiting(host.backend, host.actor)
    except Refusal:
        return Waiting(0, 0)


async def _messages_waiting(backend: Backend, actor: Actor) -> Waiting:
    ours = {bind.connection for bind in backend.dispatcher.binds() if bind.status.state is not BindState.CLOSED}
    held = {status.name for status in await backend.connections.statuses() if status.state != NO_DISPATCHER}
    elsewhere = held - ours
    queued = in_flight = 0
    for campaign in await backend.campaigns.list(actor):
        if campaign.state is CampaignState.SENDING and campaign.connection not in elsewhere:
            counts = (await backend.campaigns.progress(actor, campaign.id)).counts
            queued, in_flight = queued + counts.queued, in_flight + counts.in_flight
    return Waiting(queued, in_flight)


def quit_question(waiting: Waiting, seconds: float) -> ConfirmModal:
    """Whether to quit while messages wait, their responses for `seconds` at most."""
    sentences = []
    if count := waiting.in_flight:
        sentence = ngettext(
            "{count} message is in flight: its response is awaited for {seconds} s at most.",
            "{count} messages are in flight: their responses are awaited for {seconds} s at most.",
            count,
        )
        sentences.append(sentence.format(count=number(count), seconds=number(round(seconds))))
    if count := waiting.queued:
        sentence = ngettext(
            "{count} message stays in the queue; it goes out at the next start, or with `smstui dispatch`.",
            "{count} messages stay in the queue; they go out at the next start, or with `smstui dispatch`.",
            count,
        )
        sentences.append(sentence.format(count=number(count)))
    return ConfirmModal(
        _("Quit smstui?"), "\n".join(sentences), confirm=_("Quit, send the rest later"), cancel=_("Stay")
    )


class DrainModal(TranslatedModal[None]):
    """Shows, until the application ends, how many responses are still awaited."""

    DEFAULT_CSS = """
    DrainModal #bar { margin-top: 1; }
    """

    def __init__(self, dispatcher: Dispatcher, seconds: float) -> None:
        super().__init__()
        self._dispatcher = dispatcher
        self._at_first = _in_flight(dispatcher)
        self._seconds_left = seconds

    def compose(self) -> ComposeResult:
        """What is awaited, and a bar."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Ending"))
            yield Words(id="awaited", classes="dialog-text")
            yield Words(id="bar")

    def on_mount(self) -> None:
        """Look, now and from time to time."""
        self._look()
        self.set_interval(_LOOK, self._look)

    def _look(self) -> None:
        left = _in_flight(self._dispatcher)
        self.query_one("#awaited", Words).update(Content(_awaited(left, max(0.0, self._seconds_left))))
        self._seconds_left -= _LOOK
        done = _BAR * max(0, self._at_first - left) // self._at_first if self._at_first else _BAR
        self.query_one("#bar", Words).update(
            Content.assemble(("▰" * done, "$text-primary"), ("▱" * (_BAR - done), "$text-disabled"))
        )


def _awaited(count: int, seconds: float) -> str:
    if not count:
        return _("Every message has its response. The connections are being closed.")
    sentence = ngettext(
        "Nothing more is sent. {count} response is still awaited, {seconds} s at most.",
        "Nothing more is sent. {count} responses are still awaited, {seconds} s at most.",
        count,
    )
    return sentence.format(count=number(count), seconds=number(round(seconds)))


def _in_flight(dispatcher: Dispatcher) -> int:
    """Messages written and not answered yet, of all binds."""
    return sum(bind.in_flight for bind in dispatcher.binds())
