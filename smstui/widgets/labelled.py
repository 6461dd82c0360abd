"""A line of a form: a label, a control beside it, and under it what is wrong or what helps."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from smstui.widgets.words import Words

LABEL_WIDTH = 12


class Labelled(Vertical):
    """A control with its label, and a note under it that is an error or a hint."""

    DEFAULT_CSS = """
    Labelled { height: auto; }
    Labelled > Horizontal { height: auto; }
    Labelled > Horizontal > Label { width: 12; color: $text-muted; }
    Labelled:focus-within > Horizontal > Label { color: $text; }
    Labelled > Static { margin-left: 12; height: auto; display: none; color: $text-muted; }
    Labelled > Static.-shown { display: block; }
    Labelled > Static.-error { color: $text-error; }
    Labelled.-wide > Horizontal > Label { width: 18; }
    Labelled.-wide > Static { margin-left: 18; }
    """

    def __init__(self, label: str, *controls: Widget, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """`controls` stand side by side."""
        super().__init__(id=id, classes=classes)
        self._label = label
        self._controls = controls
        self._note = Words("")
        self._hint = ""

    def compose(self) -> ComposeResult:
        """Label and controls on a line, the note under them."""
        with Horizontal():
            yield Label(Content(self._label))
            yield from self._controls
        yield self._note

    @property
    def error(self) -> str:
        """The error shown, "" when there is none."""
        return str(self._note.content) if self._note.has_class("-error") else ""

    def fail(self, sentence: str) -> None:
        """Say under the control what is wrong with it; "" when nothing is, and the hint is back."""
        self._say(f"✕ {sentence}" if sentence else self._hint, is_error=bool(sentence))

    def hint(self, sentence: str) -> None:
        """Say under the control what helps to fill it, unless an error stands there."""
        self._hint = sentence
        if not self.error:
            self._say(sentence, is_error=False)

    def _say(self, sentence: str, *, is_error: bool) -> None:
        self._note.update(Content(sentence))
        self._note.set_class(bool(sentence), "-shown")
        self._note.set_class(is_error, "-error")
