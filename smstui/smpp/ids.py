"""Message ids of an SMSC: one server writes the same id in hexadecimal here, in decimal there, padded or not."""

import re

ID_LENGTH = 65
"""Characters of an id that are kept (SMPP 3.4, section 5.2.23 allows 64)."""
_HEXADECIMAL = re.compile(r"(?:0x)?([0-9a-f]{1,64})")


def id_key(smsc_id: str) -> str:
    """`smsc_id` without its case, "0x" and leading zeros: what ids are looked up by ("" only for an empty id)."""
    if smsc_id.isdigit():
        return smsc_id.lstrip("0") or smsc_id[:1]
    folded = smsc_id.strip().casefold()
    return folded.removeprefix("0x").lstrip("0") or folded[:1]


def id_candidates(smsc_id: str) -> tuple[str, ...]:
    """The forms under which an id may be known, the likeliest first.

    Raw, casefolded, without leading zeros, then read as hexadecimal and written in decimal, and the reverse. A lookup
    takes a form only when it hits a single message; the forms from the third on are keys (`id_key`).
    """
    folded = smsc_id.strip().casefold()
    forms = [smsc_id, folded, id_key(smsc_id)]
    digits = _HEXADECIMAL.fullmatch(folded)
    if digits:
        forms.append(str(int(digits[1], 16)))
        if digits[1].isdigit():
            forms.append(f"{int(digits[1]):x}")
    return tuple(dict.fromkeys(form for form in forms if form))
