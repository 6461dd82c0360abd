"""The pop-up before a campaign leaves (the guide, part 2, "ETAPE 4"): what will happen, in numbers."""

from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.formats import credits_text, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.messaging.confirm_step import Resolve
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class Decision(StrEnum):
    """What is to be done."""

    SEND = "send"
    CHANGE_DATE = "change-date"


class SendingModal(TranslatedModal[Decision | None]):
    """Answers with the decision; None, by Esc too, is to leave everything as it is."""

    DEFAULT_CSS = """
    SendingModal .dialog { width: 72; }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="sending.cancel"),
        Binding("right,down", "app.focus_next", show=False, id="sending.next"),
        Binding("left,up", "app.focus_previous", show=False, id="sending.previous"),
    ]

    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        self._resolve = resolve

    def compose(self) -> ComposeResult:
        """The sentences, and a button for each decision."""
        resolve = self._resolve
        waits = resolve.waits
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Confirmation"))
            yield Words(Content("\n\n".join(_sentences(resolve, waits))), classes="dialog-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                if waits:
                    yield Button(_("Change the date"), id=Decision.CHANGE_DATE.value)
                yield Button(Content(_consequence(resolve)), id="confirm", variant="primary")

    def on_mount(self) -> None:
        """Stand on what was asked for."""
        self.query_one("#confirm").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        decisions = {"confirm": Decision.SEND, Decision.CHANGE_DATE.value: Decision.CHANGE_DATE}
        self.dismiss(decisions.get(event.button.id or ""))

    def action_cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _sentences(resolve: Resolve, waits: list[str]) -> list[str]:
    plan, when = resolve.plan, resolve.writing.when
    count, price = number(plan.recipients), credits_text(plan.cost)
    if when.is_now and not waits:
        said = [_("Your SMS will be sent at once.")]
    elif when.is_now and resolve.everybody_waits:
        said = [_("The sending hours are closed now: your SMS will leave when they open.")]
    elif when.is_now:
        said = [_("Your SMS will be sent at once, except where the sending hours are closed now.")]
    else:
        said = [resolve.sending_words]
    if waits:
        said.append("\n".join(waits))
    if when.is_now and resolve.everybody_waits:
        question = ngettext(
            "Send to {count} number as soon as it may be, {credits}?",
            "Send to {count} numbers as soon as it may be, {credits}?",
            plan.recipients,
        )
    elif when.is_now:
        question = ngettext(
            "Send now to {count} number, {credits}?", "Send now to {count} numbers, {credits}?", plan.recipients
        )
    elif when.recurs:
        question = ngettext(
            "Schedule for {count} number at present, {credits} each time?",
            "Schedule for {count} numbers at present, {credits} each time?",
            plan.recipients,
        )
    else:
        question = ngettext(
            "Schedule for {count} number, {credits}?", "Schedule for {count} numbers, {credits}?", plan.recipients
        )
    return [*said, question.format(count=count, credits=price)]


def _consequence(resolve: Resolve) -> str:
    """What the button does."""
    when, plan = resolve.writing.when, resolve.plan
    if when.recurs:
        return _("Schedule the series")
    if when.is_now and resolve.everybody_waits:
        until = plan.waits[0].until.astimezone(plan.zone)
        return _("Wait until {moment}").format(moment=f"{until:%d/%m %H:%M}")
    if when.wall:
        return _("Schedule for {moment}").format(moment=f"{when.wall:%d/%m %H:%M}")
    sentence = ngettext("Send now to {count} number", "Send now to {count} numbers", plan.recipients)
    return sentence.format(count=number(plan.recipients))
