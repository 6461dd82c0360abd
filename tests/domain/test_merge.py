"""Texts with merge fields: what people write, and what stands there for each contact."""

import unicodedata
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smstui import i18n
from smstui.domain.contact import ContactDetails, ContactField
from smstui.domain.merge import MERGE_NAMES, MergeText, MisspelledMergeField, UnknownMergeField, completions, label
from smstui.domain.visible import printable
from smstui.formats import explain

HUGO = ContactDetails(
    mobile="+33612345678",
    last_name="Dupont",
    first_name="Hugo",
    title="M.",
    birth_date=date(1990, 12, 31),
    company="Pâtisserie d'Aix",
    extra=(("Code postal", "13100"), ("Ville", "Aix")),
)
NOBODY = ContactDetails(mobile="+33612345678")
FREE = ("Ville", "Code postal")
BRACES = st.text(st.sampled_from("{}| \n%s€é:-,(") | st.characters(exclude_categories=["Cs"]), max_size=60)
VALUES = st.text(st.sampled_from("{}|%s\\ab é") | st.characters(exclude_categories=["Cs"]), max_size=20)
CONTACTS = st.builds(
    ContactDetails,
    mobile=st.just("+33612345678"),
    last_name=VALUES,
    first_name=VALUES,
    title=VALUES,
    birth_date=st.none() | st.dates(date(1900, 1, 1)),
    company=VALUES,
    extra=st.builds(lambda value: (("Ville", value),) if value else (), VALUES),
)
FALLBACKS = st.none() | st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=10)
PIECES = st.lists(
    st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=10)
    | st.tuples(st.sampled_from(["first_name", "last_name", "title", "company", "birth_date", "Ville"]), FALLBACKS),
    max_size=8,
)


def rendered(text: str, details: ContactDetails | None = HUGO) -> str:
    return MergeText.parse(text, FREE).render(details)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Bonjour {first_name}, c'est la fête !", "Bonjour Hugo, c'est la fête !"),
        ("{title} {last_name}", "M. Dupont"),
        ("Bonjour {first_name|client}", "Bonjour Hugo"),
        ("{company}, {Ville} {code_postal}", "Pâtisserie d'Aix, Aix 13100"),
        ("Né le {birth_date}", "Né le 31/12/1990"),
        ("Le {mobile}", "Le +33612345678"),
        ("{prénom}{PRENOM}{First-Name}{ first name }{firstname}", "Hugo" * 5),
        ("{nom} {civilité} {Société} {date de naissance}", "Dupont M. Pâtisserie d'Aix 31/12/1990"),
        (unicodedata.normalize("NFD", "{prénom}"), "Hugo"),
        ("{code\N{NO-BREAK SPACE}postal}", "13100"),
        ("100 % {first_name} %s %(x)s", "100 % Hugo %s %(x)s"),
        ("{first_name|}{address|}.", "Hugo."),
        ("{address|a|b}", "a|b"),
    ],
)
def test_fields_are_replaced_by_what_the_contact_has(text: str, sent: str) -> None:
    assert rendered(text) == sent


def test_where_nothing_is_known_the_fallback_stands() -> None:
    text = MergeText.parse("Bonjour {first_name|cher client} {last_name} de {Ville|chez vous}", FREE)
    assert text.render(NOBODY) == text.render(None) == "Bonjour cher client  de chez vous"
    assert text.render(HUGO) == "Bonjour Hugo Dupont de Aix"


def test_of_a_number_without_contact_not_even_the_number_is_merged() -> None:
    text = MergeText.parse("{mobile|?}", ())
    assert (text.render(NOBODY), text.render(None)) == ("+33612345678", "?")


def test_fields_without_value_nor_fallback_are_told() -> None:
    text = MergeText.parse("{first_name|client} {nom} {name} {ville} {birth_date} {address|}", FREE)
    assert text.fields == ("first_name", "last_name", "Ville", "birth_date", "address")
    assert text.missing(NOBODY) == text.missing(None) == ("last_name", "Ville", "birth_date")
    assert text.missing(HUGO) == ()
    assert MergeText.parse("{nom|x}{nom}", ()).missing(NOBODY) == ("last_name",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}",
        "{}",
        "{ }",
        "{{}}",
        "a { b",
        "{:-)}",
        "{a\nb}",
        "{-}",
        "{|x}",
        "}{",
        "{a,b}",
        "{x" + "y" * 30 + "}",
    ],
)
def test_braces_around_no_name_are_characters_like_others(text: str) -> None:
    parsed = MergeText.parse(text, FREE)
    assert parsed.render(HUGO) == text
    assert not parsed.is_personal


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("{{first_name}}", "{first_name}"),
        ("{{n'importe}} {{unknown}}", "{{n'importe}} {unknown}"),
        ("{{first_name|x}}", "{first_name|x}"),
        ("{{{first_name}}}", "{{first_name}}"),
        ("{{first_name}", "{Hugo"),
        ("{first_name}}", "Hugo}"),
    ],
)
def test_doubled_braces_write_a_field_as_it_stands(text: str, sent: str) -> None:
    assert rendered(text) == sent


