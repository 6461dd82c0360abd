"""Messaging › Send: the composer, in two steps, and its confirmation (the guide, part 2)."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, ContentSwitcher

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.formats import credits_text, explain, number
from smstui.i18n import N_, _, ngettext
from smstui.screens.latest import Latest
from smstui.screens.messaging import writing
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.preview import PreviewModal
from smstui.screens.messaging.problems import beside, field_of
from smstui.screens.messaging.recipients_step import RecipientsStep
from smstui.screens.messaging.text_step import FIELDS, Means, TextStep
from smstui.screens.messaging.writing import Writing
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.settings.sender_form import SenderForm
from smstui.services.campaigns import Plan
from smstui.smpp.values import BindMode
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.recipients_area import RecipientsArea

WIDE = 120
"""Columns of the terminal from which the phone stands beside the form."""


class SendPage(Page):
    """The composer. What is written in it is kept until it is sent, wherever the person goes."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "next", N_("Continue"), id="send.next", priority=True),
        Binding("ctrl+s", "send", N_("Send"), id="send.send", priority=True),
        Binding("f4", "preview", N_("Preview"), id="send.preview", priority=True),
        Binding("f6", "replace", N_("Replace"), id="send.replace", priority=True),
        Binding("f8", "forget_pasted", N_("Remove the list"), id="send.forget_pasted", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._writing = Writing()
        self._touched: set[str] = set()
        self._problems: tuple[Refusal, ...] = ()
        self._means: Means | None = None
        self._planning = Latest(self, self._plan_and_show, group="send-plan")

    def compose(self) -> ComposeResult:
        """The steps, the phone beside them where there is room, and the buttons."""
        self._writing = writing.kept(self.host, self.actor)
        self._touched = set(FIELDS) if self._writing != Writing() else set()
        with Horizontal(id="sheet"):
            with ContentSwitcher(initial="text-step"):
                with Vertical(id="text-step"):
                    yield TextStep(self._writing)
                with Vertical(id="recipients-step"):
                    yield RecipientsStep(self._writing.numbers)
            yield PhonePreview()
        with Horizontal(classes="actions"):
            yield Button(_("Back"), id="back", compact=True)
            yield Button(_("Continue"), id="next", variant="primary", compact=True)
            yield Button(_("Send"), id="send", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read what can be sent with."""
        self._show_step("text-step")
        self._read_means()

    def on_resize(self, _event: events.Resize) -> None:
        """The phone stands beside the form in a wide terminal."""
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each step has its own keys."""
        on_text = self._on_text
        available = {
            "next": on_text,
            "replace": on_text,
            "send": not on_text,
            "preview": not self.has_class("-wide"),
            "forget_pasted": not on_text and bool(self._writing.numbers.pasted),
        }
        return available.get(action, True)

    @property
    def _on_text(self) -> bool:
        return not self.is_mounted or self.query_one(ContentSwitcher).current == "text-step"

    @property
    def _text_step(self) -> TextStep:
        return self.query_one(TextStep)

    @property
    def _recipients_step(self) -> RecipientsStep:
        return self.query_one(RecipientsStep)

    def take_focus(self) -> None:
        """Stand on the name of a new campaign, on the text of one begun."""
        self._text_step.focus_on("text" if self._writing.name else "name")

    def action_back(self) -> None:
        """From the recipients to the text, from there to the menu. Nothing is lost."""
        if self._on_text:
            super().action_back()
        else:
            self._show_step("text-step")
            self._text_step.focus_on("text")

    @on(Button.Pressed, "#back")
    def _back_pressed(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#next")
    @once_at_a_time("send-step")
    async def action_next(self) -> None:
        """Go on to the recipients, once the text is right."""
        self._touched = set(FIELDS)
        await self._planned()
        wrong = [field for field in map(field_of, self._problems) if field in FIELDS]
        if wrong:
            self._text_step.focus_on(wrong[0])
            return
        self._show_step("recipients-step")
        self._recipients_step.query_one("#numbers").focus()

    @on(Button.Pressed, "#send")
    @once_at_a_time("send-step")
    async def action_send(self) -> None:
        """Confirm with the numbers, and send."""
        self._touched.add("recipients")
        plan = await self._planned()
        if self._problems:
            self._recipients_step.query_one("#numbers").focus()
            return
        if not await self.ask(_confirmation(plan)):
            return
        draft = self._writing.draft(self._recipients_step.area.recipients.numbers)
        try:
            campaign = await self.backend.campaigns.send(self.actor, draft)
        except Refusal as refusal:
            self.notify(explain(refusal), severity="error", markup=False)
            self._planning.ask()
            return
        await self._start_anew()
        self.open(CampaignPage(campaign))

    def action_preview(self) -> None:
        """The phone, in front of the form."""
        self.app.push_screen(PreviewModal(self._shown_sender(), self._text_step.complete_text()))

    def action_replace(self) -> None:
        """Put cheaper characters in the place of those that need Unicode."""
        self._text_step.replace_costly()

    def action_forget_pasted(self) -> None:
        """Take the pasted list out."""
        self._recipients_step.area.forget_pasted()

    @on(TextStep.Edited)
    def _edited(self, event: TextStep.Edited) -> None:
        self._touched.add(event.field)
        self._write(replace(event.writing, numbers=self._writing.numbers))

    @on(RecipientsArea.Changed)
    def _recipients_changed(self) -> None:
        if self._recipients_step.area.recipients.numbers:
            self._touched.add("recipients")
        self._write(replace(self._writing, numbers=self._recipients_step.area.written))
        self.refresh_bindings()

    @on(TextStep.SenderWanted)
    @once_at_a_time("send-sender")
    async def _add_sender(self) -> None:
        name = await self.ask(SenderForm(self.backend.senders, self.actor))
        if name is not None:
            self._write(replace(self._writing, sender=name))
            self._text_step.choose_sender(name)
            self._read_means()

    @work(group="send-means", exclusive=True)
    async def _read_means(self) -> None:
        senders = await self.backend.senders.list(self.actor)
        profile = await self.backend.accounts.profile(self.actor)
        stop_codes: dict[MessageType, str] = {}
        reply_numbers: dict[MessageType, str] = {}
        default_numbers: dict[MessageType, str] = {}
        for connection in await self.backend.connections.list():
            if connection.enabled and connection.bind.mode is not BindMode.RECEIVER:
                for each in connection.types - stop_codes.keys():
                    stop_codes[each] = connection.stop_code
                    default_numbers[each] = connection.reply_number or connection.stop_code
                    if each is MessageType.REPONSE and connection.reply_number:
                        reply_numbers[each] = connection.reply_number
        self._means = Means(
            senders=[sender.name for sender in senders],
            default_sender=next((sender.name for sender in senders if sender.is_default), None),
            reply_numbers=reply_numbers,
            default_numbers=default_numbers,
            stop_codes=stop_codes,
            may_omit_stop=profile.may_omit_stop,
        )
        self._text_step.show_means(self._means)
        self._write(self._writing)

    def _write(self, written: Writing) -> None:
        """Keep it, and show what follows from it."""
        self._writing = written
        writing.keep(self.host, self.actor, written)
        self.query_one(PhonePreview).show(self._shown_sender(), self._text_step.complete_text())
        self._planning.ask()

    def _shown_sender(self) -> str:
        if self._means is None:
            return ""
        return (
            self._means.reply_numbers.get(self._writing.type)
            or self._writing.sender
            or self._means.default_sender
            or self._means.default_numbers.get(self._writing.type)
            or ""
        )

    async def _plan_and_show(self) -> None:
        await self._planned()

    async def _planned(self) -> Plan:
        """What the campaign would be, and its problems: each beside its field, once the person has been there."""
        numbers = self._recipients_step.area.recipients.numbers
        plan = await self.backend.campaigns.plan(self.actor, self._writing.draft(numbers))
        self._problems = plan.problems
        sentences: dict[str, str] = {}
        for problem in plan.problems:
            sentences.setdefault(field_of(problem), beside(problem))
        for field in FIELDS:
            self._text_step.show_error(field, sentences.get(field, "") if field in self._touched else "")
        shown = "recipients" in self._touched
        of_recipients = tuple(each for each in plan.problems if shown and field_of(each) == "recipients")
        self._recipients_step.show_plan(plan if numbers else None, of_recipients)
        return plan

    def _show_step(self, step: str) -> None:
        self.query_one(ContentSwitcher).current = step
        on_text = step == "text-step"
        self.note = _("1/2 Text") if on_text else _("2/2 Recipients")
        self.query_one("#back").display = not on_text
        self.query_one("#next").display = on_text
        self.query_one("#send").display = not on_text
        self.refresh_bindings()

    async def _start_anew(self) -> None:
        """An empty form, in the place of the one that was sent."""
        writing.keep(self.host, self.actor, Writing())
        await self.recompose()
        self.on_mount()


def _confirmation(plan: Plan) -> ConfirmModal:
    count = number(plan.recipients)
    question = ngettext(
        "Send now to {count} number, {credits}?", "Send now to {count} numbers, {credits}?", plan.recipients
    ).format(count=count, credits=credits_text(plan.cost))
    confirm = ngettext("Send now to {count} number", "Send now to {count} numbers", plan.recipients).format(count=count)
    return ConfirmModal(_("Confirmation"), question, confirm=confirm)
