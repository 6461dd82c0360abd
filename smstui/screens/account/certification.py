"""Certifying a number (the guide, part 1, step 5): the number, then the code of 6 digits that it received."""

from math import ceil
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import clock_time, duration, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.host import Host
from smstui.screens.once import once_at_a_time
from smstui.services.certification import CODE_DIGITS, TEST_CREDITS, Certified, CodeSent
from smstui.widgets.code_input import CodeInput
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words

HOTLINE = "+33 (0)4 91 05 64 62"


class CertificationModal(TranslatedModal[Certified | None]):
    """Dismissed with what was certified, or None for later; a code that was sent stays good for the next time."""

    CSS_PATH = "modals.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", N_("Later"), show=False, id="certification.later"),
    ]

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor
        self._sent: CodeSent | None = None

    @property
    def host(self) -> Host:
        """The application."""
        assert isinstance(self.app, Host)
        return self.app

    def compose(self) -> ComposeResult:
        """The number with its button; the code, once one was sent, with its own."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Number verification"))
            if self.host.demo is not None:
                dialog.border_subtitle = Content(_("F9: the phones of the demo"))
            yield from self._compose_number()
            yield from self._compose_code()

    def _compose_number(self) -> ComposeResult:
        with Vertical(id="number-step"):
            yield Words(
                _(
                    "To get {credits} test credits and to be able to pay online, you have to certify your mobile "
                    "number: enter it in the field below."
                ).format(credits=number(TEST_CREDITS.decimal)),
                classes="dialog-text",
            )
            yield Words(
                _("If you do not wish to give us your mobile number, call us on {phone}.").format(phone=HOTLINE),
                classes="dialog-text muted",
            )
            yield Labelled(_("Phone number"), LineField(id="number", placeholder="06 01 02 03 04"), id="number-field")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("I will do that later"), classes="later", compact=True)
                yield Button(_("Send the code"), id="send", variant="primary", compact=True)

    def _compose_code(self) -> ComposeResult:
        with Vertical(id="code-step"):
            yield Words(id="code-text", classes="dialog-text")
            yield Labelled(
                _("{digits}-digit code").format(digits=CODE_DIGITS), CodeInput(CODE_DIGITS, id="code"), id="code-field"
            )
            with Horizontal(classes="card-links"):
                yield Words(_("Did you not receive the message?"))
                yield Button(_("Send the code again"), id="again", classes="link", compact=True)
            yield Words(id="again-note", classes="muted")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Other number"), id="other", compact=True)
                yield Button(_("I will do that later"), classes="later", compact=True)
                yield Button(_("Confirm"), id="confirm", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Go on with the code that is awaited, if one is."""
        self._show_step()
        self.set_interval(1.0, self._count_down)
        self._find_pending()

    @work(group="certification-pending", exclusive=True)
    async def _find_pending(self) -> None:
        self._show_step(await self.host.backend.certification.pending(self._actor))

    def _show_step(self, sent: CodeSent | None = None) -> None:
        self._sent = sent
        self.query_one("#number-step").display = sent is None
        self.query_one("#code-step").display = sent is not None
        if sent is None:
            self.query_one("#number").focus()
            return
        self.query_one("#code-text", Words).update(
            Content(
                _("Enter the {digits}-digit code that {number} received by message. It is valid until {time}.").format(
                    digits=CODE_DIGITS, number=sent.number, time=clock_time(sent.expires_at)
                )
            )
        )
        self.query_one("#code").focus()
        self._count_down()

    def _count_down(self) -> None:
        """Say when another code may be asked for, and how many."""
        if self._sent is None:
            return
        wait = (self._sent.resend_at - self.host.backend.clock.now()).total_seconds()
        self.query_one("#again", Button).disabled = wait > 0
        if wait > 0:
            note = _("Possible again in {wait}.").format(wait=duration(ceil(wait)))
        else:
            left = self._sent.sends_left
            note = ngettext("{count} more code this hour.", "{count} more codes this hour.", left).format(
                count=number(left)
            )
        self.query_one("#again-note", Words).update(Content(note))

    @on(Input.Submitted, "#number")
    @on(Button.Pressed, "#send")
    def _number_given(self) -> None:
        text = self.query_one("#number", Input).value.strip()
        if text:
            self._request(text, "#number-field")
        else:
            self.query_one("#number-field", Labelled).fail(_("Enter your mobile number."))

    @on(Button.Pressed, "#again")
    def _again(self) -> None:
        if self._sent is not None:
            self._request(self._sent.number, "#code-field")

    @once_at_a_time("certification")
    async def _request(self, number_text: str, field: str) -> None:
        try:
            sent = await self.host.backend.certification.request_code(self._actor, number_text)
        except Refusal as refusal:
            self.query_one(field, Labelled).fail(explain(refusal))
        else:
            self.query_one("#code", CodeInput).value = ""
            self._show_step(sent)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one("#number-field" if event.input.id == "number" else "#code-field", Labelled).fail("")

    @on(Input.Submitted, "#code")
    @on(Button.Pressed, "#confirm")
    @once_at_a_time("certification")
    async def _confirmed(self) -> None:
        field = self.query_one("#code", CodeInput)
        try:
            certified = await self.host.backend.certification.confirm(self._actor, field.code)
        except Refusal as refusal:
            self.query_one("#code-field", Labelled).fail(explain(refusal))
            field.focus()
            field.select_all()
        else:
            self.dismiss(certified)

    @on(Button.Pressed, "#other")
    def _other_number(self) -> None:
        self._show_step()

    @on(Button.Pressed, ".later")
    def action_later(self) -> None:
        """Not now."""
        self.dismiss(None)
