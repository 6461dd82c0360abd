"""The line at the bottom: the keys that work now."""

from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.events import MouseDown
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

KEPT = 2
"""How many keys at the end, those of the whole application, stay when there is no room for all."""
ELLIPSIS = "…  "
GAP = 2


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key that works now."""

    key: str
    """As Textual names it."""
    label: str
    """As it stands on the keyboard."""
    description: str
    enabled: bool

    @property
    def content(self) -> Content:
        """Its words on the line, with the gap that follows."""
        if not self.enabled:
            return Content.styled(f"{self.label} {self.description}  ", "$footer-description-foreground 50%")
        key = (self.label, "bold $footer-key-foreground")
        return Content.assemble(key, (f" {self.description}  ", "$footer-description-foreground"))


class KeyBar(Widget):
    """The shown bindings of the screen, of what has the focus first; a click presses the key.

    It is painted as one line: Textual's Footer mounts a widget for each key at every change of the focus, and every
    mounting lays the whole screen out anew.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; padding: 0 1; background: $panel; }
    """

    hints: reactive[tuple[KeyHint, ...]] = reactive(())

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        hints: dict[str, KeyHint] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show:
                label = self.app.get_key_display(binding)
                hint = KeyHint(binding.key, label, binding.description, active.enabled)
                hints.setdefault(binding.action, hint)
        self.hints = tuple(hints.values())

    def render(self) -> RenderResult:
        """The line; keys in the middle give way to an ellipsis when it is too short."""
        return Content("").join(content for _hint, content in self._laid_out())

    def _laid_out(self) -> list[tuple[KeyHint | None, Content]]:
        line = [(hint, hint.content) for hint in self.hints]
        room = self.size.width + GAP
        if sum(content.cell_length for _hint, content in line) <= room:
            return [*line]
        end = line[-KEPT:]
        room -= len(ELLIPSIS) + sum(content.cell_length for _hint, content in end)
        start: list[tuple[KeyHint | None, Content]] = []
        for hint, content in line[:-KEPT]:
            room -= content.cell_length
            if room < 0:
                break
            start.append((hint, content))
        return [*start, (None, Content(ELLIPSIS)), *end]

    def on_mouse_down(self, event: MouseDown) -> None:
        """Press the key that was clicked."""
        end = self.gutter.left
        for hint, content in self._laid_out():
            end += content.cell_length
            if event.x < end:
                if hint is not None and hint.enabled:
                    self.app.simulate_key(hint.key)
                elif hint is not None:
                    self.app.bell()
                return
