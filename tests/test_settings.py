from pathlib import Path

import pytest

from smstui.settings import Settings


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_without_a_word_the_data_is_in_the_users_folder(tmp_path: Path) -> None:
    settings = Settings.load(environment={})
    assert settings.data_directory.is_relative_to(tmp_path)
    assert settings.database_url == f"sqlite:///{settings.data_directory / 'smstui.db'}"
    assert settings.account is None


def test_the_command_line_goes_before_the_environment() -> None:
    environment = {"SMSTUI_DATABASE_URL": "sqlite:////e.db", "SMSTUI_ACCOUNT": "env"}
    assert Settings.load(environment=environment).database_url == "sqlite:////e.db"
    assert Settings.load(environment=environment).account == "env"
    settings = Settings.load(database_url="sqlite:////c.db", account="cli", language="fr", environment=environment)
    assert (settings.database_url, settings.account, settings.language) == ("sqlite:////c.db", "cli", "fr")


def test_empty_variables_say_nothing() -> None:
    settings = Settings.load(environment={"SMSTUI_DATABASE_URL": "", "SMSTUI_ACCOUNT": ""})
    assert settings.database_url.endswith("smstui.db")
    assert settings.account is None
