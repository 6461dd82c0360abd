"""Which rows are ticked, checked against a set of them; and that all of a million cost next to nothing."""

import tracemalloc
from array import array

from hypothesis import given
from hypothesis import strategies as st

from smstui.widgets.marks import Marks

ROWS = st.lists(st.integers(0, 9), unique=True)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("turn"), st.integers(0, 9)),
        st.tuples(st.just("all"), st.none()),
        st.tuples(st.just("show"), ROWS),
    )
)


@given(ROWS, STEPS, st.booleans())
def test_ticks_are_those_of_a_set(rows: list[int], steps: list[tuple[str, object]], lasting: bool) -> None:
    marks: Marks[int] = Marks()
    ticked: set[int] = set()
    for step, value in steps:
        match step, value:
            case "turn", int(key) if key in rows:
                marks.turn(key)
                ticked ^= {key}
            case "all", _:
                marks.turn_all(rows, lasting=lasting)
                ticked = (
                    (ticked - set(rows) if ticked >= set(rows) else ticked | set(rows))
                    if lasting
                    else (set() if ticked >= set(rows) else set(rows))
                )
            case "show", list(others):
                marks.follow(rows, others, same_list=False, lasting=lasting)
                rows = others
                if not lasting:
                    ticked &= set(rows)
        assert {key for key in rows if key in marks} == ticked & set(rows)
        assert marks.count(len(rows)) == len(ticked)
        assert set(marks.among(rows)) == ticked
        assert [key for key in marks.among(rows) if key in rows] == [key for key in rows if key in ticked]


def test_all_of_a_million_but_some() -> None:
    million = array("q", range(1_000_000))
    tracemalloc.start()
    marks: Marks[int] = Marks()
    marks.turn_all(million, lasting=False)
    assert marks.among(million) is million
    marks.turn(10)
    marks.turn(999_999)
    chosen = marks.among(million)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(chosen) == marks.count(len(million)) == 999_998
    assert 10 not in chosen
    assert peak < 24_000_000, "the array of the answer, twice while it grows"


def test_all_of_many_stays_all_in_another_order_and_ends_with_its_list() -> None:
    many = array("q", range(30_000))
    marks: Marks[int] = Marks()
    marks.turn_all(many, lasting=False)
    marks.turn(5)
    marks.follow(many, many[::-1], same_list=True, lasting=False)
    assert marks.count(len(many)) == 29_999
    marks.follow(many, many[:100], same_list=False, lasting=False)
    assert marks.count(100) == 0
