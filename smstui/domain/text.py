"""The text of an SMS: its encoding, what it costs, and where it is cut (3GPP TS 23.040, section 9.2.3.24.1).

The other rules on texts are found here too: the GSM-7 codec, transliteration, what may be shown of foreign text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.gsm7 import (
    ESCAPE,
    EXTENSION_CHARACTERS,
    NotGsm7,
    decode_gsm7,
    encode_gsm7,
    is_gsm7,
    outside_gsm7,
)
from smstui.domain.transliteration import Replacement, Transliteration, transliterate
from smstui.domain.visible import printable
from smstui.i18n import N_

__all__ = [
    "BrokenText",
    "Encoding",
    "Measure",
    "NotGsm7",
    "Replacement",
    "Transliteration",
    "capacities",
    "cut_octets",
    "decode_gsm7",
    "encode_gsm7",
    "encode_ucs2",
    "is_gsm7",
    "measure",
    "printable",
    "quick_measure",
    "transliterate",
    "with_stop",
]

DEFAULT_STOP_CODE = "36034"


class Encoding(StrEnum):
    """How a text goes on the air."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs."""

    encoding: Encoding
    units: int
    """Septets in GSM-7, UTF-16 code units in UCS-2."""
    segments: int
    parts: tuple[str, ...]
    """The text of each segment; joined, they are the text."""
    costly: tuple[str, ...]
    """Each once: in UCS-2 the characters that GSM-7 doesn't have, in GSM-7 those that count two."""
    room: int
    """Units that can still be added without one more segment."""


@dataclass(eq=False)
class BrokenText(Refusal):
    """The text holds half a character: a lone surrogate, which UTF-16 can't carry."""

    text: str
    sentence: ClassVar[str] = N_("The text holds half a character, as if cut in the middle of an emoji: {text}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """How many octets of an encoded text fit in one segment, alone or as one of several."""

    octets_a_unit: int
    alone: int
    one_of_several: int
    encode: Callable[[str], bytes]
    decode: Callable[[bytes], str]
    cuts_a_pair: Callable[[bytes, int], bool]


def _cuts_an_escape(septets: bytes, at: int) -> bool:
    return septets[at - 1] == ESCAPE


def _cuts_a_surrogate_pair(octets: bytes, at: int) -> bool:
    return 0xD8 <= octets[at - 2] <= 0xDB and 0xDC <= octets[at] <= 0xDF


_LAYOUTS = {
    Encoding.GSM7: _Layout(1, 160, 153, encode_gsm7, decode_gsm7, _cuts_an_escape),
    Encoding.UCS2: _Layout(
        octets_a_unit=2,
        alone=70 * 2,
        one_of_several=67 * 2,
        encode=lambda text: text.encode("utf-16-be", "surrogatepass"),
        decode=lambda octets: octets.decode("utf-16-be", "surrogatepass"),
        cuts_a_pair=_cuts_a_surrogate_pair,
    ),
}


def measure(text: str, encoding: Encoding | None = None) -> Measure:
    """What `text` costs in `encoding`, by default the cheapest that can carry it; an empty text is 0 segments.

    A lone surrogate counts one unit. Raises NotGsm7 when GSM-7 is asked for and can't carry the text.
    """
    outside = outside_gsm7(text)
    if encoding is None:
        encoding = Encoding.UCS2 if outside else Encoding.GSM7
    layout = _LAYOUTS[encoding]
    octets = layout.encode(text)
    cuts = tuple(_cut(octets, layout))
    last = len(cuts[-1]) if cuts else 0
    capacity = layout.alone if len(cuts) <= 1 else layout.one_of_several
    return Measure(
        encoding=encoding,
        units=len(octets) // layout.octets_a_unit,
        segments=len(cuts),
        parts=tuple(map(layout.decode, cuts)),
        costly=outside if encoding is Encoding.UCS2 else _doubled(text),
        room=(capacity - last) // layout.octets_a_unit,
    )


_EXTENDED = re.compile(f"[{re.escape(''.join(sorted(EXTENSION_CHARACTERS)))}]")
_TWO_SEPTETS = chr(ESCAPE) + "?"
"""What an extension character takes; which code the second is does not matter to where a text is cut."""


def quick_measure(text: str, encoding: Encoding | None = None) -> tuple[Encoding, int, int]:
    """Encoding, units and segments of `text` as `measure` gives them, for texts that come by the hundred thousand.

    Raises NotGsm7 when GSM-7 is asked for and can't carry the text.
    """
    fits = is_gsm7(text)
    if encoding is None:
        encoding = Encoding.GSM7 if fits else Encoding.UCS2
    layout = _LAYOUTS[encoding]
    if fits and encoding is Encoding.GSM7:
        octets = _EXTENDED.sub(_TWO_SEPTETS, text).encode("latin-1", "replace")
    else:
        octets = layout.encode(text)
    segments = 1 if 0 < len(octets) <= layout.alone else sum(1 for _ in _cut(octets, layout))
    return encoding, len(octets) // layout.octets_a_unit, segments


def capacities(encoding: Encoding) -> tuple[int, int]:
    """How many units one segment holds: alone, and as one of several."""
    layout = _LAYOUTS[encoding]
    return layout.alone // layout.octets_a_unit, layout.one_of_several // layout.octets_a_unit


def with_stop(text: str, code: str = DEFAULT_STOP_CODE) -> str:
    """`text` followed by the opt-out mention, which is part of a marketing text and counts in its segments."""
    mention = f"STOP {code}"
    return f"{text} {mention}" if text else mention


def encode_ucs2(text: str) -> bytes:
    """`text` in UTF-16BE, as data_coding 8 carries it. Raises BrokenText on a lone surrogate."""
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        raise BrokenText(printable(text)) from None


def cut_octets(octets: bytes, encoding: Encoding) -> tuple[bytes, ...]:
    """The octets of each segment of a text that is encoded already, cut as `measure` cuts it."""
    return tuple(_cut(octets, _LAYOUTS[encoding]))


def _cut(octets: bytes, layout: _Layout) -> Iterator[bytes]:
    """The octets of each segment, as full as they can be without a pair cut in two."""
    if not octets:
        return
    if len(octets) <= layout.alone:
        yield octets
        return
    start = 0
    while start < len(octets):
        end = start + layout.one_of_several
        if end < len(octets) and layout.cuts_a_pair(octets, end):
            end -= layout.octets_a_unit
        yield octets[start:end]
        start = end


def _doubled(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(character for character in text if character in EXTENSION_CHARACTERS))
