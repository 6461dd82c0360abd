import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.services.handsets import HandsetService
from smstui.smpp.simulator import Hazards, LogNotWritable, NobodyBound, Simulator, SimulatorSettings
from smstui.smpp.simulator.texts import code_text, decode_payload
from smstui.smpp.values import Alphabet
from tests.simulator.raw import SUBMIT_SM, TRANSMITTER, Esme, bound, running, submit_body, until
from tests.support import START, FakeClock

PHONE = "+33601020304"


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def sar(total: int, part: int) -> bytes:
    return tlv(0x020C, b"\0\x09") + tlv(0x020E, bytes([total])) + tlv(0x020F, bytes([part]))


async def texts_after(alphabet: Alphabet, *bodies: bytes) -> list[str]:
    async with bound(alphabet=alphabet) as (simulator, esme):
        for body in bodies:
            assert (await esme.ask(SUBMIT_SM, body)).status == 0
        return [message.text for message in simulator.handsets.messages()]


@pytest.mark.parametrize(
    ("alphabet", "data_coding", "payload", "text"),
    [
        (Alphabet.GSM7, 0, b"\x05t\x05 \x1be \x00", "été € @"),
        (Alphabet.LATIN1, 0, b"\xe9t\xe9", "été"),
        (Alphabet.UTF8, 0, b"\xc3\xa9t\xc3\xa9 \xff", "été �"),
        (Alphabet.GSM7, 3, b"\xe9t\xe9", "été"),
        (Alphabet.GSM7, 8, "ëœ 👍".encode("utf-16-be"), "ëœ 👍"),
        (Alphabet.GSM7, 8, b"\0a\0", "a�"),
        (Alphabet.GSM7, 4, b"\x01\xff", "01 ff"),
    ],
)
async def test_texts_are_decoded_by_data_coding(
    alphabet: Alphabet, data_coding: int, payload: bytes, text: str
) -> None:
    assert await texts_after(alphabet, submit_body(text=payload, data_coding=data_coding)) == [text]


async def test_parts_by_header_are_joined_in_any_order_before_they_are_decoded() -> None:
    coded = "é👍".encode("utf-16-be")
    parts = [(b"\x05\0\x03\x07\x02\x02", coded[3:]), (b"\x05\0\x03\x07\x02\x01", coded[:3])]
    bodies = [submit_body(text=header + part, esm_class=0x40, data_coding=8) for header, part in parts]
    assert await texts_after(Alphabet.GSM7, *bodies) == ["é👍"]
    assert await texts_after(Alphabet.GSM7, bodies[0], bodies[0], bodies[0]) == []


async def test_parts_by_wide_references_and_by_sar_are_joined() -> None:
    wide = [submit_body(text=bytes([6, 8, 4, 1, 2, 2, n]) + b"ab"[n - 1 : n], esm_class=0x40) for n in (1, 2)]
    assert await texts_after(Alphabet.GSM7, *wide) == ["ab"]
    by_sar = [submit_body(text=b"xy"[n - 1 : n], tlvs=sar(2, n)) for n in (2, 1)]
    assert await texts_after(Alphabet.GSM7, *by_sar) == ["xy"]


async def test_a_text_in_message_payload_and_odd_headers() -> None:
    assert await texts_after(Alphabet.GSM7, submit_body(text=b"", tlvs=tlv(0x0424, b"long" * 100))) == ["long" * 100]
    assert await texts_after(Alphabet.GSM7, submit_body(text=b"", esm_class=0x40)) == [""]
    assert await texts_after(Alphabet.GSM7, submit_body(text=b"\xffab", esm_class=0x40)) == [""]


async def test_a_message_says_who_when_and_to_whom() -> None:
    async with bound(clock=FakeClock()) as (simulator, esme):
        await esme.ask(SUBMIT_SM, submit_body())
        (message,) = simulator.handsets.messages()
    assert (message.number, message.sender, message.text, message.at) == (PHONE, "SHOP", "hello", START)


async def test_only_the_newest_are_kept_and_the_newest_of_them_shown() -> None:
    async with bound(kept_messages=10) as (simulator, esme):
        esme.submit(25)
        await esme.read_many(25)
        assert len(simulator.handsets.messages()) == 10
        assert [one.number for one in simulator.handsets.messages(2)] == ["+33600000025", "+33600000026"]
        assert simulator.handsets.messages(0) == ()


async def test_subscribers_are_called_until_they_leave() -> None:
    async with bound() as (simulator, esme):
        calls: list[int] = []
        unsubscribe = simulator.handsets.subscribe(lambda: calls.append(1))
        esme.submit(50)
        await until(lambda: len(calls) == 1)
        unsubscribe()
        unsubscribe()
        esme.submit(1)
        await esme.read_many(51)
        assert len(calls) == 1


async def inbound_text(simulator: Simulator, esme: Esme, text: str, parts: int) -> str:
    await simulator.handsets.reply(PHONE, "36034", text)
    delivered = [await esme.deliver() for _ in range(parts)]
    assert {one.source for one in delivered} == {(1, 1, "33601020304")}
    assert {one.destination[2] for one in delivered} == {"36034"}
    if parts > 1:
        assert [one.text[4:6] for one in delivered] == [bytes([parts, n]) for n in range(1, parts + 1)]
        assert {one.esm_class for one in delivered} == {0x40}
        assert len({one.text[3] for one in delivered}) == 1
    payload = b"".join(one.text[6 if parts > 1 else 0 :] for one in delivered)
    assert max(len(one.text) for one in delivered) <= (140 if delivered[0].data_coding == 8 else 160)
    return decode_payload(payload, delivered[0].data_coding, Alphabet.GSM7)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("STOP", 1), ("", 1), ("é" * 160, 1), ("€" * 81, 2), ("ç" * 70, 1), ("👍" * 40, 2), ("ab" * 400, 6)],
)
async def test_phones_answer_in_short_and_in_long(text: str, parts: int) -> None:
    async with bound() as (simulator, esme):
        assert await inbound_text(simulator, esme, text, parts) == text
        await until(lambda: simulator.acknowledged == parts)


