"""A list with a search field: "/" leads there before the next key is looked at, however fast it is typed."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, TextArea

from smstui.i18n import N_
from smstui.widgets.line_field import LineField


class Searchable(Widget):
    """Has one `LineField`, the first one in it, to search in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", N_("Search"), show=False, id="list.search", priority=True),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a text a "/" is a "/"."""
        if action == "search":
            return not isinstance(self.app.focused, Input | TextArea)
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Go to the search field."""
        self.screen.set_focus(self.query_one(LineField))
