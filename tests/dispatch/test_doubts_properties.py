"""Messages in doubt to one phone: a receipt that names only that phone resolves its own doubt or none."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.domain.states import CampaignKind, MessageState
from smstui.smpp.values import OutcomeKind
from tests.books import Books, books
from tests.dispatch.life import RECEIPTED
from tests.dispatch.test_life_model import ANY, NUMBERS, Life

__all__ = ["books"]

FATES = st.sampled_from(["lost", "taken", "taken", "unanswered", *OutcomeKind])
"""Before a crash: lost, taken but not answered, timed out though taken; or what was answered."""


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(1, 2), st.booleans(), st.booleans(), FATES), min_size=1, max_size=3),
    st.sampled_from([None, None, "queued", "in flight"]),
    st.lists(st.tuples(ANY, st.sampled_from(RECEIPTED)), min_size=1, max_size=6),
)
def test_a_receipt_resolves_the_doubt_about_its_own_message_or_none(
    books: Books, fates: list[tuple[int, bool, bool, str]], last: str | None, told: list[tuple[int, MessageState]]
) -> None:
    """Several messages to one phone: in doubt, but for the last, and only their number is left in the receipts."""
    life = Life(books)
    for segments, personal, in_payload, fate in fates:
        life.send(NUMBERS[:1], [segments], personal, in_payload, CampaignKind.CAMPAIGN, False, bind=0, room=8)
        for part in life.on_the_wire():
            if fate in {"taken", "unanswered"}:
                life.accept(part)
            if fate not in {"lost", "taken"}:
                life.respond_to(part, OutcomeKind.UNKNOWN if fate == "unanswered" else OutcomeKind(fate))
        life.turn(0, None)
        life.crash(0)
    if last:
        room = None if last == "queued" else 8
        life.send(NUMBERS[:1], [1], False, False, CampaignKind.CAMPAIGN, False, bind=0, room=room)
        for part in life.on_the_wire():
            life.accept(part)
    for which, state in told:
        if parts := life.model.accepted():
            life.receipt(0, parts[which % len(parts)], state)
    life.the_books_agree()
    life.teardown()