async def test_parts_may_come_backwards_and_twice() -> None:
    async with bound(Hazards(deliver_backwards=True, deliver_twice=True, service_type="SMSCSIM")) as (simulator, esme):
        await simulator.handsets.reply(PHONE, "36034", "a" * 200)
        delivered = [await esme.deliver() for _ in range(4)]
        assert [one.text[5] for one in delivered] == [2, 2, 1, 1]
        assert {one.service_type for one in delivered} == {"SMSCSIM"}


async def test_nobody_bound_is_said_clearly() -> None:
    async with bound(mode=TRANSMITTER) as (simulator, _):
        with pytest.raises(NobodyBound):
            await simulator.handsets.reply(PHONE, "36034", "STOP")


@given(st.text(max_size=400), st.sampled_from(Alphabet))
@settings(max_examples=200)
def test_what_is_coded_is_read_again(text: str, alphabet: Alphabet) -> None:
    coded = code_text(text, alphabet)
    shown = decode_payload(b"".join(coded.parts), coded.data_coding, alphabet)
    assert shown == text.encode("utf-16-be", "replace").decode("utf-16-be")
    assert all(len(part) <= (140 if coded.data_coding == 8 else 160) for part in coded.parts)


async def test_the_panel_answers_who_wrote_last_and_a_name_at_the_short_code() -> None:
    async with bound() as (simulator, esme):
        phones = HandsetService(simulator, "36034")
        destinations = []
        for source in (b"\0\x0138080\0", b"\x01\x0133700000000\0", b"\x05\0SHOP\0"):
            await esme.ask(SUBMIT_SM, submit_body(source=source))
            await phones.reply(PHONE, "yes")
            destinations.append((await esme.deliver()).destination)
        await phones.reply("+33699999999", "stray")
        destinations.append((await esme.deliver()).destination)
        assert destinations == [(0, 1, "38080"), (1, 1, "33700000000"), (0, 1, "36034"), (0, 1, "36034")]
        assert [one.sender for one in phones.received()] == ["38080", "+33700000000", "SHOP"]


async def test_the_log_holds_everything_once_and_in_order(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    async with bound(Hazards(deliver_twice=True), log=log, clock=FakeClock()) as (simulator, esme):
        esme.submit(300, registered=1, text='"hé"\n'.encode("latin-1"), data_coding=3)
        ids = [(await esme.read()).message_id for _ in range(300)]
        for _ in range(600):
            await esme.deliver()
        await simulator.handsets.reply(PHONE, "36034", "ç" * 100)
        assert not (await esme.deliver(status=None)).tlvs
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    by_event = {
        event: [line for line in lines if line["event"] == event] for event in ("message", "receipt", "inbound")
    }
    assert [line["smsc_id"] for line in by_event["message"]] == ids == [line["smsc_id"] for line in by_event["receipt"]]
    assert by_event["message"][0] == {
        "event": "message",
        "number": "+33600000002",
        "sender": "SHOP",
        "text": '"hé"\n',
        "part": 1,
        "parts": 1,
        "smsc_id": ids[0],
        "stat": "DELIVRD",
        "at": "2026-11-22T14:15:00.000+00:00",
    }
    assert [(line["number"], line["destination"], line["text"]) for line in by_event["inbound"]] == [
        (PHONE, "36034", "ç" * 100)
    ]


async def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    simulator = Simulator(SimulatorSettings(log=tmp_path / "missing" / "log"))
    with pytest.raises(LogNotWritable):
        await simulator.start()
    await simulator.close()
    async with running(log=tmp_path / "log") as (_, connect):
        assert (await (await connect()).bind()).status == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
async def test_a_log_that_lost_lines_says_so_at_the_end() -> None:
    simulator = Simulator(SimulatorSettings(log=Path("/dev/full")))
    await simulator.start()
    esme = await Esme.connect(simulator.port)
    await esme.bind()
    assert (await esme.ask(SUBMIT_SM, submit_body())).status == 0
    with pytest.raises(LogNotWritable) as refusal:
        await simulator.close()
    assert "/dev/full" in refusal.value.path
    await esme.close()


async def test_a_voice_message_is_known_by_its_service_type_or_by_the_vendors_tlv(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    bodies = (
        submit_body(),
        submit_body(service_type=b"CMT"),
        submit_body(service_type=b"VOIX"),
        submit_body(tlvs=tlv(0x1403, b"fr-FR")),
    )
    async with bound(log=log) as (simulator, esme):
        for body in bodies:
            assert (await esme.ask(SUBMIT_SM, body)).status == 0
        heard = [(one.is_voice, one.language) for one in simulator.handsets.messages()]
    assert heard == [(False, ""), (False, ""), (True, ""), (True, "fr-FR")]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    said = [(line.get("service_type"), line.get("vendor_tlvs")) for line in lines if line["event"] == "message"]
    assert said == [(None, None), ("CMT", None), ("VOIX", None), (None, {"0x1403": "fr-FR"})]
