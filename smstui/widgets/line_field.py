"""A field of one line, whose cursor does not blink: a blinking one costs 2 kB a second over SSH, even at rest."""

from typing import Final

from textual.reactive import reactive
from textual.widgets import Input

from smstui.widgets.typed_ahead import Completing

NEXT: Final = "*"


class LineField(Input, Completing):
    """One line of text."""

    cursor_blink = reactive(False, init=False)

    leads_to = ""
    """What Enter leads to: the CSS selector of a widget of the screen, NEXT, or "" where Enter submits the field.

    The application sees to it before the field does: what is typed right after Enter finds its field, however fast.
    """

    def leading_to(self, selector: str) -> "LineField":
        """Itself, Enter leading there."""
        self.leads_to = selector
        return self
