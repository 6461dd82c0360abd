"""A box to tick that says its state by a sign, not by colour alone."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox

from smstui.i18n import N_


class Tick(Checkbox, inherit_bindings=False):
    """`[x]` when ticked, `[ ]` when not. Space ticks and unticks; Enter goes on, as in every other field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_button", N_("Tick"), show=False, id="tick.toggle"),
        Binding("enter", "go_on", N_("Go on"), show=False, id="tick.go_on"),
    ]

    class Submitted(Message):
        """Enter: the form goes on."""

    def action_go_on(self) -> None:
        """Leave the box as it is, and go on."""
        self.post_message(self.Submitted())

    def render(self) -> Content:
        """The box, then its label."""
        box = "[x]" if self.value else "[ ]"
        label = self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble((box, self.get_visual_style("toggle--button")), label)
