"""A box to tick that says its state by a sign, not by colour alone."""

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """`[x]` when ticked, `[ ]` when not."""

    def render(self) -> Content:
        """The box, then its label."""
        box = "[x]" if self.value else "[ ]"
        label = self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble((box, self.get_visual_style("toggle--button")), label)
