from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.day import UnreadableDay, read_day
from smstui.formats import explain


@given(
    st.dates(),
    st.sampled_from(["{0:%d/%m/}{0.year:04}", "{0.day}.{0.month}.{0.year:04}", " {0.day} {0.month} {0.year:04} "]),
)
def test_days_are_read_as_people_write_them(day: date, form: str) -> None:
    assert read_day(form.format(day)) == day
    assert read_day(day.isoformat()) == day


@given(st.text())
def test_whatever_is_written_is_a_day_or_is_refused(text: str) -> None:
    with suppress(UnreadableDay):
        assert f"{read_day(text).year:04}" in text


@pytest.mark.parametrize("text", ["", "31/02/2026", "1/1/26", "2026/12/31", "٣١/١٢/٢٠٢٦", "0/0/0000", "31-12-2026"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(UnreadableDay) as caught:
        read_day(text)
    assert "31/12/2026" in explain(caught.value)
