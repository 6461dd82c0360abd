"""One choice among a few, all on one line: (●) the one taken, ( ) the others, those that can't be taken dimmed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from smstui.i18n import N_

_GAP = " "


class ChoiceLine(Widget, can_focus=True):
    """Left and right take another choice."""

    DEFAULT_CSS = """
    ChoiceLine { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "step(1)", N_("Next choice"), show=False, id="choice.next"),
        Binding("left,up", "step(-1)", N_("Previous choice"), show=False, id="choice.previous"),
    ]

    @dataclass
    class Changed(Message):
        """Another choice was taken."""

        line: "ChoiceLine"
        value: str

        @property
        def control(self) -> "ChoiceLine":
            """The line."""
            return self.line

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, *, id: str | None = None) -> None:  # noqa: A002
        """`choices`: values and their labels."""
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._value = value
        self._unavailable: frozenset[str] = frozenset()

    @property
    def value(self) -> str:
        """The choice taken."""
        return self._value

    @property
    def unavailable(self) -> frozenset[str]:
        """The choices that can't be taken."""
        return self._unavailable

    def disallow(self, values: Collection[str]) -> None:
        """These can't be taken now; one that is taken already stays so, until the person takes another."""
        self._unavailable = frozenset(values)
        self.refresh()

    def choose(self, value: str) -> None:
        """Take that choice, as if the person had."""
        self._take(value)

    def render(self) -> Content:
        """All choices; the focus is seen on the one taken."""
        return Content(_GAP).join(self._label(value, label) for value, label in self._choices)

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has gone."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the choice under the mouse."""
        left = 0
        for value, label in self._choices:
            right = left + Content(f"(●) {label}").cell_length
            if left <= event.x < right and event.y == 0:
                self._take(value)
            left = right + len(_GAP)

    def action_step(self, by: int) -> None:
        """Take the next choice that can be taken, or the one before."""
        values = [value for value, _label in self._choices if value not in self._unavailable or value == self._value]
        self._take(values[(values.index(self._value) + by) % len(values)])

    def _take(self, value: str) -> None:
        if value != self._value and value not in self._unavailable:
            self._value = value
            self.refresh()
            self.post_message(self.Changed(self, value))

    def _label(self, value: str, label: str) -> Content:
        if value == self._value:
            return Content.styled(f"(●) {label}", "bold reverse" if self.has_focus else "bold $text-accent")
        return Content.styled(f"( ) {label}", "$text-disabled" if value in self._unavailable else "")
