"""What people and spreadsheets write about a contact, and what becomes of it."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui.domain.contact import (
    FIRST_BIRTH_YEAR,
    LONGEST_FIELD_NAME,
    LONGEST_VALUE,
    ContactDetails,
    ContactField,
    FieldNameTaken,
    InvalidBirthDate,
    InvalidFieldName,
    ValueTooLong,
    check_field_name,
    clean_text,
    is_blank,
    parse_birth_date,
    parse_email,
    search_text,
)
from smstui.domain.folding import folded
from smstui.domain.identity import InvalidEmail
from smstui.domain.storable import storable
from smstui.domain.visible import printable

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(FIRST_BIRTH_YEAR, 1, 1), TODAY)
TEXTS = st.text(st.characters(), max_size=2 * LONGEST_VALUE)
"""With lone halves of surrogate pairs."""


@pytest.mark.parametrize("text", ["31/12/1990", " 31.12.1990 ", "31-12-1990", "1990-12-31", "1990-12-31 00:00:00"])
def test_birth_dates_as_people_and_spreadsheets_write_them(text: str) -> None:
    assert parse_birth_date(text, TODAY) == date(1990, 12, 31)


@pytest.mark.parametrize("text", ["", "  ", "\N{NO-BREAK SPACE}"])
def test_no_birth_date(text: str) -> None:
    assert parse_birth_date(text, TODAY) is None


@pytest.mark.parametrize(
    "text", ["31/02/1990", "1990", "33238", "31/12/90", "12/31/1990", "23/11/2026", "31/12/1899", "yesterday", "-"]
)
def test_days_that_nobody_was_born_on(text: str) -> None:
    with pytest.raises(InvalidBirthDate):
        parse_birth_date(text, TODAY)


@given(DAYS)
@example(TODAY)
def test_every_day_of_the_past_is_read_back_in_every_form(day: date) -> None:
    for form in ("{0:%d/%m/%Y}", "{0.day}.{0.month}.{0.year}", "{0:%d-%m-%Y 00:00}", "{0}", "{0}T00:00:00"):
        assert parse_birth_date(form.format(day), TODAY) == day


@given(st.integers(1, 1000))
def test_nobody_is_born_tomorrow(days: int) -> None:
    with pytest.raises(InvalidBirthDate):
        parse_birth_date(str(TODAY + timedelta(days)), TODAY)


@given(TEXTS | st.from_regex(r"[0-9/.:T+-]{6,20}", fullmatch=True))
def test_any_text_is_a_day_of_the_past_or_refused(text: str) -> None:
    shown, day = "", None
    try:
        day = parse_birth_date(text, TODAY)
    except InvalidBirthDate as refusal:
        shown = refusal.text
    assert printable(shown) == shown
    assert day is None or date(FIRST_BIRTH_YEAR, 1, 1) <= day <= TODAY


@given(TEXTS)
@example("\0")
@example("a\0b")
@example("\udcff")
def test_clean_text_is_one_line_that_every_database_can_keep(text: str) -> None:
    if len(" ".join(storable(text).split())) > LONGEST_VALUE:
        with pytest.raises(ValueTooLong) as caught:
            clean_text(text)
        assert printable(caught.value.text) == caught.value.text
        return
    clean = clean_text(text)
    assert clean == clean.strip()
    assert len(clean) <= LONGEST_VALUE
    assert not {"\n", "\r", "\t", "\0", "  "} & {*clean, *(clean[at : at + 2] for at in range(len(clean)))}
    assert clean.encode().decode() == clean
    assert clean_text(clean) == clean
    assert clean.split() == storable(text).split()


def test_storable_text_keeps_everything_else() -> None:
    assert storable("Zoë \U0001f600 日本") == "Zoë \U0001f600 日本"
    assert storable("a\ud83d\ude00b") == "a\U0001f600b"
    assert storable("\ud800x\0") == "\N{REPLACEMENT CHARACTER}x"


@pytest.mark.parametrize("text", ["", "-", "N/A", "null", "Néant", "INCONNU", "#N/A"])
def test_signs_that_nothing_is_known(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "Na Li", "Nul", "inconnue"])
def test_short_values_that_say_something(text: str) -> None:
    assert not is_blank(text)


def test_email() -> None:
    assert parse_email(" tech@smsmode.com ") == "tech@smsmode.com"
    assert parse_email("  ") == ""
    with pytest.raises(InvalidEmail) as caught:
        parse_email("tech\x1b@")
    assert caught.value.email.isprintable()


@pytest.mark.parametrize("name", ["Ville", "N client", "code_postal", "Point-relais", "Été 2026", "7e"])
def test_names_of_fields(name: str) -> None:
    assert check_field_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name", ["", "  ", "-x", "a{b}", "a;b", "=1+1", "x" * (LONGEST_FIELD_NAME + 1), "\0", "\ud800"]
)
def test_names_that_no_field_can_have(name: str) -> None:
    with pytest.raises(InvalidFieldName):
        check_field_name(name)


@pytest.mark.parametrize(
    "name", [*ContactField, "Mobile", "first name", "First-Name", "PRENOM", "Nom", "Société", "Groupes"]
)
def test_fields_that_all_contacts_have_in_any_language(name: str) -> None:
    with pytest.raises(FieldNameTaken):
        check_field_name(name)


@given(TEXTS | st.from_regex(r"[\w -]{1,31}", fullmatch=True))
def test_any_text_is_the_name_of_a_field_or_refused(name: str) -> None:
    try:
        checked = check_field_name(name)
    except (InvalidFieldName, FieldNameTaken):
        return
    assert check_field_name(checked) == checked
    assert 0 < len(checked) <= LONGEST_FIELD_NAME
    assert not set("{}\n;=") & set(checked)


@given(st.text(max_size=50))
@example("𝐀𝐁")
@example("ǼϓK")
def test_folding_is_done_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(st.characters(codec="latin-1"), max_size=50))
@example("ŒUVRE Łódź")
def test_case_does_not_matter(text: str) -> None:
    assert folded(text) == folded(text.upper()) == folded(text.lower())


@given(st.lists(st.text(max_size=20).map(clean_text), min_size=4, max_size=4))
def test_every_word_of_what_is_searched_is_in_it(values: list[str]) -> None:
    last_name, first_name, email, company = values
    text = search_text("+33612345678", last_name, first_name, email, company)
    for value in (*values, "+33612345678", "0612345678"):
        for word in value.split():
            assert all(each in text for each in folded(word).split())


def test_a_contact_is_called_by_what_is_known() -> None:
    assert ContactDetails("+33612345678", "Dupont", "Hugo").name == "Hugo Dupont"
    assert ContactDetails("+33612345678", last_name="Dupont").name == "Dupont"
    assert ContactDetails("+33612345678").name == "+33612345678"
