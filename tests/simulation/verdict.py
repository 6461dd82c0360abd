"""What must hold when all faults have ended and everything has come right."""

from collections import Counter

from smstui.domain.message_fold import fold
from smstui.domain.states import MessageState
from tests.simulation.books import NEVER_SENT, RECEIPTED, Message
from tests.simulation.world import World

_STATS = {
    "DELIVRD": "delivered",
    "UNDELIV": "undelivered",
    "EXPIRED": "expired",
    "REJECTD": "rejected_by_network",
}


def unsettled(world: World) -> list[str]:
    """What still has to come right, in words."""
    ended = {"done", "cancelled", "paused"}
    reasons = [f"campaign {one.id} is {one.state}" for one in world.books.campaigns.values() if one.state not in ended]
    open_messages = [one for one in world.books.messages.values() if one.state == "queued"]
    waiting = [one for one in open_messages if one.campaign.state != "paused" or world.books.in_flight(one)]
    if waiting:
        reasons.append(f"messages are queued or in flight: {[one.id for one in waiting[:5]]}")
    if unacknowledged := world.phones.unacknowledged():
        reasons.append(f"receipts are not acknowledged: {unacknowledged[:3]}")
    reasons += [f"{text!r} is not in the inbox" for text in world.phones.said if not world.phones.inbox_count(text)]
    reasons += [f"the STOP of {number} over {smsc} has not arrived" for smsc, number in world.phones.unheard_stops]
    return reasons


def judge(world: World) -> None:
    """Blame what does not hold."""
    world.books.check_coverage()
    for message in world.books.messages.values():
        _judge_message(world, message)
    _judge_receipts(world)
    _judge_inbox(world)
    _judge_ledger(world)


def _judge_message(world: World, message: Message) -> None:
    """The books and the phones agree."""
    rows = world.books.by_mark[message.campaign.mark, message.number]
    if len(rows) > 1:
        _judge_together(world, rows)
        return
    copies, state = world.phones.copies_of(message), message.state
    said = f"message {message.id} to {message.number} is {state}, its parts were accepted {copies} times"
    parts = _parts(world, message)
    if parts:
        _judge_parts(world, message, parts, copies)
    elif (state in NEVER_SENT | {"queued", "rejected"} and any(copies)) or (
        state in RECEIPTED | {"accepted"} and copies != [1]
    ):
        world.blame(said)
    if state == "accepted":
        world.blame(f"{said}: its receipts were acknowledged")


def _judge_together(world: World, rows: list[Message]) -> None:
    """Messages of one text to one number can't be told apart by what the phone received."""
    sure = sum(row.state in RECEIPTED | {"accepted"} for row in rows)
    perhaps = sure + sum(row.state in {"unknown", "rejected"} for row in rows)
    for times in world.phones.copies_of(rows[0]) or [0]:
        if not sure <= times <= perhaps:
            states = [(row.id, row.state) for row in rows]
            world.blame(f"messages {states} to {rows[0].number} were accepted {times} times")


def _parts(world: World, message: Message) -> list[str]:
    rows = "SELECT state FROM message_part WHERE message_id = ? ORDER BY part"
    return [state for (state,) in world.books.connection.execute(rows, (message.id,))]


def _judge_parts(world: World, message: Message, parts: list[str], copies: list[int]) -> None:
    copies = copies + [0] * (len(parts) - len(copies))
    said = f"the parts of message {message.id} ({message.state}) are {parts}, and were accepted {copies} times"
    for state, times in zip(parts, copies, strict=True):
        if times != 1 and state in RECEIPTED | {"accepted"}:
            world.blame(said)
        if times and state in {"rejected", "queued"}:
            world.blame(said)
    folded = fold([MessageState(part) for part in parts])
    first_word = message.state in parts and message.state in RECEIPTED and folded in RECEIPTED
    if message.state != folded and not first_word:
        world.blame(f"{said}, which does not fold")


def _judge_receipts(world: World) -> None:
    """What a receipt said of an accepted message is what the books say."""
    for one in world.phones.accepted.values():
        rows = world.phones.rows(one)
        if len(rows) != 1 or one.parts > 1:
            continue
        stat = "listened" if one.listened else _STATS[one.stat]
        if rows[0].state not in {stat, "unknown"}:
            world.blame(f"{one.mark!r} to {one.number} ended {stat}, and is {rows[0].state}")


def _judge_inbox(world: World) -> None:
    for text, count in Counter(world.phones.said).items():
        found = world.phones.inbox_count(text)
        if found != count:
            world.blame(f"{text!r} was sent {count} times and is {found} times in the inbox")
    for number, accounts in world.phones.stops:
        if not any((account, number) in world.books.opted_out for account in accounts):
            world.blame(f"the STOP of {number} to one of the accounts {accounts} is lost")


def _judge_ledger(world: World) -> None:
    """What was paid is the price of what was or may have been accepted."""
    for campaign in world.books.campaigns.values():
        if campaign.kind != "campaign":
            continue
        entries = "SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE reference = ? AND cause IN (?, ?)"
        paid = -world.books.connection.execute(entries, (str(campaign.id), "campaign", "refund")).fetchone()[0]
        if campaign.state == "paused":
            if paid != sum(one.price for one in world.books.messages.values() if one.campaign is campaign):
                world.blame(f"campaign {campaign.id} has cost {paid} before its end")
            continue
        least = most = 0
        for message in world.books.messages.values():
            if message.campaign is campaign:
                low, high = _cost(world, message)
                per_part = message.price // message.segments
                least, most = least + low * per_part, most + high * per_part
        if not least <= paid <= most:
            world.blame(f"campaign {campaign.id} has cost {paid}, which is not within {least} and {most}")


def _cost(world: World, message: Message) -> tuple[int, int]:
    """The segments that must be paid for a message, and those that may be."""
    segments, state = message.segments, message.state
    if len(world.books.by_mark[message.campaign.mark, message.number]) > 1:
        return 0, segments
    if state in NEVER_SENT:
        return 0, 0
    if state != "rejected":
        return segments, segments
    parts = _parts(world, message)
    if not parts:
        return 0, 0
    share = segments // len(parts)
    taken = sum(world.phones.copies_of(message))
    return taken * share, max(taken, sum(part not in {"rejected", "queued"} for part in parts)) * share
