"""Delivery receipts: from TLVs, else from the text of SMPP 3.4, appendix B, in the many ways SMSCs write it."""

import re
from collections.abc import Mapping

from smstui.domain.states import MessageState
from smstui.smpp.deliver import Delivered
from smstui.smpp.values import Receipt
from smstui.smpp.wire import Tag

_MESSAGE_TYPE = 0x3C
_RECEIPT = 0x04
_SME_ACKNOWLEDGEMENT = 0x08
_INTERMEDIATE = 0x20

_FIELD = re.compile(
    r"(?<![a-z])(id|stat|err)\s*[:=]\s*((?!(?:id|sub|dlvrd|submit date|done date|stat|err)\s*:)[^\s,;]*)",
    re.IGNORECASE,
)
"""A name and its value, which is empty when the next field follows at once."""
_QUOTED_TEXT = re.compile(r"\btext\s*:", re.IGNORECASE)
_SHAPE = re.compile(r"\s*id:\S*.*?\bstat:\S", re.IGNORECASE | re.DOTALL)

_STATES_BY_NUMBER = {
    1: None,
    2: MessageState.DELIVERED,
    3: MessageState.EXPIRED,
    4: MessageState.UNDELIVERED,
    5: MessageState.UNDELIVERED,
    6: None,
    7: None,
    8: MessageState.REJECTED_BY_NETWORK,
}
"""message_state (section 5.2.28)."""

_STATES_BY_WORD = {
    "DELIV": MessageState.DELIVERED,
    "EXPIR": MessageState.EXPIRED,
    "DELET": MessageState.UNDELIVERED,
    "UNDEL": MessageState.UNDELIVERED,
    "REJEC": MessageState.REJECTED_BY_NETWORK,
    "FAILE": MessageState.UNDELIVERED,
    "ANSWE": MessageState.DELIVERED,
    "LISTE": MessageState.LISTENED,
    "HEARD": MessageState.LISTENED,
    "PLAYE": MessageState.LISTENED,
    "ECOUT": MessageState.LISTENED,
}
"""By the first letters: servers write DELIVRD and DELIVERED, UNDELIV and UNDELIVERABLE. The last five are of voice."""


def read_receipt(delivered: Delivered) -> Receipt | None:
    """The receipt that `delivered` is; None when it is a message from a phone. Never fails; every field is optional."""
    message_type, tlvs = delivered.esm_class & _MESSAGE_TYPE, delivered.tlvs
    # Names and ids are ASCII, of one octet or of two, whatever data_coding and the alphabet say.
    text = delivered.text.replace(b"\0", b"").decode("latin-1")
    if not _is_receipt(message_type, tlvs, text):
        return None
    fields = _fields(text)
    word, state = _word_and_state(fields.get("stat", ""), delivered.integer(Tag.MESSAGE_STATE))
    return Receipt(
        smsc_id=_receipted_id(tlvs) or fields.get("id", ""),
        state=None if message_type == _INTERMEDIATE else state,
        word=word,
        error=fields.get("err") or _network_error(tlvs),
        number=delivered.source,
    )


def _is_receipt(message_type: int, tlvs: Mapping[int, bytes], text: str) -> bool:
    if message_type in (_RECEIPT, _INTERMEDIATE):
        return True
    by_tlv = Tag.RECEIPTED_MESSAGE_ID in tlvs
    if message_type == _SME_ACKNOWLEDGEMENT:
        return by_tlv or Tag.MESSAGE_STATE in tlvs or _SHAPE.match(text) is not None
    return message_type == 0 and (by_tlv or _SHAPE.match(text) is not None)


def _fields(text: str) -> dict[str, str]:
    """The fields before the quoted text, the first of each name."""
    quoted = _QUOTED_TEXT.search(text)
    head = text[: quoted.start()] if quoted else text
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(head):
        fields.setdefault(name.lower(), value)
    return fields


def _word_and_state(stat: str, number: int | None) -> tuple[str, MessageState | None]:
    """The SMSC's word and the state it stands for: message_state when its number is known, else the text's.

    No number says that a voice message was listened to: where the word does, the number is at most that of delivered.
    """
    by_word = _STATES_BY_WORD.get(stat.upper()[:5])
    if number is None or by_word is MessageState.LISTENED or (number not in _STATES_BY_NUMBER and stat):
        return stat, by_word
    state = _STATES_BY_NUMBER.get(number)
    return stat if stat and state is by_word else f"message_state {number}", state


def _receipted_id(tlvs: Mapping[int, bytes]) -> str:
    return tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"").partition(b"\0")[0].decode("latin-1").strip()


def _network_error(tlvs: Mapping[int, bytes]) -> str:
    """network_error_code (section 5.3.2.31): a type of network and a code."""
    value = tlvs.get(Tag.NETWORK_ERROR_CODE, b"")
    return str(int.from_bytes(value[1:3], "big")) if len(value) >= 3 else ""


_USUAL_HEAD = re.compile(
    rb"[^\0]*+\0"  # service_type
    rb"..([^\0]*+)\0"  # source
    rb"..[^\0]*+\0"  # destination
    rb"\x04..[^\0]*+\0[^\0]*+\0"  # esm_class of a receipt, protocol, priority, times
    rb".....",  # registered_delivery, replace_if_present, data_coding, sm_default_msg_id, sm_length
    re.DOTALL,
)
"""A deliver_sm up to its text."""
_USUAL_TEXT = re.compile(
    rb"(?:id:([!-+\--9<-~]++)(?: sub:[0-9]*+)?(?: dlvrd:[0-9]*+)?(?: submit date:[0-9]*+)?(?: done date:[0-9]*+)?"
    rb" stat:([A-Z]++) err:([!-+\--9<-~]++)(?: [Tt]ext:.*+)?)?",
    re.DOTALL,
)
"""Appendix B, or nothing."""
_USUAL_TLVS = re.compile(
    rb"(?:\x00\x1e\x00(.)([!-~]*+)\0)?"  # receipted_message_id: length, value
    rb"(?:\x04\x27\x00\x01([\x01-\x08]))?",  # message_state
    re.DOTALL,
)
_USUAL_STATES = {
    (word.encode(), bytes((number,)) if number else b""): _word_and_state(word, number)
    for word in ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
    for number in (None, *_STATES_BY_NUMBER)
}
"""By `stat` and the value of message_state."""


def read_usual_receipt(body: bytes) -> Receipt | None:
    """The receipt in the deliver_sm with this `body`, when it is written as nearly all are; else None.

    It is what `read_receipt` makes of it, in a tenth of the time.
    """
    head = _USUAL_HEAD.match(body)
    if head is None:
        return None
    start = head.end()
    end = start + body[start - 1]
    text, tlvs = _USUAL_TEXT.fullmatch(body, start, end), _USUAL_TLVS.fullmatch(body, end)
    if text is None or tlvs is None:
        return None
    smsc_id, stat, error = text.groups(b"")
    length, receipted_id, number = tlvs.groups(b"")
    usual = _USUAL_STATES.get((stat, number))
    if usual is None or (length and length[0] != len(receipted_id) + 1):
        return None
    word, state = usual
    return tuple.__new__(
        Receipt,
        ((receipted_id or smsc_id).decode(), state, word, error.decode(), head[1].decode("latin-1")),
    )
