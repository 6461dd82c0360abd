"""A pop-up to pick one thing out of a list: the arrows, or its first letters, and Enter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from smstui.domain.folding import folded
from smstui.i18n import N_
from smstui.widgets.screen import TranslatedModal


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to pick. Texts are foreign, and never markup."""

    value: str
    label: str
    note: str = ""
    """Dimmed, after the label."""


class PickModal(TranslatedModal[str | None]):
    """Answers with the value picked, or None when the person went back."""

    DEFAULT_CSS = """
    PickModal .dialog { width: 48; padding: 0 1; }
    PickModal OptionList { height: auto; max-height: 16; background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="pick.cancel"),
    ]

    def __init__(self, title: str, picks: Sequence[Pick], current: str) -> None:
        """`current`: the value that the cursor stands on at first."""
        super().__init__()
        self._title, self._picks, self._current = title, picks, current

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield OptionList(*(Option(_prompt(each)) for each in self._picks), compact=True)

    def on_mount(self) -> None:
        """Stand on what is chosen now."""
        picked = self.query_one(OptionList)
        picked.highlighted = next((index for index, each in enumerate(self._picks) if each.value == self._current), 0)
        picked.focus()

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next entry that begins with it."""
        if not event.is_printable or not event.character:
            return
        event.stop()
        picked = self.query_one(OptionList)
        start = (picked.highlighted or 0) + 1
        for index in (*range(start, len(self._picks)), *range(start)):
            if folded(self._picks[index].label).startswith(folded(event.character)):
                picked.highlighted = index
                return

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._picks[event.option_index].value)

    def action_cancel(self) -> None:
        """Pick nothing."""
        self.dismiss(None)


def _prompt(pick: Pick) -> Content:
    return Content.assemble(pick.label, ("  " + pick.note if pick.note else "", "dim"))
