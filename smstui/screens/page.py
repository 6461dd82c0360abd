"""The page of a section: what stands at the right of the menu."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_
from smstui.screens.host import Host
from smstui.services.backend import Backend

Answer = TypeVar("Answer")


class Page(Widget):
    """A page. It starts reading in `on_mount`, by workers with a group of their own, and is thrown away when left.

    `self.backend` and `self.actor` are the services and who asks. A page shows another in front of itself (one
    campaign of a list) by `open`; Esc goes back to it, as it was. At most three of its keys are shown in the footer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back"), show=False, id="page.back"),
    ]

    actor: Actor
    """Who asks: the account whose menu opened the page. The shell says so before it mounts the page, and nobody
    who logs in later takes that place."""
    heading: reactive[str] = reactive("")
    """What follows the section's name in the title, such as the name of one campaign. Plain text."""
    note: reactive[str] = reactive("")
    """At the right of the title: "1/4 Texte", "12 430 contacts". Plain text."""

    class Opened(Message):
        """`page` wants to be shown in front of `opener`, and isn't if another one is by now."""

        def __init__(self, opener: "Page", page: "Page") -> None:
            super().__init__()
            self.opener = opener
            self.page = page

    class Closed(Message):
        """The page is done: the one behind it, or the menu, comes next."""

    class Titled(Message):
        """The heading or the note has changed."""

    @property
    def host(self) -> Host:
        """The application."""
        assert isinstance(self.app, Host)
        return self.app

    @property
    def backend(self) -> Backend:
        """The services."""
        return self.host.backend

    def watch_heading(self) -> None:
        """Tell the shell."""
        self.post_message(self.Titled())

    def watch_note(self) -> None:
        """Tell the shell."""
        self.post_message(self.Titled())

    def open(self, page: "Page") -> None:
        """Show `page` in front of this one; Esc comes back here."""
        self.post_message(self.Opened(self, page))

    def close(self) -> None:
        """Go back to the page behind, or to the menu."""
        self.post_message(self.Closed())

    def go_to(self, section: str) -> None:
        """Show the page of another section."""
        self.host.go_to(section)

    def say(self, refusal: Refusal) -> None:
        """Tell why something was not done."""
        self.notify(explain(refusal), severity="error", markup=False)

    async def ask(self, question: ModalScreen[Answer]) -> Answer:
        """The answer to `question`. Only from a worker."""
        return await self.app.push_screen_wait(question)

    async def may_leave(self) -> bool:
        """Whether the page may be thrown away; one with unsaved work asks here (it runs in a worker)."""
        return True

    def take_focus(self) -> None:
        """Put the focus where the person starts: the first widget that takes it."""
        for widget in self.query(Widget):
            if widget.focusable:
                widget.focus()
                return

    def shown_again(self) -> None:
        """Called when the page in front of this one was closed: the place to read again what may have changed."""

    def action_back(self) -> None:
        """Go back."""
        self.close()
