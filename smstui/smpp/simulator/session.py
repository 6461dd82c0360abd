"""One connection to the simulated SMSC, from its bind to its end."""

import asyncio
from collections.abc import Callable, Sequence

from smstui.smpp.simulator import wire
from smstui.smpp.simulator.answers import Dribble
from smstui.smpp.simulator.desk import SubmitDesk
from smstui.smpp.simulator.outbox import Delivery
from smstui.smpp.simulator.smsc import Smsc
from smstui.smpp.simulator.tripwires import Fault, Tripwires, intrusion
from smstui.smpp.simulator.wire import Frame, Framer, WireError

SYSTEM_ID = wire.c_string("smstui")
INTERFACE_VERSION = wire.tlv(wire.TLV_SC_INTERFACE_VERSION, b"\x34")
BINDS = {
    wire.BIND_TRANSMITTER: (True, False),
    wire.BIND_RECEIVER: (False, True),
    wire.BIND_TRANSCEIVER: (True, True),
}
"""Whether a session bound so may submit, and receives."""


class Session(asyncio.Protocol):
    """Reads PDUs in batches and answers each batch with one write."""

    unacknowledged: dict[int, Delivery]

    def __init__(self, smsc: Smsc) -> None:
        self._smsc = smsc
        self._framer = Framer()
        self._account: str | None = None
        self._sequence = 0
        self._dribble: Dribble | None = None
        self._enquiry: asyncio.TimerHandle | None = None
        self._is_closing = False
        self.is_writable = True
        self.unacknowledged = {}
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the connection is gone."""
        self._handlers: dict[int, Callable[[bytes, Frame], None]] = {
            wire.SUBMIT_SM: self._on_stray_submit,
            wire.DELIVER_SM | wire.RESPONSE: self._on_deliver_response,
            wire.ENQUIRE_LINK: self._on_enquire_link,
            wire.ENQUIRE_LINK | wire.RESPONSE: self._on_enquire_link_response,
            wire.UNBIND: self._on_unbind,
            wire.UNBIND | wire.RESPONSE: self._on_unbind_response,
            wire.DATA_SM: self._on_data_sm,
            wire.GENERIC_NACK: self._on_generic_nack,
            **dict.fromkeys(BINDS, self._on_bind),
        }

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._desk = SubmitDesk(self._smsc, self._write)
        self._smsc.sessions[self] = None
        self.tune()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: what wasn't acknowledged is delivered again to the next receiver."""
        self._is_closing = True
        self.is_writable = False
        self._desk.close()
        if self._dribble is not None:
            self._dribble.close()
        if self._enquiry is not None:
            self._enquiry.cancel()
        self._smsc.sessions.pop(self, None)
        self._leave()
        if not self.closed.done():
            self.closed.set_result(None)

    def pause_writing(self) -> None:
        """The peer reads too slowly: read nothing more from it."""
        self.is_writable = False
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The peer has caught up."""
        if not self._is_closing:
            self.is_writable = True
            self._transport.resume_reading()
            self._pump()

    def data_received(self, data: bytes) -> None:
        """Answer all that has come."""
        data, frames = self._framer.feed(data)
        self._desk.now = self._smsc.clock.now().timestamp()
        handlers, on_unknown, counts = self._handlers, self._on_unknown, self._tripwires.is_set
        for frame in frames:
            if self._is_closing:
                return
            handlers.get(frame[0], on_unknown)(data, frame)
            if counts and self._account is not None and frame[0] not in BINDS:
                self._play(self._tripwires.step(), frame)
        if self._is_closing:
            return
        self._flush()
        if self._framer.broken is not None:
            self._write(wire.pdu(wire.GENERIC_NACK, self._framer.broken, status=wire.ESME_RINVCMDLEN))
            self._close()
        self._pump()

    # What the SMSC asks.

    def tune(self) -> None:
        """Follow the hazards as they are now."""
        hazards = self._smsc.hazards
        self._desk.tune()
        self._tripwires = Tripwires(hazards, may_drop=self._smsc.may_drop())
        if hazards.one_byte_writes and self._dribble is None:
            self._dribble = Dribble(self._transport.write, self._transport.close)
        if self._enquiry is not None:
            self._enquiry.cancel()
            self._enquiry = None
        if hazards.enquire_link_every:
            self._enquire_later()

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Write these, and remember them as unacknowledged."""
        pdus: list[bytes] = []
        pack, size, unacknowledged, sequence = wire.HEADER.pack, wire.HEADER.size, self.unacknowledged, self._sequence
        for delivery in deliveries:
            sequence = sequence % wire.MAX_SEQUENCE + 1
            unacknowledged[sequence] = delivery
            body = delivery.body
            pdus += (pack(size + len(body), wire.DELIVER_SM, 0, sequence), body)
        self._sequence = sequence
        self._write(b"".join(pdus))

    def abort(self) -> None:
        """End the connection at once."""
        self._is_closing = True
        self.is_writable = False
        self._transport.abort()

    # What clients send.

    def _on_bind(self, data: bytes, frame: Frame) -> None:
        command, _, _, start, end = frame
        try:
            (system_id, password, _), _ = wire.c_strings(data, start, end, 3)
        except WireError:
            self._respond(frame, status=wire.ESME_RINVCMDLEN)
            return
        account = system_id.decode("latin-1")
        if self._account is not None:
            self._respond(frame, SYSTEM_ID, wire.ESME_RALYBND)
            return
        status = self._smsc.bind_status(account, password.decode("latin-1"))
        if status:
            self._smsc.stats.refused_binds += 1
            self._respond(frame, b"" if self._smsc.hazards.bind_refusal_without_body else SYSTEM_ID, status)
            self._close()
            return
        self._account = account
        self._smsc.bound(account)
        self._respond(frame, SYSTEM_ID + INTERFACE_VERSION)
        may_submit, receives = BINDS[command]
        if may_submit:
            self._handlers[wire.SUBMIT_SM] = self._desk.take
        if receives:
            self._smsc.outbox(account).attach(self)

    def _on_stray_submit(self, _data: bytes, frame: Frame) -> None:
        """A submit_sm from a session that is not bound to transmit."""
        self._respond(frame, status=wire.ESME_RINVBNDSTS)

    def _on_deliver_response(self, _data: bytes, frame: Frame) -> None:
        _, status, sequence, _, _ = frame
        if self._account is not None:
            self._smsc.outbox(self._account).answer(self, sequence, is_good=status == wire.ESME_ROK)

    def _on_enquire_link(self, _data: bytes, frame: Frame) -> None:
        if not self._smsc.hazards.ignore_enquire_link:
            self._respond(frame)

    def _on_enquire_link_response(self, _data: bytes, _frame: Frame) -> None:
        self._smsc.stats.enquiries_answered += 1

    def _on_unbind(self, _data: bytes, frame: Frame) -> None:
        self._respond(frame)
        self._leave()
        self._close()

    def _on_unbind_response(self, _data: bytes, _frame: Frame) -> None:
        self._leave()
        self._close()

    def _on_data_sm(self, _data: bytes, frame: Frame) -> None:
        """This SMSC takes messages by submit_sm only, and says so with an empty message id."""
        self._respond(frame, b"\0", wire.ESME_RINVCMDID)

    def _on_generic_nack(self, data: bytes, frame: Frame) -> None:
        self._smsc.stats.nacks += 1
        self._on_deliver_response(data, frame)

    def _on_unknown(self, _data: bytes, frame: Frame) -> None:
        command, _, sequence, _, _ = frame
        if not command & wire.RESPONSE:
            self._write(wire.pdu(wire.GENERIC_NACK, sequence, status=wire.ESME_RINVCMDID))

    # The ways out.

    def _respond(self, frame: Frame, body: bytes = b"", status: int = wire.ESME_ROK) -> None:
        """Answer `frame`, after what was taken before it."""
        command, _, sequence, _, _ = frame
        self._flush()
        self._write(wire.pdu(command | wire.RESPONSE, sequence, body, status))

    def _flush(self) -> None:
        if self._account is not None:
            self._desk.flush(self._account)

    def _pump(self) -> None:
        if self._account is not None:
            self._smsc.outbox(self._account).pump()

    def _write(self, data: bytes) -> None:
        if self._dribble is not None:
            self._dribble.add(data)
        else:
            self._transport.write(data)

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % wire.MAX_SEQUENCE + 1
        return self._sequence

    def _enquire_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._enquiry = loop.call_later(self._smsc.hazards.enquire_link_every, self._enquire)

    def _enquire(self) -> None:
        if self._account is not None:
            self._write(wire.pdu(wire.ENQUIRE_LINK, self._next_sequence()))
        self._enquire_later()

    def _play(self, fault: Fault | None, frame: Frame) -> None:
        if fault is None:
            return
        if fault is Fault.DROP:
            self._drop(frame)
            return
        self._flush()
        self._write(intrusion(fault, self._next_sequence()))

    def _drop(self, frame: Frame) -> None:
        """End the connection; the answer to `frame` is lost, or cut in half."""
        lost = self._desk.withdraw() if frame[0] == wire.SUBMIT_SM else b""
        self._flush()
        if self._smsc.hazards.drop_in_pdu:
            self._write(lost[: len(lost) // 2])
        self._smsc.stats.drops += 1
        self._leave()
        self._close()

    def _leave(self) -> None:
        """Be bound no more."""
        if self._account is not None:
            self._smsc.unbound(self._account)
            account, self._account = self._account, None
            self._handlers[wire.SUBMIT_SM] = self._on_stray_submit
            self._smsc.outbox(account).detach(self)

    def _close(self) -> None:
        """End the connection when all is written."""
        self._is_closing = True
        self.is_writable = False
        self._desk.close()
        if self._dribble is not None:
            self._dribble.finish()
        else:
            self._transport.close()
