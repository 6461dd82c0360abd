"""`smstui contact import`."""

import csv
import hashlib
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli.conftest import Answer, Cli

GUIDE = (
    ("Dupont", "Hugo", "tech@smsmode.com", 601010101),
    ("Leduc", "Marie", "tech@smsmode.com", 602020202),
    ("Desmoineau", "Claude", "tech@smsmode.com", 603030303),
    ("Henry", "Francis", "tech@smsmode.com", 604040404),
)
CERTIFIED = "--certify-opt-in"


@pytest.fixture(autouse=True)
def shop(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("account", "create", "shop", "--email", "s@example.com", "--password-env", "ACCOUNT_PASSWORD")
    monkeypatch.setenv("SMSTUI_ACCOUNT", "shop")


def model_1(folder: Path) -> str:
    book = Workbook()
    assert book.active is not None
    book.active.append(("Nom", "Prénom", "Email", "Mobile"))
    for row in GUIDE:
        book.active.append(row)
    file = folder / "modèle 1.xlsx"
    book.save(file)
    return str(file)


def model_2(folder: Path) -> str:
    file = folder / "modele-2.csv"
    file.write_text("".join(",".join(map(str, row)) + "\n" for row in GUIDE))
    return str(file)


def listed(cli: Cli, *arguments: str) -> list[dict[str, object]]:
    document = cli("contact", "list", *arguments, "--json").document
    assert isinstance(document, list)
    return document


@pytest.mark.each_database
@pytest.mark.parametrize("model", [model_1, model_2], ids=["xlsx", "csv"])
def test_the_models_of_the_guide_as_they_stand(cli: Cli, tmp_path: Path, model: "type[object]") -> None:
    file = str(model(tmp_path))
    answer = cli("contact", "import", file, "--group", "Club de lecture", CERTIFIED, "--json")
    assert answer.code == 0, answer.err
    assert answer.document == {
        "rows": 4,
        "created": 4,
        "updated": 0,
        "unchanged": 0,
        "duplicates": 0,
        "opted_out": 0,
        "refused": [],
        "incomplete": [],
        "groups": ["Club de lecture"],
        "file": Path(file).name,
        "sha256": hashlib.sha256(Path(file).read_bytes()).hexdigest(),
        "certified_by": "shop",
    }
    found = listed(cli, "--group", "Club de lecture")
    assert [(each["last_name"], each["first_name"], each["mobile"]) for each in found] == [
        ("Desmoineau", "Claude", "+33603030303"),
        ("Dupont", "Hugo", "+33601010101"),
        ("Henry", "Francis", "+33604040404"),
        ("Leduc", "Marie", "+33602020202"),
    ]
    assert cli("contact", "import", file, CERTIFIED, "--json").document["unchanged"] == 4  # type: ignore[index]


def test_columns_as_they_are_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mixed.txt"
    file.write_text("x|0601000001|Dupont|Lyon\ny|0601000002|Martin|Nice\n")
    cli("contact", "add", "0601000009", "--field", "Ville=Paris")
    mapping = ("--map", "mobile=2, last_name=3,ville=4", "--no-header", "--separator", "|")
    assert cli("contact", "import", str(file), CERTIFIED, *mapping).code == 0
    assert [(each["last_name"], each["fields"]) for each in listed(cli, "--search", "06010000 m")] == [
        ("Martin", {"Ville": "Nice"})
    ]


@pytest.mark.parametrize(
    ("mapping", "word"),
    [("mobile=0", "from 1"), ("mobile", "FIELD=N"), ("phone=1", "FIELD=N"), ("mobile=1,title=1", "given twice")],
)
def test_a_wrong_mapping_is_wrong_usage(cli: Cli, tmp_path: Path, mapping: str, word: str) -> None:
    answer = cli("contact", "import", model_2(tmp_path), CERTIFIED, "--map", mapping)
    assert answer.code == 2
    assert word in answer.err


def test_nothing_without_certification(cli: Cli, tmp_path: Path) -> None:
    assert cli("contact", "import", model_2(tmp_path), "--group", "New").refuses("Certify")
    assert listed(cli) == []
    assert cli("group", "list", "--json").document == []


def test_what_is_left_out_is_told_and_written(cli: Cli, tmp_path: Path) -> None:
    file, rejects = tmp_path / "a.csv", tmp_path / "rejects.csv"
    file.write_text("Nom;Mobile\nDupont;0601000001\nDurand;01 44 55 66 77\nMartin;0601000001\nStop;0601000007\n")
    cli("optout", "add", "0601000007")
    answer = cli("contact", "import", str(file), CERTIFIED, "--rejects", str(rejects), "--json")
    document = answer.document
    assert isinstance(document, dict)
    assert document["refused"] == [{"line": 3, "reason": "“01 44 55 66 77” is a landline: it can't receive SMS."}]
    assert (document["duplicates"], document["opted_out"], document["created"]) == (1, 1, 1)
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert [row[:4] for row in rows] == [
        ["Nom", "Mobile", "Line", "Outcome"],
        ["Durand", "01 44 55 66 77", "3", "refused"],
        ["Martin", "0601000001", "4", "duplicate"],
        ["Stop", "0601000007", "5", "on the STOP list"],
    ]
    words = cli("contact", "import", str(file), CERTIFIED).out
    assert "a.csv: 4 rows, 1 already there, 1 duplicate in the file, 1 on the STOP list, 1 line refused" in words
    assert "line 3: “01 44 55 66 77” is a landline" in words


def hostile(folder: Path, name: str, octets: bytes) -> str:
    file = folder / name
    file.write_bytes(octets)
    return str(file)


@pytest.mark.parametrize(
    ("name", "octets", "word"),
    [
        ("facture.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        ("page.xls", b"<html><body><table><tr><td>0601020304</td></tr></table></body></html>", "web page"),
        ("empty.csv", b"", "empty"),
        ("cut.xlsx", b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_other_files_are_refused_in_one_line(cli: Cli, tmp_path: Path, name: str, octets: bytes, word: str) -> None:
    answer = cli("contact", "import", hostile(tmp_path, name, octets), CERTIFIED, "--group", "New")
    assert answer.refuses(word)
    assert listed(cli) == []
    assert cli("group", "list", "--json").document == []


def test_a_file_that_is_missing(cli: Cli, tmp_path: Path) -> None:
    def missing(*arguments: str) -> Answer:
        return cli("contact", "import", str(tmp_path / "no such file.csv"), CERTIFIED, *arguments)

    assert missing().refuses("no such file.csv", "there is no such file")
