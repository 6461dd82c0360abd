"""The test of a connection: a bind and an unbind, with the SMSC's own words when it refuses."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.connections import Connections
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class BindTest(TranslatedModal[bool]):
    """Tries while it is shown; Esc gives up. Answers whether the SMSC accepted the bind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", N_("Close"), show=False, id="bind_test.stop"),
    ]

    def __init__(self, connections: Connections, target: str | ConnectionSettings) -> None:
        """`target`: the name of a connection, or one that is being entered."""
        super().__init__()
        self._connections, self._target = connections, target
        self._accepted = False

    def compose(self) -> ComposeResult:
        """What is happening, and the way out."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Test of the connection"))
            yield Words(Content(_("◐ Binding, then unbinding…")), id="outcome")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Give up"), id="close")

    def on_mount(self) -> None:
        """Begin."""
        self._try()

    @once_at_a_time("bind-test")
    async def _try(self) -> None:
        try:
            await self._connections.test(self._target)
        except Refusal as refusal:
            self._say(Content.styled(f"✕ {explain(refusal)}", "$text-error"))
        else:
            self._accepted = True
            self._say(Content.styled(_("● The SMSC accepted the bind and the unbind."), "$text-success"))

    def _say(self, outcome: Content) -> None:
        self.query_one("#outcome", Words).update(outcome)
        close = self.query_one("#close", Button)
        close.label = Content(_("Close"))
        close.focus()

    @on(Button.Pressed)
    def action_stop(self) -> None:
        """Close; a bind still being tried is given up."""
        self.dismiss(self._accepted)
