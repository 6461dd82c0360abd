"""What the palette (Ctrl+P) offers: every section, every action of the page, and the whole application's."""

from collections.abc import Iterable
from functools import partial

from textual.app import SystemCommand
from textual.command import CommandList, CommandPalette
from textual.content import Content
from textual.screen import Screen
from textual.widgets.option_list import Option

from smstui import theme
from smstui.i18n import LANGUAGES, _, current_language
from smstui.screens.host import Host

LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


class Palette(CommandPalette):
    """Textual's palette, all of whose words are in the current language."""

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say after a moment that nothing is found: Textual's own says so in English."""
        self._stop_no_matches_countdown()
        say = partial(self._say_no_matches, search_value)
        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, say)

    def _say_no_matches(self, search_value: str) -> None:
        if search_value:
            words = Content(_("Nothing is found: write fewer or other words."))
            self.query_one(CommandList).add_option(Option(words, disabled=True, id=self._NO_MATCHES))
        self._list_visible = bool(search_value)


def commands(host: Host, screen: Screen[object]) -> Iterable[SystemCommand]:
    """The commands that make sense on `screen`, described in the current language."""
    if host.logged_in:
        yield from _sections(host)
    yield from _actions(host, screen)
    if host.logged_in:
        yield SystemCommand(_("Certify my number"), _("Earn test credits, once a number"), host.certify)
        yield SystemCommand(_("Log out"), _("Back to the login page"), host.leave)
    for language in LANGUAGES:
        if language != current_language():
            choose = partial(_choose_language, host, language)
            yield SystemCommand(LANGUAGE_NAMES[language], _("Language of the screens"), choose)
    for name in theme.CHOICES:
        if name != host.theme:
            title = _("Colours: {name}").format(name=name)
            yield SystemCommand(title, _("Appearance of the screens"), partial(_choose_theme, host, name))


def _choose_language(host: Host, language: str) -> None:
    host.speak(language)
    if host.logged_in:
        host.run_worker(host.backend.profiles.set_preferences(host.actor, language=language), group="preferences")


def _choose_theme(host: Host, name: str) -> None:
    host.theme = name
    if host.logged_in:
        host.run_worker(host.backend.profiles.set_preferences(host.actor, theme=name), group="preferences")


def _sections(host: Host) -> Iterable[SystemCommand]:
    from smstui.screens import sections

    for section in sections.sections(demo=host.demo is not None, admin=host.actor.is_admin):
        yield SystemCommand(sections.path(section), _("Go to this section"), partial(host.go_to, section.id))


def _actions(host: Host, screen: Screen[object]) -> Iterable[SystemCommand]:
    """The described keys of the screen; each action once, with the key that starts it."""
    seen = {"command_palette"}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not (binding.id and binding.description and active.enabled) or binding.action in seen:
            continue
        seen.add(binding.action)
        yield SystemCommand(
            binding.description,
            _("Key {key}").format(key=host.get_key_display(binding)),
            partial(host.run_action, binding.action, active.node),
        )
