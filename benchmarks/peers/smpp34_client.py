"""The client of smpp34: as many coroutines as the window is wide, each of which awaits its response."""

import asyncio
import os

import smpp34

from benchmarks.peers.task import PASSWORD, SOURCE, SYSTEM_ID, TEXT, Tally, Task, number, task_of_this_process


async def _submit(smsc: smpp34.Smsc, tally: Tally, room: asyncio.Event) -> None:
    payload = TEXT.encode()
    while True:
        while not tally.may_submit:
            room.clear()
            await room.wait()
        response = await smsc.submit_sm(
            number(tally.submit()),
            payload,
            source_addr=SOURCE,
            source_addr_ton=5,
            dest_addr_ton=1,
            dest_addr_npi=1,
            registered_delivery=1,
        )
        assert response.is_success
        tally.answer()


async def _receive(smsc: smpp34.Smsc, tally: Tally) -> None:
    while isinstance(await smsc.next(), smpp34.DeliverSmEvent):
        tally.receipt()


async def _run(task: Task) -> None:
    done, room = asyncio.Event(), asyncio.Event()
    tally = Tally(task, warm=room.set, done=done.set)
    client = smpp34.Client("127.0.0.1", task.port, SYSTEM_ID, PASSWORD, window_size=task.window)
    smsc = await client.connect()
    tasks = [asyncio.create_task(_submit(smsc, tally, room)) for _ in range(task.window)]
    tasks.append(asyncio.create_task(_receive(smsc, tally)))
    ended = asyncio.create_task(done.wait())
    await asyncio.wait({*tasks, ended}, return_when=asyncio.FIRST_COMPLETED)
    tally.report()
    os._exit(0)  # its threads may outlive the interpreter, which then crashes


if __name__ == "__main__":
    asyncio.run(_run(task_of_this_process()))
