"""The message catalogues: extract the texts of the program, bring the catalogues up to date, compile and check them.

python tools/catalogues.py                    extract, update fr and en, compile
python tools/catalogues.py --merge FILE.po…   take the French translations of these files first
python tools/catalogues.py --check            change nothing; fail when something is missing or stale
"""

import argparse
import io
import re
import string
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "smstui"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("fr", "en")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
A_FIXED_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Dates in the files would make every run a change."""
NARROW, WIDE = "\u202f", "\u00a0"


def po_path(language: str) -> Path:
    """The text form of a catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "smstui.po"


def empty_catalogue(language: str) -> Catalog:
    """A catalogue without messages, whose header never changes."""
    return Catalog(
        language,
        domain="smstui",
        project="smstui",
        version="1",
        header_comment="# Texts of smstui; kept by `make catalogues`.",
        fuzzy=False,
        creation_date=A_FIXED_DATE,
        revision_date=A_FIXED_DATE,
        last_translator="smstui",
        language_team=language,
    )


def extract() -> dict[object, Message]:
    """The messages of the program by id, with the files that use them."""
    found: dict[object, Message] = {}
    for name, _line, message_id, _comments, _context in extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        message = found.setdefault(message_id, Message(message_id))
        place = (f"smstui/{name}", 1)
        if place not in message.locations:
            message.locations.append(place)
    return found


def read(path: Path, language: str) -> dict[object, Message]:
    """The messages of the catalogue at `path` by id; none when there is no file."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file, locale=language) if message.id}


def french_typography(text: str) -> str:
    """`text` with the spaces that French puts before high punctuation and inside quotation marks."""
    text = re.sub(rf"[ {WIDE}{NARROW}]+([;!?])", rf"{NARROW}\1", text)
    text = re.sub(rf"[ {WIDE}{NARROW}]+:(?=\s|$)", f"{WIDE}:", text)
    text = re.sub(rf"«[ {WIDE}{NARROW}]*", f"«{WIDE}", text)
    text = re.sub(rf"[ {WIDE}{NARROW}]*»", f"{WIDE}»", text)
    return text.replace("'", "’")


def texts(translation: object) -> tuple[str, ...]:
    """The forms of an id or a translation: one, or one for each plural."""
    return (translation,) if isinstance(translation, str) else tuple(translation or ())


def translated(language: str, message_id: object, known: dict[object, Message]) -> object:
    """The translation of `message_id` among `known`; "" when there is none. English is its own."""
    if language == "en":
        return message_id
    message = known.get(message_id)
    forms = tuple(french_typography(text) for text in texts(message.string if message else ""))
    if isinstance(message_id, str):
        return forms[0] if forms else ""
    return forms or ("", "")


def build(language: str, messages: dict[object, Message], known: dict[object, Message]) -> Catalog:
    """The catalogue of `messages` with the translations that are `known`, sorted by id."""
    catalogue = empty_catalogue(language)
    for message_id in sorted(messages, key=lambda each: texts(each)):
        catalogue.add(message_id, translated(language, message_id, known), locations=messages[message_id].locations)
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue in its text form."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False, sort_by_file=False)
    return buffer.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """The catalogue in its compiled form."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def placeholders(text: str) -> set[str]:
    """The names between braces."""
    return {name for _literal, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


def problems(language: str, messages: dict[object, Message]) -> Iterator[str]:
    """What is wrong with the files of `language`, one sentence each."""
    path = po_path(language)
    known = read(path, language)
    for message_id in messages:
        message = known.get(message_id)
        if message is None or not all(texts(message.string)) or not texts(message.string):
            yield f"{language}: not translated: {texts(message_id)[0]!r}"
        elif message.fuzzy:
            yield f"{language}: marked fuzzy: {texts(message_id)[0]!r}"
        else:
            yield from wrong_placeholders(language, message_id, message)
    expected = build(language, messages, known)
    if not path.exists() or path.read_bytes() != po_bytes(expected):
        yield f"{language}: {path.relative_to(ROOT)} is not up to date"
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != mo_bytes(expected):
        yield f"{language}: {compiled.relative_to(ROOT)} is not up to date"


def wrong_placeholders(language: str, message_id: object, message: Message) -> Iterator[str]:
    """The translations whose placeholders differ from the id's; a plural form may leave some out ("one number")."""
    wanted = set().union(*(placeholders(text) for text in texts(message_id)))
    for text in texts(message.string):
        given = placeholders(text)
        if given - wanted or (isinstance(message_id, str) and given != wanted):
            yield f"{language}: other placeholders: {text!r}"


def update(merged: Iterable[Path]) -> None:
    """Write the catalogues of the program's messages, with the translations known so far and those of `merged`."""
    messages = extract()
    for language in LANGUAGES:
        path = po_path(language)
        known = read(path, language)
        if language == "fr":
            for extra in merged:
                known.update((key, value) for key, value in read(extra, language).items() if any(texts(value.string)))
        catalogue = build(language, messages, known)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_bytes(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))


def main() -> int:
    """Do what the arguments say; 1 when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE.po")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        update(arguments.merge)
    messages = extract()
    found = [problem for language in LANGUAGES for problem in problems(language, messages)]
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print(f"{len(found)} problems: translate in {po_path('fr').relative_to(ROOT)}, then `make catalogues`.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
