"""`smstui account show|set|password|sessions`."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smstui.services.backend import Backend
from smstui.services.sessions import Origin, Way
from smstui.settings import Settings
from tests.cli.conftest import PASSWORD, Cli

pytestmark = pytest.mark.each_database
NEW = "Other-Horse8"


def one(document: object) -> dict[str, object]:
    assert isinstance(document, dict)
    return document


def log_in(settings: Settings, *origins: Origin, password: str = PASSWORD) -> None:
    """What programs do in which somebody logs in; they are killed."""

    async def work() -> None:
        async with Backend.open(settings) as backend:
            for origin in origins:
                await backend.accounts.log_in("shop", password, origin)

    asyncio.run(work())


def test_an_account_is_shown(shop: Cli, cli: Cli) -> None:
    shown = one(shop("account", "show", "--json").document)
    assert shown == {
        "login": "shop", "email": "shop@example.com", "role": "user", "certified_number": None,
        "created_at": shown["created_at"], "language": "en", "time_zone": "Europe/Paris", "theme": None,
        "billing": None,
    }  # fmt: skip
    assert shop("account", "show").out.splitlines() == [
        "Login             shop",
        "E-mail            shop@example.com",
        "Certified number  none yet",
        "Language          en",
        "Time zone         Europe/Paris",
        "Colours           not chosen",
        "Invoices for      shop",
    ]
    assert cli("account", "show").refuses("--account")


def test_it_is_changed(shop: Cli, cli: Cli) -> None:
    arguments = "--email", "new@example.com", "--language", "fr", "--time-zone", "Indian/Reunion", "--theme", "smstui"
    changed = one(shop("account", "set", *arguments, "--json").document)
    wanted = {"email": "new@example.com", "language": "fr", "time_zone": "Indian/Reunion", "theme": "smstui"}
    assert wanted.items() <= changed.items()
    assert shop("company", "billing", "--name", "Ma Boutique", "--address", "1 rue Neuve").code == 0
    assert one(shop("account", "show", "--json").document)["billing"] == {
        "name": "Ma Boutique", "address": ["1 rue Neuve"], "vat_number": "", "siret": "",
    }  # fmt: skip
    actions = [each["action"] for each in cli("audit", "list", "--json").document]  # type: ignore[attr-defined]
    assert actions == ["billing_changed", "preferences_changed", "email_changed"]


def test_times_are_those_of_the_accounts_zone(shop: Cli) -> None:
    assert shop("template", "add", "Hello", "--text", "Hello").code == 0
    at = datetime.fromisoformat(str(one(shop("template", "show", "Hello", "--json").document)["updated_at"]))
    for zone in ("Indian/Reunion", "Pacific/Noumea"):
        assert shop("account", "set", "--time-zone", zone).code == 0
        assert f"{at.astimezone(ZoneInfo(zone)):%d/%m %H:%M}" in shop("template", "list").out


def test_what_can_not_be_is_refused_and_nothing_changes(shop: Cli, rich: Cli) -> None:
    assert shop("account", "set").code == 2
    assert shop("account", "set", "--theme", "nord").code == 2
    assert shop("account", "set", "--language", "de").code == 2
    assert shop("account", "set", "--email", "new@example.com", "--time-zone", "Paris").refuses("“Paris”", "time zone")
    assert shop("account", "set", "--email", "rich@example.com", "--language", "fr").refuses("rich@example.com")
    shown = one(shop("account", "show", "--json").document)
    assert (shown["email"], shown["language"]) == ("shop@example.com", "en")


def test_a_new_password_ends_the_sessions(shop: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(settings, Origin(Way.BROWSER), Origin(Way.SSH, "10.0.0.5"))
    monkeypatch.setenv("NEW", NEW)
    monkeypatch.setenv("WEAK", "weak")
    assert shop("account", "password", "--password-env", "NONE").refuses("NONE")
    assert shop("account", "password", "--password-env", "WEAK").refuses("8 characters")
    changed = shop("account", "password", "--password-env", "NEW", "--json").document
    assert changed == {"login": "shop", "sessions_ended": 2}
    assert NEW not in shop("account", "password", "--password-env", "NEW").out
    assert shop("account", "sessions").out == "No session is open.\n"
    log_in(settings, Origin(Way.BROWSER), password=NEW)


def test_sessions_are_listed_and_ended(shop: Cli, rich: Cli, settings: Settings) -> None:
    log_in(settings, *(Origin(Way.SSH, f"10.0.0.{number}") for number in (1, 2, 3)))
    listed = shop("account", "sessions", "--json").document
    assert isinstance(listed, list)
    assert [each["origin"] for each in listed] == ["ssh 10.0.0.3", "ssh 10.0.0.2", "ssh 10.0.0.1"]
    assert set(listed[0]) == {"id", "origin", "started_at", "seen_at"}
    assert "SSH from 10.0.0.3" in shop("account", "sessions").out.splitlines()[1]
    assert rich("account", "sessions", "--json").document == []
    newest = str(listed[0]["id"])
    assert rich("account", "sessions", "--end", newest).refuses("session")
    left = shop("account", "sessions", "--end", newest, "--json").document
    assert isinstance(left, list)
    assert [each["origin"] for each in left] == ["ssh 10.0.0.2", "ssh 10.0.0.1"]
    assert shop("account", "sessions", "--end", newest).refuses("session")
    assert shop("account", "sessions", "--end", newest, "--end-others").code == 2
    assert shop("account", "sessions", "--end-others", "--json").document == []
