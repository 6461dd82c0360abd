"""The first screen: identifier and password. It is painted before the services are imported."""

import asyncio
from importlib import import_module
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.i18n import N_, _
from smstui.screens.host import Host
from smstui.screens.once import once_at_a_time
from smstui.widgets.key_bar import KeyBar
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.screen import TranslatedScreen
from smstui.widgets.words import Words

SIGN_UP_MODULE = "smstui.screens.account.sign_up"


class LoginScreen(TranslatedScreen[None]):
    """Log in, or go to the sign-up."""

    CSS_PATH = "account.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "sign_up", N_("Sign up"), id="login.sign_up"),
    ]

    def __init__(self, notice: str = "") -> None:
        """`notice`: why the person is here, when it was not their will."""
        super().__init__()
        self._notice = notice

    @property
    def host(self) -> Host:
        """The application."""
        assert isinstance(self.app, Host)
        return self.app

    def compose(self) -> ComposeResult:
        """Two fields, the button, and the way to an account for who has none."""
        demo = self.host.demo
        with Vertical(classes="card") as card:
            card.border_title = Content("smstui")
            yield Words(_("Log in"), classes="card-title")
            if self._notice:
                yield Words(Content(self._notice), id="notice")
            login = LineField(demo.login if demo else "", id="login").leading_to("#password")
            yield Labelled(_("Identifier"), login, id="login-field")
            yield Labelled(
                _("Password"),
                LineField(demo.password if demo else "", password=True, id="password"),
                id="password-field",
            )
            with Horizontal(classes="card-buttons"):
                yield Button(_("Log in"), id="log-in", variant="primary", compact=True)
            if demo:
                yield Words(_("Demo: the sample account is filled in, press Enter."), classes="hint")
            with Horizontal(classes="card-links"):
                yield Words(_("You have no account?"))
                yield Button(_("Sign up!"), id="sign-up", classes="link", compact=True)

    def on_mount(self) -> None:
        """Ready to type; the keys come after the first paint."""
        self.query_one("#log-in" if self.host.demo else "#login").focus()
        self.call_after_refresh(self._show_keys)

    async def _show_keys(self) -> None:
        await self.mount(KeyBar())
        self.refresh_bindings()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        for field in self.query(Labelled):
            if event.input in field.walk_children() and field.error:
                field.fail("")

    @on(Input.Submitted, "#password")
    @on(Button.Pressed, "#log-in")
    def _submitted(self) -> None:
        login, password = self.query_one("#login", Input), self.query_one("#password", Input)
        if not login.value.strip():
            self._fail("#login-field", _("Enter your identifier."), login)
        elif not password.value:
            self._fail("#password-field", _("Enter your password."), password)
        else:
            self._log_in(login.value.strip(), password.value)

    @once_at_a_time("log-in")
    async def _log_in(self, login: str, password: str) -> None:
        button = self.query_one("#log-in", Button)
        button.disabled = True
        try:
            backend = await self.host.opened_backend()
            from smstui.services.sessions import origin_here

            actor = await backend.accounts.log_in(login, password, origin_here())
        except Refusal as refusal:
            from smstui.formats import explain

            self._fail("#password-field", explain(refusal), self.query_one("#password", Input))
        else:
            self.host.enter(actor)
        finally:
            button.disabled = False

    def _fail(self, field: str, sentence: str, control: Input) -> None:
        self.query_one(field, Labelled).fail(sentence)
        control.focus()

    @on(Button.Pressed, "#sign-up")
    @once_at_a_time("sign-up")
    async def action_sign_up(self) -> None:
        """Go to the sign-up; its rules are imported off the event loop."""
        await asyncio.to_thread(import_module, SIGN_UP_MODULE)
        from smstui.screens.account.sign_up import SignUpScreen

        login = self.query_one("#login", Input).value
        demo = self.host.demo
        self.app.push_screen(SignUpScreen("" if demo and login == demo.login else login))
