"""The text of a file whose encoding may not be known."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from smstui.services.importing.refusals import BinaryFile, UndecodableText
from smstui.services.importing.sheet import TextEncoding

LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARK: Final = "\ufeff"
_WITHOUT_CP1252_CHARACTER: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""In Mac Roman they are letters, most of them French: å ç è ê ù."""
_CONTROLS: Final = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})
_MOST_CONTROLS: Final = 0.01
"""As a part of all octets of a text."""
_HEAD: Final = 4096
_SHARE_OF_NULS: Final = 0.4
"""Of the octets at even or odd places in UTF-16 text of mostly Latin letters."""


def decoded(octets: bytes, encoding: TextEncoding | None) -> tuple[str, TextEncoding]:
    """The text of a file, without byte order mark, and its encoding, which is found out when None.

    Raises UndecodableText, BinaryFile.
    """
    for candidate in (encoding,) if encoding else _candidates(octets):
        try:
            text = octets.decode(_codec(octets, candidate))
        except UnicodeDecodeError as error:
            failure = error
            continue
        _refuse_binary(text)
        return text.lstrip(_BYTE_ORDER_MARK), candidate
    start = octets[: failure.start].decode(failure.encoding, "replace")
    raise UndecodableText(str(candidate), len(LINE_END.findall(start)) + 1)


def _candidates(octets: bytes) -> Iterator[TextEncoding]:
    """The encodings to try, the likeliest first. Raises BinaryFile when no more of them is likely."""
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield TextEncoding.UTF_16
    elif b"\0" in octets[:_HEAD]:
        if _utf16_by_nuls(octets):
            yield TextEncoding.UTF_16
        raise BinaryFile
    else:
        yield TextEncoding.UTF_8
        if not octets.startswith(codecs.BOM_UTF8):
            has_holes = _WITHOUT_CP1252_CHARACTER.search(octets)
            yield TextEncoding.MAC_ROMAN if has_holes else TextEncoding.CP1252


def _codec(octets: bytes, encoding: TextEncoding) -> str:
    """Python's name of the very codec: UTF-16 has two."""
    if encoding is not TextEncoding.UTF_16:
        return encoding
    if octets.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if octets.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    return _utf16_by_nuls(octets) or "utf-16-le"


def _utf16_by_nuls(octets: bytes) -> str | None:
    """The codec of UTF-16 text, told by the octets that are NUL in Latin letters."""
    even, odd = octets[:_HEAD:2], octets[1:_HEAD:2]
    if odd.count(0) > _SHARE_OF_NULS * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > _SHARE_OF_NULS * len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def _refuse_binary(text: str) -> None:
    octets = text.encode("utf-8", "surrogatepass")
    controls = len(octets) - len(octets.translate(None, _CONTROLS))
    if b"\0" in octets or controls > _MOST_CONTROLS * len(octets):
        raise BinaryFile
