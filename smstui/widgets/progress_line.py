"""A campaign's one line of truth: state, bar, percentage, rate and what remains; then the count of each state."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from smstui import formats
from smstui.i18n import _
from smstui.widgets.state_sign import Sign

_BAR = 12
_WORDS_FROM = 90
"""Cells from which each count also has its word."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a campaign's sending at one instant."""

    state: Sign
    total: int
    decided: int
    """How many messages need nothing more from us: they left, or never will."""
    counts: Sequence[tuple[Sign, int]] = ()
    suppressed: int = 0
    """Not sent, because their numbers are on the STOP list."""
    rate: float = 0.0
    """Messages a second, now."""
    paused: bool = False

    @property
    def remaining_seconds(self) -> float | None:
        """How long the rest takes at the present rate; None when that says nothing."""
        left = self.total - self.decided
        return left / self.rate if self.rate > 0 and left > 0 else None


class ProgressLine(Widget):
    """Two lines drawn from a `Truth`."""

    DEFAULT_CSS = """
    ProgressLine { height: auto; min-height: 2; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._truth: Truth | None = None

    def show(self, truth: Truth) -> None:
        """Draw `truth`; the same again costs nothing, and another one little as long as it needs no more lines."""
        if truth != self._truth:
            self._truth = truth
            lines = max(2, self.render().get_height({}, max(1, self.size.width)))
            self.refresh(layout=lines != self.size.height)

    def render(self) -> Content:
        """The state and the bar; then the counts."""
        if self._truth is None:
            return Content("")
        return Content("\n").join([_progress(self._truth), _counts(self._truth, words=self.size.width >= _WORDS_FROM)])


def _progress(truth: Truth) -> Content:
    share = truth.decided / truth.total if truth.total else 1.0
    done = int(share * _BAR)
    pieces: list[Content | str] = [
        truth.state.content(),
        Content.assemble(("▰" * done, "$text-primary"), ("▱" * (_BAR - done), "$text-disabled")),
        # Never 100 % before the last one: a person acts on that figure.
        _("{percent} %").format(percent=int(share * 100)),
    ]
    if truth.rate > 0:
        pieces.append(_("{rate}/s").format(rate=formats.number(round(truth.rate))))
    if (seconds := truth.remaining_seconds) is not None:
        pieces.append(_("{duration} left").format(duration=formats.duration(seconds)))
    return Content("   ").join(pieces)


def _counts(truth: Truth, *, words: bool) -> Content:
    pieces: list[Content | str] = [Content.styled(formats.number(truth.total), "bold")]
    for sign, count in truth.counts:
        shown = sign.content() if words else sign.alone()
        pieces.append(Content.assemble(shown, " ", (formats.number(count), "" if count else "$text-muted")))
    pieces.append(Content(f"STOP {formats.number(truth.suppressed)}"))
    return Content("   ").join(pieces)
