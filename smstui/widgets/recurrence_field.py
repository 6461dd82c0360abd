"""When something recurs: a choice in words or a cron expression, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select

from smstui.domain.errors import Refusal
from smstui.domain.schedule import Choice, Recurrence, check_cron, cron_for, next_walls, read_cron
from smstui.formats import explain, number
from smstui.i18n import N_, _
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.day_field import DayField
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.time_field import TimeField
from smstui.widgets.weekday_line import WeekdayLine

SHOWN_DATES: Final = 5
MOST_RUNS: Final = 1000
_USUAL: Final = Recurrence(Choice.WEEKLY, time(10), frozenset({0}))
_USUAL_RUNS: Final = 10
_USUAL_SPAN: Final = timedelta(days=90)
_SHORTEST_MONTH: Final = 28
_CHOICES: Final = {
    Choice.DAILY: N_("Every day"),
    Choice.WEEKDAYS: N_("Monday to Friday"),
    Choice.WEEKLY: N_("Days of the week"),
    Choice.MONTHLY_DAY: N_("A day of the month"),
    Choice.MONTHLY_LAST: N_("Last day of the month"),
    Choice.CRON: N_("Cron expression"),
}
_NEVER, _DATE, _COUNT = "never", "date", "count"
_ENDS: Final = {_NEVER: N_("Never"), _DATE: N_("On a date"), _COUNT: N_("After")}


@dataclass(frozen=True, slots=True)
class Repetition:
    """When something recurs, and until when."""

    cron: str
    last_day: date | None = None
    runs: int | None = None

    def next_walls(self, after: datetime) -> tuple[datetime, ...]:
        """Its next wall times, five at most, naive."""
        return next_walls(self.cron, after, min(SHOWN_DATES, self.runs or SHOWN_DATES), self.last_day)


class RecurrenceField(Widget):
    """The form. What it says is its `value`; where it can't be said, `problem` tells why."""

    DEFAULT_CSS = """
    RecurrenceField { height: auto; }
    RecurrenceField #form { height: auto; width: 1fr; max-width: 52; }
    RecurrenceField Select, RecurrenceField #cron { width: 1fr; }
    RecurrenceField Labelled > Horizontal > Label { width: 11; }
    RecurrenceField Labelled > Static { margin-left: 11; }
    RecurrenceField #day, RecurrenceField #runs { width: 9; }
    """

    class Changed(Message):
        """It says something else now."""

    def __init__(self, shown: Repetition | None, now: datetime, *, id: str | None = None) -> None:  # noqa: A002
        """`now`: the wall time after which the dates come, naive."""
        super().__init__(id=id)
        self._shown, self._now = shown, now
        self._value: Repetition | None = None
        self._walls: tuple[datetime, ...] = ()
        self._problem = ""

    @property
    def value(self) -> Repetition | None:
        """What it says; None when there is a problem."""
        return self._value

    @property
    def problem(self) -> str:
        """What is wrong with it, "" when nothing is."""
        return self._problem

    @property
    def walls(self) -> tuple[datetime, ...]:
        """The next wall times, naive, five at most; none when there is a problem."""
        return self._walls

    def compose(self) -> ComposeResult:
        """The choice and what it asks for, and the end."""
        shown = self._shown
        said = _in_words(shown)
        with Vertical(id="form"):
            yield Labelled(_("Repeat"), _select(said.choice))
            yield Labelled(_("Days"), WeekdayLine(said.weekdays, id="weekdays"), id="weekdays-row")
            yield Labelled(_("Day"), _digits(said.day, "day"), id="day-row")
            cron = LineField(shown.cron if shown else "", id="cron", compact=True, placeholder="0 10 * * MON")
            yield Labelled(_("Expression"), cron.leading_to(NEXT), id="cron-row")
            yield Labelled(_("Time"), TimeField(said.at, id="time").leading_to(NEXT), id="time-row")
            ends = [(value, _(label)) for value, label in _ENDS.items()]
            yield Labelled(_("End"), ChoiceLine(ends, _end_of(shown), id="end"))
            until = (shown and shown.last_day) or self._now.date() + _USUAL_SPAN
            field = DayField(until, today=self._now.date(), title=_("Last day"), id="until")
            yield Labelled(_("Until"), field, id="until-row")
            runs = (shown and shown.runs) or _USUAL_RUNS
            yield Labelled(_("Times"), _digits(runs, "runs"), id="runs-row")

    def on_mount(self) -> None:
        """Say what is not obvious."""
        self._row("cron").hint(_("Minute, hour, day, month, weekday."))
        self._refresh()

    def show(self, now: datetime) -> None:
        """`now`: the wall time after which the dates come, naive."""
        self._now = now
        until = self.query_one("#until", DayField)
        until.show(max(until.day, now.date()), now.date())
        self._refresh()

    def take_focus(self) -> None:
        """Stand where something is wrong, or else on the choice."""
        wrong = next((row for row in self.query(Labelled) if row.error), None)
        (wrong.query("Input, WeekdayLine, DayField").first() if wrong else self.query_one(Select)).focus()

    @on(Select.Changed)
    def _choice_made(self, event: Select.Changed) -> None:
        event.stop()
        cron = self.query_one("#cron", Input)
        if self._choice is Choice.CRON and not cron.value and self._value is not None:
            cron.value = self._value.cron
        self._change()

    @on(ChoiceLine.Changed)
    @on(WeekdayLine.Changed)
    @on(DayField.Changed)
    @on(Input.Changed)
    def _edited(self, event: Message) -> None:
        event.stop()
        self._change()

    def _change(self) -> None:
        self._refresh()
        self.post_message(self.Changed())

    @property
    def _choice(self) -> Choice:
        return Choice(str(self.query_one(Select).value))

    @property
    def _end(self) -> str:
        return self.query_one("#end", ChoiceLine).value

    def _refresh(self) -> None:
        """Show the rows that the choices ask for, what is wrong in them, and the next dates."""
        choice, end = self._choice, self._end
        shown = {
            "weekdays": choice is Choice.WEEKLY,
            "day": choice is Choice.MONTHLY_DAY,
            "cron": choice is Choice.CRON,
            "time": choice is not Choice.CRON,
            "until": end == _DATE,
            "runs": end == _COUNT,
        }
        problems = self._problems(choice)
        self._value = None if problems else self._read(choice, end)
        self._walls = self._value.next_walls(self._now) if self._value else ()
        if self._value and not self._walls:
            self._value, problems = None, {"until": _("It would not be sent once until then: choose a later day.")}
        for field, is_shown in shown.items():
            row = self._row(field)
            row.display = is_shown
            row.fail(problems.get(field, "") if is_shown else "")
        self._problem = next(iter(problems.values()), "")
        late = choice is Choice.MONTHLY_DAY and self._number("day") > _SHORTEST_MONTH
        self._row("day").hint(_("Months without that day are left out.") if late else "")

    def _problems(self, choice: Choice) -> dict[str, str]:
        """What is wrong, by row."""
        problems: dict[str, str] = {}
        if choice is not Choice.CRON and (problem := self.query_one("#time", TimeField).problem):
            problems["time"] = problem
        elif problem := self._refused(choice):
            field = {Choice.WEEKLY: "weekdays", Choice.MONTHLY_DAY: "day"}.get(choice, "cron")
            problems[field] = problem
        if self._end == _COUNT and not 1 <= self._number("runs") <= MOST_RUNS:
            problems["runs"] = _("Write a number from 1 to {most}.").format(most=number(MOST_RUNS))
        return problems

    def _refused(self, choice: Choice) -> str:
        try:
            self._cron(choice)
        except Refusal as refusal:
            return explain(refusal)
        return ""

    def _cron(self, choice: Choice) -> str:
        if choice is Choice.CRON:
            return check_cron(self.query_one("#cron", Input).value)
        at = self.query_one("#time", TimeField).at
        assert at is not None
        return cron_for(choice, at, self.query_one(WeekdayLine).days, self._number("day"))

    def _read(self, choice: Choice, end: str) -> Repetition:
        return Repetition(
            self._cron(choice),
            self.query_one("#until", DayField).day if end == _DATE else None,
            self._number("runs") if end == _COUNT else None,
        )

    def _number(self, field: str) -> int:
        return int(self.query_one(f"#{field}", Input).value or 0)

    def _row(self, field: str) -> Labelled:
        return self.query_one(f"#{field}-row", Labelled)


def _in_words(shown: Repetition | None) -> Recurrence:
    """What the form shows at first; the words that an expression leaves free are the usual ones."""
    if shown is None:
        return _USUAL
    return read_cron(shown.cron) or _USUAL._replace(choice=Choice.CRON)


def _end_of(shown: Repetition | None) -> str:
    if shown is None:
        return _NEVER
    return _COUNT if shown.runs else _DATE if shown.last_day else _NEVER


def _select(choice: Choice) -> Select[str]:
    options = [(_(label), str(each)) for each, label in _CHOICES.items()]
    return Select(options, value=str(choice), allow_blank=False, id="repeat", compact=True)


def _digits(value: int, field: str) -> LineField:
    digits = LineField(str(value), id=field, compact=True, restrict=r"[0-9]*", max_length=4)
    return digits.leading_to(NEXT)
