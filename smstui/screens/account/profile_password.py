"""The pop-up that changes the password: the old one, and a new one with its rules."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import explain
from smstui.i18n import N_, _
from smstui.screens.once import once_at_a_time
from smstui.services.accounts import WeakPassword
from smstui.services.login_attempts import TooManyAttempts
from smstui.services.profile import Profiles, WrongPassword
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.password_field import PasswordField
from smstui.widgets.screen import TranslatedModal
from smstui.widgets.words import Words


class PasswordModal(TranslatedModal[int | None]):
    """Answers with how many other sessions the change has ended, or with None when the person went back."""

    DEFAULT_CSS = """
    PasswordModal {
        Labelled { margin-top: 1; }
        PasswordField { height: auto; }
        PasswordField Input { width: 1fr; }
        PasswordField Tick { margin-left: 1; }
        PasswordRules { margin-left: 13; height: 5; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), show=False, id="profile_password.cancel"),
    ]

    def __init__(self, profiles: Profiles, actor: Actor) -> None:
        super().__init__()
        self._profiles, self._actor = profiles, actor

    def compose(self) -> ComposeResult:
        """What follows from it, the two passwords, and the two buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(_("Change the password"))
            yield Words(_("All other sessions of your account end."), classes="dialog-text")
            old = LineField(password=True, id="old", compact=True).leading_to("#password")
            yield Labelled(_("Old one"), old, id="old-row")
            yield PasswordField(label=_("New one"), leads_to="", id="new")
            with Horizontal(classes="dialog-buttons"):
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Change"), id="save", variant="primary")

    @property
    def _new(self) -> PasswordField:
        return self.query_one(PasswordField)

    @on(Input.Changed, "#old")
    def _typed(self) -> None:
        self._row.fail("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save_asked(self) -> None:
        old = self.query_one("#old", Input)
        if not old.value:
            self._row.fail(_("This is needed."))
            old.focus()
        elif not self._new.is_good:
            self._fail_new(_("The password does not follow every rule yet."))
        else:
            self._save(old.value, self._new.value)

    @once_at_a_time("profile-password")
    async def _save(self, old: str, new: str) -> None:
        try:
            ended = await self._profiles.set_password(self._actor, old, new)
        except (WrongPassword, TooManyAttempts) as refusal:
            self._row.fail(explain(refusal))
            self.query_one("#old").focus()
        except WeakPassword:
            self._fail_new(_("The password does not follow every rule yet."))
        except Refusal as refusal:
            self._fail_new(explain(refusal))
        else:
            self.dismiss(ended)

    @property
    def _row(self) -> Labelled:
        return self.query_one("#old-row", Labelled)

    def _fail_new(self, sentence: str) -> None:
        self._new.fail(sentence)
        self._new.input.focus()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
