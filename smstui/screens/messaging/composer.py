"""What the composer holds and shows: what is written, the draft that keeps it, its plan, and the steps that tell it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from textual import events, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher

from smstui.domain.errors import Refusal
from smstui.domain.recipients import Recipients
from smstui.formats import date_time, explain
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.messaging import confirm_step, confirming, writing
from smstui.screens.messaging.confirm_step import ConfirmStep, Resolve
from smstui.screens.messaging.date_step import DateStep
from smstui.screens.messaging.keeping import DraftKeeper
from smstui.screens.messaging.means import Means, read_means
from smstui.screens.messaging.plans import Plans
from smstui.screens.messaging.problems import (
    TEXT_FIELDS,
    Place,
    beside,
    field_of,
    found_at_once,
    found_elsewhere,
    place_of,
)
from smstui.screens.messaging.recipients_step import RecipientsStep
from smstui.screens.messaging.rendering import Rendering, rendered
from smstui.screens.messaging.samples import Samples
from smstui.screens.messaging.text_step import TextStep
from smstui.screens.messaging.writing import Kept, Writing
from smstui.screens.page import Page
from smstui.services.campaigns import Draft
from smstui.services.groups import Group
from smstui.widgets.phone_preview import PhonePreview
from smstui.widgets.words import Words

NOTES: Final = {
    Place.TEXT: N_("1/4 Text"),
    Place.RECIPIENTS: N_("2/4 Recipients"),
    Place.DATE: N_("3/4 Date and time"),
    Place.CONFIRM: N_("4/4 Confirmation"),
}


class Composer(Page):
    """The page without its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Place.TEXT
        self.means: Means | None = None
        self.is_cut = False
        """Whether the phone shows each SMS in a bubble of its own."""
        self.is_sending = False
        self.touched: set[str] = set()
        """The fields whose problems are told."""
        self.read: Recipients | None = None
        """What was read of the numbers, once it was."""
        self._groups: Mapping[int, Group] = {}
        self._confirmation = Latest(self, self._show_confirmation, group="send-confirmation")

    async def on_mount(self) -> None:
        """Take up what was begun: nothing can be typed into the form before it is there."""
        self.plans = Plans(self, self.backend.campaigns, self.actor, self.drafted, self.show_plan)
        self.samples = Samples(self, self.backend.campaigns, self.actor, self.refresh_text)
        await self.build(await self._begun())

    async def on_unmount(self) -> None:
        """Save what the timer has not yet."""
        await self.keeper.save()
        writing.keep(self.host, self.actor, Kept(self.written, self.keeper.draft_id, self.keeper.saved, self.read))

    async def _begun(self) -> Kept:
        for _attempt in range(2):  # what was to be taken up may be gone: then whatever there is
            try:
                return await writing.begun(self.host, self.backend, self.actor)
            except Refusal as refusal:
                self.say(refusal)
        return Kept()

    async def build(self, kept: Kept) -> None:
        """The steps, the phone beside them where there is room, and the buttons."""
        await self.remove_children()
        self.keeper = DraftKeeper(self, self.backend.drafts, self.actor, kept, self.say)
        self.touched = set() if kept.writing.is_blank else set(TEXT_FIELDS)
        self.read = kept.read
        begun = kept.writing
        steps = (
            TextStep(begun),
            RecipientsStep(begun.numbers, kept.read),
            DateStep(begun.when, begun.consent),
            ConfirmStep(),
        )
        for place, step in zip(Place, steps, strict=True):
            step.id = place
        await self.mount(
            Words(Content(_resumed(kept)), id="resumed"),
            Horizontal(ContentSwitcher(*steps, initial=Place.TEXT), PhonePreview(), id="sheet"),
            Horizontal(
                Button(_("Back"), id="back", compact=True),
                Button(_("Continue"), id="next", variant="primary", compact=True),
                Button(_("Send"), id="send", variant="primary", compact=True),
                classes="actions",
            ),
        )
        self.query_one("#resumed").display = kept.resumed is not None
        self.show_step(Place.TEXT)
        self.call_after_refresh(self._tell_sizes)
        self.read_means()

    def _tell_sizes(self) -> None:
        """Textual tells none to a widget that was asked for it before it was laid out."""
        for widget in (self, *self.query(Widget)):
            widget.post_message(events.Resize(widget.outer_size, widget.virtual_size, widget.container_size))

    @property
    def written(self) -> Writing:
        """What is written now."""
        return self.keeper.writing

    @property
    def text_step(self) -> TextStep:
        """The first step."""
        return self.query_one(TextStep)

    @property
    def recipients_step(self) -> RecipientsStep:
        """The second step."""
        return self.query_one(RecipientsStep)

    def write(self, written: Writing) -> None:
        """Keep it, and show what follows from it."""
        before = self.written
        self.keeper.write(written)
        self.text_step.show_writing(written)
        if (before.group_ids, before.contact_ids) != (written.group_ids, written.contact_ids):
            self._show_chosen()
        self.refresh_text()
        if self.place is not Place.DATE:  # its step tells what follows from a date
            self.plans.ask()

    def drafted(self) -> tuple[Draft, bool]:
        """The campaign as it is written, and whether its recipients are to be counted."""
        if self.place is Place.TEXT:
            return replace(self.written, group_ids=(), contact_ids=()).draft(()), False
        return self.whole_draft(), True

    def whole_draft(self) -> Draft:
        """The campaign as it is written."""
        return self.written.draft(self.recipients_step.area.recipients.numbers)

    @property
    def has_recipients(self) -> bool:
        """Whether anybody is chosen, as far as it is known yet."""
        area = self.recipients_step.area
        return self.written.has_chosen or bool(area.recipients.numbers) or area.is_reading

    @property
    def problems(self) -> tuple[Refusal, ...]:
        """All that stands in the way, as far as it is known."""
        newest = self.plans.newest
        return (*found_at_once(self.written, self.means), *(found_elsewhere(newest.problems) if newest else ()))

    @work(group="send-means", exclusive=True)
    async def read_means(self) -> None:
        """Read what can be sent with."""
        means = await read_means(self.backend, self.actor)
        self._groups = {each.id: each for each in await self.backend.groups.list(self.actor)}
        self.means = means
        self.text_step.show_means(means, self.written)
        self.recipients_step.show_limit(means.recipient_limit)
        self.query_one(ConfirmStep).show_number(means.certified_number)
        there = tuple(each for each in self.written.group_ids if each in self._groups)
        if there != self.written.group_ids:
            self.notify(_("A group that was chosen is no longer there."), severity="warning", markup=False)
        self._show_chosen()
        self.write(replace(self.text_step.written(self.written), group_ids=there))

    def _show_chosen(self) -> None:
        chosen = self.written
        self.recipients_step.show_chosen(chosen.group_ids, self._groups, len(chosen.contact_ids))

    def rendering(self, by: int = 0) -> Rendering:
        """The text that the sample contact gets, or the one so many further on."""
        self.samples.move(by)
        return rendered(self.written, self.means, self.samples.current)

    def refresh_text(self) -> None:
        """Show the text as it is sent, what it counts, and what is wrong with it."""
        rendering = self.rendering()
        if rendering.is_personal:
            self.samples.follow(self.written)
        self.text_step.show_rendering(rendering, self.written)
        parts = rendering.parts(self.written.type) if self.is_cut else ()
        self.query_one(PhonePreview).show(self.sender, rendering.text, parts, reader=rendering.reader)
        sentences: dict[str, str] = {}
        for problem in self.problems:
            sentences.setdefault(field_of(problem), beside(problem))
        self.text_step.show_errors({field: each for field, each in sentences.items() if field in self.touched})

    @property
    def sender(self) -> str:
        """What phones show as the sender."""
        return self.means.sender_of(self.written.type, self.written.sender) if self.means else ""

    def show_plan(self) -> None:
        """Show what was reckoned."""
        self.refresh_text()
        plan, step = self.plans.whole, self.recipients_step
        if self.place is Place.TEXT:
            return
        if self.plans.is_slow:
            step.show_reckoning()
        else:
            step.show_plan(plan if self.has_recipients else None)
        step.show_problems(self._told(Place.RECIPIENTS))
        if self.place is Place.DATE:
            self.show_date()
        if self.place is Place.CONFIRM:
            self._confirmation.ask()
        self.refresh_bindings()

    def _told(self, place: Place) -> list[str]:
        """What stands in the way, in words, for a step: each with the step where it is solved when that is another."""
        refused = [explain(self.plans.refused)] if self.plans.refused else []
        told = [
            problem
            for problem in self.problems
            if place is Place.CONFIRM or place_of(problem) is Place.TEXT or field_of(problem) in self.touched
        ]
        named = [(place_of(problem), beside(problem)) for problem in told if place_of(problem) in NOTES]
        return refused + [
            sentence if there is place else f"{_(NOTES[there])} : {sentence}" for there, sentence in named
        ]

    def show_date(self) -> None:
        """Tell the step of the date whom it is about."""
        plan, means = self.plans.newest, self.means
        if plan is None or means is None:
            return
        by_country = [(one.country, one.recipients) for one in (self.plans.whole or plan).reckoned.by_country]
        now, hours = self.backend.clock.now(), confirm_step.hours_of(self.written, means)
        self.query_one(DateStep).show(plan.zone, now, hours, by_country, self.written.type)

    async def resolve(self) -> Resolve | None:
        """All that a confirmation tells of; None while it is not known."""
        plan, means, read = self.plans.whole, self.means, self.recipients_step.area.recipients
        if plan is None or means is None:
            return None
        mobile = read.numbers[0] if read.numbers else ""
        details = await confirming.first_reader(self, self.written, self.samples.first, mobile)
        rendering = rendered(self.written, means, details)
        now = self.backend.clock.now()
        return Resolve(self.written, rendering, plan, means, now, len(read.refused), read.duplicates)

    async def _show_confirmation(self) -> None:
        step = self.query_one(ConfirmStep)
        if (resolve := await self.resolve()) is not None:
            step.show(await asyncio.to_thread(confirm_step.lines, resolve))
        step.show_problems(self._told(Place.CONFIRM))

    def show_step(self, place: Place) -> None:
        """Show that step, with its buttons and keys."""
        if place is not Place.TEXT:
            self.query_one("#resumed").display = False
        self.place = place
        self.query_one(ContentSwitcher).current = place
        self.set_class(place is Place.TEXT, "-on-text")
        self.note = _(NOTES[place])
        last = place is Place.CONFIRM
        self.query_one("#back").display = place is not Place.TEXT
        self.query_one("#next").display = not last
        send = self.query_one("#send", Button)
        send.display = last
        send.label = _("Send") if self.written.when.is_now else _("Schedule")
        self.keeper.save_soon()
        if place is not Place.TEXT:
            self.show_plan()
            self.plans.ask()
        self.refresh_bindings()


def _resumed(kept: Kept) -> str:
    """That a draft of before was taken up."""
    if kept.resumed is None:
        return ""
    if kept.writing.replaces_id is not None:
        return _("Changes to a scheduled campaign: it stays as it is until you confirm. F2: another campaign")
    return _("Draft of {time} taken up. F2: another campaign").format(time=date_time(kept.resumed))