@pytest.mark.parametrize(
    ("text", "language", "nearest"),
    [
        ("{frist_name}", "en", "first_name"),
        ("{prenon|x}", "fr", "prénom"),
        ("{prenom_du_client}", "fr", "prénom"),
        ("{vile}", "fr", "Ville"),
        ("{code_post}", "en", "Code postal"),
        ("{1}", "en", ""),
        ("{xyzzy}", "en", ""),
        ("{ pronom }", "fr", "prénom"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest_known_one(text: str, language: str, nearest: str) -> None:
    i18n.use_language(language)
    with pytest.raises(UnknownMergeField) as caught:
        MergeText.parse(f"Bonjour {text}", FREE)
    assert caught.value.nearest == nearest
    assert isinstance(caught.value, MisspelledMergeField) == bool(nearest)
    assert nearest in explain(caught.value)
    assert caught.value.name in explain(caught.value)


def test_a_free_field_of_another_account_is_unknown() -> None:
    with pytest.raises(UnknownMergeField):
        MergeText.parse("{Ville}", ())


def test_every_field_of_a_contact_can_be_merged_and_has_a_label() -> None:
    assert set(MERGE_NAMES) == set(ContactField) == {each.name for each in fields(ContactDetails)} - {"extra"}
    assert all(MergeText.parse(f"{{{name}}}", ()).fields == (name,) for name in MERGE_NAMES)
    assert label("first_name") == "First name"
    assert label("Ville") == "Ville"


@pytest.mark.parametrize(
    ("typed", "language", "offered"),
    [
        ("Bonjour {fi", "en", ("{first_name}",)),
        ("Bonjour {PR", "fr", ("{prénom}",)),
        ("Bonjour {first n", "fr", ("{first_name}",)),
        ("Bonjour {nom", "en", ("{nom}",)),
        ("{v", "fr", ("{Ville}",)),
        ("{co", "en", ("{company}", "{Code postal}")),
        ("{x", "en", ()),
        ("Bonjour", "en", ()),
        ("{first_name}", "en", ()),
        ("{first_name|", "en", ()),
        ("{{fi", "en", ()),
        ("{:", "en", ()),
    ],
)
def test_completions(typed: str, language: str, offered: tuple[str, ...]) -> None:
    i18n.use_language(language)
    assert completions(typed, FREE) == offered


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_everything_is_offered_after_a_brace_and_can_be_read(language: str) -> None:
    i18n.use_language(language)
    offered = completions("Bonjour {", FREE)
    assert MergeText.parse("".join(offered), FREE).fields == (*MERGE_NAMES, *FREE)


@given(st.text(st.characters(exclude_characters="{}"), max_size=100), CONTACTS)
@example("%", HUGO)
def test_a_text_without_braces_is_itself(text: str, details: ContactDetails) -> None:
    parsed = MergeText.parse(text, FREE)
    assert parsed.render(details) == parsed.render(None) == parsed.text == text
    assert not parsed.is_personal
    assert parsed.fields == parsed.missing(None) == ()


@given(PIECES, CONTACTS)
def test_every_piece_stands_in_its_place(pieces: list[str | tuple[str, str | None]], details: ContactDetails) -> None:
    known = {"first_name": details.first_name, "last_name": details.last_name, "title": details.title}
    known |= {"company": details.company, "Ville": dict(details.extra).get("Ville", "")}
    known["birth_date"] = f"{details.birth_date:%d/%m/%Y}" if details.birth_date else ""
    written, expected, lacking = "", "", []
    for piece in pieces:
        if isinstance(piece, str):
            written, expected = written + piece, expected + piece
            continue
        name, fallback = piece
        written += f"{{{name}}}" if fallback is None else f"{{{name}|{fallback}}}"
        expected += known[name] or fallback or ""
        if fallback is None and not known[name]:
            lacking.append(name)
    parsed = MergeText.parse(written, FREE)
    assert parsed.render(details) == parsed.render(details) == expected
    assert parsed.missing(details) == tuple(dict.fromkeys(lacking))
    assert parsed.fields == tuple(dict.fromkeys(piece[0] for piece in pieces if not isinstance(piece, str)))


@given(BRACES)
@example("{{Ville}}{Ville}")
@example("{ unknown\N{NO-BREAK SPACE}name }")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = MergeText.parse(text, FREE)
    except UnknownMergeField as caught:
        refusal = caught
    else:
        assert parsed == MergeText.parse(text, FREE)
        assert parsed.is_personal == bool(parsed.fields)
        assert "{" in text or parsed.render(HUGO) == text
        return
    assert refusal.name in text
    assert printable(explain(refusal)) == explain(refusal)


@given(st.from_regex(r"\w[\w -]{0,29}", fullmatch=True), st.text("ab{}", max_size=10))
def test_doubling_the_braces_of_any_name_writes_it(name: str, end: str) -> None:
    text = MergeText.parse(f"{{{{{name}}}}}.{end.replace('{', '').replace('}', '')}", ())
    assert text.render(None).startswith(f"{{{name}}}.")
    assert not text.is_personal
