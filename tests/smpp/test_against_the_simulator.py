"""The client and the bundled simulator, each written by itself, through every way in which SMSCs differ."""

from itertools import product

import pytest

from smstui.domain.states import MessageState
from smstui.smpp.alphabet import decode
from smstui.smpp.ids import id_candidates, id_key
from smstui.smpp.simulator import DateForm, Hazards, IdStyle, ReceiptField, ReceiptForm, Simulator, SimulatorSettings
from smstui.smpp.values import Inbound, LongMessages, OutcomeKind, Receipt
from tests.smpp.conftest import StartClient
from tests.smpp.smsc import Client, recipients, template, until

JSMPP = Hazards(id_style=IdStyle.HEX_THEN_DECIMAL, response_tlvs=True)
SMSCSIM = Hazards(service_type="smscsim", receipt_esm_class=0, receipt_form=ReceiptForm.TEXT)
WAYS = [
    JSMPP,
    SMSCSIM,
    *(Hazards(id_style=style, receipt_form=form) for style, form in product(IdStyle, ReceiptForm)),
    *(Hazards(receipt_dates=form) for form in DateForm),
    *(Hazards(receipt_form=ReceiptForm.TEXT, receipt_dates=form, receipt_error="0x1B") for form in DateForm),
    *(Hazards(receipt_without=frozenset({field})) for field in ReceiptField),
    Hazards(receipt_first=True),
    Hazards(one_byte_writes=True),
    Hazards(response_shuffle=3),
    Hazards(deliver_twice=True),
    Hazards(receipt_esm_class=0, receipt_form=ReceiptForm.PAYLOAD),
]


@pytest.mark.parametrize("hazards", WAYS, ids=str)
async def test_every_message_is_accepted_and_its_receipt_found(client: StartClient, hazards: Hazards) -> None:
    async with Simulator(SimulatorSettings(hazards=hazards, receipt_delay=0.01, seed=7)) as simulator:
        sender = client(port=simulator.port)
        await sender.send(template(), recipients(5))
        outcomes = await sender.outcomes(5)
        assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
        copies = 2 if hazards.deliver_twice else 1
        await until(lambda: simulator.acknowledged == 5 * copies)
        receipts = [one for one in sender.owner.delivered if isinstance(one, Receipt)]
        assert len(receipts) == 5 * copies
        assert {receipt.state for receipt in receipts} == {MessageState.DELIVERED}
        numbers = {
            id_key(outcome.smsc_id): number
            for outcome, (_, number) in zip(sorted(outcomes), recipients(5), strict=True)
        }
        for receipt in receipts:
            candidates = set(id_candidates(receipt.smsc_id)) & set(numbers)
            assert {numbers[one] for one in candidates} == {"+" + receipt.number}


@pytest.mark.parametrize(
    ("hazards", "state"),
    [
        (Hazards(undelivered_share=1), MessageState.UNDELIVERED),
        (Hazards(expired_share=1), MessageState.EXPIRED),
        (Hazards(rejected_share=1), MessageState.REJECTED_BY_NETWORK),
        (Hazards(receipt_stat="PENDING2", receipt_form=ReceiptForm.TEXT), None),
        (Hazards(receipt_stat="ACCEPTD"), None),
    ],
)
async def test_what_became_of_messages_that_did_not_arrive(
    client: StartClient, hazards: Hazards, state: MessageState | None
) -> None:
    async with Simulator(SimulatorSettings(hazards=hazards, receipt_delay=0.01)) as simulator:
        sender = client(port=simulator.port)
        await sender.send(template(), recipients(2))
        await until(lambda: simulator.acknowledged == 2)
        assert [one.state for one in sender.owner.delivered if isinstance(one, Receipt)] == [state, state]


@pytest.mark.parametrize("long_messages", list(LongMessages))
async def test_phones_and_application_read_each_others_long_messages(
    client: StartClient, long_messages: LongMessages
) -> None:
    text = "Ça coûte 10 € … " * 20
    async with Simulator(SimulatorSettings(seed=7)) as simulator:
        sender = client(port=simulator.port)
        message = template("x{}" * 100, long_messages=long_messages)
        await sender.send(message, recipients(3))
        await sender.outcomes(3 * message.parts)
        assert {one.text for one in simulator.handsets.messages()} == {"x{}" * 100}
        await simulator.handsets.reply("+33601020304", "36034", text)
        await until(lambda: len(phones_parts(sender)) == 5)
        parts = phones_parts(sender)
        assert decode(b"".join(part.payload for part in parts), parts[0].encoding) == text


def phones_parts(receiver: Client) -> list[Inbound]:
    return [one for one in receiver.owner.delivered if isinstance(one, Inbound)]
