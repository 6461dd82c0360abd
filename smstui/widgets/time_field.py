"""The field of a time of day: read as people write it, and shown as HH:MM once it is left."""

from datetime import time
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType

from smstui.domain.errors import Refusal
from smstui.domain.time_of_day import read_time
from smstui.formats import explain
from smstui.i18n import N_
from smstui.widgets.line_field import LineField

STEP: Final = 5
"""Minutes from one time to the next that the arrows lead to."""
_DAY: Final = 24 * 60


class TimeField(LineField):
    """Takes "9", "930", "9h30" and "09:30"; up and down go to the next and the last five minutes."""

    DEFAULT_CSS = """
    TimeField { width: 9; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(1)", N_("Later"), show=False, id="time.later"),
        Binding("down", "step(-1)", N_("Earlier"), show=False, id="time.earlier"),
    ]

    def __init__(self, shown: time | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(written(shown), id=id, compact=True, placeholder="14:15", max_length=16)

    @property
    def at(self) -> time | None:
        """The time that is written; None when it is none, and `problem` says why."""
        try:
            return read_time(self.value)
        except Refusal:
            return None

    @property
    def problem(self) -> str:
        """What is wrong with what is written, "" when nothing is."""
        try:
            read_time(self.value)
        except Refusal as refusal:
            return explain(refusal)
        return ""

    def show(self, shown: time | None) -> None:
        """Write that time, unless it stands there already in another form."""
        if shown != self.at:
            self.value = written(shown)

    def action_step(self, by: int) -> None:
        """Go to the next time that is a multiple of five minutes, or to the one before."""
        now = self.at
        if now is None:
            return
        minutes = now.hour * 60 + now.minute
        later = (minutes // STEP + 1) * STEP if by > 0 else (minutes - 1) // STEP * STEP
        self.value = written(time(*divmod(later % _DAY, 60)))
        self.cursor_position = len(self.value)

    def on_blur(self, _event: events.Blur) -> None:
        """Show a time in one form, however it was written."""
        if (now := self.at) is not None:
            self.value = written(now)


def written(shown: time | None) -> str:
    """HH:MM, "" for no time."""
    return f"{shown:%H:%M}" if shown is not None else ""
