"""The message catalogues: complete, true to their placeholders, in good French; and the tool that keeps them."""

import gettext
import re
import sys
from pathlib import Path

import pytest

from smstui.i18n import LANGUAGES, LOCALE_DIRECTORY, _, ngettext, use_language

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import catalogues  # noqa: E402


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_or_stale(language: str) -> None:
    assert list(catalogues.problems(language, catalogues.extract())) == []


def test_a_missing_translation_is_noticed() -> None:
    messages = catalogues.extract()
    new = catalogues.Message("A text that nobody has translated")
    assert any("nobody has translated" in problem for problem in catalogues.problems("fr", {**messages, new.id: new}))


@pytest.mark.parametrize("translation", ["Bonjour", "Bonjour {nom}", "Bonjour {name} {name2}"])
def test_other_placeholders_are_noticed(translation: str) -> None:
    message = catalogues.Message("Hello {name}", translation)
    assert list(catalogues.wrong_placeholders("fr", message.id, message))


def test_a_singular_may_leave_out_the_count() -> None:
    message = catalogues.Message(("{count} number", "{count} numbers"), ("un numéro", "{count} numéros"))
    assert not list(catalogues.wrong_placeholders("fr", message.id, message))


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Quoi ?", "Quoi\u202f?"),
        ("Oui ; non !", "Oui\u202f; non\u202f!"),
        ("Solde : 3", "Solde\u00a0: 3"),
        ("le nom « Marie »", "le nom «\u00a0Marie\u00a0»"),
        ("l'heure 14:15, https://example.com", "l’heure 14:15, https://example.com"),
    ],
)
def test_french_spaces(typed: str, set_: str) -> None:
    assert catalogues.french_typography(typed) == set_
    assert catalogues.french_typography(set_) == set_


def test_french_translations_keep_french_typography() -> None:
    with (LOCALE_DIRECTORY / "fr" / "LC_MESSAGES" / "smstui.mo").open("rb") as file:
        texts = [text for key, text in gettext.GNUTranslations(file)._catalog.items() if key]
    assert texts
    assert [text for text in texts if re.search(r"[ \w][;!?](\s|$)| :(\s|$)|« | »", text)] == []


def test_the_catalogues_are_used() -> None:
    use_language("fr")
    assert _("Password") == "Mot de passe"
    use_language("en")
    assert _("Password") == "Password"
    assert ngettext("{count} number", "{count} numbers", 2) == "{count} numbers"
