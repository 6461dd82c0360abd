"""SMS Voix: marked as the connection says, and listened to."""

from dataclasses import replace

import pytest

from smstui.domain.states import MessageState, MessageType
from smstui.smpp.simulator import Hazards, ReceiptForm
from tests.dispatch.conftest import OpenPlatform, Platform, numbers

TAG = 0x1403


async def _carry_voice(platform: Platform, service_type: str | None, tag: int | None) -> None:
    """The connection carries SMS Voix too."""
    connections = platform.backend.connections
    main = await connections.get("main")
    changed = replace(main, types=frozenset(MessageType), voice_service_type=service_type, voice_tag=tag)
    await connections.update(None, "main", changed)


@pytest.mark.each_database
@pytest.mark.parametrize(("service_type", "tag"), [("VOIX", TAG), ("VOIX", None), (None, TAG)])
@pytest.mark.parametrize("form", [ReceiptForm.TEXT_AND_TLV, ReceiptForm.TEXT])
async def test_a_voice_message_is_marked_delivered_and_listened_to(
    opened: OpenPlatform, service_type: str | None, tag: int | None, form: ReceiptForm
) -> None:
    platform = await opened(Hazards(listened_share=1.0, receipt_form=form))
    await _carry_voice(platform, service_type, tag)
    texts = {number: f"Hello, this is message {number}" for number in numbers(20)}
    voice = await platform.send_own("Voice", texts, MessageType.VOIX, "fr-FR")
    plain = await platform.send("Plain", numbers(5, first=100))
    platform.dispatch()

    async def listened() -> bool:
        return (await platform.counts(voice)).listened == 20

    await platform.until(listened)
    counts = await platform.counts(voice)
    assert (counts.arrived, counts.final, counts.delivered) == (20, 20, 0)
    assert (await platform.settled(plain)).delivered == 5, "nobody listens to an SMS"
    heard = {one.number: (one.is_voice, one.language) for one in platform.simulator.handsets.messages()}
    assert {heard[number] for number in numbers(20)} == {(True, "fr-FR" if tag else "")}
    assert {heard[number] for number in numbers(5, first=100)} == {(False, "")}
    rows = await platform.backend.campaigns.messages(platform.actor, voice.id, state=MessageState.LISTENED)
    assert len(rows) == 20
    assert await platform.balance() == 100_000 - 25


async def test_a_bind_of_its_own_marks_nothing(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(listened_share=1.0))
    await _carry_voice(platform, None, None)
    voice = await platform.send_own("Voice", dict.fromkeys(numbers(3), "Hello"), MessageType.VOIX, "fr-FR")
    platform.dispatch()
    assert (await platform.settled(voice)).delivered == 3
    assert not any(one.is_voice for one in platform.simulator.handsets.messages())


async def test_receipts_that_come_before_the_response_say_both(opened: OpenPlatform) -> None:
    platform = await opened(Hazards(listened_share=1.0, receipt_first=True, response_delay=0.2), receipt_delay=0.02)
    await _carry_voice(platform, "VOIX", None)
    voice = await platform.send_own("Voice", dict.fromkeys(numbers(20), "Hello"), MessageType.VOIX, "fr-FR")
    platform.dispatch()

    async def listened() -> bool:
        return (await platform.counts(voice)).listened == 20

    await platform.until(listened)
