"""A password to choose: hidden or shown, with the rules ticked as it is typed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static

from smstui.domain.password import PasswordRule, broken_rules
from smstui.i18n import _
from smstui.widgets.labelled import Labelled
from smstui.widgets.line_field import LineField
from smstui.widgets.tick import Tick


class PasswordRules(Static):
    """The rules, each with a sign that says whether `password` follows it."""

    password: reactive[str] = reactive("")

    def render(self) -> Content:
        """One rule a line."""
        broken = broken_rules(self.password)
        return Content("\n").join(
            Content(f"○ {_(rule)}").stylize("$text-muted")
            if rule in broken
            else Content(f"✓ {_(rule)}").stylize("$text-success")
            for rule in PasswordRule
        )


class PasswordField(Vertical):
    """The field, the box that shows what is typed, the five rules."""

    def __init__(self, *, leads_to: str, id: str, label: str = "") -> None:  # noqa: A002
        """`leads_to` is where Enter leads, as in a LineField; `label` is "Password" when ""."""
        super().__init__(id=id)
        self._leads_to, self._label = leads_to, label

    def compose(self) -> ComposeResult:
        """Field and box on a line, rules under it."""
        yield Labelled(
            self._label or _("Password"),
            LineField(password=True, id="password").leading_to(self._leads_to),
            Tick(_("Show"), id="show-password", compact=True),
        )
        yield PasswordRules()

    @property
    def input(self) -> Input:
        """Where it is typed."""
        return self.query_one("#password", Input)

    @property
    def value(self) -> str:
        """The password."""
        return self.input.value

    @property
    def is_good(self) -> bool:
        """Whether it follows every rule."""
        return not broken_rules(self.value)

    def fail(self, sentence: str) -> None:
        """Say what is wrong with it."""
        self.query_one(Labelled).fail(sentence)

    def toggle(self) -> None:
        """Show what is typed, or hide it."""
        self.query_one(Tick).toggle()

    @on(Input.Changed, "#password")
    def _typed(self, event: Input.Changed) -> None:
        self.fail("")
        self.query_one(PasswordRules).password = event.value

    @on(Tick.Changed)
    def _shown(self, event: Tick.Changed) -> None:
        event.stop()
        self.input.password = not event.value
