"""`smstui sender`."""

from tests.cli.conftest import Cli


def _names(cli: Cli) -> list[str]:
    document = cli("sender", "list", "--json").document
    assert isinstance(document, list)
    return [each["name"] for each in document]


def test_senders_are_added_listed_and_removed(shop: Cli) -> None:
    assert shop("sender", "add", "MaBoutique").code == 0
    assert shop("sender", "add", "Promo", "--json").document == {"name": "Promo", "default": False}
    assert shop("sender", "default", "Promo", "--json").document == {"name": "Promo", "default": True}
    assert shop("sender", "list").out == "MaBoutique\nPromo *\n"
    assert shop("sender", "remove", "MaBoutique", "--json").document == {"removed": 1}
    assert _names(shop) == ["Promo"]
    assert shop("sender", "default", "Nobody").refuses("Nobody")
    assert shop("sender", "remove", "Promo", "Nobody").refuses("no sender “Nobody”")
    assert _names(shop) == ["Promo"]


def test_a_sender_that_is_needed_goes_only_with_a_replacement(shop: Cli) -> None:
    for name in ("MaBoutique", "Promo"):
        shop("sender", "add", name)
    shop("template", "add", "Soldes", "--text", "Hello", "--sender", "MaBoutique")
    assert shop("sender", "remove", "MaBoutique").refuses("MaBoutique can't be deleted", "Soldes")
    assert _names(shop) == ["MaBoutique", "Promo"]
    assert shop("sender", "remove", "MaBoutique", "--replace-by", "Promo").out == "1 sender deleted.\n"
    document = shop("template", "show", "Soldes", "--json").document
    assert isinstance(document, dict)
    assert document["sender"] == "Promo"


def test_administrators_forbid_names(cli: Cli, shop: Cli) -> None:
    assert shop("sender", "forbid", "MaBanque").refuses("administrator")
    forbidden = cli("sender", "forbid", "MaBanque", "--json").document
    assert isinstance(forbidden, dict)
    assert {"mabanque", "police"} <= set(forbidden["forbidden"])
    assert shop("sender", "add", "mabanque").refuses("reserved name")
    assert cli("sender", "forbid", "--allow", "Police").refuses("public service")
    assert cli("sender", "forbid", "--allow", "mabanque").code == 0
    assert "mabanque" not in cli("sender", "forbid").out
    assert shop("sender", "add", "MaBanque").code == 0
