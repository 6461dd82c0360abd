"""`smstui template`."""

from tests.cli.conftest import Cli


def _shown(cli: Cli, title: str) -> dict[str, object]:
    document = cli("template", "show", title, "--json").document
    assert isinstance(document, dict)
    return {name: document[name] for name in ("title", "sender", "text")}


def test_a_template_is_added_shown_changed_and_removed(shop: Cli) -> None:
    shop("sender", "add", "MaBoutique")
    added = shop("template", "add", "Été", "--text", "Hello {first_name|you}\nall", "--sender", "MaBoutique")
    assert added.out == "Template Été created.\n"
    assert shop("template", "show", "ete").out == "Hello {first_name|you}\nall\n"
    assert _shown(shop, "ete") == {"title": "Été", "sender": "MaBoutique", "text": "Hello {first_name|you}\nall"}
    assert shop("template", "edit", "ete", "--title", "Hiver", "--default-sender").code == 0
    assert _shown(shop, "Hiver") == {"title": "Hiver", "sender": None, "text": "Hello {first_name|you}\nall"}
    assert shop("template", "edit", "Hiver", "--text", "Bye", "--sender", "MaBoutique").code == 0
    assert _shown(shop, "Hiver") == {"title": "Hiver", "sender": "MaBoutique", "text": "Bye"}
    assert shop("template", "list").out.splitlines()[1].split() == ["Hiver", "MaBoutique", *_date(shop), "Bye"]
    assert shop("template", "remove", "Hiver", "--json").document == {"removed": 1}
    assert shop("template", "list", "--json").document == []


def _date(cli: Cli) -> list[str]:
    return cli("template", "list").out.splitlines()[1].split()[2:4]


def test_what_is_wrong_is_refused_in_one_line(shop: Cli) -> None:
    assert shop("template", "add", "A", "--text", "Hi {prenon}").refuses("prenon")
    assert shop("template", "add", " ", "--text", "Hi").refuses("title")
    assert shop("template", "add", "A", "--text", "Hi", "--sender", "Nobody").refuses("Nobody")
    assert shop("template", "show", "A").refuses("There is no template “A”")
    shop("template", "add", "A", "--text", "Hi")
    assert shop("template", "add", "a", "--text", "Hi").refuses("already called “a”")
    assert shop("template", "edit", "A", "--text", "").refuses("Write the text")
    assert shop("template", "edit", "A").code == 2
    assert shop("template", "edit", "A", "--sender", "Promo", "--default-sender").code == 2
    assert shop("template", "remove", "A", "B").refuses("There is no template “B”")
    assert shop("template", "remove", "A").code == 0
    assert shop("template", "add", "A").code == 2
