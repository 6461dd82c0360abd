"""Where a session's submit_sm are taken: read, judged, numbered and answered, a batch at a time."""

from smstui.smpp.simulator import wire
from smstui.smpp.simulator.answers import Answers, Write
from smstui.smpp.simulator.smsc import Smsc
from smstui.smpp.simulator.submit import Submit, SubmitReader
from smstui.smpp.simulator.wire import Frame, WireError

SUBMIT_SM_RESP = wire.SUBMIT_SM | wire.RESPONSE
RESPONSE_TLVS = wire.tlv(0x1403, b"accepted") + wire.tlv(0x0381, b"\x00")
"""What some servers add to submit_sm_resp: a vendor's parameter and a standard one."""
_new, _pack_header = tuple.__new__, wire.HEADER.pack


class SubmitDesk:
    """Takes submit_sm one by one; `flush` answers and hands over what was taken since the last one."""

    def __init__(self, smsc: Smsc, write: Write) -> None:
        self._smsc = smsc
        self._write = write
        self._reader = SubmitReader()
        self._responses: list[bytes] = []
        self._accepted: list[Submit] = []
        self._answers = Answers(smsc.hazards, smsc.random, write)
        self.now = 0.0
        """When what is being read came, in seconds since the epoch."""
        self.tune()

    def tune(self) -> None:
        """Follow the hazards as they are now; answers that wait under the old ones leave."""
        hazards = self._smsc.hazards
        self._answers.release()
        self._answers = Answers(hazards, self._smsc.random, self._write)
        self._write_id = self._smsc.write_id
        self._id_end = b"\0" + (RESPONSE_TLVS if hazards.response_tlvs else b"")

    def take(self, data: bytes, frame: Frame) -> None:
        """Decide about one submit_sm."""
        smsc = self._smsc
        _, _, sequence, start, end = frame
        try:
            route, digits, content = self._reader.read(data, start, end)
        except WireError as error:
            self._refuse(sequence, error.status)
            return
        verdicts = smsc.verdicts
        if not verdicts.accepts_all:
            status = verdicts.status(len(self._responses) + self._answers.waiting)
            if status:
                self._refuse(sequence, status)
                return
        stat = "DELIVRD" if verdicts.delivers_all else verdicts.fate()
        smsc.number = number = smsc.number + 1
        self._accepted.append(_new(Submit, (route, digits, content, number, stat, self.now)))
        if verdicts.loses_some and verdicts.is_lost():
            return
        body = self._write_id(number).encode() + self._id_end
        self._responses.append(_pack_header(16 + len(body), SUBMIT_SM_RESP, 0, sequence) + body)

    def flush(self, account: str) -> None:
        """Answer what was taken, and hand over what was accepted."""
        responses, accepted = self._responses, self._accepted
        if responses:
            self._responses = []
            stats, unanswered = self._smsc.stats, len(responses) + self._answers.waiting
            stats.widest_window = max(stats.widest_window, unanswered)
            self._answers.send(responses)
        if accepted:
            self._accepted = []
            self._smsc.accepted(account, accepted)

    def withdraw(self) -> bytes:
        """Take back the newest response, which is not flushed: it won't be sent. Empty when there is none."""
        return self._responses.pop() if self._responses else b""

    def close(self) -> None:
        """Answer nothing more."""
        self._answers.close()

    def _refuse(self, sequence: int, status: int) -> None:
        stats = self._smsc.stats
        if status == self._smsc.hazards.throttle_status:
            stats.throttled += 1
        else:
            stats.refused += 1
        self._responses.append(wire.pdu(SUBMIT_SM_RESP, sequence, status=status))
