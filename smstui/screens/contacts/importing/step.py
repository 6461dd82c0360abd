"""What the steps of an import share."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button

from smstui.domain.actor import Actor
from smstui.i18n import _
from smstui.screens.contacts.importing.draft import Draft
from smstui.services.backend import Backend


class Step(Vertical):
    """One step. The page shows it a draft, and takes over what has become of it when the person leaves the step."""

    DEFAULT_CSS = """
    Step { height: 1fr; }
    Step > .actions { height: 1; align-horizontal: right; margin-top: 1; }
    Step > .actions > Button { margin-left: 2; }
    """
    note: ClassVar[str]
    """At the right of the title; a message id."""

    def __init__(self, backend: Backend, actor: Actor) -> None:
        super().__init__()
        self.backend, self.actor = backend, actor
        self._draft: Draft | None = None

    @property
    def draft(self) -> Draft:
        """What is decided now. Only after `show`."""
        assert self._draft is not None
        return self._draft

    def show(self, draft: Draft) -> None:
        """Show what is decided; called whenever the step comes into view."""
        self._draft = draft
        self.refresh_step()

    def refresh_step(self) -> None:
        """Draw the draft."""

    def take_focus(self) -> None:
        """Stand where the person starts."""

    async def confirmed(self) -> bool:
        """Whether the next step may come; if not, the step says why."""
        return True

    def buttons(self, confirm: str, *others: Widget) -> ComposeResult:
        """The way back, and the button `confirm` that leads on."""
        with Horizontal(classes="actions"):
            yield from others
            yield Button(_("Back"), id="back", compact=True)
            yield Button(confirm, id="next", variant="primary", compact=True)
