"""Settings › Sending hours: when marketing campaigns may go out, and to how many, for all accounts."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.domain.hours import (
    EARLIEST_OPENING,
    LATEST_CLOSING,
    VOICE_WINDOWS,
    OpensTooEarly,
    SendingHours,
    check_hours,
)
from smstui.formats import explain, number
from smstui.i18n import N_, _
from smstui.screens.latest import Latest
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.services.platform_settings import check_recipient_limit
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.tick import Tick
from smstui.widgets.time_field import TimeField
from smstui.widgets.words import Words

_FIELDS = ("opens", "closes")
_LIMIT = "recipients"


class HoursPage(Page):
    """The hours of a day, or none at all; the most recipients. Administrators change them, the others see them."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), id="hours.save", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._stored: SendingHours | None = None
        """What holds now; None until it is read."""
        self._limit = 0
        """The most recipients of a campaign now."""
        self._reading = Latest(self, self._read, group="hours")

    def compose(self) -> ComposeResult:
        """The hours, what they mean, and those of voice, which nobody can set."""
        may_change = self.actor.is_admin
        with VerticalScroll(can_focus=False):
            yield Words(
                _(
                    "Marketing campaigns go out from Monday to Saturday, except on public holidays, by the clocks "
                    "where each recipient lives. Outside these hours they wait."
                ),
                classes="lead",
            )
            for field, label in zip(_FIELDS, (_("Open at"), _("Close at")), strict=True):
                control = TimeField(id=field).leading_to(NEXT)
                control.disabled = not may_change
                yield Labelled(label, control, id=f"{field}-row")
            always = Tick(_("Always: this platform only informs"), id="always", compact=True, disabled=not may_change)
            yield Labelled("", always, id="always-row")
            yield Labelled(_("Voice"), Words(_voice_words(), id="voice"), id="voice-row")
            recipients = LineField(id=_LIMIT, max_length=12, compact=True, disabled=not may_change)
            yield Labelled(_("Campaigns"), recipients.leading_to(NEXT), id=f"{_LIMIT}-row")
        if may_change:
            with Horizontal(classes="actions"):
                yield Button(_("Save"), id="save", variant="primary", compact=True)
        else:
            yield Words(_("Only an administrator may change the sending hours."), classes="muted")

    def on_mount(self) -> None:
        """Say what the charter and the law allow, and read the hours."""
        opens, closes = f"{EARLIEST_OPENING:%H:%M}", f"{LATEST_CLOSING:%H:%M}"
        self._row("opens").hint(_("Charter: {time} or later.").format(time=opens))
        self._row("closes").hint(_("Charter: {time} or earlier.").format(time=closes))
        self._row("always").hint(
            _("Campaigns go out at any hour of any day: for reminders and alerts, never for marketing.")
        )
        self._row("voice").hint(_("By law (decree 2022-1313), whatever is set here."))
        self._row(_LIMIT).hint(_("The most recipients that each may have."))
        self._reading.ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only administrators save."""
        return self.actor.is_admin if action == "save" else super().check_action(action, parameters)

    def written(self) -> SendingHours | None:
        """What the form says; None where a time is none."""
        opens, closes = (self.query_one(f"#{field}", TimeField).at for field in _FIELDS)
        if opens is None or closes is None:
            return None
        return SendingHours(opens, closes, self.query_one("#always", Tick).value)

    def written_limit(self) -> int | None:
        """The most recipients, as the form says it; None where that is no number."""
        digits = "".join(self.query_one(f"#{_LIMIT}", Input).value.split()).replace(",", "")
        return int(digits) if digits.isascii() and digits.isdigit() else None

    async def may_leave(self) -> bool:
        """Ask when something written would be lost."""
        if self._stored is None or (self._stored, self._limit) == (self.written(), self.written_limit()):
            return True
        return await self.ask(leave_question(_("What you wrote on this page is not saved.")))

    @on(Input.Changed)
    @on(Tick.Changed)
    def _edited(self) -> None:
        if self._stored is not None:
            self._check()

    @on(Tick.Submitted)
    def _go_on(self) -> None:
        self.screen.focus_next()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, if all is right."""
        if self._stored is None:
            return
        if wrong := self._check():
            self.query_one(f"#{wrong}").focus()
        else:
            self._save()

    @once_at_a_time("hours-save")
    async def _save(self) -> None:
        hours, limit = self.written(), self.written_limit()
        assert hours is not None
        assert limit is not None
        try:
            await self.backend.platform.set_sending_hours(self.actor, hours)
            await self.backend.platform.set_recipient_limit(self.actor, limit)
        except Refusal as refusal:
            self.say(refusal)
            return
        if limit != self._limit:
            self.notify(_("A campaign may have {count} recipients at most.").format(count=number(limit)), markup=False)
        if hours != self._stored:
            self.notify(_("Sending hours saved."), markup=False)
        self._stored, self._limit = hours, limit

    async def _read(self) -> None:
        hours, self._limit = await self.backend.platform.sending_hours(), await self.backend.platform.recipient_limit()
        with self.prevent(Input.Changed, Tick.Changed):
            self.query_one("#opens", TimeField).show(hours.opens)
            self.query_one("#closes", TimeField).show(hours.closes)
            self.query_one("#always", Tick).value = hours.always
            self.query_one(f"#{_LIMIT}", Input).value = number(self._limit)
        self._stored = hours

    def _check(self) -> str:
        """Say beside each field what is wrong with it; the first that is, "" when none."""
        problems = {field: self.query_one(f"#{field}", TimeField).problem for field in _FIELDS}
        if (hours := self.written()) is not None:
            try:
                check_hours(hours)
            except Refusal as refusal:
                problems["opens" if isinstance(refusal, OpensTooEarly) else "closes"] = explain(refusal)
        try:
            check_recipient_limit(self.written_limit() or 0)
        except Refusal as refusal:
            problems[_LIMIT] = explain(refusal)
        else:
            problems[_LIMIT] = ""
        for field, sentence in problems.items():
            self._row(field).fail(sentence)
        return next((field for field, sentence in problems.items() if sentence), "")

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)


def _voice_words() -> str:
    """When voice messages may go out."""
    windows = [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in VOICE_WINDOWS]
    return _("Monday to Friday, {windows}").format(windows=", ".join(windows))
