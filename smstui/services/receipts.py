"""Delivery receipts: which message each of them is about.

Everything here works inside the transaction that is committed before the receipt is acknowledged. A receipt that
matches nothing is parked, unless it can only be about a message in doubt.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from smstui.domain.addresses import e164
from smstui.domain.states import MessageState
from smstui.services.doubts import resolve_doubts
from smstui.services.listening import resolve_listened
from smstui.services.parked_receipts import Arrived, forget_parked, park, parked, unpark
from smstui.services.receipt_ids import LearntForm, ReceiptIdForm
from smstui.services.receipt_writing import Awaiting, write_receipts
from smstui.smpp.ids import ID_LENGTH, id_candidates, id_key
from smstui.smpp.values import Receipt
from smstui.storage.columns import to_milliseconds
from smstui.storage.statements import Statement
from smstui.storage.tables import connection

__all__ = ["forget_parked", "learnt_form", "match_parked", "record", "resolve_parked"]

_ERROR_LENGTH = 64
_SUCCESSES = frozenset({MessageState.DELIVERED, MessageState.LISTENED})
_AWAITING_MESSAGES = Statement(
    """
    SELECT smsc_id_key, id, 0, smsc_id, sent_at, destination, campaign_id FROM message
    WHERE connection_id = ? AND smsc_id_key IN (SELECT value FROM json_each(?)) AND state = 'accepted'
    """,
    """
    SELECT smsc_id_key, id, 0, smsc_id, sent_at, destination, campaign_id FROM message
    WHERE connection_id = ? AND smsc_id_key = ANY(ARRAY(SELECT jsonb_array_elements_text(CAST(? AS jsonb))))
        AND state = 'accepted'
    """,
)
_AWAITING_PARTS = Statement(
    """
    SELECT part.smsc_id_key, part.message_id, part.part, part.smsc_id, message.sent_at, message.destination,
        message.campaign_id
    FROM message_part AS part JOIN message ON message.id = part.message_id
    WHERE part.connection_id = ? AND part.smsc_id_key IN (SELECT value FROM json_each(?)) AND part.state = 'accepted'
    """,
    """
    SELECT part.smsc_id_key, part.message_id, part.part, part.smsc_id, message.sent_at, message.destination,
        message.campaign_id
    FROM message_part AS part JOIN message ON message.id = part.message_id
    WHERE part.connection_id = ? AND part.smsc_id_key = ANY(ARRAY(SELECT jsonb_array_elements_text(CAST(? AS jsonb))))
        AND part.state = 'accepted'
    """,
)


_ANY_PART = Statement("SELECT part FROM message_part WHERE connection_id = ? AND state = 'accepted' LIMIT 1")
_ANY_SENT_TO = Statement(
    """
    SELECT message.id FROM message JOIN campaign ON campaign.id = message.campaign_id
    WHERE message.destination = ? AND campaign.connection_id = ? LIMIT 1
    """
)


def learnt_form(tx: Connection, connection_id: int) -> LearntForm:
    """What the connection's receipts have taught so far."""
    column = select(connection.c.receipt_id_form).where(connection.c.id == connection_id)
    return LearntForm.stored(str(tx.execute(column).scalar_one()))


def record(
    tx: Connection, connection_id: int, receipts: Iterable[Receipt], learnt: LearntForm, at: datetime
) -> LearntForm:
    """Apply `receipts` to their messages, park those of no known message; what is known of the id's form then.

    Intermediate receipts and those that name no message change nothing.
    """
    now = to_milliseconds(at)
    arrived = [
        Arrived(receipt.smsc_id[:ID_LENGTH], receipt.state, _error(receipt), now, receipt.number)
        for receipt in receipts
        if receipt.smsc_id and receipt.state is not None
    ]
    return _apply(tx, connection_id, arrived, learnt)


def match_parked(tx: Connection, connection_id: int, smsc_ids: Collection[str], learnt: LearntForm) -> LearntForm:
    """Apply the parked receipts that may be about the messages just accepted as `smsc_ids`."""
    keys = {id_key(form) for smsc_id in smsc_ids for form in id_candidates(smsc_id)}
    return _apply(tx, connection_id, parked(tx, connection_id, keys), learnt)


def resolve_parked(tx: Connection, connection_id: int, learnt: LearntForm) -> LearntForm:
    """Apply the parked receipts that can be told now that other messages are in doubt."""
    return _apply(tx, connection_id, parked(tx, connection_id), learnt)


def _apply(tx: Connection, connection_id: int, arrived: Sequence[Arrived], learnt: LearntForm) -> LearntForm:
    """Match, write, park; when the form of the ids becomes known, try again what was parked."""
    if not arrived:
        return learnt
    matched, unmatched, now_learnt = _match(tx, connection_id, arrived, learnt)
    write_receipts(tx, matched)
    unmatched = [receipt._replace(number=e164(receipt.number)) for receipt in unmatched]
    resolved = resolve_listened(tx, connection_id, unmatched, now_learnt.forms())
    others = [receipt for receipt in unmatched if receipt not in resolved] if resolved else unmatched
    resolved += resolve_doubts(tx, connection_id, others, is_learnt=now_learnt.form is not None)
    done = [receipt for receipt, _ in matched] + resolved
    unpark(tx, [receipt.parked_id for receipt in done if receipt.parked_id is not None])
    settled = set(resolved)
    park(tx, connection_id, [one for one in unmatched if one.parked_id is None and one not in settled])
    if now_learnt.form is learnt.form:
        return now_learnt
    tx.execute(update(connection).where(connection.c.id == connection_id).values(receipt_id_form=now_learnt.form))
    return _apply(tx, connection_id, parked(tx, connection_id), now_learnt)


