"""What a campaign must be before it may be sent: its name, its text on the wire, its recipients."""

from dataclasses import dataclass
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.states import MessageType
from smstui.domain.text import Encoding, Measure, is_gsm7, measure, transliterate, with_stop
from smstui.i18n import N_

RECIPIENT_LIMIT = 200_000
"""Recipients of one campaign, at most (the guide, "ETAPE 3")."""
NAME_LIMIT = 100
SEGMENT_LIMIT = 10
METROPOLITAN = "+33"
"""How the numbers of metropolitan France begin: the overseas territories have country codes of their own."""
"""Segments of one message, at most: many networks drop longer ones."""
VOICE_LIMIT = 160
"""Characters that are read aloud."""
VOICE_LANGUAGES = ("fr-FR", "en-GB", "de-DE", "es-ES")


@dataclass(eq=False)
class CampaignNameMissing(Refusal):
    """A campaign without a name."""

    sentence: ClassVar[str] = N_("Give the campaign a name.")


@dataclass(eq=False)
class CampaignNameTooLong(Refusal):
    """A name longer than `limit` characters."""

    limit: int
    sentence: ClassVar[str] = N_("The campaign's name is too long: {limit} characters at most.")


@dataclass(eq=False)
class EmptyText(Refusal):
    """A message that says nothing."""

    sentence: ClassVar[str] = N_("Write the text of the message.")


@dataclass(eq=False)
class TextTooLong(Refusal):
    """A text of more segments than networks carry."""

    segments: int
    limit: int
    sentence: ClassVar[str] = N_("The text takes {segments} SMS; shorten it to {limit} at most.")


@dataclass(eq=False)
class VoiceTextTooLong(Refusal):
    """A text longer than what is read aloud."""

    length: int
    limit: int
    sentence: ClassVar[str] = N_("A voice message holds {limit} characters, this one {length}; shorten it.")


@dataclass(eq=False)
class UnknownVoiceLanguage(Refusal):
    """A language in which nothing is read aloud."""

    language: str
    known: tuple[str, ...]
    sentence: ClassVar[str] = N_("SMS Voix are not read in {language}: choose one of {known}.")


@dataclass(eq=False)
class TextNotGsm7(Refusal):
    """A text for SMS Pro with characters that the GSM 03.38 alphabet lacks."""

    characters: str
    """Each of them once, separated by spaces."""
    transliterated: str
    """The text with the nearest characters that the alphabet has."""
    sentence: ClassVar[str] = N_(
        "SMS Pro can't carry {characters}; take the text without them (“{transliterated}”), or choose SMS Unicode."
    )


@dataclass(eq=False)
class TextNotTransliterable(Refusal):
    """A text for SMS Pro with characters that nothing in the GSM 03.38 alphabet stands for."""

    characters: str
    sentence: ClassVar[str] = N_("SMS Pro can't carry {characters}; replace them, or choose SMS Unicode.")


@dataclass(eq=False)
class StopRequired(Refusal):
    """An account without the right asked for a text without its STOP mention."""

    sentence: ClassVar[str] = N_(
        "A marketing text needs its STOP mention; ask an administrator for the right to send without it."
    )


@dataclass(eq=False)
class NoRecipients(Refusal):
    """Nobody to send to."""

    sentence: ClassVar[str] = N_("No number can receive this campaign; give at least one valid mobile number.")


@dataclass(eq=False)
class TooManyRecipients(Refusal):
    """More numbers than one campaign takes."""

    count: int
    limit: int
    sentence: ClassVar[str] = N_("{count} numbers are too many for one campaign; split it, {limit} at most.")


@dataclass(eq=False)
class NotMetropolitan(Refusal):
    """A number that an SMS Réponse can't reach."""

    number: str
    sentence: ClassVar[str] = N_("{number} is outside metropolitan France, where SMS Réponse does not go.")


def check_name(name: str) -> str:
    """`name` without its outer spaces. Raises CampaignNameMissing, CampaignNameTooLong."""
    name = name.strip()
    if not name:
        raise CampaignNameMissing
    if len(name) > NAME_LIMIT:
        raise CampaignNameTooLong(NAME_LIMIT)
    return name


def complete_text(text: str, stop_code: str | None, title: str = "") -> str:
    """`text` as it is sent, with the STOP mention of `stop_code` unless that is None. Raises EmptyText.

    `title` is spoken before it (SMS Voix).
    """
    if not text.strip():
        raise EmptyText
    spoken = f"{title.strip()}. {text}" if title.strip() else text
    return spoken if stop_code is None else with_stop(spoken, stop_code)


def wire_encoding(kind: MessageType, text: str) -> Encoding:
    """How a message of this type is encoded: SMS Unicode in UCS-2, the others in GSM-7 wherever the text allows."""
    if kind is MessageType.UNICODE:
        return Encoding.UCS2
    return Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2


def check_text(kind: MessageType, text: str) -> Measure:
    """The measure of the complete `text`. Raises TextNotGsm7, TextNotTransliterable, TextTooLong, VoiceTextTooLong."""
    if kind is MessageType.PRO:
        _check_gsm7(text)
    if kind is MessageType.VOIX and len(text) > VOICE_LIMIT:
        raise VoiceTextTooLong(len(text), VOICE_LIMIT)
    measured = measure(text, wire_encoding(kind, text))
    if measured.segments > SEGMENT_LIMIT:
        raise TextTooLong(measured.segments, SEGMENT_LIMIT)
    return measured


def check_language(language: str) -> str:
    """A language in which SMS Voix are read. Raises UnknownVoiceLanguage."""
    if language not in VOICE_LANGUAGES:
        raise UnknownVoiceLanguage(language, VOICE_LANGUAGES)
    return language


def is_metropolitan(number: str) -> bool:
    """Whether the E.164 `number` belongs to metropolitan France: the overseas ones have country codes of their own."""
    return number.startswith(METROPOLITAN)


def _check_gsm7(text: str) -> None:
    missing = _outside_gsm7(text)
    if not missing:
        return
    characters = " ".join(missing)
    changed = transliterate(text).text
    raise TextNotTransliterable(characters) if _outside_gsm7(changed) else TextNotGsm7(characters, changed)


def _outside_gsm7(text: str) -> list[str]:
    """The characters of `text` that GSM 03.38 lacks, each once, in order."""
    return [character for character in dict.fromkeys(text) if measure(character).encoding is not Encoding.GSM7]
