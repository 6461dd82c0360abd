"""Settings › My account: who the account is, its language, clocks and colours, its password, its sessions."""

from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from smstui.domain.errors import Refusal
from smstui.domain.preferences import THEMES
from smstui.domain.visible import printable
from smstui.formats import date_time, number
from smstui.i18n import LANGUAGES, N_, _, current_language, ngettext
from smstui.screens.account.profile_billing import BillingModal
from smstui.screens.account.profile_email import EmailModal
from smstui.screens.account.profile_password import PasswordModal
from smstui.screens.account.profile_sessions import SessionsPage
from smstui.screens.account.profile_zone import ZonePicker
from smstui.screens.latest import Latest
from smstui.screens.once import once_at_a_time
from smstui.screens.page import Page
from smstui.screens.palette import LANGUAGE_NAMES
from smstui.services.profile import AccountProfile
from smstui.services.sessions import LoginSession
from smstui.widgets.fact_lines import FactLines
from smstui.widgets.labelled import Labelled
from smstui.widgets.pick_list import Pick, PickModal

_FACTS: Final = {
    "login": N_("Identifier"),
    "email": N_("E-mail address"),
    "number": N_("Certified number"),
    "billing": N_("Invoices for"),
}
_CHOICES: Final = {
    "language": N_("Language"),
    "theme": N_("Colours"),
    "time-zone": N_("Time zone"),
    "sessions": N_("Sessions"),
}
_THEME_WORDS: Final = dict(
    zip(THEMES, (N_("dark"), N_("light"), N_("of the terminal, dark"), N_("of the terminal, light")), strict=True)
)


