"""The actions of a plan, done to a world."""

import asyncio
from typing import Final

from sqlalchemy import Connection, select, update

from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.hours import HoursConsent
from smstui.domain.states import CampaignKind, MessageType
from smstui.domain.text import Encoding, measure
from smstui.services.campaigns import Draft
from smstui.services.credits import Cause, post
from smstui.services.outgoing import (
    CAMPAIGN_PRIORITY,
    NewCampaign,
    OwnMessage,
    connection_for,
    enqueue_own,
    enqueue_system,
)
from smstui.smpp.simulator import NobodyBound
from smstui.storage.tables import batch, campaign
from tests.simulation.loop import Node
from tests.simulation.plan import (
    Action,
    Asked,
    Away,
    ClockStep,
    Code,
    Control,
    Cut,
    Drain,
    Freeze,
    Kill,
    Mood,
    OptOut,
    Resettle,
    Say,
    Send,
    SendOwn,
    Trouble,
    brief,
)
from tests.simulation.world import REPLY_NUMBER, STOP_CODE, World

PRICE: Final = 1001
"""Of a segment, where every message has its own text; thousandths of a credit."""


async def happen(world: World, action: Action) -> None:
    """Do `action` to `world`. What the platform refuses a person is no fault."""
    world.note(brief(action))
    try:
        match action:
            case Send() | SendOwn() | Control() | Code() | OptOut() | Say() | Resettle():
                await _ask(world, action)
            case _:
                await _befall(world, action)
    except Refusal as refusal:
        world.note(f"refused: {type(refusal).__name__}")


async def _ask(world: World, action: Asked) -> None:
    backend, actor = world.backend, world.actors[0]
    match action:
        case Send(name, text, kind, numbers, account):
            draft = Draft(name=name, text=text, numbers=numbers, type=kind, consent=HoursConsent.SUNDAYS)
            await world.send(draft, account)
            world.wake()
        case SendOwn():
            await world.as_person(lambda: _send_own(world, action))
            world.wake()
        case Control(verb, name, commits):
            actor = world.actors[world.plan.account_of(name)]
            found = await world.as_person(lambda: backend.campaigns.find(actor, name))
            method = getattr(backend.campaigns, verb)
            await world.as_person(lambda: method(actor, found.id), world.mortal(commits))
        case OptOut(number):
            await world.as_person(lambda: backend.opt_outs.add(actor, number))
        case Code(number, text):
            await world.as_person(lambda: _send_code(world, number, text))
        case Say():
            await _say(world, action)
        case Resettle(name, window, is_off):
            if is_off:
                off = world.replaced(name, window, enabled=False)
                await world.as_person(lambda: backend.connections.update(None, name, off))
                await asyncio.sleep(3.0)
            on = world.replaced(name, window, enabled=True)
            await world.as_person(lambda: backend.connections.update(None, name, on))


async def _send_own(world: World, sent: SendOwn) -> None:
    """As the preparation of a campaign ends: messages, batches, what they cost, in one transaction."""
    account_id, now = world.actors[sent.account].account_id, world.clock.now()
    encoding = Encoding.UCS2 if sent.type is MessageType.UNICODE else None
    lengths = [(number, text, measure(text, encoding).segments) for number, text in sent.texts]
    messages = [OwnMessage(number, text, length, PRICE * length) for number, text, length in lengths]

    def work(tx: Connection) -> None:
        carrier = connection_for(tx, sent.type)
        new = NewCampaign(
            account_id=account_id,
            kind=CampaignKind.CAMPAIGN,
            name=sent.name,
            type=sent.type,
            connection_id=carrier.id,
            sender=str(carrier.reply_number),
            text=f"{sent.name} of everybody, which nobody gets",
            segments=99,
            price=Credits(99 * PRICE),
            priority=CAMPAIGN_PRIORITY,
            at=now,
            language="fr-FR",
        )
        if tx.execute(select(campaign.c.id).where(campaign.c.name == sent.name)).first() is not None:
            return  # it was committed, although the database did not say so
        campaign_id = enqueue_own(tx, new, messages)
        post(tx, account_id, -Credits(sum(one.price for one in messages)), Cause.CAMPAIGN, str(campaign_id), now)
        if world.plan.hours and sent.type is not MessageType.VOIX:
            tx.execute(update(campaign).values(hours_consent=HoursConsent.SUNDAYS).where(campaign.c.id == campaign_id))
            tx.execute(update(batch).values(country="FR").where(batch.c.campaign_id == campaign_id))

    await world.backend.database.write(work)


async def _send_code(world: World, number: str, text: str) -> None:
    """As certification sends its codes."""
    backend, account_id, now = world.backend, world.actors[0].account_id, world.clock.now()
    await backend.database.write(
        lambda tx: enqueue_system(
            tx, account_id=account_id, kind=CampaignKind.CERTIFICATION, destination=number, text=text, at=now
        )
    )


async def _say(world: World, said: Say) -> None:
    smsc = world.smscs[said.connection]
    destination = STOP_CODE if said.to_stop_code else REPLY_NUMBER
    replying = world.loop.start(smsc.node, smsc.simulator.handsets.reply(said.number, destination, said.text))
    await asyncio.wait({replying})
    if isinstance(replying.exception(), NobodyBound):
        world.note("nobody is bound to hear it")
        return
    world.phones.say(smsc.plan.name, said.number, said.text, to_stop_code=said.to_stop_code)


async def _befall(world: World, action: Action) -> None:
    match action:
        case Kill():
            world.processes[action.node].kill(action)
        case Drain(name, timeout, restart_after):
            await world.processes[name].drain(timeout, restart_after)
        case Freeze(name, seconds):
            node = world.smscs[name].node if name in world.smscs else world.processes[name].node
            await _freeze(world, node, seconds)
        case Trouble(name, seconds, is_slow, failing_share, stuck_for):
            disk = world.disk(name)
            disk.is_slow, disk.failing_share, disk.stuck_for = is_slow, failing_share, stuck_for
            await asyncio.sleep(seconds)
            disk.is_slow, disk.failing_share = False, 0.0
        case Cut(name, silent):
            for wire in world.network.open_wires(world.smscs[name].simulator.port):
                wire.cut("on purpose", silent=silent)
        case Away(name, seconds, is_blocked):
            await _go_away(world, name, seconds, is_blocked)
        case ClockStep(seconds):
            world.clock.offset += seconds
        case Mood(name, hazards):
            smsc = world.smscs[name]
            smsc.node.context.run(smsc.simulator.use, hazards)


async def _freeze(world: World, node: Node, seconds: float) -> None:
    world.note(f"{node.name} is stopped")
    node.stopped = True
    await asyncio.sleep(seconds)
    world.go_on(node)


async def _go_away(world: World, name: str, seconds: float, is_blocked: bool) -> None:
    port = world.smscs[name].simulator.port
    if is_blocked:
        world.weather.blocked_until = world.loop.time() + seconds
        return
    world.network.down.add(port)
    for wire in world.network.open_wires(port):
        wire.cut("because the SMSC is away")
    await asyncio.sleep(seconds)
    world.network.down.discard(port)
