"""Text fields whose cursor does not blink: a blinking one costs 2 kB a second over SSH, even when nobody types."""

from textual.reactive import reactive
from textual.widgets import Input, TextArea


class LineField(Input):
    """One line of text."""

    cursor_blink = reactive(False, init=False)


class TextField(TextArea):
    """Lines of text."""

    cursor_blink = reactive(False, init=False)
