"""The client of smpplib: one thread that fills the window, then reads a PDU."""

import logging
import os

import smpplib.client

from benchmarks.peers.task import PASSWORD, SOURCE, SYSTEM_ID, TEXT, Tally, Task, number, task_of_this_process


def _end(tally: Tally) -> None:
    tally.report()
    os._exit(0)


def _run(task: Task) -> None:
    logging.disable(logging.CRITICAL)
    client = smpplib.client.Client("127.0.0.1", task.port, allow_unknown_opt_params=True)
    tally = Tally(task, warm=lambda: None, done=lambda: _end(tally))
    client.set_message_sent_handler(lambda pdu: tally.answer())
    client.set_message_received_handler(lambda pdu: tally.receipt())
    client.connect()
    client.bind_transceiver(system_id=SYSTEM_ID, password=PASSWORD)
    payload = TEXT.encode()
    while True:
        while tally.may_submit:
            client.send_message(
                source_addr_ton=5,
                source_addr=SOURCE,
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=number(tally.submit()),
                short_message=payload,
                registered_delivery=1,
            )
        client.read_once()


if __name__ == "__main__":
    _run(task_of_this_process())
