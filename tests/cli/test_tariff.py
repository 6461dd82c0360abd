"""`smstui tariff`."""

from pathlib import Path

from tests.cli.conftest import Cli

BELGIUM = {"country": "BE", "pro": 2, "unicode": 2, "reponse": None, "voix": None}


def test_prices_are_shown_changed_and_reset(cli: Cli) -> None:
    assert cli("tariff", "show", "BE", "france", "--json").document == [
        BELGIUM,
        {"country": "FR", "pro": 1, "unicode": 1, "reponse": 1, "voix": 1},
    ]
    assert cli("tariff", "set", "Belgique", "2,5", "--type", "pro", "--json").document == {
        "changes": [{"country": "BE", "type": "pro", "before": 2, "after": 2.5}]
    }
    assert cli("tariff", "set", "BE", "3").out == "BE pro: 2.5 → 3\nBE unicode: 2 → 3\n2 prices changed.\n"
    assert cli("tariff", "remove", "BE", "--type", "unicode").out == "BE unicode: 3 → none\n1 price changed.\n"
    shown = cli("tariff", "show", "BE").out.splitlines()
    assert [line.split() for line in shown] == [
        ["Code", "Country", "SMS", "Pro", "SMS", "Unicode", "SMS", "Réponse", "SMS", "Voix"],
        ["BE", "Belgium", "3", "-", "-", "-"],
    ]
    assert cli("tariff", "reset", "BE").code == 0
    assert cli("tariff", "show", "BE", "--json").document == [BELGIUM]
    assert len(cli("tariff", "show").out.splitlines()) > 200


def test_what_cant_be_is_refused(cli: Cli, shop: Cli) -> None:
    assert cli("tariff", "set", "Atlantis", "3").refuses("Atlantis")
    assert cli("tariff", "set", "RU", "3").refuses("Sanctions")
    assert cli("tariff", "set", "BE", "free").refuses("between 0.001 and 1,000")
    assert cli("tariff", "set", "BE", "1", "--type", "voix").refuses("metropolitan France")
    assert cli("tariff", "set", "BE", "1", "--type", "fax").code == 2
    assert shop("tariff", "set", "BE", "3").refuses("administrator")
    assert cli("tariff", "show", "BE", "--json").document == [BELGIUM]


def test_files_are_exported_previewed_and_imported(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "tariff.csv"
    assert cli("tariff", "export", str(file)).code == 0
    assert cli("tariff", "export", str(file)).refuses("--force")
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("BE;pro;2\n", "BE;pro;7\n").replace("BE;pro;2\r\n", "BE;pro;7\r\n"))
    previewed = cli("tariff", "import", str(file), "--preview", "--json").document
    assert isinstance(previewed, dict)
    assert previewed["changes"] == [{"country": "BE", "type": "pro", "before": 2, "after": 7}]
    assert previewed["refused"] == []
    assert cli("tariff", "show", "BE", "--json").document == [BELGIUM]
    assert cli("tariff", "import", str(file)).out == "BE pro: 2 → 7\n1 price changed.\n"
    file.write_text("BE;pro;3\nNowhere;pro;1\nBE;unicode;x\n")
    assert cli("tariff", "import", str(file), "--preview").out.count("\n") == 2
    assert cli("tariff", "import", str(file)).refuses("used: 2", "Line 2", "Nowhere")
    assert cli("tariff", "show", "BE", "--json").document == [{**BELGIUM, "pro": 7}]


def test_the_audit_trail_knows_who_changed_it(cli: Cli) -> None:
    arguments = ("--email", "boss@example.com", "--password-env", "ACCOUNT_PASSWORD", "--admin")
    assert cli("account", "create", "boss", *arguments).code == 0
    assert cli("tariff", "set", "BE", "3", "--account", "boss").code == 0
    listed = cli("audit", "list", "--json").document
    assert isinstance(listed, list)
    assert [(one["account"], one["action"]) for one in listed] == [("boss", "tariff_changed")]
