"""The text of a PDF that fpdf2 wrote, by the ToUnicode tables of its fonts, as any reader extracts it."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3})", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) ?Tj", re.DOTALL)


def pdf_text(octets: bytes) -> str:
    """All of it, a line for each piece that is shown."""
    objects = {int(number): body for number, body in _OBJECT.findall(octets)}
    fonts = {
        int(name): _table(objects, int(number))
        for body in objects.values()
        for fonts in re.findall(rb"/Font <<(.*?)>>", body, re.DOTALL)
        for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", fonts)
    }
    lines = []
    for body in objects.values():
        if b" Tf" not in (content := _content(body)):
            continue
        table: dict[int, str] = {}
        for font, shown in _SHOWN.findall(content):
            if font:
                table = fonts[int(font)]
            else:
                codes = _ESCAPE.sub(lambda found: _LETTERS.get(found[1], found[1]), shown)
                pairs = zip(codes[::2], codes[1::2], strict=True)
                lines.append("".join(table[high << 8 | low] for high, low in pairs))
    return "\n".join(lines)


def _content(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _table(objects: dict[int, bytes], font: int) -> dict[int, str]:
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    assert found is not None
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", _content(objects[int(found[1])]))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
