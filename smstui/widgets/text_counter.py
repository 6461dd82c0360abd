"""The live counter under a text: characters, messages, why, and what would make it cheaper."""

from textual.content import Content

from smstui.domain.text import Encoding, Measure, measure, printable, transliterate
from smstui.i18n import _, ngettext
from smstui.widgets.words import Words

_SHOWN = 6
"""How many characters are named before an ellipsis."""


class TextCounter(Words):
    """Two lines about one text, complete with its STOP mention, and a third when F6 would change it."""

    DEFAULT_CSS = """
    TextCounter { height: auto; min-height: 2; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)

    def show(self, text: str, encoding: Encoding | None = None, *, reader: str = "", hint: str = "") -> None:
        """Count `text`; `encoding` when the type of message imposes one, else the cheapest that carries it.

        `reader`: whose text it is, when the others get another one. `hint` says which key shows more.
        """
        measured = measure(text, encoding)
        lines = [_count(text, measured, reader), _room(measured, "" if reader else hint)]
        if reader:
            lines.append(Content(" · ".join(filter(None, [_("The length depends on the contact"), hint]))))
        elif advice := _advice(text, encoding):
            lines.append(advice)
        self.update(Content("\n").join(lines))

    def show_spoken(self, text: str, limit: int) -> None:
        """Count a text that is read aloud, which holds `limit` characters."""
        count = ngettext("{count} character", "{count} characters", len(text)).format(count=len(text))
        total = Content.styled(f"{count} - 1 SMS Voix", "bold $text" if len(text) <= limit else "bold $text-error")
        room = max(0, limit - len(text))
        left = ngettext("{count} more character can be read", "{count} more characters can be read", room)
        self.update(Content("\n").join([total, Content(left.format(count=room))]))


def _count(text: str, measured: Measure, reader: str) -> Content:
    characters = ngettext("{count} character", "{count} characters", measured.units).format(count=measured.units)
    total = Content.styled(f"{characters} - {measured.segments} SMS", "bold $text")
    if reader:
        return Content.assemble(total, "   ", _("for {name}").format(name=printable(reader)))
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


def _room(measured: Measure, hint: str) -> Content:
    room = ngettext("{count} more fits into this SMS", "{count} more fit into this SMS", measured.room)
    if measured.segments > 1:
        room = ngettext("{count} more fits into the last SMS", "{count} more fit into the last SMS", measured.room)
    words = [measured.encoding.value, room.format(count=measured.room), hint]
    return Content(" · ".join(filter(None, words)))


def _advice(text: str, encoding: Encoding | None) -> Content | None:
    if encoding is not None or measure(text).encoding is not Encoding.UCS2:
        return None
    changed = transliterate(text)
    count = sum(each.count for each in changed.replacements)
    if not count:
        return None
    segments = measure(changed.text).segments
    sentence = ngettext(
        "F6 replaces {count} character → {segments} SMS", "F6 replaces {count} characters → {segments} SMS", count
    ).format(count=count, segments=segments)
    pairs = [f"{_visible(each.before)}→{_visible(each.after)}" for each in changed.replacements]
    pieces: list[tuple[str, str] | str] = [(sentence, "$text-accent"), "   ", ", ".join(_short(pairs))]
    if changed.unreplaced:
        pieces += ["   ", _("{characters} stays").format(characters=_named(changed.unreplaced))]
    return Content.assemble(*pieces)


def _named(characters: tuple[str, ...]) -> str:
    return _("“{characters}”").format(characters=" ".join(_short([_visible(each) for each in characters])))


def _short(items: list[str]) -> list[str]:
    return [*items[:_SHOWN], "…"] if len(items) > _SHOWN else items


def _visible(character: str) -> str:
    return "␣" if character.isspace() else printable(character) or "∅"