def _match(
    tx: Connection, connection_id: int, arrived: Sequence[Arrived], learnt: LearntForm
) -> tuple[list[tuple[Arrived, Awaiting]], list[Arrived], LearntForm]:
    """The receipts with the message of each, the others, and what they taught."""
    matched, left, awaiting = _match_plain(tx, connection_id, arrived, learnt)
    if matched:
        learnt = LearntForm(learnt.form)
    unmatched = []
    for receipt in left:
        hits = _hits(tx, connection_id, receipt, awaiting, learnt.forms())
        if len(set(hits.values())) == 1:
            found = next(iter(hits.values()))
            awaiting[id_key(found.smsc_id)].remove(found)
            matched.append((receipt, found))
            learnt = learnt.after(receipt.smsc_id, hits)
        else:
            unmatched.append(receipt)
    seen = {receipt.smsc_id for receipt, _ in matched}
    strange = [one for one in unmatched if one.parked_id is None and one.smsc_id not in seen]
    return matched, unmatched, _contradicted(tx, connection_id, strange, learnt)


def _match_plain(
    tx: Connection, connection_id: int, arrived: Sequence[Arrived], learnt: LearntForm
) -> tuple[list[tuple[Arrived, Awaiting]], Sequence[Arrived], dict[str, list[Awaiting]]]:
    """The new receipts that the learnt form ties to a single message each; the others; what is then still awaiting."""
    if learnt.form is None:
        return [], arrived, _awaiting(tx, connection_id, _keys(arrived, learnt.forms()))
    response_key = learnt.form.response_key
    keys = [response_key(receipt.smsc_id) for receipt in arrived]
    awaiting = _awaiting(tx, connection_id, {key for key in keys if key is not None})
    matched, left = [], []
    for key, receipt in zip(keys, arrived, strict=True):
        found = awaiting.get(key) if key is not None and receipt.parked_id is None else None
        if found is not None and len(found) == 1 and found[0].destination.endswith(receipt.number):
            matched.append((receipt, found.pop()))
        else:
            left.append(receipt)
    return matched, left, awaiting


def _contradicted(tx: Connection, connection_id: int, strange: Sequence[Arrived], learnt: LearntForm) -> LearntForm:
    """What is known after receipts that the learnt form does not explain, but another one may."""
    if learnt.form is None or not strange:
        return learnt
    awaiting = _awaiting(tx, connection_id, _keys(strange, tuple(ReceiptIdForm)))
    for receipt in strange:
        hits = _hits(tx, connection_id, receipt, awaiting, tuple(ReceiptIdForm))
        if learnt.form not in hits:
            learnt = learnt.after(receipt.smsc_id, hits)
    return learnt


def _keys(arrived: Iterable[Arrived], forms: Sequence[ReceiptIdForm]) -> set[str]:
    keys = {form.response_key(receipt.smsc_id) for receipt in arrived for form in forms}
    return {key for key in keys if key is not None}


def _hits(
    tx: Connection,
    connection_id: int,
    receipt: Arrived,
    awaiting: Mapping[str, Sequence[Awaiting]],
    forms: Sequence[ReceiptIdForm],
) -> dict[ReceiptIdForm, Awaiting]:
    """The single message that each form ties the receipt to, for the forms that do."""
    hits = {}
    for form in forms:
        key = form.response_key(receipt.smsc_id)
        found: Sequence[Awaiting] = awaiting.get(key, ()) if key is not None else ()
        if receipt.parked_id is not None:
            found = [one for one in found if receipt.may_follow(one.sent_at)]
        found = _to_its_phone(tx, connection_id, receipt, found)
        if form is ReceiptIdForm.SAME and len(found) > 1:
            found = _nearest(receipt.smsc_id, found)
        if len(found) == 1:
            hits[form] = found[0]
    return hits


def _to_its_phone(
    tx: Connection, connection_id: int, receipt: Arrived, found: Sequence[Awaiting]
) -> Sequence[Awaiting]:
    """Those of `found` that went to the phone that the receipt names.

    A phone to which nothing was ever sent says nothing: some SMSCs write numbers in ways of their own.
    """
    if all(one.destination.endswith(receipt.number) for one in found):
        return found
    number = e164(receipt.number)
    if _ANY_SENT_TO.first(tx, number, connection_id) is None:
        return found
    return [one for one in found if one.destination == number]


def _nearest(smsc_id: str, found: Sequence[Awaiting]) -> Sequence[Awaiting]:
    """Those written exactly as `smsc_id`, else those that differ only in case, else all."""
    exact = [one for one in found if one.smsc_id == smsc_id]
    return exact or [one for one in found if one.smsc_id.casefold() == smsc_id.casefold()] or found


def _awaiting(tx: Connection, connection_id: int, keys: Collection[str]) -> dict[str, list[Awaiting]]:
    """What awaits a receipt under each of `keys`."""
    found: defaultdict[str, list[Awaiting]] = defaultdict(list)
    wanted = json.dumps(sorted(keys))
    for statement in (_AWAITING_MESSAGES, _AWAITING_PARTS):
        if statement is _AWAITING_PARTS and _ANY_PART.first(tx, connection_id) is None:
            break
        for key, *awaiting in statement.rows(tx, connection_id, wanted):
            found[key].append(Awaiting(*awaiting))
    return found


def _error(receipt: Receipt) -> str | None:
    """The SMSC's own words for a failure."""
    if receipt.state in _SUCCESSES:
        return None
    return f"{receipt.word} {receipt.error}".strip()[:_ERROR_LENGTH] or None
