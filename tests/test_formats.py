from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from smstui import formats, i18n
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from tests.support import run_together


@dataclass(eq=False)
class _Refused(Refusal):
    count: int
    cost: Credits
    port: int
    name: str
    sentence: ClassVar[str] = "{count} · {cost} · {port} · {name}"


@dataclass(eq=False)
class _Later(Refusal):
    at: datetime
    because: Refusal | None = None
    sentence: ClassVar[str] = "{at}"


def test_numbers_follow_the_language() -> None:
    assert formats.number(12430) == "12,430"
    i18n.use_language("fr")
    assert formats.number(12430) == "12\u202f430"
    assert formats.number(Decimal("212.5")) == "212,5"


@pytest.mark.parametrize(
    ("language", "written", "shown"),
    [
        ("en", "1", "1 credit"),
        ("en", "0.5", "0.5 credits"),
        ("en", "1.5", "1.5 credits"),
        ("en", "1240.5", "1,240.5 credits"),
        ("en", "0", "0 credits"),
    ],
)
def test_credits_have_their_unit(language: str, written: str, shown: str) -> None:
    i18n.use_language(language)
    assert formats.credits_text(Credits.of(written)) == shown


def test_times_are_those_of_the_zone() -> None:
    instant = datetime(2026, 11, 22, 13, 15, 30, tzinfo=UTC)
    assert formats.date_time(instant, ZoneInfo("Europe/Paris")) == "22/11 14:15"
    assert formats.clock_time(instant, ZoneInfo("Indian/Reunion")) == "17:15:30"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (125, "2 min 05 s"), (3780, "1 h 03 min")]
)
def test_durations_have_two_units(seconds: float, shown: str) -> None:
    assert formats.duration(seconds).replace("\u202f", " ") == shown
    assert formats.duration(timedelta(seconds=seconds)).replace("\u202f", " ") == shown


def test_a_refusal_is_one_sentence_that_no_terminal_obeys() -> None:
    shown = formats.explain(_Refused(12430, Credits.of("2.5"), 27750, "a\x1b[31m\u202eb\nc"))
    assert shown.startswith("12,430 · 2.5 · 27750 · a")
    assert shown.isprintable()


def test_who_waits_until_the_second_that_is_shown_has_waited_enough() -> None:
    at = datetime(2026, 11, 22, 13, 15, 30, 1000, tzinfo=UTC)
    assert formats.explain(_Later(at)) == formats.clock_time(at + timedelta(seconds=1))


def test_the_module_is_cheap_to_import() -> None:
    slow = "{'babel', 'sqlalchemy', 'platformdirs'}"
    run_together([f"import smstui.formats, smstui.settings, sys; assert not {slow} & set(sys.modules)"])
