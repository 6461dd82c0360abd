"""`smstui optout`."""

from pathlib import Path

from tests.cli.conftest import Cli


def _listed(cli: Cli) -> dict[str, str]:
    document = cli("optout", "list", "--json").document
    assert isinstance(document, list)
    assert all(set(each) == {"mobile", "source", "at"} for each in document)
    return {each["mobile"]: each["source"] for each in document}


def test_numbers_are_added_and_removed(shop: Cli) -> None:
    assert shop("optout", "add", "0601020304", "06 01 02 03 05").out == "2 numbers opted out.\n"
    assert _listed(shop) == {"+33601020304": "manual", "+33601020305": "manual"}
    assert shop("optout", "remove", "0601020304", "--reason", " ").refuses("Say why")
    assert shop("optout", "remove", "0601020304", "--json").document == {"removed": 1}
    assert shop("optout", "remove", "0601020305", "--reason", "asked by letter").code == 0
    assert _listed(shop) == {}
    assert shop("optout", "remove", "0601020305").refuses("+33601020305 is not on")


def test_all_numbers_are_added_or_none(shop: Cli) -> None:
    assert shop("optout", "add", "0601020304", "+336010304").refuses("too short")
    assert _listed(shop) == {}


def test_a_file_is_put_on_the_list(shop: Cli, tmp_path: Path) -> None:
    shop("optout", "add", "0601020304")
    file = tmp_path / "stop.csv"
    file.write_text("Mobile\n0601020304\n0601020305\n601020305\n0144556677\n")
    document = shop("optout", "import", str(file), "--json").document
    assert isinstance(document, dict)
    assert {name: document[name] for name in ("added", "already", "duplicates")} == {
        "added": 1,
        "already": 1,
        "duplicates": 1,
    }
    assert [each["line"] for each in document["refused"]] == [5]
    assert _listed(shop) == {"+33601020304": "manual", "+33601020305": "import"}
    again = shop("optout", "import", str(file))
    assert again.out.startswith("0 numbers added\nLine 5: ")
    assert shop("optout", "import", str(tmp_path / "none.csv")).refuses("none.csv")
