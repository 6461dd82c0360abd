"""What parts make of their message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.message_fold import fold, may_become, parts_perhaps_accepted
from smstui.domain.states import RECEIPTED_STATES, MessageState

S = MessageState
PART_STATES = [
    S.QUEUED,
    S.ACCEPTED,
    S.REJECTED,
    S.UNKNOWN,
    S.DELIVERED,
    S.LISTENED,
    S.UNDELIVERED,
    S.EXPIRED,
    S.REJECTED_BY_NETWORK,
]
parts = st.lists(st.sampled_from(PART_STATES), min_size=1, max_size=10)
FAILURES = {S.UNDELIVERED, S.EXPIRED, S.REJECTED_BY_NETWORK}


@given(st.sampled_from(PART_STATES))
def test_a_single_part_is_its_message(state: MessageState) -> None:
    assert fold([state]) is state


@given(parts)
def test_accepted_delivered_and_listened_need_all_parts(states: list[MessageState]) -> None:
    arrived = {S.DELIVERED, S.LISTENED}
    assert (fold(states) is S.LISTENED) == (set(states) == {S.LISTENED})
    assert (fold(states) is S.DELIVERED) == (S.DELIVERED in states and set(states) <= arrived)
    assert (fold(states) is S.ACCEPTED) == (S.ACCEPTED in states and set(states) <= arrived | {S.ACCEPTED})


@given(parts)
def test_only_a_message_of_which_nothing_was_sent_goes_back(states: list[MessageState]) -> None:
    assert (fold(states) is S.QUEUED) == (set(states) == {S.QUEUED})


@given(parts)
def test_a_refused_part_rejects_and_a_lost_one_fails(states: list[MessageState]) -> None:
    if S.REJECTED in states:
        assert fold(states) is S.REJECTED
    elif FAILURES & set(states):
        assert fold(states) in FAILURES & set(states)


@given(parts)
def test_order_does_not_matter(states: list[MessageState]) -> None:
    assert fold(states) is fold(sorted(states))


@given(parts)
def test_what_is_paid_is_what_may_have_been_taken(states: list[MessageState]) -> None:
    assert parts_perhaps_accepted(states) == len(states) - states.count(S.REJECTED) - states.count(S.QUEUED)


@given(st.sampled_from(S), st.sampled_from(S))
def test_the_first_final_word_stands_but_for_listening(current: MessageState, word: MessageState) -> None:
    first = current in {S.ACCEPTED, S.UNKNOWN} and word in RECEIPTED_STATES
    assert may_become(current, word) == (first or (current, word) == (S.DELIVERED, S.LISTENED))


def test_no_parts_are_no_message() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        fold([])
