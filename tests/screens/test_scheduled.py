"""Campaigns before they begin: the list with all that is to come, what waits for a person, series and their runs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from textual.widgets import Input

from smstui import i18n
from smstui.app import SmstuiApp
from smstui.domain.actor import Actor
from smstui.domain.hours import SendingHours
from smstui.domain.states import CampaignState, HoldReason
from smstui.screens.dashboard import DashboardPage
from smstui.screens.messaging.campaign import CampaignPage
from smstui.screens.messaging.campaigns import CampaignsPage
from smstui.screens.messaging.series import SeriesPage
from smstui.screens.saving import SaveModal
from smstui.screens.shell import Shell
from smstui.services.campaigns import Draft
from smstui.settings import Settings
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import batch
from smstui.widgets.modals import ConfirmModal
from smstui.widgets.pick_list import PickModal
from tests.screens.conftest import account
from tests.screens.planned import FRIDAY, IN_REUNION, MONDAYS, become, club, every_state, missed, sent
from tests.screens.road import connect
from tests.screens.stage import WIDE, Stage, on_stage
from tests.screens.test_controls import balance, footer, sentence
from tests.screens.test_handing_out import save
from tests.screens.test_snapshots import SnapCompare, played
from tests.services.campaigning import look
from tests.support import START, FakeClock


@pytest.fixture
async def ready(stage: Stage, shop: Actor) -> Actor:
    await connect(stage.app.backend)
    return shop


@pytest.fixture
def french_app(settings: Settings, clock: FakeClock) -> SmstuiApp:
    app = SmstuiApp(replace(settings, language="fr"), dispatch=False, clock=clock)
    app.animation_level = "none"
    return app


@pytest.fixture
async def french(french_app: SmstuiApp) -> AsyncIterator[Stage]:
    """The application in French at 120×40."""
    async with on_stage(french_app, WIDE) as stage:
        yield stage


@pytest.fixture
async def marchand(french: Stage) -> Actor:
    """Who reads French, with a connection."""
    await connect(french.app.backend)
    return replace(await account(french.app.backend, "ma-boutique"), language="fr")


async def listed(stage: Stage, actor: Actor, name: str = "") -> CampaignsPage:
    """The list, the cursor on the campaign or draft of that name."""
    await stage.enter(actor, "campaigns")
    page = stage.shell.page
    assert isinstance(page, CampaignsPage)
    await stage.until(lambda: page.table.row_count and name in stage.text())
    if name:
        await point_at(stage, page, name)
    return page


async def point_at(stage: Stage, page: CampaignsPage, name: str) -> None:
    await stage.press("home")
    for _step in range(page.table.row_count):
        if row_under_cursor(stage, page) == name:
            break
        await stage.press("down")
    assert row_under_cursor(stage, page) == name
    await stage.pilot.pause()


def row_under_cursor(stage: Stage, page: CampaignsPage) -> str:
    campaigns = {key: each.name for key, each in page._campaigns.items()}
    drafts = {key: each.draft.name for key, each in page._drafts.items()}
    return (campaigns | drafts).get(page.table.cursor_key or "", "")


def row(stage: Stage, name: str) -> str:
    """The line of the list that begins with that name."""
    return " ".join(next(line for line in stage.text().splitlines() if f"  {name}  " in line).split())


async def opened(stage: Stage, actor: Actor, name: str, kind: type[CampaignPage | SeriesPage]) -> None:
    await listed(stage, actor, name)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, kind) and stage.shell.page.has_focus_within)
    await stage.until(lambda: stage.shell.page.query_one("ControlButtons"))


async def test_each_state_has_its_sign_its_word_and_its_date(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    await every_state(stage.app.backend, ready, clock)
    await listed(stage, ready, "Over")
    await stage.press("ctrl+b")
    expected = {
        "Missed": "! to decide 3 22/11 16:15",
        "Later": "○ scheduled 3 27/11 14:15",
        "Mondays": "↻ recurring 3 23/11 10:00",
        "Someday": "✎ draft 22/11 17:15",
        "Resolved": "○ preparing 3 22/11 17:15",
        "Leaving": "◐ in progress 3 0 0 22/11 17:15",
        "Held back": "○ paused 3 0 0 22/11 17:15",
        "Over": "● done 3 0 0 22/11 17:15",
        "Given up": "✕ cancelled 3 0 0 22/11 17:15",
    }
    await stage.until(lambda: "…" not in row(stage, "Given up"))
    for name, words in expected.items():
        assert words in row(stage, name)
    assert "9 campaigns · ! 1" in stage.text()


async def test_what_waits_for_a_person_comes_first(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    await every_state(stage.app.backend, ready, clock)
    page = await listed(stage, ready)
    await stage.press("home")
    assert row_under_cursor(stage, page) == "Missed"
    await stage.until(lambda: "Waits for your decision · missed Sunday 16:15: nothing was running" in flat(stage))
    assert "Send it now (p), or cancel it (c)." in flat(stage)
    assert "p Send now" in footer(stage)


def flat(stage: Stage) -> str:
    """The page without what the lines of the screen cut."""
    return " ".join(" ".join(line.split("▕")[-1].split()) for line in stage.text().splitlines())


async def test_one_state_is_shown_until_it_is_empty(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    backend = stage.app.backend
    await every_state(backend, ready, clock)
    page = await listed(stage, ready)
    await stage.press("f")
    await stage.until_screen(PickModal)
    await stage.press("escape")
    await stage.until_screen(Shell)
    assert page.table.row_count == 9
    await stage.press("f")
    await stage.until_screen(PickModal)
    await stage.press("down", "down", "enter")
    await stage.until(lambda: page.table.row_count == 1 and page.note == "recurring · 1 / 9")
    assert row_under_cursor(stage, page) == "Mondays"
    await backend.campaigns.cancel(ready, (await backend.campaigns.find(ready, "Mondays")).id)
    await stage.until(lambda: page.table.row_count == 9)


async def test_states_are_searched_and_sorted(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    await every_state(stage.app.backend, ready, clock)
    page = await listed(stage, ready)
    await stage.press("slash")
    await stage.type("recurring")
    await stage.until(lambda: page.table.row_count == 1 and row_under_cursor(stage, page) == "Mondays")
    await stage.press("enter")
    page.query_one(Input).value = ""
    while "State ▴" not in stage.text():
        await stage.press("s")
    await stage.press("home")
    assert row_under_cursor(stage, page) == "Someday"
    await stage.press("end")
    assert row_under_cursor(stage, page) == "Given up"


@pytest.mark.parametrize("key", ["enter", "e"])
async def test_a_draft_is_written_on(stage: Stage, ready: Actor, key: str) -> None:
    await stage.app.backend.drafts.save(ready, Draft("First", "Premier texte"))
    await stage.app.backend.drafts.save(ready, Draft("Second", "Second texte"))
    await listed(stage, ready, "First")
    await stage.until(lambda: "Premier texte" in stage.text() and "e Edit" in footer(stage))
    await stage.press(key)
    await stage.until(lambda: stage.shell.section == "send" and "Premier texte" in stage.text())


async def test_a_scheduled_campaign_stays_until_its_changes_are_confirmed(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    later = await sent(backend, ready, "Later", FRIDAY)
    for _again in range(2):
        await listed(stage, ready, "Later")
        await stage.press("e")
        await stage.until(lambda: stage.shell.section == "send" and "Changes to a scheduled campaign" in stage.text())
        (draft,) = await backend.drafts.list(ready)
        assert draft.draft.replaces_id == later.id
    assert (await backend.campaigns.find(ready, "Later")).state is CampaignState.SCHEDULED
    page = await listed(stage, ready)
    await stage.until(lambda: page.table.row_count == 2)
    page.table.move_to(list(page.table.keys(0, 2)).index(f"draft-{draft.id}"))
    await stage.until(lambda: "stays scheduled until they are confirmed" in flat(stage))


async def test_d_duplicates(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Black Friday")
    await listed(stage, ready, "Black Friday")
    await stage.press("D")
    await stage.until(lambda: stage.shell.section == "send" and "Bonjour" in stage.text())
    (draft,) = await backend.drafts.list(ready)
    assert (draft.draft.text, draft.draft.replaces_id) == ("Bonjour", None)
    assert draft.draft.name != "Black Friday"
    assert len(await backend.campaigns.list(ready)) == 1


async def test_only_drafts_are_deleted(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Sent")
    for name in ("One", "Two", "Three"):
        await backend.drafts.save(ready, Draft(name, "Bonjour"))
    page = await listed(stage, ready, "Sent")
    await stage.press("delete")
    await stage.pilot.pause()
    assert stage.app.screen is stage.shell
    await stage.press("a")
    await point_at(stage, page, "Three")
    await stage.press("space", "delete")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question).splitlines() == [
        "Delete 2 drafts?",
        "Campaigns are not deleted: they are the record of what was sent.",
    ]
    await stage.press("enter")
    await stage.until_screen(Shell)
    assert len(await backend.drafts.list(ready)) == 3
    await stage.press("delete")
    await stage.until_screen(ConfirmModal)
    await stage.press("left", "enter")
    await stage.until(lambda: page.table.row_count == 2)
    assert [each.draft.name for each in await backend.drafts.list(ready)] == ["Three"]
    assert len(await backend.campaigns.list(ready)) == 1


@pytest.mark.parametrize("kind", [CampaignsPage, CampaignPage])
async def test_p_sends_what_was_missed(stage: Stage, ready: Actor, clock: FakeClock, kind: type) -> None:
    backend = stage.app.backend
    await missed(backend, ready, clock, "Missed")
    if kind is CampaignPage:
        await opened(stage, ready, "Missed", CampaignPage)
        await stage.until(lambda: "missed Sunday 16:15: nothing was running" in flat(stage))
    else:
        await listed(stage, ready, "Missed")
    await stage.until(lambda: "p Send now" in footer(stage))
    await stage.press("p")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question).splitlines() == [
        "Send “Missed” now to 3 numbers?",
        "It costs 3 credits; 3 were reserved.",
    ]
    await stage.press("escape")
    await stage.until_screen(Shell)
    assert (await backend.campaigns.find(ready, "Missed")).hold is HoldReason.MISSED
    await stage.press("p")
    await stage.until_screen(ConfirmModal)
    await stage.press("enter")
    await stage.until(lambda: "○ scheduled" in stage.text())
    await look(backend)
    await stage.until(lambda: "◐ in progress" in stage.text())
    assert await balance(stage, ready) == 97


async def test_p_says_what_still_keeps_it_from_being_sent(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    backend = stage.app.backend
    await missed(backend, ready, clock, "Missed")
    await become(backend, "Missed", CampaignState.PAUSED, hold=HoldReason.MESSAGE)
    (connection,) = await backend.connections.list()
    await backend.connections.update(None, connection.name, replace(connection, enabled=False))
    await opened(stage, ready, "Missed", CampaignPage)
    await stage.until(lambda: "its connection, its sender or its text could not be used" in flat(stage))
    await stage.until(lambda: "In the way" in stage.text() and "✕ " in stage.text())
    await stage.press("p")
    await stage.until(lambda: any("connection" in str(each.message) for each in stage.app._notifications))
    assert stage.app.screen is stage.shell
    assert (await backend.campaigns.find(ready, "Missed")).hold is HoldReason.MESSAGE


async def test_c_cancels_what_was_scheduled_and_gives_it_back(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Later", FRIDAY)
    assert await balance(stage, ready) == 97
    await opened(stage, ready, "Later", CampaignPage)
    await stage.until(lambda: "3 credits reserved" in stage.text())
    await stage.press("c")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question) == "“Later” will not be sent to 3 numbers, and 3 credits will be given back."
    await stage.press("left", "enter")
    await stage.until(lambda: "✕ cancelled" in stage.text() and "3 credits given back" in stage.text())
    assert await balance(stage, ready) == 100
    assert "Cancel the campaign" not in stage.text()


async def test_a_scheduled_campaign_tells_what_will_happen(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    await backend.platform.set_sending_hours(None, SendingHours())
    group = await club(backend, ready)
    sunday = replace(FRIDAY, wall=FRIDAY.wall and FRIDAY.wall + timedelta(days=2))
    await sent(backend, ready, "Sunday", sunday, numbers=(), group_ids=(group,))
    await backend.opt_outs.add(ready, "+33601020300")
    await opened(stage, ready, "Sunday", CampaignPage)
    await stage.until(lambda: "Sending hours" in stage.text())
    text = flat(stage)
    assert "○ scheduled · Sent on Sunday, November 29, 2026 at 14:15 (Europe/Paris)" in text
    assert "3 when it was confirmed, 2 as things are today" in text
    assert "1 in Réunion wait until Monday 08:00 (local time): Sunday" in text
    assert "its recipients are looked up anew" in text
    assert "f Filter" not in footer(stage)


async def test_its_page_follows_it_from_its_schedule_to_its_messages(
    stage: Stage, ready: Actor, clock: FakeClock
) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Later", FRIDAY)
    await opened(stage, ready, "Later", CampaignPage)
    await stage.until(lambda: "○ scheduled" in stage.text())
    clock.advance(timedelta(days=5) - timedelta(hours=1))
    await look(backend)
    await stage.until(lambda: "◐ in progress" in stage.text() and "+33601020300" in stage.text())
    assert "f Filter" in footer(stage)
    await stage.press("down")
    assert stage.shell.page is not None
    assert stage.shell.page.has_focus_within


async def test_a_series_tells_its_dates_and_opens_its_runs(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Mondays", MONDAYS)
    await two_runs(stage, clock)
    await opened(stage, ready, "Mondays", SeriesPage)
    await stage.until(lambda: "↻ recurring · Sent on Mondays at 10:00 (Europe/Paris) · 6 more times" in flat(stage))
    await stage.until(lambda: "3 credits, taken at each sending" in flat(stage))
    assert flat(stage).count("10:00") >= 1 + 5 + 2
    assert "2 sendings so far" in flat(stage)
    assert "! to decide" in flat(stage)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.shell.page, CampaignPage))
    await stage.until(lambda: "missed Monday 10:00: nothing was running" in flat(stage))
    assert "e Edit" not in footer(stage)


async def two_runs(stage: Stage, clock: FakeClock) -> None:
    """The first run goes out, the second one is missed; the clock stands on Monday afternoon."""
    clock.advance(START.replace(day=23, hour=9, minute=0) - clock.now())
    await look(stage.app.backend)
    clock.advance(timedelta(days=7, hours=3))
    await look(stage.app.backend)


async def test_c_ends_a_series_and_leaves_its_runs(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    backend = stage.app.backend
    await sent(backend, ready, "Mondays", MONDAYS)
    clock.advance(START.replace(day=23, hour=9, minute=0) - clock.now())
    await look(backend)
    await opened(stage, ready, "Mondays", SeriesPage)
    await stage.until(lambda: "1 sending so far" in stage.text())
    await stage.press("c")
    question = await stage.until_screen(ConfirmModal)
    assert sentence(question) == "“Mondays” is not sent any more. What was sent of it stays as it is."
    await stage.press("left", "enter")
    await stage.until(lambda: "✕ cancelled" in stage.text())
    states = {each.name: each.state for each in await backend.campaigns.list(ready)}
    assert states == {"Mondays": CampaignState.CANCELLED, "Mondays 2026-11-23 10:00": CampaignState.SENDING}


async def test_each_message_has_its_own_text(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    group = await club(backend, ready)
    await sent(backend, ready, "Yours", numbers=(), group_ids=(group,), text="Bonjour {first_name|client} !")
    await opened(stage, ready, "Yours", CampaignPage)
    texts = set()
    await stage.until(lambda: "1 SMS each" in stage.text())
    for _step in range(3):
        await stage.until(lambda: "! STOP 36034" in stage.shell.page.query_one("#detail").render().plain)  # type: ignore[union-attr]
        texts.add(str(stage.shell.page.query_one("#detail").render()).splitlines()[-1])  # type: ignore[union-attr]
        await stage.press("down")
    assert len(texts) == 3
    assert all(name in " ".join(texts) for name in ("Hugo", "Paul", "Zo"))


async def closed_in_reunion(stage: Stage, actor: Actor, clock: FakeClock) -> None:
    """A campaign whose recipients in La Réunion wait until Monday at 8:00, their time."""
    backend = stage.app.backend
    await backend.platform.set_sending_hours(None, SendingHours())
    await sent(backend, actor, "Sunday", numbers=(*club_numbers(), IN_REUNION))
    monday = START.replace(day=23, hour=4, minute=0)

    def wait(tx: Connection) -> None:
        closed = update(batch).where(batch.c.country == "RE")
        tx.execute(closed.values(state="waiting", not_before=to_milliseconds(monday)))

    await backend.database.write(wait)


def club_numbers() -> tuple[str, ...]:
    return ("+33601020300", "+33601020301")


async def test_whose_hours_are_closed_is_told(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    await closed_in_reunion(stage, ready, clock)
    await opened(stage, ready, "Sunday", CampaignPage)
    await stage.until(lambda: "1 in Réunion waits until Monday 08:00 (05:00 here)" in flat(stage))


async def test_what_was_given_back_is_told(stage: Stage, ready: Actor) -> None:
    backend = stage.app.backend
    campaign = await sent(backend, ready, "Given up")
    await backend.campaigns.cancel(ready, campaign.id)
    await opened(stage, ready, "Given up", CampaignPage)
    await stage.until(lambda: "3 credits · 3 credits given back" in flat(stage))


async def test_messages_are_exported(stage: Stage, ready: Actor, tmp_path: Path) -> None:
    backend = stage.app.backend
    await club(backend, ready)
    await sent(backend, ready, "Soldes / hiver")
    await opened(stage, ready, "Soldes / hiver", CampaignPage)
    await stage.until(lambda: "+33601020300" in stage.text())
    await stage.press("x")
    await save(stage, tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("Number;Contact;State")
    assert "+33601020300;Hugo Dupont;queued;1;1" in text
    await stage.press("x")
    modal = await stage.until_screen(SaveModal)
    assert modal.query_one(Input).value.endswith("messages-Soldes-hiver.xlsx")


async def test_the_dashboard_says_first_what_waits(stage: Stage, ready: Actor, clock: FakeClock) -> None:
    backend = stage.app.backend
    await stage.enter(ready)
    await stage.until(lambda: "No campaign yet" in stage.text())
    assert "Decide" not in stage.text()
    await missed(backend, ready, clock, "Missed")
    await stage.enter(ready)
    await stage.until(lambda: "! 1 sending waits for your decision" in stage.text())
    lines = flat(stage)
    assert lines.index("waits for your decision") < lines.index("Available")
    assert "! to decide" in stage.text()
    assert isinstance(stage.shell.page, DashboardPage)
    stage.shell.page.take_focus()
    await stage.press("d")
    await stage.until(lambda: stage.shell.section == "campaigns")
    await stage.until(lambda: "Waits for your decision" in stage.text())


async def test_all_of_it_in_french(french: Stage, marchand: Actor, clock: FakeClock) -> None:
    backend = french.app.backend
    await every_state(backend, marchand, clock)
    await french.enter(marchand)
    await french.until(lambda: "! 1 envoi attend votre décision" in french.text())
    await listed(french, marchand, "Missed")
    for words in ("! à décider", "○ programmée", "↻ récurrente", "✎ brouillon", "● terminée", "✕ annulée"):
        assert words in french.text()
    await french.until(
        lambda: "Attend votre décision · manquée dimanche 16:15\u00a0: rien ne tournait" in french.text()
    )
    await french.press("enter")
    await french.until(lambda: "p Envoyer maintenant" in footer(french))
    await french.press("p")
    question = await french.until_screen(ConfirmModal)
    assert "Envoyer «\u00a0Missed\u00a0» maintenant à 3 numéros\u202f?" in sentence(question)
    await french.press("escape")


async def test_closed_hours_in_french(french: Stage, marchand: Actor, clock: FakeClock) -> None:
    await closed_in_reunion(french, marchand, clock)
    await opened(french, marchand, "Sunday", CampaignPage)
    await french.until(lambda: "1 à La Réunion attend lundi 08:00 (05:00 ici)" in flat(french))


def test_moments_in_words() -> None:
    from smstui.screens.messaging.campaign_words import moment_words

    now = START.replace(tzinfo=None)
    assert moment_words(now.replace(hour=10), now) == "10:15"
    assert moment_words(now - timedelta(days=6), now) == "Monday 14:15"
    assert moment_words(now - timedelta(days=40), now) == "Tuesday, October 13, 2026 14:15"
    i18n.use_language("fr")
    assert moment_words(now + timedelta(days=1), now) == "lundi 14:15"


async def series(stage: Stage) -> None:
    clock = stage.app.backend.clock
    assert isinstance(clock, FakeClock)
    await connect(stage.app.backend)
    actor = replace(await account(stage.app.backend, "ma-boutique"), language="fr")
    group = await club(stage.app.backend, actor)
    await sent(
        stage.app.backend,
        actor,
        "Tous les lundis",
        MONDAYS,
        numbers=(),
        group_ids=(group,),
        text="Bonjour {first_name|client} ! -10 % lundi",
    )
    await two_runs(stage, clock)
    await opened(stage, actor, "Tous les lundis", SeriesPage)
    await stage.until(lambda: "crédits, pris à chaque envoi" in stage.text() and "…" not in stage.text())
    await stage.settle()


def test_a_series_looks_as_before(snap_compare: SnapCompare, french_app: SmstuiApp) -> None:
    assert snap_compare(french_app, run_before=played(series), terminal_size=WIDE)
