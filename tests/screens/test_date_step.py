"""The composer's step of the date: the guide's "ETAPE 4", the sending hours explained, recurrence; in French."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from smstui.domain.hours import DEFAULT_HOURS, HoursConsent, SendingHours
from smstui.domain.states import MessageType
from smstui.screens.messaging.date_step import DateStep
from smstui.services.when import NOW, When
from smstui.widgets.calendar import Calendar
from smstui.widgets.choice_line import ChoiceLine
from smstui.widgets.day_field import CalendarModal
from smstui.widgets.labelled import Labelled
from smstui.widgets.tick import Tick
from tests.screens.ground import PAGE, WIDE_PAGE, Ground, GroundScreen, heard, on_ground
from tests.screens.stage import SMALL, WIDE, Stage
from tests.screens.test_snapshots import SnapCompare
from tests.support import START

PARIS = ZoneInfo("Europe/Paris")
FRANCE_AND_REUNION = (("RE", 214), ("FR", 12_216))


def wall(text: str) -> datetime:
    """A naive time."""
    return datetime.fromisoformat(text)


FRIDAY = When(wall("2026-11-27 14:15"))
SUNDAY = When(wall("2026-11-29 14:15"))
MONDAYS = When(cron="0 10 * * 1")


class Show:
    """A step, and what it is told."""

    def __init__(
        self,
        when: When = NOW,
        consent: HoursConsent = HoursConsent.NONE,
        *,
        now: datetime = START,
        hours: SendingHours = DEFAULT_HOURS,
        recipients: Sequence[tuple[str, int]] = FRANCE_AND_REUNION,
        kind: MessageType = MessageType.PRO,
        zone: ZoneInfo = PARIS,
    ) -> None:
        self.step = DateStep(when, consent)
        self.told = (zone, now, hours, recipients, kind)

    def ground(self, part: tuple[int, int] = PAGE, language: str = "fr") -> Ground:
        return Ground(self.step, part=part, language=language, ready=lambda: self.step.show(*self.told))

    @asynccontextmanager
    async def on_stage(self, language: str = "fr") -> AsyncIterator[Stage]:
        async with on_ground(self.ground(language=language)) as stage:
            await ready(stage)
            yield stage


async def ready(stage: Stage) -> None:
    """What the step must import is there, and the focus stands where the person starts."""
    await stage.until(lambda: stage.app.screen.query_one("#waits", Static))
    stage.app.screen.query_one(DateStep).take_focus()
    await stage.pilot.pause()


def said(stage: Stage, part: str) -> str:
    """What a part of the step says, on one line, all spaces alike."""
    return " ".join(re.sub(r"[\u00a0\u202f]", " ", str(stage.app.screen.query_one(f"#{part}", Static).content)).split())


def last(stage: Stage) -> DateStep.Edited:
    edited = [message for message in heard(stage) if isinstance(message, DateStep.Edited)]
    return edited[-1]


def calendar(stage: Stage) -> Calendar:
    return stage.app.screen.query_one(DateStep).query_one(Calendar)


def error(stage: Stage, row: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", stage.app.screen.query_one(f"#{row}-row", Labelled).error)


def offered(stage: Stage) -> list[str]:
    """The consents that are asked for."""
    return [
        str(tick.id) for tick in stage.app.screen.query(Tick) if stage.app.screen.query_one(f"#{tick.id}-row").display
    ]


async def test_the_guides_example_by_keyboard() -> None:
    """ETAPE 4: the calendar appears, the day is chosen, then the hour: 2022-02-28 14:15, one recipient."""
    show = Show(now=datetime(2022, 2, 15, 9, 0, tzinfo=UTC), recipients=[("FR", 1)])
    async with show.on_stage() as stage:
        assert said(stage, "at-once") == "Envoi dès la confirmation. 1 destinataire"
        await stage.press("right", "tab")
        assert isinstance(stage.focused, Calendar)
        await stage.press("end", "enter", *["delete"] * 5)
        assert error(stage, "hour") == "✕ Écrivez une heure, par exemple 14:15."
        assert last(stage).problem == "Écrivez une heure, par exemple 14:15."
        await stage.type("14h15")
        await stage.press("enter")
        assert said(stage, "once") == "Envoi le lundi 28 février 2022 à 14:15 (Europe/Paris) 1 destinataire"
        assert last(stage) == DateStep.Edited(When(wall("2022-02-28 14:15")), HoursConsent.NONE)


async def test_later_begins_at_the_next_allowed_moment() -> None:
    async with Show().on_stage() as stage:
        await stage.press("right")
        assert last(stage) == DateStep.Edited(When(wall("2026-11-23 08:00")), HoursConsent.NONE)
        assert said(stage, "waits") == ""
        await stage.press("left")
        assert last(stage).when == NOW


async def test_later_within_the_hours_begins_a_quarter_of_an_hour_on() -> None:
    async with Show(now=datetime(2026, 11, 24, 10, 2, tzinfo=UTC)).on_stage() as stage:
        await stage.press("right")
        assert last(stage).when == When(wall("2026-11-24 11:20"))


async def test_who_gets_it_at_what_time_there() -> None:
    async with Show(FRIDAY).on_stage() as stage:
        assert said(stage, "once") == (
            "Envoi le vendredi 27 novembre 2026 à 14:15 (Europe/Paris) "
            "12 430 destinataires, dont 214 à La Réunion (17:15 là-bas)"
        )
        assert said(stage, "waits") == ""
        assert offered(stage) == []
        assert heard(stage) == []


async def test_in_english() -> None:
    async with Show(SUNDAY).on_stage("en") as stage:
        assert said(stage, "once") == (
            "Sent on Sunday, November 29, 2026 at 14:15 (Europe/Paris) "
            "12,430 recipients, of whom 214 in Réunion (17:15 there)"
        )
        assert said(stage, "waits") == (
            "○ 12,216 recipients in France, 214 in Réunion wait until Monday 08:00 (local time): Sunday"
        )


@pytest.mark.parametrize(
    ("recipients", "sentence"),
    [
        ([("RE", 214)], "214 destinataires à La Réunion (17:15 là-bas)"),
        ([("NC", 3), ("FR", 1)], "4 destinataires, dont 3 en Nouvelle-Calédonie (sam. 00:15 là-bas)"),
        ([("US", 3), ("FR", 1)], "4 destinataires"),
        ([("", 5), ("FR", 2)], "2 destinataires"),
        (
            [("RE", 9), ("GP", 8), ("MQ", 7), ("GF", 6), ("YT", 5), ("BE", 4)],
            "39 destinataires, dont 9 à La Réunion (17:15 là-bas), 8 en Guadeloupe (09:15 là-bas), "
            "7 en Martinique (09:15 là-bas), 11 dans 2 autres pays",
        ),
    ],
)
async def test_recipients_elsewhere(recipients: list[tuple[str, int]], sentence: str) -> None:
    async with Show(FRIDAY, recipients=recipients).on_stage() as stage:
        assert said(stage, "once").endswith(f"(Europe/Paris) {sentence}")


async def test_sunday_is_explained_and_can_be_consented_to() -> None:
    async with Show(FRIDAY).on_stage() as stage:
        await stage.press("right", "right")
        assert calendar(stage).day == date(2026, 11, 29)
        assert said(stage, "waits") == (
            "○ 12 216 destinataires en France, 214 à La Réunion attendent lundi 08:00 (heure locale) : dimanche"
        )
        assert offered(stage) == ["sundays"]
        await stage.press("tab", "tab", "space")
        assert said(stage, "waits") == ""
        assert last(stage) == DateStep.Edited(SUNDAY, HoursConsent.SUNDAYS)
        stage.app.screen.query_one(DateStep).take_focus()
        await stage.press("right")
        assert offered(stage) == []
        assert last(stage).consent is HoursConsent.NONE
        await stage.press("left")
        assert not stage.app.screen.query_one("#sundays", Tick).value


async def test_outside_the_hours_is_a_consent_of_its_own() -> None:
    async with Show(FRIDAY, recipients=[("FR", 10)]).on_stage() as stage:
        stage.app.screen.query_one("#hour").focus()
        await stage.fill("#hour", "2215")
        assert said(stage, "waits") == "○ 10 destinataires en France attendent samedi 08:00 : après 20:00"
        assert offered(stage) == ["anytime"]
        assert "Charte : 08:00 à 21:30 ; loi : accord de chacun." in re.sub(r"[\u00a0\u202f]", " ", stage.text())
        await stage.press("tab", "space")
        assert last(stage) == DateStep.Edited(When(wall("2026-11-27 22:15")), HoursConsent.ANYTIME)
        assert said(stage, "waits") == ""


async def test_sunday_night_offers_both() -> None:
    async with Show(When(wall("2026-11-29 22:15"))).on_stage() as stage:
        assert said(stage, "waits") == (
            "○ 12 216 destinataires en France attendent lundi 08:00 : dimanche "
            "○ 214 destinataires à La Réunion attendent lundi 08:00 (heure là-bas) : avant 08:00"
        )
        assert offered(stage) == ["anytime"]
        await stage.fill("#hour", "13:00")
        assert offered(stage) == ["sundays"]


async def test_saturday_night_offers_sunday_too() -> None:
    async with Show(When(wall("2026-11-28 22:15"))).on_stage() as stage:
        assert offered(stage) == ["sundays", "anytime"]


async def test_a_holiday_in_one_departement_only() -> None:
    async with Show(When(wall("2027-12-20 10:00"))).on_stage() as stage:
        waits = said(stage, "waits")
        assert waits.startswith("○ 214 destinataires à La Réunion attendent mardi 08:00 (heure là-bas) : jour férié, ")
        assert "France" not in waits


async def test_without_recipients_the_hours_are_those_of_france() -> None:
    async with Show(SUNDAY, recipients=()).on_stage() as stage:
        assert said(stage, "once") == "Envoi le dimanche 29 novembre 2026 à 14:15 (Europe/Paris)"
        assert said(stage, "waits") == "○ Les envois en France attendent lundi 08:00 : dimanche"


async def test_now_on_a_sunday_waits_too() -> None:
    async with Show(recipients=[("FR", 1)]).on_stage() as stage:
        assert said(stage, "waits") == "○ 1 destinataire en France attend lundi 08:00 : dimanche"
        await stage.press("tab", "space")
        assert last(stage) == DateStep.Edited(NOW, HoursConsent.SUNDAYS)


async def test_voice_has_the_hours_of_the_law_and_no_consent() -> None:
    saturday = When(wall("2026-11-28 11:00"))
    async with Show(saturday, recipients=[("FR", 2)], kind=MessageType.VOIX).on_stage() as stage:
        assert said(stage, "waits") == "○ 2 destinataires en France attendent lundi 10:00 : samedi"
        assert offered(stage) == []
        await stage.press("left")
        await stage.fill("#hour", "13:30")
        assert said(stage, "waits") == "○ 2 destinataires en France attendent 14:00 : entre 13:00 et 14:00"
        assert offered(stage) == []


async def test_a_platform_without_hours_never_waits() -> None:
    async with Show(SUNDAY, hours=SendingHours(always=True)).on_stage() as stage:
        assert said(stage, "waits") == ""
        assert offered(stage) == []


async def test_clocks_that_lie_too_far_apart() -> None:
    async with Show(FRIDAY, recipients=[("RU", 3)], hours=SendingHours(closes=time(9))).on_stage() as stage:
        assert said(stage, "waits").startswith("○ 3 destinataires en Russie : aucun moment ne convient")


async def test_closed_days_are_dimmed_until_they_are_consented_to() -> None:
    async with Show(When(wall("2026-12-13 14:15"))).on_stage() as stage:
        closed = calendar(stage)._is_closed
        assert [day for day in range(1, 32) if closed(date(2026, 12, day))] == [6, 13, 20, 25, 27]
        await stage.press("tab", "tab", "space")
        closed = calendar(stage)._is_closed
        assert not any(closed(date(2026, 12, day)) for day in range(1, 32))


@pytest.mark.parametrize(
    ("wall", "sentence"),
    [
        (wall("2027-03-28 02:30"), "Cette nuit-là, l’heure avance et saute 02:30 : l’envoi part à 03:30."),
        (
            wall("2027-10-31 02:30"),
            "Cette nuit-là, l’heure recule et 02:30 revient deux fois : l’envoi part à la première.",
        ),
    ],
)
async def test_nights_of_clock_change(wall: datetime, sentence: str) -> None:
    async with Show(When(wall)).on_stage() as stage:
        assert sentence in said(stage, "once")
        await stage.fill("#hour", "12:00")
        assert sentence not in said(stage, "once")


async def test_what_is_past_is_refused() -> None:
    async with Show(When(wall("2026-11-22 16:00"))).on_stage() as stage:
        await stage.press("left")
        assert said(stage, "said") == (
            "✕ Le samedi 21 novembre 2026 est passé : choisissez aujourd’hui ou un autre jour."
        )
        await stage.fill("#hour", "15:15")
        assert said(stage, "said") == ""
        assert error(stage, "hour") == "✕ Il est déjà 15:15 : choisissez une heure plus tardive."
        assert last(stage).when == When(wall("2026-11-22 16:00"))
        assert "déjà 15:15" in last(stage).problem
        await stage.fill("#hour", "15:16")
        assert last(stage) == DateStep.Edited(When(wall("2026-11-22 15:16")), HoursConsent.NONE)


async def test_time_goes_by_and_recipients_change() -> None:
    show = Show(When(wall("2026-11-23 09:00")), recipients=[("FR", 1)])
    async with show.on_stage() as stage:
        show.step.show(PARIS, datetime(2026, 11, 23, 8, 30, tzinfo=UTC), SendingHours(), [("MQ", 2)])
        await stage.pilot.pause()
        assert error(stage, "hour") == "✕ Il est déjà 09:30 : choisissez une heure plus tardive."
        assert show.step.problem
        await stage.fill("#hour", "10:00")
        assert said(stage, "waits") == "○ 2 destinataires en Martinique attendent 08:00 (heure là-bas) : avant 08:00"


async def test_a_click_on_a_day_leads_to_the_hour() -> None:
    async with Show(FRIDAY).on_stage() as stage:
        await stage.pilot.click(Calendar, offset=(3, 7))
        assert last(stage).when == When(wall("2026-11-30 14:15"))
        assert stage.focused is stage.app.screen.query_one("#hour")


async def repeat(stage: Stage, choice: str) -> None:
    """Choose how it recurs."""
    stage.app.screen.query_one("#repeat", Select).value = choice
    await stage.pilot.pause()


async def test_recurrence_by_keyboard() -> None:
    async with Show(recipients=[("FR", 9)]).on_stage() as stage:
        await stage.press("right", "right")
        assert last(stage) == DateStep.Edited(MONDAYS, HoursConsent.NONE)
        assert said(stage, "dates") == (
            "Envoi tous les lundis à 10:00 (Europe/Paris) lun. 23 nov. 2026 10:00 lun. 30 nov. 2026 10:00 "
            "lun. 7 déc. 2026 10:00 lun. 14 déc. 2026 10:00 lun. 21 déc. 2026 10:00"
        )
        await stage.press("tab", "tab", "left", "space", "tab", *["up"] * 3)
        assert last(stage).when == When(cron="15 10 * * 1,0")
        assert "dim. 29 nov. 2026 10:15 → lun. 08:00" in said(stage, "dates")
        assert said(stage, "waits") == "○ 9 destinataires en France attendent lundi 08:00 : dimanche"
        assert offered(stage) == ["sundays"]
        await stage.press("tab", "tab", "space")
        assert last(stage).consent is HoursConsent.SUNDAYS
        assert "→" not in said(stage, "dates")


async def test_the_choices_in_words() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        select = stage.app.screen.query_one("#repeat", Select)
        assert stage.focused is select
        await stage.press("enter", "home", "enter")
        assert last(stage).when == When(cron="0 10 * * *")
        crons = {
            "weekdays": "0 10 * * 1-5",
            "monthly_last": "0 10 L * *",
            "monthly_day": "0 10 1 * *",
            "daily": "0 10 * * *",
        }
        for choice, cron in crons.items():
            await repeat(stage, choice)
            assert last(stage).when == When(cron=cron)
        await repeat(stage, "monthly_last")
        assert said(stage, "dates").startswith(
            "Envoi le dernier jour de chaque mois à 10:00 (Europe/Paris) lun. 30 nov. 2026 10:00 jeu. 31 déc. 2026"
        )


async def test_the_31st_leaves_months_out() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        await repeat(stage, "monthly_day")
        await stage.fill("#day", "31")
        hint = stage.app.screen.query_one("#day-row > Static", Static)
        assert str(hint.content) == "Les mois qui n’ont pas ce jour sont sautés."
        assert "31 déc. 2026" in said(stage, "dates")
        assert "31 mars 2027" in said(stage, "dates")
        await stage.fill("#day", "32")
        assert error(stage, "day") == "✕ Un jour du mois est entre 1 et 31."
        assert said(stage, "dates") == ""
        assert last(stage).problem == "Un jour du mois est entre 1 et 31."
        assert last(stage).when == When(cron="0 10 31 * *")


async def test_a_week_without_days() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        await stage.press("tab", "space")
        assert error(stage, "weekdays") == "✕ Choisissez au moins un jour de la semaine."
        step = stage.app.screen.query_one(DateStep)
        step.take_focus()
        await stage.press("space")
        assert step.problem == ""


async def test_a_cron_expression_is_checked_as_it_is_typed() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        await repeat(stage, "cron")
        field = stage.app.screen.query_one("#cron", Input)
        assert field.value == "0 10 * * 1"
        await stage.fill("#cron", "0 25 * * *")
        assert "25" in error(stage, "cron")
        assert last(stage).problem
        await stage.fill("#cron", "0 0 31 2 *")
        assert error(stage, "cron").endswith("n’arrive jamais : aucun mois qu’il nomme n’a ce jour.")
        await stage.fill("#cron", "30 9 * * fri#2")
        assert error(stage, "cron") == ""
        assert last(stage).when == When(cron="30 9 * * FRI#2")
        assert said(stage, "dates").startswith("Envoi selon « 30 9 * * FRI#2 » (Europe/Paris) ven. 11 déc. 2026 09:30")


async def test_the_end_is_a_date_of_the_calendar() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        stage.app.screen.query_one("#end", ChoiceLine).focus()
        await stage.press("right", "tab", "enter")
        pop_up = await stage.until_screen(CalendarModal)
        await stage.press("t", *["down"] * 2, "enter")
        await stage.until(lambda: stage.app.screen is not pop_up)
        assert isinstance(stage.app.screen, GroundScreen)
        assert last(stage).when == When(cron="0 10 * * 1", last_day=date(2026, 12, 6))
        assert said(stage, "dates").endswith("lun. 23 nov. 2026 10:00 lun. 30 nov. 2026 10:00")
        await stage.press("enter")
        await stage.until_screen(CalendarModal)
        await stage.press("t", "enter")
        await stage.until_screen(GroundScreen)
        assert error(stage, "until") == "✕ Aucun envoi n’aurait lieu d’ici là : choisissez un jour plus tardif."
        assert last(stage).problem


async def test_the_end_is_a_number_of_times() -> None:
    async with Show(MONDAYS).on_stage() as stage:
        stage.app.screen.query_one("#end", ChoiceLine).focus()
        await stage.press("left", "tab")
        await stage.fill("#runs", "2")
        assert last(stage).when == When(cron="0 10 * * 1", runs=2)
        assert said(stage, "dates").endswith("lun. 23 nov. 2026 10:00 lun. 30 nov. 2026 10:00")
        await stage.fill("#runs", "0")
        assert error(stage, "runs") == "✕ Écrivez un nombre de 1 à 1 000."
        await stage.fill("#runs", "")
        assert error(stage, "runs") == "✕ Écrivez un nombre de 1 à 1 000."


@pytest.mark.parametrize(
    "when",
    [
        When(cron="30 9 * * 2,4", last_day=date(2027, 6, 1)),
        When(cron="30 9 L * *", runs=12),
        When(cron="*/30 9-17 * * MON-FRI"),
        FRIDAY,
    ],
)
async def test_what_was_chosen_before_is_shown_again(when: When) -> None:
    async with Show(when, HoursConsent.NONE).on_stage() as stage:
        assert heard(stage) == []
        step = stage.app.screen.query_one(DateStep)
        assert step.problem == ""
        await stage.press("tab", "tab")
        assert heard(stage) == []


async def test_a_consent_given_before_is_shown_again() -> None:
    async with Show(SUNDAY, HoursConsent.SUNDAYS).on_stage() as stage:
        assert heard(stage) == []
        assert stage.app.screen.query_one("#sundays", Tick).value


async def test_on_the_night_that_clocks_go_forward_a_recurrence_says_when_it_goes() -> None:
    show = Show(When(cron="30 2 * * 0"), now=datetime(2027, 3, 25, 9, 0, tzinfo=UTC))
    async with show.on_stage() as stage:
        dates = said(stage, "dates").split("(Europe/Paris) ")[1]
        assert dates.startswith("dim. 28 mars 2027 03:30 → mar. 08:00 dim. 4 avr. 2027 02:30 → lun. 08:00")


async def test_all_is_reached_by_tab_alone() -> None:
    async with Show(SUNDAY).on_stage() as stage:
        order = []
        for _press in range(4):
            order.append(str(stage.focused.id) if stage.focused else "")
            await stage.press("tab")
        assert order == ["calendar", "hour", "sundays", "when"]


@pytest.mark.parametrize("size", [PAGE, WIDE_PAGE])
@pytest.mark.parametrize("when", [FRIDAY, SUNDAY, MONDAYS])
async def test_nothing_is_cut(when: When, size: tuple[int, int]) -> None:
    """What is asked has the width that it needs, beside a scroll bar too."""
    async with on_ground(Show(when).ground(size), WIDE) as stage:
        await ready(stage)
        step = stage.app.screen.query_one(DateStep)
        assert step.max_scroll_x == 0
        wide = [widget for widget in step.query("Calendar, WeekdayLine, ChoiceLine, Tick") if widget.display]
        for widget in wide:
            assert widget.region.width >= max(map(len, str(widget.render()).split("\n"))) or not widget.region.width


async def looks(pilot: Pilot[int | None]) -> None:
    assert isinstance(pilot.app, Ground)
    await ready(Stage(pilot.app, pilot))


def test_later_looks_as_before(snap_compare: SnapCompare) -> None:
    assert snap_compare(Show(SUNDAY).ground(), terminal_size=SMALL, run_before=looks)


def test_recurring_looks_as_before(snap_compare: SnapCompare) -> None:
    weekly = When(cron="0 10 * * 1,0", last_day=date(2026, 12, 31))
    assert snap_compare(Show(weekly).ground(WIDE_PAGE), terminal_size=WIDE, run_before=looks)
