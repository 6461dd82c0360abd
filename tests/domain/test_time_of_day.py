"""Times of day as people write them."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.errors import Refusal
from smstui.domain.time_of_day import NoSuchHour, NoSuchMinute, TimeMissing, UnreadableTime, read_time

FORMS = (
    "{hour}:{minute:02}",
    "{hour:02}:{minute:02}",
    "{hour}h{minute:02}",
    "{hour} H {minute:02}",
    "{hour}.{minute:02}",
)


@given(st.times(), st.sampled_from(FORMS))
def test_every_minute_is_read_in_every_form(at: time, form: str) -> None:
    at = at.replace(second=0, microsecond=0)
    assert read_time(form.format(hour=at.hour, minute=at.minute)) == at


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9", time(9)),
        ("14", time(14)),
        ("930", time(9, 30)),
        ("1415", time(14, 15)),
        ("9h", time(9)),
        ("9h30", time(9, 30)),
        ("09:30", time(9, 30)),
        (" 9:30 ", time(9, 30)),
        ("0", time(0)),
        ("0000", time(0)),
    ],
)
def test_short_forms(text: str, read: time) -> None:
    assert read_time(text) == read


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", TimeMissing),
        ("   ", TimeMissing),
        ("24:00", NoSuchHour),
        ("99", NoSuchHour),
        ("2400", NoSuchHour),
        ("9:75", NoSuchMinute),
        ("975", NoSuchMinute),
        ("9:5", UnreadableTime),
        ("-9", UnreadableTime),
        ("14:15:00", UnreadableTime),
        ("midi", UnreadableTime),
        ("12345", UnreadableTime),
        ("٩", UnreadableTime),
    ],
)
def test_what_is_no_time_is_refused_for_its_own_reason(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_time(text)


@given(st.text())
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(TimeMissing, UnreadableTime, NoSuchHour, NoSuchMinute):
        assert isinstance(read_time(text), time)
