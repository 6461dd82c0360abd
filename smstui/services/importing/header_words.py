"""The words over columns, in French and English, and what they announce."""

import re
from enum import Enum, IntEnum
from typing import Final

from smstui.domain.contact import ContactField
from smstui.domain.folding import folded


class Clarity(IntEnum):
    """How surely words announce a field, where several columns could be it."""

    VAGUE = 1
    USUAL = 2
    PLAIN = 3


class Unwanted(Enum):
    """What no contact has a field for, although the words are much like those for one."""

    UNWANTED = "unwanted"


_Announced = tuple[ContactField | Unwanted, Clarity]

_PATTERNS: Final[tuple[tuple[ContactField | Unwanted, Clarity, str], ...]] = (
    (
        Unwanted.UNWANTED,
        Clarity.PLAIN,
        r"\b(fixe|fax|landline)\b|\b(tel|telephone|phone)\b.*\b(domicile|bureau|standard|home|work|office)\b"
        r"|\b(home|work|office) ?(phone|tel)\b|\b(lieu|ville|pays|place|city|country)\b.*\b(naissance|birth)\b"
        r"|\badresse ip\b|\bjob title\b",
    ),
    (ContactField.EMAIL, Clarity.USUAL, r"\b(e ?mails?|mails?|courriels?|mel)\b|\badresse electronique\b"),
    (
        ContactField.MOBILE,
        Clarity.PLAIN,
        r"\b(mobile(s|phone)?|portables?|gsm|cell(phone|ulaire)?|smartphone|sms|msisdn)\b",
    ),
    (ContactField.MOBILE, Clarity.USUAL, r"\b(tels?|telephones?|phones?|phonenumber)\b"),
    (ContactField.MOBILE, Clarity.VAGUE, r"^(n|no|nr|num|numeros?|numbers?)$"),
    (
        ContactField.BIRTH_DATE,
        Clarity.USUAL,
        r"\b(naissance|birth(day|date)?|dob|ddn|anniversaire)\b|\bn(e|ee|e e) le\b",
    ),
    (
        ContactField.COMPANY,
        Clarity.USUAL,
        r"\b(societes?|entreprises?|company|organi[sz]ations?|raison sociale|employeur|etablissement)\b",
    ),
    (ContactField.LAST_NAME, Clarity.VAGUE, r"\bnom\b.*\bprenom\b|\bprenom\b.*\bnom\b"),
    (ContactField.FIRST_NAME, Clarity.USUAL, r"\bprenoms?\b|\b(first|given) ?name\b|\bforename\b"),
    (
        ContactField.LAST_NAME,
        Clarity.USUAL,
        r"^noms?$|^nom (de famille|d usage|complet)$|^(last|family|full|sur) ?name$|^name$|^patronyme$",
    ),
    (ContactField.LAST_NAME, Clarity.VAGUE, r"\bnoms?\b|\blast ?name\b"),
    (ContactField.TITLE, Clarity.USUAL, r"\b(civilites?|civ|titres?|titles?|salutation|politesse)\b"),
    (ContactField.ADDRESS, Clarity.USUAL, r"\b(adresses?|address(es)?|address1)\b"),
    (ContactField.ADDRESS, Clarity.VAGUE, r"\b(rue|street|voie|ville|city|town|localite)\b"),
)
_COMPILED: Final = tuple((target, clarity, re.compile(pattern)) for target, clarity, pattern in _PATTERNS)
_NEITHER_LETTER_NOR_DIGIT: Final = re.compile(r"[^a-z0-9]+")


def announced(header: str) -> _Announced | None:
    """What the words over a column announce, and how clearly; None for words that are not known."""
    words = _NEITHER_LETTER_NOR_DIGIT.sub(" ", folded(header)).strip()
    for target, clarity, pattern in _COMPILED:
        if pattern.search(words):
            return target, clarity
    return None
