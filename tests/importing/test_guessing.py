"""What the columns of a file seem to be."""

import pytest

from smstui.domain.contact import ContactField
from smstui.services.importing.files import read_sheet
from smstui.services.importing.guessing import guess_mapping, has_header, recognised, samples
from smstui.services.importing.header_words import announced
from smstui.services.importing.mapping import FreeField, Target
from smstui.services.importing.sheet import SheetRow
from tests.importing.files import DATA

LAST, FIRST, EMAIL, MOBILE = (
    ContactField.LAST_NAME,
    ContactField.FIRST_NAME,
    ContactField.EMAIL,
    ContactField.MOBILE,
)


def rows(text: str) -> list[SheetRow]:
    return list(read_sheet(text.encode()).rows)


def guess(text: str, *free_fields: str) -> tuple[Target | None, ...]:
    table = rows(text)
    return guess_mapping(table, has_header(table), free_fields)


@pytest.mark.parametrize(("name", "with_header"), [("modele-1.xlsx", True), ("modele-2.csv", False)])
def test_the_samples_of_the_guide(name: str, with_header: bool) -> None:
    table = read_sheet((DATA / name).read_bytes()).rows
    assert has_header(table) is with_header
    assert guess_mapping(table, with_header, ()) == (LAST, FIRST, EMAIL, MOBILE)
    assert recognised(table[with_header:], 3) == (4, 4)
    assert samples(table[with_header:], 0) == ("Dupont", "Leduc", "Desmoineau" + "x" * (not with_header))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Nom;Prénom\nDupont;Hugo", True),
        ("Nom;Mobile", True),
        ("Mobile\n601010101", True),
        ("Handy\n601010101\n602020202", True),
        ("Kontakt;Wer\na@example.com;Dupont", True),
        ("Dupont;601010101\nLeduc;602020202", False),
        ("Dupont;+336010304\nLeduc;602020202\nHenry;603030303", False),
        ("Dupont;\nLeduc;602020202", False),
        ("Nom;601010101", False),
        ("Nom;tech@smsmode.com\nDupont;tech@smsmode.com", False),
        ("Dupont;Hugo\nLeduc;Marie", False),
        ("Société Martin;Hugo;inconnu\nLeduc;Marie;inconnu", False),
        ("601010101", False),
        ("Dupont", False),
    ],
)
def test_headers(text: str, answer: bool) -> None:
    assert has_header(rows(text)) is answer


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Nom", LAST),
        ("NOM", LAST),
        ("Nom de famille", LAST),
        ("Nom d'usage", LAST),
        ("last name", LAST),
        ("LastName", LAST),
        ("last_name", LAST),
        ("Surname", LAST),
        ("Name", LAST),
        ("Nom client", LAST),
        ("Nom et prénom", LAST),
        ("Prénom", FIRST),
        ("PRENOM", FIRST),
        ("First name", FIRST),
        ("Given Name", FIRST),
        ("E-mail", EMAIL),
        ("Adresse e-mail", EMAIL),
        ("Courriel", EMAIL),
        ("mail pro", EMAIL),
        ("Mobile", MOBILE),
        ("Portable", MOBILE),
        ("Tél.", MOBILE),
        ("Téléphone", MOBILE),
        ("N° de téléphone", MOBILE),
        ("Numéro", MOBILE),
        ("GSM", MOBILE),
        ("Phone", MOBILE),
        ("phone_number", MOBILE),
        ("Cell phone", MOBILE),
        ("Civilité", ContactField.TITLE),
        ("Titre", ContactField.TITLE),
        ("Title", ContactField.TITLE),
        ("Date de naissance", ContactField.BIRTH_DATE),
        ("Né(e) le", ContactField.BIRTH_DATE),
        ("né le", ContactField.BIRTH_DATE),
        ("Birthday", ContactField.BIRTH_DATE),
        ("Birth date", ContactField.BIRTH_DATE),
        ("Société", ContactField.COMPANY),
        ("Nom de l’entreprise", ContactField.COMPANY),
        ("Company", ContactField.COMPANY),
        ("Raison sociale", ContactField.COMPANY),
        ("Adresse", ContactField.ADDRESS),
        ("Rue", ContactField.ADDRESS),
        ("Ville", ContactField.ADDRESS),
        ("Address", ContactField.ADDRESS),
    ],
)
def test_words_of_headers(header: str, field: ContactField) -> None:
    found = announced(header)
    assert found is not None
    assert found[0] is field


