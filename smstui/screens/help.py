"""F1: what the keys do on the screen that is shown."""

from collections.abc import Iterable
from typing import Self

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from smstui.i18n import N_, _
from smstui.widgets.modals import TextModal
from smstui.widgets.words import Words

GENERAL_KEYS = (
    (N_("Tab"), N_("Next field, next part of the page")),
    (N_("Shift+Tab"), N_("The one before")),
    (N_("Esc"), N_("Back, without harm")),
)


class HelpModal(TextModal):
    """The keys of a screen, one a line."""

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        super().__init__(_("Keys"), "", classes="help")
        self._keys = list(keys)

    @classmethod
    def of(cls, screen: Screen[object]) -> Self:
        """The help of `screen`: the described bindings of our own, which have an id; Textual's have none."""
        keys: dict[str, str] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.description and active.enabled and binding.description not in keys.values():
                keys.setdefault(screen.app.get_key_display(binding), binding.description)
        return cls([*keys.items(), *((_(key), _(words)) for key, words in GENERAL_KEYS)])

    def body(self) -> Iterable[Widget]:
        """The keys aligned, then what they do."""
        width = max(len(key) for key, _words in self._keys)
        for key, words in self._keys:
            yield Words(Content.assemble((f"{key:<{width}}", "bold $accent"), f"  {words}"))
