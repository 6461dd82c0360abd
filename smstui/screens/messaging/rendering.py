"""The text of a campaign as one contact gets it."""

from dataclasses import dataclass

from smstui.domain.campaign_rules import complete_text
from smstui.domain.contact import ContactDetails
from smstui.domain.errors import Refusal
from smstui.domain.merge import MergeText
from smstui.domain.states import MessageType
from smstui.domain.text import DEFAULT_STOP_CODE, Encoding, is_gsm7, measure, transliterate, with_stop
from smstui.screens.messaging.means import Means
from smstui.screens.messaging.writing import Writing


@dataclass(frozen=True, slots=True)
class Rendering:
    """What stands on a phone."""

    text: str
    """Complete, with its STOP mention."""
    reader: str
    """Whose phone, when others get another text; foreign text."""
    is_personal: bool
    """Whether contacts get texts of their own."""

    def parts(self, message_type: MessageType) -> tuple[str, ...]:
        """The text, cut into its SMS."""
        return measure(self.text, encoding_of(message_type)).parts


def encoding_of(message_type: MessageType) -> Encoding | None:
    """The encoding that a type imposes; None when the text decides."""
    return Encoding.UCS2 if message_type is MessageType.UNICODE else None


def merge_text(writing: Writing, means: Means | None) -> MergeText | None:
    """The text with its merge fields found; None when one of them is unknown."""
    try:
        return MergeText.parse(writing.text, means.free_fields if means else ())
    except Refusal:
        return None


def rendered(writing: Writing, means: Means | None, details: ContactDetails | None) -> Rendering:
    """What a contact gets, or a phone of which nothing is known."""
    merge = merge_text(writing, means)
    is_personal = merge is not None and merge.is_personal
    body = merge.render(details if is_personal else None) if merge else writing.text
    text = completed(writing, means, body)
    if is_personal and writing.type is MessageType.PRO and merge and is_gsm7(merge.render(None)):
        text = transliterate(text).text
    return Rendering(text, name_of(details) if is_personal else "", is_personal)


def completed(writing: Writing, means: Means | None, body: str) -> str:
    """A text with the title that is spoken before it and the STOP mention after it; what is blank stays so."""
    code = stop_code(writing, means)
    title = writing.title if writing.type is MessageType.VOIX else ""
    if body.strip():
        return complete_text(body, code, title)
    return with_stop("", code) if code else ""


def stop_code(writing: Writing, means: Means | None) -> str | None:
    """The code of the STOP mention; None without one."""
    if not writing.stop:
        return None
    return (means.stop_codes.get(writing.type) if means else None) or DEFAULT_STOP_CODE


def name_of(details: ContactDetails | None) -> str:
    """How a contact is called: by its name, or else its number."""
    if details is None:
        return ""
    return f"{details.first_name} {details.last_name}".strip() or details.mobile
