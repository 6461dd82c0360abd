"""Senders, passwords, logins and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.identity import InvalidEmail, InvalidLogin, check_email, check_login
from smstui.domain.password import PasswordRule, broken_rules
from smstui.domain.sender import (
    EmptySender,
    InvalidSender,
    SenderCharacters,
    SenderForbidden,
    SenderOnlyDigits,
    SenderTooLong,
    check_sender,
)


@pytest.mark.parametrize("name", ["MaBoutique", "A", "36AB", "abcdefghijk"])
def test_senders(name: str) -> None:
    assert check_sender(name) == name


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("", EmptySender),
        ("Ma Boutique", SenderCharacters),
        ("Boutiqué", SenderCharacters),
        ("A-B", SenderCharacters),
        ("Shop\n", SenderCharacters),
        ("١٢a", SenderCharacters),
        ("abcdefghijkl", SenderTooLong),
        ("36034", SenderOnlyDigits),
        ("Police", SenderForbidden),
    ],
)
def test_refused_senders(name: str, refusal: type[InvalidSender]) -> None:
    with pytest.raises(refusal):
        check_sender(name)


def test_the_forbidden_names_may_be_others() -> None:
    assert check_sender("Police", forbidden=()) == "Police"
    with pytest.raises(SenderForbidden):
        check_sender("MaBanque", forbidden={"mabanque"})


@given(st.text(max_size=14))
def test_an_accepted_sender_fits_the_wire(name: str) -> None:
    try:
        check_sender(name)
    except InvalidSender:
        return
    assert 0 < len(name.encode("ascii")) <= 11


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("", tuple(PasswordRule)),
        ("Abcdef1!", ()),
        ("Abcde1!", (PasswordRule.LENGTH,)),
        ("Abcdefg1", (PasswordRule.SPECIAL,)),
        ("ABCDEF1!", (PasswordRule.LOWER,)),
        ("Abcdefg!", (PasswordRule.DIGIT,)),
        ("abcdef1!", (PasswordRule.UPPER,)),
        ("Été 2024", ()),
        ("abc", (PasswordRule.LENGTH, PasswordRule.SPECIAL, PasswordRule.DIGIT, PasswordRule.UPPER)),
    ],
)
def test_password_rules_in_the_order_of_the_guide(password: str, broken: tuple[PasswordRule, ...]) -> None:
    assert broken_rules(password) == broken


@pytest.mark.parametrize("login", ["mon-entreprise", "abc", "a.b_c-1", "x" * 64])
def test_logins(login: str) -> None:
    assert check_login(login) == login


@pytest.mark.parametrize("login", ["", "ab", "x" * 65, "a b c", "émile", "abc\n", "<b>abc"])
def test_refused_logins(login: str) -> None:
    with pytest.raises(InvalidLogin):
        check_login(login)


@pytest.mark.parametrize(
    "email", ["mon-entreprise@gmail.com", "a+b@c.fr", "prenom.nom@sous.domaine.example", "jo@exämple.fr", "o'neil@x.io"]
)
def test_addresses(email: str) -> None:
    assert check_email(email) == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nom",
        "nom@",
        "@x.fr",
        "nom@x",
        "nom@@x.fr",
        "a b@x.fr",
        "nom@x..fr",
        ".nom@x.fr",
        "nom.@x.fr",
        "nom@-x.fr",
        "nom@x-.fr",
        "nom@1.2.3.4",
        "nom@x.fr\n",
        "nom@x.fr,b@y.fr",
        "a" * 65 + "@x.fr",
        "a@" + "x" * 64 + ".fr",
        "a@" + "x." * 126 + "fr",
    ],
)
def test_refused_addresses(email: str) -> None:
    with pytest.raises(InvalidEmail):
        check_email(email)
