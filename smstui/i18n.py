"""The language of the person at the screen: message catalogues (gettext).

Message ids are the English texts. Importing this module costs nothing beyond the standard library, so that the first
paint need not wait for babel; numbers and dates are formatted in `smstui.formats`.
"""

import gettext as _gettext
import os
from pathlib import Path

LANGUAGES = ("fr", "en")
DOMAIN = "smstui"
LOCALE_DIRECTORY = Path(__file__).parent / "locale"

_current_language = "en"
_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def environment_language() -> str:
    """The first language of LC_ALL, LC_MESSAGES, LANG that has a catalogue, else French, the language of the guide."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")[:2].lower()
        if value in LANGUAGES:
            return value
    return "fr"


def use_language(language: str) -> None:
    """Make `language` ("fr" or "en") that of all texts from now on; an unknown one falls back to English."""
    global _catalogue, _current_language
    _current_language = language if language in LANGUAGES else "en"
    _catalogue = _gettext.translation(DOMAIN, LOCALE_DIRECTORY, [_current_language], fallback=True)


def current_language() -> str:
    """The language in use: "fr" or "en"."""
    return _current_language


def _(message: str) -> str:
    """`message` in the current language."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the sentence that fits `count`, in the current language."""
    return _catalogue.ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802
    """Mark `message` for the catalogues where it is defined; it is translated where it is shown."""
    return message


def translated(message: str, language: str) -> str:
    """`message` in `language`, whatever the current one: for what is sent to a person who is not at this screen."""
    return _gettext.translation(DOMAIN, LOCALE_DIRECTORY, [language], fallback=True).gettext(message)
