"""The live counter under a text: characters, messages, why, and what would make it cheaper."""

from textual.content import Content
from textual.widgets import Static

from smstui.domain.text import Encoding, measure, printable, transliterate
from smstui.i18n import _, ngettext

_SHOWN = 6
"""How many characters are named before an ellipsis."""


class TextCounter(Static):
    """Two lines about one text, complete with its STOP mention: what it costs, and what F6 would change."""

    DEFAULT_CSS = """
    TextCounter { height: auto; min-height: 2; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("", markup=False, id=id)

    def show(self, text: str, encoding: Encoding | None = None) -> None:
        """Count `text`; `encoding` when the type of message imposes one, else the cheapest that carries it."""
        self.update(Content("\n").join([_count(text, encoding), _advice(text, encoding)]))


def _count(text: str, encoding: Encoding | None) -> Content:
    measured = measure(text, encoding)
    characters = ngettext("{count} character", "{count} characters", measured.units).format(count=measured.units)
    total = Content.styled(f"{characters} - {measured.segments} SMS", "bold $text")
    if measured.encoding is Encoding.UCS2 and measure(text).encoding is Encoding.UCS2:
        reason = _("Unicode because of {characters}").format(characters=_named(measured.costly))
    elif measured.encoding is Encoding.UCS2:
        reason = _("Unicode, not needed here")
    elif measured.costly:
        reason = ngettext("{characters} counts twice", "{characters} count twice", len(measured.costly)).format(
            characters=_named(measured.costly)
        )
    else:
        return total
    return Content.assemble(total, "   ", (reason, "$text-warning"))


def _advice(text: str, encoding: Encoding | None) -> Content:
    if encoding is not None or measure(text).encoding is not Encoding.UCS2:
        return Content("")
    changed = transliterate(text)
    count = sum(each.count for each in changed.replacements)
    if not count:
        return Content("")
    segments = measure(changed.text).segments
    sentence = ngettext(
        "F6 replaces {count} character → {segments} SMS", "F6 replaces {count} characters → {segments} SMS", count
    ).format(count=count, segments=segments)
    pairs = [f"{_visible(each.before)}→{_visible(each.after)}" for each in changed.replacements]
    return Content.assemble((sentence, "$text-accent"), "   ", ", ".join(_short(pairs)))


def _named(characters: tuple[str, ...]) -> str:
    return _("“{characters}”").format(characters=" ".join(_short([_visible(each) for each in characters])))


def _short(items: list[str]) -> list[str]:
    return [*items[:_SHOWN], "…"] if len(items) > _SHOWN else items


def _visible(character: str) -> str:
    return "␣" if character.isspace() else printable(character)