@pytest.mark.parametrize("header", ["Téléphone fixe", "Tél. domicile", "Fax", "Home phone", "Lieu de naissance"])
def test_words_that_are_only_much_like_them(header: str) -> None:
    found = announced(header)
    assert found is not None
    assert not isinstance(found[0], ContactField)


@pytest.mark.parametrize("header", ["Remarque", "Solde", "Client depuis", "", "Nombre de points"])
def test_words_that_are_not_known(header: str) -> None:
    assert announced(header) is None


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("601010101\n602020202", (MOBILE,)),
        ("601010101;Dupont;Hugo", (MOBILE, LAST, FIRST)),
        ("Dupont;601010101", (LAST, MOBILE)),
        ("Dupont;Hugo;Paris;601010101", (LAST, FIRST, None, MOBILE)),
        ("Dupont;601010101;Paris", (LAST, MOBILE, None)),
        ("M.;Dupont;Hugo;601010101;31/12/1990", (ContactField.TITLE, LAST, FIRST, MOBILE, ContactField.BIRTH_DATE)),
        ("1;Dupont;0123456789;0601010101", (None, LAST, None, MOBILE)),
        ("Dupont;Hugo", (LAST, FIRST)),
        ("12 rue Monge;601010101", (None, MOBILE)),
    ],
)
def test_without_header_the_contents_tell(text: str, targets: tuple[Target | None, ...]) -> None:
    assert guess(text) == targets


def test_the_mobile_is_the_column_with_most_mobiles() -> None:
    assert guess("Téléphone 1;Téléphone 2\n0123456789;601010101\n0123456789;602020202") == (None, MOBILE)
    assert guess("Téléphone fixe;Portable\n0612345678;\n0612345679;601010101") == (None, MOBILE)
    assert guess("Téléphone;Portable\n;601010101\n;602020202\n603030303;") == (None, MOBILE)


def test_words_give_way_to_contents_when_they_are_wrong() -> None:
    assert guess("Numéro;Handy\n17;601010101\n18;602020202") == (None, MOBILE)
    assert guess("Mobile;Remarque\n0123456789;rien\n0123456788;rien") == (MOBILE, None)


def test_a_fixed_line_is_never_the_mobile() -> None:
    assert guess("Nom;Téléphone fixe\nDupont;601010101") == (LAST, None)


def test_nothing_is_found_twice() -> None:
    assert guess("Nom;Nom;E-mail;Mail;Mobile\na;b;a@example.com;b@example.com;601010101") == (
        LAST,
        None,
        EMAIL,
        None,
        MOBILE,
    )
    assert guess("Rue;Adresse;Mobile\na;b;601010101") == (None, ContactField.ADDRESS, MOBILE)


def test_a_day_with_a_header_of_its_own_is_no_birth_date() -> None:
    assert guess("Nom;Client depuis;Mobile\nDupont;31/12/2020;601010101") == (LAST, None, MOBILE)
    assert guess("Nom;Né le;Mobile\nDupont;31/12/1990;601010101") == (LAST, ContactField.BIRTH_DATE, MOBILE)


def test_free_fields_are_found_by_their_name() -> None:
    text = "Nom;VILLE;Points de fidélité;Mobile\nDupont;Paris;7;601010101"
    assert guess(text, "Points de fidélité", "Ville") == (
        LAST,
        FreeField("Ville"),
        FreeField("Points de fidélité"),
        MOBILE,
    )
    assert guess(text) == (LAST, ContactField.ADDRESS, None, MOBILE)
    assert guess("Solde;Solde;Mobile\n1;2;601010101", "Solde") == (FreeField("Solde"), None, MOBILE)


def test_a_header_alone() -> None:
    assert guess("Nom;Mobile") == (LAST, MOBILE)


def test_samples_are_different_and_not_blank() -> None:
    assert samples(rows("a;1\n;2\na;3\nb;4\nc;5\nd;6"), 0) == ("a", "b", "c")
    assert samples(rows("a;1\n;2\na;3"), 0, 5) == ("a",)


def test_mobiles_are_counted_on_the_first_thousand_rows() -> None:
    assert recognised(rows("601010101;a\n;b\n+336010304;c"), 0) == (1, 2)
    assert recognised(rows("601010101\n" * 1200), 0) == (1000, 1000)
