from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from smstui.formats import explain
from smstui.storage.address import (
    InvalidDatabaseUrl,
    UnsupportedDatabase,
    read_address,
    sqlite_path,
    without_secrets,
)


def test_four_slashes_name_an_absolute_file() -> None:
    assert sqlite_path("sqlite:////var/lib/smstui/data.db") == Path("/var/lib/smstui/data.db")


def test_three_slashes_name_a_file_of_the_working_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert sqlite_path("sqlite:///data.db") == tmp_path / "data.db"


@pytest.mark.parametrize(
    "url", ["", "data.db", "/var/lib/data.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/data.db"]
)
def test_what_names_no_file_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        sqlite_path(url)
    assert "sqlite:////" in explain(refused.value)


@pytest.mark.parametrize("url", ["sqlite:///data.db?mode=ro", "sqlite:///a\0b", "sqlite+pysqlcipher:///data.db"])
def test_options_and_other_drivers_are_refused(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl):
        sqlite_path(url)


@pytest.mark.parametrize("scheme", ["mysql", "oracle", "nonsense"])
def test_other_kinds_are_refused_by_their_name_only(scheme: str) -> None:
    with pytest.raises(UnsupportedDatabase) as refused:
        read_address(f"{scheme}://smstui:s3cret@db.example.com/smstui")
    assert scheme in explain(refused.value)
    assert "s3cret" not in explain(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_is_named_in_any_of_its_spellings(scheme: str) -> None:
    address = read_address(f"{scheme}://me:p%40ss@db.example.com:5433/smstui?sslmode=require")
    assert isinstance(address, URL)
    assert (address.get_driver_name(), address.password, address.host, address.port, address.database) == (
        "psycopg", "p@ss", "db.example.com", 5433, "smstui"
    )  # fmt: skip
    assert address.query == {"sslmode": "require"}
    assert sqlite_path(f"{scheme}:///smstui?host=/run/postgresql") is None


@pytest.mark.parametrize("scheme", ["postgresql+psycopg2", "postgresql+asyncpg", "sqlite+aiosqlite"])
def test_other_drivers_of_these_kinds_are_refused(scheme: str) -> None:
    with pytest.raises(InvalidDatabaseUrl):
        read_address(f"{scheme}://host/smstui")


@pytest.mark.parametrize("port", ["port", "s3@cret:5432"])
def test_an_unreadable_address_does_not_tell_its_password(port: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        read_address(f"postgresql://smstui:s3cret@db.example.com:{port}/smstui")
    assert "s3cret" not in explain(refused.value)


@pytest.mark.parametrize("password", ["s3@cret", "@s3cret", "s3/@cret", "s3@cret?x=y", "s3@cret/y"])
def test_a_password_with_an_at_sign_that_is_not_escaped_is_refused_whole(password: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        read_address(f"postgresql://smstui:{password}@db.example.com/smstui")
    assert "s3" not in explain(refused.value)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["Lu", "Ll", "Nd", "P", "S"]), min_size=1))
def test_no_password_is_ever_shown(noise: str) -> None:
    password = f"#{noise}S3CRET{noise}"
    for url in (f"postgresql://user:{password}@host/name", f"postgresql://host/name?password={password}"):
        assert "S3CRET" not in without_secrets(url)
