"""An SMSC made of smpp34's own server: `python smpp34_smsc.py PORT`. Each submit_sm gets a receipt and a reply."""

import asyncio
import sys

import smpp34


async def answer(session: smpp34.Esme, submit: smpp34.SubmitSmEvent, number: int) -> None:
    smsc_id = f"{number:08X}"
    submit.accept(smsc_id)
    receipt = f"id:{smsc_id} sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:"
    await session.deliver_sm(
        submit.source_addr, receipt.encode(), source_addr=submit.destination_addr, source_addr_ton=1, esm_class=4
    )
    reply = "Merci ☺".encode("utf-16-be")
    await session.deliver_sm("36034", reply, source_addr=submit.destination_addr, source_addr_ton=1, data_coding=8)


async def main(port: int) -> None:
    server = smpp34.Server("127.0.0.1", port, system_id="smsc34")
    await server.start()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    sessions: dict[str, smpp34.Esme] = {}
    answers: set[asyncio.Task[None]] = set()
    number = 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
        elif isinstance(event, smpp34.SubmitSmEvent):
            number += 1
            task = asyncio.create_task(answer(sessions[event.session_id], event, number))
            answers.add(task)
            task.add_done_callback(answers.discard)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
