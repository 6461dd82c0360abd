"""Texts with merge fields: what stands in them for each recipient.

`{first_name}` is a field of the contact, `{first_name|client}` says "client" where it is not known; names are compared
without case, accents and joints, in every language ({prénom}, {First-Name}). `{{first_name}}` writes {first_name} as it
stands. Any other brace is a character like another: "{", "{}" or "{:-)}" need nothing.
"""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import ClassVar, Final

from smstui.domain.contact import FIELD_LABELS, LONGEST_FIELD_NAME, ContactDetails, ContactField
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.i18n import LANGUAGES, N_, current_language, translated

MERGE_NAMES: Final[tuple[str, ...]] = (
    ContactField.FIRST_NAME.value,
    ContactField.LAST_NAME.value,
    ContactField.TITLE.value,
    ContactField.COMPANY.value,
    ContactField.EMAIL.value,
    ContactField.MOBILE.value,
    ContactField.BIRTH_DATE.value,
    ContactField.ADDRESS.value,
)
"""The fields that all contacts have; free fields go by their own names."""

_LETTERS: Final = r"\w\u0300-\u036f\u00a0\u202f -"
"""Those of names, also decomposed, also with no-break spaces."""
_NAME: Final = rf" *\w[{_LETTERS}]{{0,{LONGEST_FIELD_NAME - 1}}}"
_FALLBACK: Final = r"[^{}]*"
_PLACEHOLDER = re.compile(
    rf"\{{(?P<literal>\{{{_NAME}(?:\|{_FALLBACK})?\}})\}}|\{{(?P<name>{_NAME})(?:\|(?P<fallback>{_FALLBACK}))?\}}"
)
_UNFINISHED = re.compile(rf"(?<!\{{)\{{(?P<name>(?: *\w[{_LETTERS}]*)?)\Z")
_JOINTS = re.compile(r"[\s_-]+")

_Reader = Callable[[ContactDetails], str]


@dataclass(eq=False)
class UnknownMergeField(Refusal):
    """A name between braces that no contact has."""

    name: str
    nearest: str = ""
    """The known name that is most like it; "" when none is."""
    sentence: ClassVar[str] = N_("Contacts have no field “{name}”; to write it as it stands, double its braces.")


@dataclass(eq=False)
class MisspelledMergeField(UnknownMergeField):
    """Almost a known name."""

    sentence: ClassVar[str] = N_("Contacts have no field “{name}”: is it “{nearest}”?")


@dataclass(frozen=True, slots=True)
class MergeSlot:
    """A place in the text that depends on the contact."""

    name: str
    """As contacts have it."""
    fallback: str | None
    """None is none: what the contact lacks is then missing."""
    read: _Reader = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MergeText:
    """A text with its merge fields found."""

    text: str
    """As written."""
    fields: tuple[str, ...]
    """The names of its fields as contacts have them, each once, in order of appearance."""
    literals: tuple[str, ...]
    """What stands before, between and after its slots: one more than there are of those."""
    slots: tuple[MergeSlot, ...]
    _frame: str = field(repr=False, compare=False)
    """The text around the slots, as the left side of a % operation."""

    @classmethod
    def parse(cls, text: str, free_fields: Collection[str]) -> "MergeText":
        """`text` for an account whose contacts have these free fields. Raises UnknownMergeField."""
        names = {**{_bare(name): name for name in free_fields}, **_standard_names()}
        literals, slots, end = [""], list[MergeSlot](), 0
        for match in _PLACEHOLDER.finditer(text):
            literals[-1] += text[end : match.start()]
            end = match.end()
            if match["literal"]:
                literals[-1] += match["literal"]
                continue
            name = _known(match["name"], names, free_fields)
            slots.append(MergeSlot(name, match["fallback"], _reader(name)))
            literals.append("")
        literals[-1] += text[end:]
        frame = "%s".join(literal.replace("%", "%%") for literal in literals)
        return cls(text, tuple(dict.fromkeys(slot.name for slot in slots)), tuple(literals), tuple(slots), frame)

    @property
    def is_personal(self) -> bool:
        """Whether it differs from one contact to another."""
        return bool(self.slots)

    def render(self, details: ContactDetails | None) -> str:
        """The text for a contact, or for a number of which nothing is known; a missing value leaves nothing."""
        if details is None:
            return self._frame % tuple(slot.fallback or "" for slot in self.slots)
        return self._frame % tuple([slot.read(details) or slot.fallback or "" for slot in self.slots])

    def missing(self, details: ContactDetails | None) -> tuple[str, ...]:
        """The names of the fields that have neither a value nor a fallback for that contact, each once."""
        lacking = [
            slot.name for slot in self.slots if slot.fallback is None and (details is None or not slot.read(details))
        ]
        return tuple(dict.fromkeys(lacking)) if lacking else ()


def completions(before_cursor: str, free_fields: Collection[str]) -> tuple[str, ...]:
    """What the unfinished field at the end of a text may become, from its brace on: "{fi" gives "{first_name}".

    Names are offered in the current language, or in that which is being typed; none where no field is begun.
    """
    match = _UNFINISHED.search(before_cursor)
    if match is None:
        return ()
    begun = _bare(match["name"])
    offered = (*(_spellings(name) for name in MERGE_NAMES), *((name,) for name in free_fields))
    fitting = ((each for each in spellings if _bare(each).startswith(begun)) for spellings in offered)
    return tuple(f"{{{name}}}" for name in (next(each, "") for each in fitting) if name)


def label(name: str) -> str:
    """How people call a field: the message id of those that all contacts have, the name of a free one."""
    return FIELD_LABELS[ContactField(name)] if name in MERGE_NAMES else name


def _bare(name: str) -> str:
    """A name as it is compared."""
    return _JOINTS.sub("", folded(name))


@cache
def _standard_names() -> Mapping[str, str]:
    """The fields of all contacts, by every way to write them, as they are compared."""
    return {_bare(spelling): name for name in MERGE_NAMES for spelling in (name, *_labels(name))}


def _labels(name: str) -> tuple[str, ...]:
    return tuple(translated(label(name), language) for language in LANGUAGES)


def _spellings(name: str) -> tuple[str, ...]:
    """The ways to write a field, that of the current language first."""
    labels = tuple(each.lower() for each in _labels(name))
    own = translated(label(name), current_language()).lower()
    return (name, *labels) if current_language() == "en" else (own, name, *labels)


def _known(written: str, names: Mapping[str, str], free_fields: Collection[str]) -> str:
    """The field that a name stands for. Raises UnknownMergeField."""
    bare = _bare(written)
    if name := names.get(bare):
        return name
    spellings = {_bare(each): each for name in MERGE_NAMES for each in reversed(_spellings(name))}
    spellings |= {_bare(each): each for each in free_fields}
    near = difflib.get_close_matches(bare, spellings, n=1)
    if near:
        raise MisspelledMergeField(written.strip(), spellings[near[0]])
    raise UnknownMergeField(written.strip())


def _reader(name: str) -> _Reader:
    if name == ContactField.BIRTH_DATE:
        return _birth_date
    if name in MERGE_NAMES:
        return attrgetter(name)
    return lambda details: next((value for free, value in details.extra if free == name), "")


def _birth_date(details: ContactDetails) -> str:
    return f"{details.birth_date:%d/%m/%Y}" if details.birth_date else ""
