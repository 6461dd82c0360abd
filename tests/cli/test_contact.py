"""`smstui contact`: the address book in scripts."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Answer, Cli

HUGO = {
    "mobile": "+33601010101",
    "last_name": "Dupont",
    "first_name": "Hugo",
    "email": "tech@smsmode.com",
    "title": "M.",
    "birth_date": "1990-12-31",
    "company": "Club de lecture",
    "address": "1 rue de la Paix",
    "fields": {"Boutique": "Lyon"},
    "groups": ["Club"],
    "opted_out": False,
}
ADD_HUGO = (
    *("contact", "add", "06 01 01 01 01", "--last-name", " Dupont ", "--first-name", "Hugo"),
    *("--email", "tech@smsmode.com", "--title", "M.", "--birth-date", "31/12/1990", "--company", "Club  de lecture"),
    *("--address", "1 rue de la Paix", "--field", "Boutique=Lyon", "--group", "club"),
)
MARIE = ("contact", "add", "0602020202", "--last-name", "Leduc", "--first-name", "Marie")


@pytest.fixture
def book(shop: Cli) -> Cli:
    """The account "shop" with Hugo, who is in the group Club, and Marie."""
    for command in (("group", "add", "Club"), ADD_HUGO, MARIE):
        assert shop(*command).code == 0
    return shop


def _mobiles(answer: Answer) -> list[str]:
    assert answer.code == 0, answer.err
    return [each["mobile"] for each in answer.document]  # type: ignore[attr-defined]


def test_a_contact_is_added_with_all_its_fields(shop: Cli) -> None:
    shop("group", "add", "Club")
    added = shop(*ADD_HUGO, "--json")
    assert added.document == HUGO
    assert shop("contact", "list", "--json").document == [HUGO]
    assert "+33602020202" in shop(*MARIE).out


def test_the_book_for_people(book: Cli) -> None:
    listed = book("contact", "list").out.splitlines()
    assert listed[0].split() == ["Mobile", "Name", "First", "name", "E-mail", "Groups"]
    assert listed[1].split() == ["+33601010101", "Dupont", "Hugo", "tech@smsmode.com", "Club"]
    assert len(listed) == 3


def test_a_part_of_the_book(book: Cli) -> None:
    both, hugo, marie = ["+33601010101", "+33602020202"], ["+33601010101"], ["+33602020202"]
    book("optout", "add", "0602020202")
    for options, mobiles in (
        ((), both),
        (("--search", "DUPONT hugó"), hugo),
        (("--search", "0602"), marie),
        (("--group", "CLUB"), hugo),
        (("--group", "Club", "--search", "marie"), []),
        (("--opted-out",), marie),
        (("--invalid",), []),
        (("--sort", "mobile"), both),
        (("--sort", "created"), both),
    ):
        assert _mobiles(book("contact", "list", "--json", *options)) == mobiles
    assert book("contact", "list", "--group", "Fans").refuses("Fans")
    assert book("contact", "list", "--sort", "age").code == 2
    assert book("contact", "list", "--invalid", "--opted-out").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("0601010101",), ("+33601010101", "already")),
        (("0101010101",), ("0101010101", "landline")),
        (("0603030303", "--email", "nobody"), ("nobody",)),
        (("0603030303", "--birth-date", "31/02/1990"), ("31/02/1990",)),
        (("0603030303", "--group", "Fans"), ("Fans",)),
        (("0603030303", "--last-name", "x" * 201), ("200",)),
        (("0603030303", "--field", "Mobile=1"), ("Mobile",)),
    ],
)
def test_a_contact_that_is_refused_is_not_added(book: Cli, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert book("contact", "add", *arguments).refuses(*words)
    assert len(_mobiles(book("contact", "list", "--json"))) == 2


def test_a_contact_for_a_group_found_by_words_is_refused(book: Cli) -> None:
    book("group", "add", "Lecteurs", "--words", "lecture")
    assert book("contact", "add", "0603030303", "--group", "Lecteurs").refuses("Lecteurs")


def test_wrong_usage(book: Cli) -> None:
    for arguments in (
        ("add",),
        ("add", "0603030303", "--field", "Boutique"),
        ("remove",),
        ("show",),
        ("erase",),
        ("export",),
        ("model",),
        ("other",),
    ):
        assert book("contact", *arguments).code == 2, arguments


def test_numbers_are_removed_all_or_none(book: Cli) -> None:
    assert book("contact", "remove", "0601010101", "0699999999").refuses("+33699999999")
    assert len(_mobiles(book("contact", "list", "--json"))) == 2
    removed = book("contact", "remove", "0601010101", "+33602020202", "--json")
    assert removed.document == {"removed": 2}
    assert _mobiles(book("contact", "list", "--json")) == []


def test_all_about_a_number(book: Cli) -> None:
    book("optout", "add", "0601010101")
    shown = book("contact", "show", "0601010101", "--json").document
    assert shown["number"] == "+33601010101"  # type: ignore[index]
    contact = shown["contact"]  # type: ignore[index]
    assert {name: contact[name] for name in HUGO if name != "opted_out"} == {
        name: value for name, value in HUGO.items() if name != "opted_out"
    }
    assert shown["opt_out"]["source"] == "manual"  # type: ignore[index]
    assert (shown["sent"], shown["received"]) == ([], [])  # type: ignore[index]
    assert "Dupont" in book("contact", "show", "0601010101").out
    assert book("contact", "show", "0699999999", "--json").document["contact"] is None  # type: ignore[index]
    assert book("contact", "show", "nobody").refuses("nobody")


def test_an_erasure_needs_its_yes(book: Cli) -> None:
    assert book("contact", "erase", "0601010101").refuses("--yes", "+33601010101")
    assert len(_mobiles(book("contact", "list", "--json"))) == 2


def test_an_erasure(book: Cli) -> None:
    erased = book("contact", "erase", "0601010101", "--yes", "--json").document
    assert erased == {
        "number": "+336•••••01",
        "contacts": 1,
        "memberships": 1,
        "messages": 0,
        "inbound": 0,
        "import_lines": 0,
        "drafts": 0,
        "opted_out": False,
        "own_number": False,
    }
    assert _mobiles(book("contact", "list", "--json")) == ["+33602020202"]
    told = book("contact", "erase", "0602020202", "--yes", "--stop").out
    assert "STOP" in told
    assert "+33602020202" not in told
    assert _mobiles(book("optout", "list", "--json")) == ["+33602020202"]
    assert "nothing was known" in book("contact", "erase", "0699999999", "--yes").out


def test_nothing_is_erased_while_a_message_is_under_way(cli: Cli, add_connection: Callable[..., Answer]) -> None:
    credit = ("--password-env", "ACCOUNT_PASSWORD", "--credits", "10")
    assert cli("account", "create", "rich", "--email", "rich@example.com", *credit).code == 0
    assert add_connection("--reply-number", "38000").code == 0
    rich = ("--account", "rich")
    assert cli("contact", "add", "0601010101", *rich).code == 0
    sent = cli("campaign", "send", "News", "--text", "Hello", "--to", "0601010101", *rich)
    assert sent.code == 0, sent.err
    assert cli("contact", "erase", "0601010101", "--yes", *rich).refuses("+33601010101")
    assert _mobiles(cli("contact", "list", "--json", *rich)) == ["+33601010101"]


def test_an_export_is_csv_or_a_workbook(book: Cli, tmp_path: Path) -> None:
    for name in ("contacts.csv", "contacts.xlsx"):
        exported = book("contact", "export", str(tmp_path / name), "--json")
        assert exported.document == {"exported": 2, "file": str(tmp_path / name)}
    rows = list(csv.reader(io.StringIO((tmp_path / "contacts.csv").read_text("utf-8-sig")), delimiter=";"))
    sheet = openpyxl.load_workbook(tmp_path / "contacts.xlsx").worksheets[0]
    assert rows == [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][3:] == ["Mobile", "Title", "Birth date", "Company", "Address", "Boutique", "Groups"]
    assert rows[1] == [
        *("Dupont", "Hugo", "tech@smsmode.com", "+33601010101", "M.", "1990-12-31"),
        *("Club de lecture", "1 rue de la Paix", "Lyon", "Club"),
    ]


def test_a_part_is_exported(book: Cli, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    for options in (("--group", "Club"), ("--search", "hugo")):
        assert book("contact", "export", str(path), *options, "--force", "--json").document["exported"] == 1  # type: ignore[index]
    assert book("contact", "export", str(path), "--group", "Fans").refuses("Fans")


def test_places_where_nothing_is_written(book: Cli, tmp_path: Path) -> None:
    path = tmp_path / "there.csv"
    path.write_text("mine")
    for verb in (("contact", "export"), ("contact", "model"), ("group", "export")):
        assert book(*verb, str(path)).refuses("there.csv", "already")
        assert book(*verb, str(tmp_path / "none" / "x.csv")).refuses("none")
        assert book(*verb, str(tmp_path / "x.pdf")).refuses("x.pdf", ".csv", ".xlsx")
    assert path.read_text() == "mine"
    assert book("contact", "export", str(path), "--force").code == 0
    assert path.read_text("utf-8-sig").startswith("Name;")


def test_the_models_of_the_guide(shop: Cli, tmp_path: Path) -> None:
    for name in ("model.xlsx", "model.csv"):
        assert shop("contact", "model", str(tmp_path / name)).code == 0
    assert (tmp_path / "model.csv").read_text().startswith("Dupont,Hugo,tech@smsmode.com,601010101\n")
    sheet = openpyxl.load_workbook(tmp_path / "model.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Nom", "Prénom", "Email", "Mobile"]


def test_books_are_apart(book: Cli, cli: Cli) -> None:
    cli("account", "create", "rival", "--email", "r@example.com", "--password-env", "ACCOUNT_PASSWORD")

    def rival(*arguments: str) -> Answer:
        return cli(*arguments, "--account", "rival")

    assert _mobiles(rival("contact", "list", "--json")) == []
    assert rival("contact", "remove", "0601010101").refuses("+33601010101")
    assert rival("contact", "list", "--group", "Club").refuses("Club")
    assert rival("contact", "erase", "0601010101", "--yes", "--json").document["contacts"] == 0  # type: ignore[index]
    assert len(_mobiles(book("contact", "list", "--json"))) == 2


def _process(environment: dict[str, str], *arguments: str, **more: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "smstui", *arguments, "--account", "shop"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)  # type: ignore[call-overload,no-any-return]


def test_standard_output_gets_the_csv_and_nothing_else(book: Cli, environment: dict[str, str]) -> None:
    out, err = _process(environment, "contact", "export", "-").communicate(timeout=60)
    assert (out[:3], err) == (b"\xef\xbb\xbf", b"")
    assert [line.split(";")[0] for line in out.decode("utf-8-sig").splitlines()] == ["Name", "Dupont", "Leduc"]


def test_a_reader_that_goes_away_ends_it_without_a_word(book: Cli, environment: dict[str, str]) -> None:
    with _process(environment, "contact", "export", "-") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_arguments_that_are_no_text(book: Cli, environment: dict[str, str]) -> None:
    arguments = ("contact", "add", "0603030303", "--last-name", b"\xffDupont\xe9", "--json")
    out, err = _process(environment, *arguments).communicate(timeout=60)  # type: ignore[arg-type]
    assert err == b""
    assert json.loads(out)["last_name"] == "\ufffdDupont\ufffd"
    out, err = _process(environment, "contact", "list", "--search", b"\xff", "--json").communicate(timeout=60)  # type: ignore[arg-type]
    assert ([each["mobile"] for each in json.loads(out)], err) == (["+33603030303"], b"")
