"""The pop-up that adds a sender: checked while it is typed (the guide, part 5, "ETAPE 3")."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.sender import FORBIDDEN_SENDERS, check_sender
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.senders import Senders
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.tick import Tick


class SenderForm(TranslatedModal[str | None]):
    """Adds a sender and answers with its name, or with None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="sender_form.cancel"),
    ]

    def __init__(self, senders: Senders, actor: Actor) -> None:
        super().__init__()
        self._senders, self._actor = senders, actor
        self._forbidden = FORBIDDEN_SENDERS

    def compose(self) -> ComposeResult:
        """The name, whether it is the default, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("New sender"))
            yield Labelled(_("Name"), LineField(id="name", compact=True), id="name-row")
            yield Labelled("", Tick(_("Use by default"), id="default", compact=True))
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Create"), id="create", variant="primary")

    def on_mount(self) -> None:
        """Say the rule before it is broken, and read which names nobody may have."""
        self._row.hint(_("11 letters or digits at most, no space, not digits only."))
        self._read()

    @work(group="sender-form-read")
    async def _read(self) -> None:
        self._forbidden = await self._senders.forbidden()
        self._check(self.query_one("#name", Input).value)

    @property
    def _row(self) -> Labelled:
        return self.query_one("#name-row", Labelled)

    @on(Input.Changed, "#name")
    def _typed(self, event: Input.Changed) -> None:
        self._check(event.value)

    def _check(self, name: str) -> None:
        """Say what is wrong with a name, as soon as there is one."""
        try:
            check_sender(name, self._forbidden)
        except Refusal as refusal:
            self._row.fail(explain(refusal) if name else "")
        else:
            self._row.fail("")

    @on(Input.Submitted)
    @on(Tick.Submitted)
    @on(Button.Pressed, "#create")
    def _create_asked(self) -> None:
        self._create()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Add nothing."""
        self.dismiss(None)

    @once_at_a_time("sender-form")
    async def _create(self) -> None:
        name, default = self.query_one("#name", Input).value, self.query_one("#default", Tick).value
        try:
            sender = await self._senders.add(self._actor, name, default)
        except Refusal as refusal:
            self._row.fail(explain(refusal))
            self.query_one("#name", Input).focus()
        else:
            self.dismiss(sender.name)
