"""`smstui group`: groups of contacts in scripts."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_a_group_is_added_and_listed(shop: Cli) -> None:
    added = shop("group", "add", " Club  de lecture", "--description", "Le jeudi", "--json").document
    assert isinstance(added, dict)
    assert {**added, "created_at": ""} == {
        "name": "Club de lecture",
        "description": "Le jeudi",
        "words": None,
        "created_at": "",
        "contacts": 0,
    }
    shop("contact", "add", "0601010101", "--group", "club de lecture")
    assert shop("group", "list", "--json").document == [{**added, "contacts": 1}]
    head, line = shop("group", "list").out.splitlines()
    assert head.split() == ["Name", "Description", "Created", "Contacts"]
    assert line.startswith("Club de lecture")


def test_a_group_found_by_words(shop: Cli) -> None:
    shop("group", "add", "Lyon", "--words", "lyon")
    shop("contact", "add", "0601010101", "--company", "Mairie de Lyon")
    shop("contact", "add", "0602020202")
    (group,) = shop("group", "list", "--json").document  # type: ignore[misc]
    assert (group["words"], group["contacts"]) == ("lyon", 1)  # type: ignore[has-type]
    assert len(shop("contact", "list", "--group", "Lyon", "--json").document) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("CLUB",), ("CLUB", "already")),
        ((" ",), ("100",)),
        (("x" * 101,), ("100",)),
        (("Fans", "--description", "x" * 501), ("500",)),
        (("Fans", "--words", " "), ("words",)),
    ],
)
def test_a_group_that_is_refused_is_not_added(shop: Cli, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    shop("group", "add", "Club")
    assert shop("group", "add", *arguments).refuses(*words)
    assert len(shop("group", "list", "--json").document) == 1  # type: ignore[arg-type]


def test_groups_are_removed_all_or_none_and_their_contacts_stay(shop: Cli) -> None:
    for name in ("Club", "Fans"):
        shop("group", "add", name)
    shop("contact", "add", "0601010101", "--group", "Club")
    assert shop("group", "remove", "Club", "Others").refuses("Others")
    assert shop("group", "remove", "CLUB", "Fans", "--json").document == {"removed": 2}
    assert shop("group", "list", "--json").document == []
    assert len(shop("contact", "list", "--json").document) == 1  # type: ignore[arg-type]


def test_the_groups_as_a_file(shop: Cli, tmp_path: Path) -> None:
    shop("group", "add", "Club", "--description", "=1+1")
    shop("contact", "add", "0601010101", "--group", "Club")
    path = tmp_path / "groups.csv"
    assert shop("group", "export", str(path), "--json").document == {"exported": 1, "file": str(path)}
    assert list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")) == [
        ["Name of the group", "Description", "Contacts"],
        ["Club", "'=1+1", "1"],
    ]
    assert shop("group", "export", str(path)).refuses("already")
    assert shop("group", "export", str(tmp_path / "groups.xlsx")).code == 0


def test_wrong_usage(shop: Cli) -> None:
    for arguments in (("add",), ("remove",), ("export",), ("other",)):
        assert shop("group", *arguments).code == 2, arguments
