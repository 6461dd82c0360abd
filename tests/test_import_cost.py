"""The first paint waits for nothing that it doesn't need."""

import subprocess
import sys

import pytest

HEAVY = {
    "sqlalchemy",
    "alembic",
    "openpyxl",
    "stripe",
    "phonenumbers",
    "babel",
    "aiosmpplib",
    "argon2",
    "aiohttp",
    "psycopg",
}


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        (("smstui.cli.application", "smstui.app", "smstui.screens.account.login"), HEAVY | {"click"}),
        (("smstui.cli.main",), HEAVY | {"textual"}),
    ],
)
def test_heavy_packages_are_imported_later(modules: tuple[str, ...], unwanted: set[str]) -> None:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert unwanted.isdisjoint(loaded)
