"""Signing up (the guide, part 1, step 3): identifier, e-mail address, password and its rules, terms."""

from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from smstui.domain.errors import Refusal
from smstui.domain.identity import InvalidEmail, InvalidLogin, check_email, check_login
from smstui.formats import explain
from smstui.i18n import N_, _, current_language
from smstui.screens.account.terms import terms
from smstui.screens.host import Host
from smstui.screens.leaving import leave_question
from smstui.screens.once import once_at_a_time
from smstui.services.accounts import EmailTaken, LoginTaken, SignUp, TermsNotAccepted
from smstui.services.sessions import origin_here
from smstui.widgets.key_bar import KeyBar
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.modals import TextModal
from smstui.widgets.password_field import PasswordField
from smstui.widgets.screen import TranslatedScreen
from smstui.widgets.tick import Tick


class SignUpScreen(TranslatedScreen[None]):
    """The form; it leads straight to the pages of the new account."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["account.tcss", "sign_up.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back"), id="sign_up.back"),
        Binding("f2", "show_password", N_("Show"), id="sign_up.show"),
        Binding("f3", "terms", N_("Terms of use"), id="sign_up.terms"),
    ]

    def __init__(self, login: str = "") -> None:
        """`login` is what was typed already."""
        super().__init__()
        self._login = login

    @property
    def host(self) -> Host:
        """The application."""
        assert isinstance(self.app, Host)
        return self.app

    def compose(self) -> ComposeResult:
        """The fields in the order of the guide."""
        with Vertical(classes="card") as card:
            card.border_title = Content(_("Create an account"))
            yield Labelled(_("Identifier"), LineField(self._login, id="login").leading_to("#email"), id="login-field")
            yield Labelled(_("E-mail address"), LineField(id="email").leading_to("#password"), id="email-field")
            yield PasswordField(leads_to="#terms", id="password-field")
            yield Labelled(
                "",
                Tick(_("I have read and accept the terms of use"), id="terms", compact=True),
                Button(_("Read them"), id="read-terms", classes="link", compact=True),
                id="terms-field",
            )
            with Horizontal(classes="card-buttons"):
                yield Button(_("Back to the login page"), id="back", compact=True)
                yield Button(_("Sign up"), id="sign-up", variant="primary", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#login").focus()

    @on(Input.Changed, "#login")
    def _login_typed(self, event: Input.Changed) -> None:
        self._judge("#login-field", event.value, check_login)

    @on(Input.Changed, "#email")
    def _email_typed(self, event: Input.Changed) -> None:
        self._judge("#email-field", event.value, check_email)

    def _judge(self, field: str, value: str, check: Callable[[str], str]) -> None:
        """Show what `check` says of a value, as it is typed; an empty one is judged at the end."""
        sentence = ""
        if value:
            try:
                check(value.strip())
            except Refusal as refusal:
                sentence = explain(refusal)
        self.query_one(field, Labelled).fail(sentence)

    @on(Tick.Changed, "#terms")
    def _terms_ticked(self) -> None:
        self.query_one("#terms-field", Labelled).fail("")

    @on(Tick.Submitted)
    @on(Button.Pressed, "#sign-up")
    def _submitted(self) -> None:
        form = SignUp(
            login=self.query_one("#login", Input).value.strip(),
            email=self.query_one("#email", Input).value.strip(),
            password=self._password.value,
            terms_accepted=self.query_one("#terms", Tick).value,
            language=current_language(),
        )
        if self._is_complete(form):
            self._sign_up(form)

    @property
    def _password(self) -> PasswordField:
        return self.query_one(PasswordField)

    def _is_complete(self, form: SignUp) -> bool:
        """Whether every field is good; each that isn't says why, and the first of them gets the focus."""
        wrong: list[str] = []
        for name, value, check in (("login", form.login, check_login), ("email", form.email, check_email)):
            try:
                check(value)
            except Refusal as refusal:
                self.query_one(f"#{name}-field", Labelled).fail(explain(refusal) if value else _("This is needed."))
                wrong.append(f"#{name}")
        if not self._password.is_good:
            self._password.fail(_("The password does not follow every rule yet."))
            wrong.append("#password")
        if not form.terms_accepted:
            self.query_one("#terms-field", Labelled).fail(explain(TermsNotAccepted()))
            wrong.append("#terms")
        if wrong:
            self.query_one(wrong[0]).focus()
        return not wrong

    @once_at_a_time("sign-up")
    async def _sign_up(self, form: SignUp) -> None:
        button = self.query_one("#sign-up", Button)
        button.disabled = True
        try:
            actor = await (await self.host.opened_backend()).accounts.sign_up(form, origin_here())
        except (LoginTaken, InvalidLogin) as refusal:
            self._refuse("login", refusal)
        except (EmailTaken, InvalidEmail) as refusal:
            self._refuse("email", refusal)
        except Refusal as refusal:
            self._password.fail(explain(refusal))
            self._password.input.focus()
        else:
            self.host.enter(actor)
        finally:
            button.disabled = False

    def _refuse(self, name: str, refusal: Refusal) -> None:
        self.query_one(f"#{name}-field", Labelled).fail(explain(refusal))
        self.query_one(f"#{name}").focus()

    def action_show_password(self) -> None:
        """Show what is typed, or hide it."""
        self._password.toggle()

    @on(Button.Pressed, "#read-terms")
    def action_terms(self) -> None:
        """Show the terms."""
        self.app.push_screen(TextModal(_("Terms of use"), terms()))

    @on(Button.Pressed, "#back")
    @once_at_a_time("back")
    async def action_back(self) -> None:
        """Go back to the login, after a question when something was typed."""
        typed = any(field.value != (self._login if field.id == "login" else "") for field in self.query(Input))
        question = leave_question(
            _("What you have typed will be lost."), title=_("Leave the sign-up?"), confirm=_("Leave")
        )
        if not typed or await self.app.push_screen_wait(question):
            self.dismiss()
