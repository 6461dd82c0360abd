"""A field of several lines, whose cursor does not blink: a blinking one costs 2 kB a second over SSH, even at rest."""

from textual.reactive import reactive
from textual.widgets import TextArea


class TextField(TextArea):
    """Lines of text."""

    cursor_blink = reactive(False, init=False)
