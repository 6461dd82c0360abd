"""Delivery receipts, in all the forms that SMSCs give them (SMPP 3.4, appendix B and section 5.3.2)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from smstui.smpp.simulator import wire
from smstui.smpp.simulator.hazards import DateForm, Hazards, ReceiptField, ReceiptForm
from smstui.smpp.simulator.ids import WRITERS
from smstui.smpp.simulator.submit import Submit

MESSAGE_STATES = {"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "ACCEPTD": 6, "REJECTD": 8}
"""The values of message_state (SMPP 3.4, section 5.2.28)."""
LISTENED = "LISTENED"
"""Says the second receipt of a voice message: no value of message_state does."""
UNKNOWN_STATE = 7
ERRORS = {"DELIVRD": "000", "EXPIRED": "027", "UNDELIV": "001", "REJECTD": "011"}
QUOTED_CHARACTERS = 20
KEPT_LETTERS = 1024

AFTER_ID = {
    ReceiptField.SUB: "sub:001",
    ReceiptField.DLVRD: "dlvrd:%(dlvrd)s",
    ReceiptField.SUBMIT_DATE: "submit date:%(submitted)s",
    ReceiptField.DONE_DATE: "done date:%(done)s",
    ReceiptField.STAT: "stat:%(stat)s",
    ReceiptField.ERR: "err:%(err)s",
    ReceiptField.TEXT: "text:%(text)s",
}

DATES = {
    DateForm.MINUTES: "%y%m%d%H%M",
    DateForm.SECONDS: "%y%m%d%H%M%S",
    DateForm.CENTURY: "%Y%m%d%H%M%S",
    DateForm.ISO: "%Y-%m-%dT%H:%M:%SZ",
    DateForm.EMPTY: "",
    DateForm.WORDS: "just now",
}


@lru_cache(maxsize=256)
def _date(second: int, form: DateForm) -> str:
    return datetime.fromtimestamp(second, UTC).strftime(DATES[form])


class Letter(NamedTuple):
    """What receipts have in common when their messages share route, content, end, times, and the length of their id."""

    opening: bytes
    """Up to the digits of the phone."""
    rest: tuple[bytes, ...]
    """What lies before, between and after the ids that follow."""


class ReceiptWriter:
    """Writes the deliver_sm body of receipts as the hazards say."""

    def __init__(self, hazards: Hazards) -> None:
        self._hazards = hazards
        self._write_id = WRITERS[hazards.id_style][1]
        self._template = " ".join(words for one, words in AFTER_ID.items() if one not in hazards.receipt_without)
        self._has_id = ReceiptField.ID not in hazards.receipt_without
        self._letters: dict[tuple[object, ...], Letter] = {}

    def stat(self, submit: Submit) -> str:
        """The word that the receipt of `submit` says."""
        return self._hazards.receipt_stat or submit.stat

    def body(self, submit: Submit, done_at: float) -> bytes:
        """The body of the receipt of `submit`, which reached its end at `done_at` (seconds since the epoch)."""
        route, digits, content, number, stat, at = submit
        smsc_id = self._write_id(number).encode()
        key = (route, content, stat, int(at), int(done_at), len(smsc_id))
        opening, rest = self._letters.get(key) or self._new_letter(key, submit, done_at)
        return opening + digits + smsc_id.join(rest)

    def _new_letter(self, key: tuple[object, ...], submit: Submit, done_at: float) -> Letter:
        phone, hazards = submit.destination, self._hazards
        flags = wire.message_flags(hazards.receipt_esm_class, wire.DCS_DEFAULT)
        rest = self._rest(submit, done_at, len(self._write_id(submit.number)))
        letter = Letter(
            opening=wire.c_string(hazards.service_type) + bytes([phone.ton, phone.npi]),
            rest=(b"\0" + submit.source.encode() + flags + rest[0], *rest[1:]),
        )
        if len(self._letters) >= KEPT_LETTERS:
            self._letters.clear()
        self._letters[key] = letter
        return letter

    def _rest(self, submit: Submit, done_at: float, id_length: int) -> tuple[bytes, ...]:
        """From sm_length on, without the ids, which have `id_length` octets."""
        form, after_id = self._hazards.receipt_form, self._after_id(submit, done_at)
        text = (b"id:", b" " + after_id) if self._has_id else (after_id,)
        length = sum(map(len, text)) + id_length * (len(text) - 1)
        if form is ReceiptForm.PAYLOAD:
            return (b"\0" + wire.TLV_HEADER.pack(wire.TLV_MESSAGE_PAYLOAD, length) + text[0], *text[1:])
        written = (b"\0",) if form is ReceiptForm.TLV else (bytes([length]) + text[0], *text[1:])
        if form is ReceiptForm.TEXT:
            return written
        stat = self.stat(submit)
        receipted = wire.TLV_HEADER.pack(wire.TLV_RECEIPTED_MESSAGE_ID, id_length + 1)
        state = bytes([MESSAGE_STATES["DELIVRD"] if stat == LISTENED else MESSAGE_STATES.get(stat, UNKNOWN_STATE)])
        return (*written[:-1], written[-1] + receipted, b"\0" + wire.tlv(wire.TLV_MESSAGE_STATE, state))

    def _after_id(self, submit: Submit, done_at: float) -> bytes:
        stat, content = self.stat(submit), submit.content
        quoted = content.payload[:QUOTED_CHARACTERS] if content.data_coding == wire.DCS_DEFAULT else b""
        values = {
            "dlvrd": "001" if stat in ("DELIVRD", LISTENED) else "000",
            "submitted": _date(int(submit.at), self._hazards.receipt_dates),
            "done": _date(int(done_at), self._hazards.receipt_dates),
            "stat": stat,
            "err": self._hazards.receipt_error or ERRORS.get(stat, "000"),
            "text": quoted.decode("latin-1"),
        }
        return (self._template % values).encode("latin-1", "replace")
