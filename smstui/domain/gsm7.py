"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1), unpacked.

One octet a septet; a character of the extension table is two, the escape and its code.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.visible import printable
from smstui.i18n import N_

ESCAPE = 0x1B

_DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

EXTENSION_CHARACTERS = frozenset(_EXTENSION.values())
"""The characters that cost two septets."""

BASIC_CHARACTERS = frozenset(_DEFAULT) - {"\x1b"}
"""The characters that cost one septet."""

GSM7_CHARACTERS = BASIC_CHARACTERS | EXTENSION_CHARACTERS
"""Every character that can be sent in GSM-7."""

_SEPTETS = {character: bytes((code,)) for code, character in enumerate(_DEFAULT) if code != ESCAPE} | {
    character: bytes((ESCAPE, code)) for code, character in _EXTENSION.items()
}
_OUTSIDE = re.compile(f"[^{re.escape(''.join(sorted(GSM7_CHARACTERS)))}]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DECODED = tuple(_DEFAULT[code] if code < len(_DEFAULT) else _REPLACEMENT for code in range(256))


@dataclass(eq=False)
class NotGsm7(Refusal):
    """The text holds characters outside GSM-7; they are never replaced silently."""

    characters: str
    """Those characters, each once, as they can be shown."""
    sentence: ClassVar[str] = N_(
        "The text has characters that a standard SMS can't carry: {characters}. Replace them, or choose SMS Unicode."
    )


def outside_gsm7(text: str) -> tuple[str, ...]:
    """The characters of `text` that GSM-7 doesn't have, each once, in order of appearance."""
    return tuple(dict.fromkeys(_OUTSIDE.findall(text)))


def is_gsm7(text: str) -> bool:
    """Whether every character of `text` is in GSM-7."""
    return _OUTSIDE.search(text) is None


def encode_gsm7(text: str) -> bytes:
    """`text` as unpacked septets, escapes included. Raises NotGsm7 on a character outside the alphabet."""
    if outside := outside_gsm7(text):
        raise NotGsm7(" ".join(map(printable, outside)))
    return b"".join(map(_SEPTETS.__getitem__, text))


def decode_gsm7(septets: bytes) -> str:
    """The text of unpacked septets; never fails.

    As 3GPP TS 23.038, section 6.2.1.1, asks of a receiver: an escape before a code that the extension table doesn't
    have is ignored, and an escape before an escape, or before nothing, is a space. An octet over 0x7F is U+FFFD.
    """
    if ESCAPE not in septets:
        return "".join(map(_DECODED.__getitem__, septets))
    characters: list[str] = []
    codes = iter(septets)
    for code in codes:
        if code != ESCAPE:
            characters.append(_DECODED[code])
            continue
        extended = next(codes, ESCAPE)
        characters.append(" " if extended == ESCAPE else _EXTENSION.get(extended, _DECODED[extended]))
    return "".join(characters)
