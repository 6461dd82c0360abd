"""What `campaign send --wait` says when nothing more happens before the sending hours open, on a Sunday afternoon."""

import asyncio
from datetime import time

import pytest

from smstui.cli.waiting import until_final
from smstui.domain.actor import Actor
from smstui.domain.hours import SendingHours
from smstui.domain.states import MessageType
from smstui.formats import explain
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.connection_settings import ConnectionSettings
from smstui.smpp.values import BindSettings
from tests.cli.conftest import SMSC_PASSWORD

DEADLINE = 30.0
TIMEOUT = 60.0
"""Seconds that the command would wait."""


@pytest.fixture
async def smsc(backend: Backend, smsc_port: int) -> None:
    """A connection to the simulator that carries SMS Voix too; hours are kept."""
    bind = BindSettings("127.0.0.1", smsc_port, "client", SMSC_PASSWORD)
    types = frozenset({MessageType.PRO, MessageType.VOIX})
    await backend.connections.add(None, ConnectionSettings("main", bind, types))


async def _answer(backend: Backend, actor: Actor, draft: Draft) -> str:
    """What the command says of a campaign at its end."""
    summary = await backend.campaigns.send(actor, draft)
    async with asyncio.timeout(DEADLINE):
        refusal = await until_final(backend, actor, summary, TIMEOUT)
    assert refusal is not None
    return explain(refusal)


@pytest.mark.usefixtures("smsc")
async def test_voice_messages_wait_for_monday_whatever_one_consents_to(backend: Backend, actor: Actor) -> None:
    draft = Draft("Voice", "Hello", numbers=("+33612345678", "+33612345679"), type=MessageType.VOIX)
    told = await _answer(backend, actor, draft)
    assert told == (
        "2 voice messages wait for the hours that the law allows them, which open on 23/11 10:00: "
        "wait longer with --timeout, or leave the sending to `smstui dispatch`."
    )


@pytest.mark.usefixtures("smsc")
async def test_where_no_hour_suits_everywhere_it_says_what_helps(backend: Backend, actor: Actor) -> None:
    """Two hours a day: 09:00 in Honolulu is 15:00 in New York."""
    await backend.platform.set_sending_hours(None, SendingHours(time(9), time(11)))
    told = await _answer(backend, actor, Draft("Far", "Hello", numbers=("+12124567890", "+12124567891")))
    assert told == (
        "2 messages go to countries where no moment is within the sending hours everywhere: "
        "--outside-hours consents to send at any time."
    )