class ProfilePage(Page):
    """Facts, three choices that apply at once, and what is changed in pop-ups."""

    DEFAULT_CSS = """
    ProfilePage {
        VerticalScroll { height: 1fr; }
        FactLines { margin-bottom: 1; }
        FactLines > Horizontal > Label { width: 18; }
        .actions { height: 1; align-horizontal: right; margin-top: 1; }
        .actions > Button { margin-left: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "password", N_("Password"), id="profile.password"),
        Binding("e", "email", N_("E-mail address"), id="profile.email"),
        Binding("s", "sessions", N_("Sessions"), id="profile.sessions"),
        Binding("b", "billing", N_("Billing"), show=False, id="profile.billing"),
        Binding("l", "language", N_("Language"), show=False, id="profile.language"),
        Binding("z", "time_zone", N_("Time zone"), show=False, id="profile.time_zone"),
        Binding("c", "theme", N_("Colours"), show=False, id="profile.theme"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._profile: AccountProfile | None = None
        self._reading = Latest(self, self._read, group="profile")

    def compose(self) -> ComposeResult:
        """The facts, the choices, the actions."""
        with VerticalScroll(can_focus=False):
            yield FactLines({name: _(label) for name, label in _FACTS.items()})
            for field, label in _CHOICES.items():
                yield Labelled(_(label), Button("…", id=field, compact=True), id=f"{field}-row", classes="-wide")
        with Horizontal(classes="actions"):
            yield Button(_("Billing"), id="billing", compact=True)
            yield Button(_("E-mail address"), id="email", compact=True)
            yield Button(_("Password"), id="password", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the account."""
        self._reading.ask()

    def shown_again(self) -> None:
        """Sessions may have been ended."""
        self._reading.ask()

    async def _read(self) -> None:
        profile = await self.backend.profiles.read(self.actor)
        sessions = await self.backend.sessions.list(self.actor)
        self._profile = profile
        self.query_one(FactLines).show(
            {
                "login": Content(printable(profile.login)),
                "email": Content(printable(profile.email)),
                "number": Content(profile.certified_number or _("none yet")),
                "billing": Content(printable(profile.billing.name) if profile.billing else _("the identifier")),
            }
        )
        self._show_choice("language", f"{LANGUAGE_NAMES[profile.language]} ▾")
        self._show_choice("theme", f"{_(_THEME_WORDS[self._theme])} ▾")
        self._show_choice("time-zone", f"{printable(profile.time_zone)} ▾")
        self._show_choice("sessions", f"{_sessions_words(sessions)} ›")
        here = date_time(self.backend.clock.now(), ZoneInfo(profile.time_zone))
        self.query_one("#time-zone-row", Labelled).hint(
            _("It is {time} there. What is scheduled already does not move.").format(time=here)
        )

    def _show_choice(self, field: str, words: str) -> None:
        button = self.query_one(f"#{field}", Button)
        button.label = Content(words)
        button.refresh(layout=True)

    @property
    def _theme(self) -> str:
        """The colours shown now, one of THEMES."""
        return self.app.theme if self.app.theme in THEMES else THEMES[0]

    @on(Button.Pressed, "#language")
    @once_at_a_time("profile-change")
    async def action_language(self) -> None:
        """Choose the language; everything is shown in it at once."""
        picks = [Pick(each, LANGUAGE_NAMES[each]) for each in LANGUAGES]
        chosen = await self.ask(PickModal(_("Language"), picks, current_language()))
        if chosen is not None and await self._keep(language=chosen) and chosen != current_language():
            self.host.speak(chosen)

    @on(Button.Pressed, "#theme")
    @once_at_a_time("profile-change")
    async def action_theme(self) -> None:
        """Choose the colours; they are shown at once, and at each login."""
        picks = [Pick(each, _(words)) for each, words in _THEME_WORDS.items()]
        chosen = await self.ask(PickModal(_("Colours"), picks, self._theme))
        if chosen is not None and await self._keep(theme=chosen):
            self.app.theme = chosen
            self._reading.ask()

    @on(Button.Pressed, "#time-zone")
    @once_at_a_time("profile-change")
    async def action_time_zone(self) -> None:
        """Choose the clocks that dates are meant by."""
        if self._profile is None:
            return
        picker = ZonePicker(self._profile.time_zone, self.backend.clock.now())
        chosen = await self.ask(picker)
        if chosen is not None and await self._keep(time_zone=chosen):
            self.host.live_in(chosen)

    async def _keep(
        self, *, language: str | None = None, time_zone: str | None = None, theme: str | None = None
    ) -> bool:
        """Have the account keep a choice; whether it does."""
        try:
            await self.backend.profiles.set_preferences(self.actor, language=language, time_zone=time_zone, theme=theme)
        except Refusal as refusal:
            self.say(refusal)
            return False
        return True

    @on(Button.Pressed, "#email")
    @once_at_a_time("profile-change")
    async def action_email(self) -> None:
        """Change the e-mail address."""
        email = await self.ask(EmailModal(self.backend.profiles, self.actor))
        if email is not None:
            self.notify(_("Your e-mail address is now {email}.").format(email=printable(email)), markup=False)
            self._reading.ask()

    @on(Button.Pressed, "#password")
    @once_at_a_time("profile-change")
    async def action_password(self) -> None:
        """Change the password; all other sessions end."""
        ended = await self.ask(PasswordModal(self.backend.profiles, self.actor))
        if ended is None:
            return
        words = ngettext(
            "Password changed; {count} other session was ended.",
            "Password changed; {count} other sessions were ended.",
            ended,
        )
        self.notify(words.format(count=number(ended)) if ended else _("Password changed."), markup=False)
        self._reading.ask()

    @on(Button.Pressed, "#billing")
    @once_at_a_time("profile-change")
    async def action_billing(self) -> None:
        """Say whom the invoices are for."""
        if self._profile is None:
            return
        kept = await self.ask(BillingModal(self.backend.company, self.actor, self._profile.billing))
        if kept is not None:
            self.notify(_("From now on, invoices are for {name}.").format(name=printable(kept.name)), markup=False)
            self._reading.ask()

    @on(Button.Pressed, "#sessions")
    def action_sessions(self) -> None:
        """Show where the account is logged in."""
        self.open(SessionsPage())


def _sessions_words(sessions: tuple[LoginSession, ...]) -> str:
    count = len(sessions)
    words = ngettext("{count} open", "{count} open", count).format(count=number(count))
    return _("{sessions}, this one among them").format(sessions=words) if count > 1 else words
