"""The composer's step of the date (the guide, part 2, "ETAPE 4"): now, at a day and an hour, or again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from smstui.domain.hours import HoursConsent, SendingHours
from smstui.domain.schedule import instant_of
from smstui.domain.states import MessageType
from smstui.formats import long_date
from smstui.i18n import N_, _
from smstui.screens.messaging import when_words
from smstui.screens.messaging.consent_ticks import ConsentTicks
from smstui.screens.messaging.date_hours import Audience, warm_up
from smstui.screens.once import once_at_a_time
from smstui.services.when import NOW, When
from smstui.widgets.calendar import Calendar
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT
from smstui.widgets.recurrence_field import RecurrenceField, Repetition
from smstui.widgets.time_field import TimeField
from smstui.widgets.words import Words

_NOW, _LATER, _AGAIN = "now", "later", "again"
_CHOICES: Final = {_NOW: N_("Now"), _LATER: N_("Later"), _AGAIN: N_("Recurring")}
_PARTS: Final = {"at-once": _NOW, "later": _LATER, "again": _AGAIN}
"""What is shown for each choice."""
WIDE: Final = 64
"""Columns from which the calendar is the wide one."""
ROOMY: Final = 88
"""Columns from which the dates of a recurrence stand beside its form."""
_SOON: Final = timedelta(minutes=15)
_ROUND: Final = 5
"""Minutes."""


class DateStep(Vertical):
    """A view of a `When` and of the consent that it asks for. It shows them once `show` has said what it must know."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")

    @dataclass
    class Edited(Message):
        """The step says this now. Where `problem` says what is wrong, `when` is what it said before."""

        when: When
        consent: HoursConsent
        problem: str = ""

    def __init__(self, when: When = NOW, consent: HoursConsent = HoursConsent.NONE) -> None:
        super().__init__()
        self._when, self._consent = when, consent
        self._problem = ""
        self._audience: Audience | None = None
        self._is_ready = False

    def compose(self) -> ComposeResult:
        """The choice; what it asks for comes under it."""
        choices = [(value, _(label)) for value, label in _CHOICES.items()]
        yield ChoiceLine(choices, _choice_of(self._when), id="when")
        yield Vertical(id="asked")

    @property
    def problem(self) -> str:
        """What stands in the way of sending then, "" when nothing does."""
        return self._problem

    def show(
        self,
        zone: ZoneInfo,
        now: datetime,
        hours: SendingHours,
        recipients: Sequence[tuple[str, int]],
        kind: MessageType = MessageType.PRO,
    ) -> None:
        """Show what follows from these: the account's `zone`, the aware `now`, how many recipients in each country."""
        self._audience = Audience.of(zone, now, hours, recipients, kind)
        if self._is_ready:
            self._refresh()
        else:
            self._make_ready(self._audience)

    def take_focus(self) -> None:
        """Stand where something is wrong, on the calendar when it is shown, or else on the choice."""
        choice = self.query_one("#when", ChoiceLine)
        if not self._is_ready or choice.value == _NOW:
            choice.focus()
        elif choice.value == _LATER:
            self.query_one("#hour" if self._problem else "#calendar").focus()
        else:
            self.query_one(RecurrenceField).take_focus()

    def on_resize(self, event: events.Resize) -> None:
        """Wide steps have room for more beside the controls."""
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.width >= ROOMY, "-roomy")

    @once_at_a_time("date-step")
    async def _make_ready(self, audience: Audience) -> None:
        await asyncio.to_thread(warm_up, audience)
        await self.query_one("#asked").mount_all(self._controls(self._audience or audience))
        self._is_ready = True
        self._refresh()

    def _controls(self, audience: Audience) -> list[Widget]:
        """What the choices ask for."""
        wall = self._when.wall or _usual(audience)
        calendar = Calendar(wall.date(), today=audience.here.date(), id="calendar")
        hour = Labelled(_("Time"), TimeField(wall.time(), id="hour").leading_to(NEXT), id="hour-row")
        beside = Vertical(hour, _text("once"), id="beside")
        repetition = Repetition(self._when.cron, self._when.last_day, self._when.runs) if self._when.cron else None
        return [
            _text("at-once"),
            Horizontal(calendar, beside, id="later"),
            Container(RecurrenceField(repetition, audience.here), _text("dates"), id="again"),
            _text("said"),
            _text("waits"),
            ConsentTicks(self._consent),
        ]

    @on(ChoiceLine.Changed)
    @on(Calendar.Changed)
    @on(Input.Changed, "#hour")
    @on(RecurrenceField.Changed)
    @on(ConsentTicks.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        if self._is_ready:
            self._refresh()

    @on(Calendar.Refused)
    def _past_day_refused(self, event: Calendar.Refused) -> None:
        event.stop()
        sentence = _("✕ {date} is past: choose today or a later day.")
        self._write("said", sentence.format(date=long_date(event.day)))

    @on(Calendar.Submitted)
    def _day_chosen(self, event: Calendar.Submitted) -> None:
        event.stop()
        self.query_one("#hour").focus()

    def _refresh(self) -> None:
        """Show all that follows from what is chosen, and tell it."""
        audience = self._audience
        assert audience is not None
        choice = self.query_one("#when", ChoiceLine).value
        for part, shown_for in _PARTS.items():
            self.query_one(f"#{part}").display = choice == shown_for
        self._write("said", "")
        chosen, problem = self._chosen(choice, audience)
        moments = self._moments(chosen, audience)
        consent = self._asked_consent(moments, audience, recurs=choice == _AGAIN)
        self.query_one(Calendar).show(audience.here.date(), lambda day: audience.day_is_closed(day, consent))
        self._tell(chosen, moments, consent, audience)
        says = (chosen or self._when, consent, problem)
        if says != (self._when, self._consent, self._problem):
            self._when, self._consent, self._problem = says
            self.post_message(self.Edited(*says))

    def _chosen(self, choice: str, audience: Audience) -> tuple[When | None, str]:
        """What the controls say, or None and what is wrong with it."""
        if choice == _NOW:
            return NOW, ""
        if choice == _AGAIN:
            field = self.query_one(RecurrenceField)
            said = field.value
            return (When(cron=said.cron, last_day=said.last_day, runs=said.runs) if said else None), field.problem
        hour = self.query_one("#hour", TimeField)
        problem, at = hour.problem, hour.at
        when = When(datetime.combine(self.query_one(Calendar).day, at)) if at is not None else None
        if when and when.wall and instant_of(when.wall, audience.zone) <= audience.now:
            when, problem = None, _("It is {time} already: choose a later time.").format(time=f"{audience.here:%H:%M}")
        self.query_one("#hour-row", Labelled).fail(problem)
        return when, problem

    def _moments(self, when: When | None, audience: Audience) -> list[datetime]:
        """The instants at which it is sent next; none where something is wrong."""
        if when is None:
            return []
        if when.is_now:
            return [audience.now]
        walls = (when.wall,) if when.wall else self.query_one(RecurrenceField).walls
        return [instant_of(wall, audience.zone) for wall in walls]

    def _asked_consent(self, moments: list[datetime], audience: Audience, *, recurs: bool) -> HoursConsent:
        """Ask for the consents that would change something: those that recur come to holidays that are not seen yet."""
        ticks = self.query_one(ConsentTicks)
        if moments:
            ticks.offer(
                sundays=audience.may_consent and (recurs or any(map(audience.sundays_would_help, moments))),
                anytime=audience.may_consent and any(map(audience.anytime_would_help, moments)),
            )
        return ticks.consent

    def _tell(self, when: When | None, moments: list[datetime], consent: HoursConsent, audience: Audience) -> None:
        """Put it in words: when, to whom, and who waits."""
        waits = [audience.waits(at, consent) for at in moments]
        first = next((index for index, each in enumerate(waits) if each), None)
        waiting = when_words.wait_words(waits[first], audience, moments[first]) if first is not None else []
        self._write("waits", "\n".join(f"○ {sentence}" for sentence in waiting))
        told: list[str] = []
        if when and when.cron:
            walls = self.query_one(RecurrenceField).walls
            runs = [when_words.run_words(wall, each, audience.zone) for wall, each in zip(walls, waits, strict=True)]
            told = ["\n".join([when_words.sent_by(when.cron, audience.zone), *runs])]
        elif when:
            sentence = (
                when_words.sent_at(when.wall, audience.zone) if when.wall else _("Sent as soon as it is confirmed.")
            )
            change = when_words.clock_change(when.wall, audience.zone) if when.wall else ""
            told = [sentence, change, when_words.recipients_words(audience, moments[0])]
        for part in ("at-once", "once", "dates"):
            self._write(part, "\n\n".join(filter(None, told)))

    def _write(self, part: str, text: str) -> None:
        self.query_one(f"#{part}", Words).update(Content(text))


def _choice_of(when: When) -> str:
    return _NOW if when.is_now else _AGAIN if when.recurs else _LATER


def _usual(audience: Audience) -> datetime:
    """The wall time that is offered first: soon, within the hours of most recipients."""
    soon = audience.now + _SOON
    wall = audience.next_open(soon)
    late = timedelta(minutes=-wall.minute % _ROUND)
    return (wall + late).replace(second=0, microsecond=0)


def _text(name: str) -> Words:
    return Words("", id=name)
