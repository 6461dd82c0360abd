"""The pop-up that changes the e-mail address; it asks for the password."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail, check_email
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.accounts import EmailTaken
from smstui.services.profile import Profiles
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import NEXT, LineField
from smstui.widgets.screen import TranslatedModal


class EmailModal(TranslatedModal[str | None]):
    """Answers with the new address, once it is kept, or with None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="profile_email.cancel"),
    ]

    def __init__(self, profiles: Profiles, actor: Actor) -> None:
        super().__init__()
        self._profiles, self._actor = profiles, actor

    def compose(self) -> ComposeResult:
        """The address, the password, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Change the e-mail address"))
            yield Labelled(
                _("E-mail address"),
                LineField(id="email", compact=True).leading_to(NEXT),
                id="email-row",
                classes="-wide",
            )
            password = LineField(password=True, id="password", compact=True)
            yield Labelled(_("Password"), password, id="password-row", classes="-wide")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Change"), id="save", variant="primary")

    def on_mount(self) -> None:
        """Say why the password is asked for."""
        self._row("password").hint(_("Yours, so that nobody else at this screen can do it."))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        name = event.input.id or ""
        self._row(name).fail("")
        if name == "email" and event.value:
            try:
                check_email(event.value.strip())
            except InvalidEmail as refusal:
                self._fail("email", explain(refusal), take_focus=False)

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save_asked(self) -> None:
        for name in ("email", "password"):
            if not self._value(name).strip():
                self._fail(name, _("This is needed."))
                return
        self._save()

    @once_at_a_time("profile-email")
    async def _save(self) -> None:
        try:
            kept = await self._profiles.set_email(self._actor, self._value("email"), self._value("password"))
        except (InvalidEmail, EmailTaken) as refusal:
            self._fail("email", explain(refusal))
        except Refusal as refusal:
            self._fail("password", explain(refusal))
        else:
            self.dismiss(kept)

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def _row(self, name: str) -> Labelled:
        return self.query_one(f"#{name}-row", Labelled)

    def _fail(self, name: str, sentence: str, *, take_focus: bool = True) -> None:
        self._row(name).fail(sentence)
        if take_focus:
            self.query_one(f"#{name}").focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
