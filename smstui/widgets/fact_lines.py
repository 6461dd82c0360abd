"""Facts under each other: a label, and beside it what it says, on as many lines as that takes."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label

from smstui.widgets.words import Words


class FactLines(Vertical):
    """Only the facts that say something are seen."""

    DEFAULT_CSS = """
    FactLines { height: auto; }
    FactLines > Horizontal { height: auto; display: none; }
    FactLines > Horizontal.-said { display: block; }
    FactLines > Horizontal > Static { width: 1fr; height: auto; }
    FactLines > Horizontal > Label { width: 15; color: $text-muted; }
    """

    def __init__(self, labels: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002
        """`labels` by the names of their facts, in the order shown."""
        super().__init__(id=id)
        self._labels = dict(labels)
        self._said: dict[str, Content] = {}

    def compose(self) -> ComposeResult:
        """A line for each fact."""
        for name, label in self._labels.items():
            with Horizontal(id=f"fact-{name}"):
                yield Label(Content(label))
                yield Words("")

    def show(self, facts: Mapping[str, Content]) -> None:
        """Say these, and nothing else; the same again costs nothing."""
        for name in self._labels:
            said = facts.get(name, Content(""))
            if said != self._said.get(name):
                self._said[name] = said
                row = self.query_one(f"#fact-{name}")
                row.set_class(bool(said.plain), "-said")
                row.query_one("Static:last-child", Words).update(said)
