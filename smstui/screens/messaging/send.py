"""Messaging › Send: the composer's keys, and the way through its four steps (the guide, part 2)."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final

from textual import events, on
from textual.binding import Binding, BindingType
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.messaging import choosing, confirming
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.composer import Composer
from smstui.screens.messaging.confirm_step import ConfirmStep
from smstui.screens.messaging.date_step import DateStep
from smstui.screens.messaging.preview import PreviewModal
from smstui.screens.messaging.problems import TEXT_FIELDS, Place, field_of, place_of
from smstui.screens.messaging.recipients_step import RecipientsStep
from smstui.screens.messaging.sending_modal import Decision, SendingModal
from smstui.screens.messaging.text_step import TextStep
from smstui.screens.messaging.writing import Kept
from smstui.screens.once import once_at_a_time
from smstui.screens.settings.sender_form import SenderForm
from smstui.services.credits import InsufficientCredits
from smstui.widgets.recipients_area import RecipientsArea
from smstui.widgets.typed_ahead import caught_up

WIDE: Final = 120
"""Columns of the terminal from which the phone stands beside the form."""
TALL: Final = 32
"""Lines of the terminal from which there is room between those of the form."""


class SendPage(Composer):
    """The composer. What is written in it is kept until it is sent, wherever the person goes."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "next", N_("Continue"), id="send.next", priority=True),
        Binding("ctrl+s", "send", N_("Send"), id="send.send", priority=True),
        Binding("ctrl+s", "schedule", N_("Schedule"), id="send.schedule", priority=True),
        Binding("f4", "preview", N_("Preview"), id="send.preview", priority=True),
        Binding("f6", "replace", N_("Replace"), id="send.replace", priority=True),
        Binding("f5,t", "test", N_("Send a test to my number"), show=False, id="send.test"),
        Binding("f2", "start_anew", N_("Another campaign"), show=False, id="send.start_anew", priority=True),
        Binding("f3", "cut", N_("Show where it is cut, or not"), show=False, id="send.cut", priority=True),
        Binding("f3", "buy", N_("Buy credits"), id="send.buy", priority=True),
        Binding("f7", "sample(1)", N_("Next contact"), show=False, id="send.next_sample", priority=True),
        Binding("shift+f7", "sample(-1)", N_("Contact before"), show=False, id="send.previous_sample", priority=True),
        Binding("f8", "forget_numbers", N_("Remove the numbers"), show=False, id="send.forget", priority=True),
    ]

    def on_resize(self, _event: events.Resize) -> None:
        """The phone stands beside the form in a wide terminal, and a tall one has room between the lines."""
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.set_class(self.app.size.height >= TALL, "-tall")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each step has its own keys."""
        if not self.is_mounted or self.is_sending:
            return action == "back" and not self.is_sending
        on_text, last = self.place is Place.TEXT, self.place is Place.CONFIRM
        available = {
            "next": not last,
            "send": last and self.written.when.is_now,
            "schedule": last and not self.written.when.is_now,
            "preview": on_text and not self.has_class("-wide"),
            "replace": on_text,
            "cut": on_text and self.has_class("-wide"),
            "sample": on_text and self.rendering().is_personal,
            "buy": not on_text and any(isinstance(each, InsufficientCredits) for each in self.problems),
            "test": last,
            "forget_numbers": self.place is Place.RECIPIENTS and bool(self.recipients_step.area.recipients.numbers),
        }
        return available.get(action, True)

    def take_focus(self) -> None:
        """Stand where the step in view starts: on the name of a new campaign, on the text of one begun."""
        match self.place:
            case Place.TEXT:
                self.text_step.focus_on("text" if self.written.name else "name")
            case Place.RECIPIENTS:
                self.recipients_step.take_focus()
            case Place.DATE:
                self.query_one(DateStep).take_focus()
            case Place.CONFIRM:
                self.screen.set_focus(self.query_one("#send"))

    def shown_again(self) -> None:
        """The page in front is closed: it may have changed something."""
        self.read_means()

    def action_back(self) -> None:
        """One step back; from the first one to the menu. Nothing is lost."""
        if self.place is Place.TEXT:
            super().action_back()
        else:
            self._go(list(Place)[list(Place).index(self.place) - 1])

    @on(Button.Pressed, "#back")
    def _back_pressed(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#next")
    async def action_next(self) -> None:
        """Go on, when what was typed is right. What is typed after this finds the next step, however fast it comes."""
        if self.screen.focused is not None:
            await caught_up(self.screen.focused)
        match self.place:
            case Place.TEXT:
                self._leave_text()
            case Place.RECIPIENTS:
                await self._leave_recipients()
            case Place.DATE:
                step = self.query_one(DateStep)
                await caught_up(step)
                if step.problem:
                    step.take_focus()
                else:
                    self._go(Place.CONFIRM)
            case Place.CONFIRM:
                self.action_send()

    def _leave_text(self) -> None:
        self.touched |= set(TEXT_FIELDS)
        self.write(self.text_step.written(self.written))
        wrong = [field_of(problem) for problem in self.problems if place_of(problem) is Place.TEXT]
        if wrong:
            self.text_step.focus_on(min(wrong, key=TEXT_FIELDS.index))
        else:
            self._go(Place.RECIPIENTS)

    async def _leave_recipients(self) -> None:
        area = self.recipients_step.area
        if not await area.take_typed():
            self.screen.set_focus(area.query_one("#numbers"))
            return
        self.touched.add("recipients")
        if self.has_recipients:
            self._go(Place.DATE)
        else:
            self.show_plan()
            self.recipients_step.take_focus()

    def _go(self, place: Place) -> None:
        self.show_step(place)
        self.take_focus()

    @on(Button.Pressed, "#send")
    @once_at_a_time("send-step")
    async def action_send(self) -> None:
        """Confirm with the numbers, and send."""
        try:
            await self.plans.now()
        except Refusal as refusal:
            self.say(refusal)
            return
        self.touched.add("recipients")
        if self.problems:
            self._lead_to(self.problems[0])
            return
        resolve = await self.resolve()
        if resolve is None:
            return
        decision = await self.ask(SendingModal(resolve))
        if decision is Decision.CHANGE_DATE:
            self._go(Place.DATE)
        elif decision is Decision.SEND:
            await self._send()

    def action_schedule(self) -> None:
        """Confirm with the numbers and the date, and schedule."""
        self.action_send()

    async def _send(self) -> None:
        """What is kept as a draft becomes a campaign."""
        await self.keeper.save()
        self.keeper.stop()
        self.is_sending = True
        self.refresh_bindings()
        self.query_one(ConfirmStep).show_problems([_("Preparing the campaign…")])
        at_once = self.written.when.is_now
        try:
            campaign = await self.backend.campaigns.send(self.actor, self.whole_draft(), self.keeper.draft_id)
        except Refusal as refusal:
            self.say(refusal)
            self.keeper.go_on()
            self.plans.ask()
            return
        finally:
            self.is_sending = False
            self.refresh_bindings()
        await self.build(Kept())
        if at_once:
            self.open(CampaignPage(campaign))
        else:
            self.notify(_("The campaign is scheduled."), markup=False)
            self.go_to("campaigns")

    def _lead_to(self, problem: Refusal) -> None:
        """Show where a problem is solved."""
        place, field = place_of(problem), field_of(problem)
        if place is Place.CONFIRM or isinstance(problem, InsufficientCredits):
            self.show_plan()
            self.notify(explain(problem), severity="error", markup=False)
            return
        self._go(place)
        if place is Place.TEXT:
            self.text_step.focus_on(field)

    @once_at_a_time("send-test")
    async def action_test(self) -> None:
        """Send the message to the person's own number."""
        if self.plans.newest is not None:
            await confirming.send_test(self, self.whole_draft(), self.plans.newest)

    @on(ConfirmStep.TestWanted)
    def _test_pressed(self) -> None:
        self.action_test()

    def action_buy(self) -> None:
        """Go where credits are bought; what is written stays."""
        self.go_to("buy")

    @once_at_a_time("send-anew")
    async def action_start_anew(self) -> None:
        """An empty form; what was written stays a draft."""
        await self.keeper.save()
        await self.build(Kept())
        self.take_focus()

    def action_preview(self) -> None:
        """The phone, in front of the form."""
        modal = PreviewModal(self.sender, self.written.type, self.rendering, is_cut=self.is_cut)
        self.app.push_screen(modal, lambda _answer: self.refresh_text())

    def action_cut(self) -> None:
        """Show each SMS in a bubble of its own, or the message as phones show it."""
        self.is_cut = not self.is_cut
        self.refresh_text()

    def action_sample(self, by: int) -> None:
        """Show what another contact gets."""
        self.samples.move(by)
        self.refresh_text()

    def action_replace(self) -> None:
        """Put cheaper characters in the place of those that need Unicode."""
        self.text_step.replace_costly()

    @on(TextStep.Edited)
    def _edited(self, event: TextStep.Edited) -> None:
        self.touched.add(event.field)
        self.write(self.text_step.written(self.written))

    @on(RecipientsArea.Changed)
    def _recipients_changed(self, event: RecipientsArea.Changed) -> None:
        if event.recipients.numbers or event.recipients.refused:
            self.touched.add("recipients")
        self.read = event.recipients
        self.keeper.write(replace(self.written, numbers=self.recipients_step.area.written))
        if self.place is not Place.TEXT:
            self.plans.ask()
        self.refresh_bindings()

    @on(DateStep.Edited)
    def _date_edited(self, event: DateStep.Edited) -> None:
        self.write(replace(self.written, when=event.when, consent=event.consent))

    @on(TextStep.SenderWanted)
    @once_at_a_time("send-choice")
    async def _add_sender(self) -> None:
        name = await self.ask(SenderForm(self.backend.senders, self.actor))
        if name is not None:
            self.write(replace(self.written, sender=name))
            self.read_means()

    @on(TextStep.TemplateWanted)
    @once_at_a_time("send-choice")
    async def _choose_template(self) -> None:
        if self.means is None:
            return
        template = await choosing.choose_template(self, self.written, self.means)
        if template is not None:
            self.write(replace(self.written, template_id=template.id))
            self.text_step.take_template(template)
            self.text_step.focus_on("name" if not self.written.name else "text")

    @on(RecipientsStep.GroupsWanted)
    @once_at_a_time("send-choice")
    async def _choose_groups(self) -> None:
        self.write(await choosing.choose_groups(self, self.written))
        self.read_means()

    @on(RecipientsStep.ContactsWanted)
    @once_at_a_time("send-choice")
    async def _choose_contacts(self) -> None:
        if self.means is not None:
            self.write(await choosing.choose_contacts(self, self.written, self.means.recipient_limit))

    @on(RecipientsStep.ContactsListed)
    @once_at_a_time("send-choice")
    async def _list_contacts(self) -> None:
        self.write(await choosing.list_contacts(self, self.written))

    @on(RecipientsArea.ListWanted)
    @once_at_a_time("send-choice")
    async def _list_numbers(self) -> None:
        await choosing.list_numbers(self, self.recipients_step.area)

    @once_at_a_time("send-choice")
    async def action_forget_numbers(self) -> None:
        """Take all numbers out that were added by hand."""
        await choosing.forget_numbers(self, self.recipients_step.area)

    @on(RecipientsStep.Opened)
    @once_at_a_time("send-choice")
    async def _open_line(self, event: RecipientsStep.Opened) -> None:
        if self.plans.whole is not None:
            area = self.recipients_step.area
            await choosing.open_line(self, self.whole_draft(), self.plans.whole, area, event.wanted)
