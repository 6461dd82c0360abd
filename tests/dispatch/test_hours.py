"""Sending hours: what may not go to a country at this hour waits, and goes when it may."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select, update

from smstui.domain.credits import Credits
from smstui.domain.hours import HoursConsent
from smstui.domain.states import CampaignKind, CampaignState, MessageState, MessageType
from smstui.services import control
from smstui.services.dispatch import hours, windows
from smstui.services.dispatch import lease as leases
from smstui.services.dispatch.finishing import finish
from smstui.services.dispatch.lease import Lease
from smstui.services.dispatch.windows import Window
from smstui.services.outgoing import CAMPAIGN_PRIORITY, NewCampaign, enqueue, insert_batches
from smstui.services.platform_settings import SENDING_HOURS, put_setting
from smstui.smpp.simulator import Hazards
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import batch, campaign, message
from tests.books import Books, books
from tests.dispatch.conftest import OpenPlatform, Platform, numbers
from tests.support import FakeClock

__all__ = ["books"]

MONDAY_EVENING = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
"""17:30 in Paris, 20:30 on Réunion."""
FRENCH, REUNION = numbers(5), tuple(f"+26269200000{digit}" for digit in range(4))
RULES = json.dumps({"opens": "08:00", "closes": "20:00", "always": False})
NEVER = json.dumps({"opens": "08:00", "closes": "08:00", "always": False})
ALWAYS = json.dumps({"opens": "08:00", "closes": "20:00", "always": True})


class Evening:
    """A campaign to France and to Réunion, on one connection of a real database."""

    def __init__(self, books: Books, consent: HoursConsent = HoursConsent.NONE, **changes: object) -> None:
        self.books = books
        self.clock = FakeClock(MONDAY_EVENING)
        self.actor = books.new_account(Credits.of(1000))
        self.connection_id = books.new_connection()
        self.set_hours(RULES)
        self.lease = self._lease()
        self.queued = 0
        self.campaign_id = self.queue(consent, **changes)

    def _lease(self) -> Lease:
        found = self.books.write(lambda tx: leases.acquire(tx, self.connection_id, 1, "test", self.clock))
        assert found is not None
        return found

    def queue(
        self,
        consent: HoursConsent = HoursConsent.NONE,
        kind: CampaignKind = CampaignKind.CAMPAIGN,
        message_type: MessageType = MessageType.PRO,
    ) -> int:
        self.queued += 1
        new = NewCampaign(
            self.actor.account_id,
            kind,
            f"campaign {self.queued}",
            message_type,
            self.connection_id,
            "x",
            "x",
            1,
            Credits(0),
            CAMPAIGN_PRIORITY,
            self.clock.now(),
        )

        def work(tx: Connection) -> int:
            campaign_id = enqueue(tx, new, [*FRENCH, *REUNION])
            tx.execute(update(campaign).where(campaign.c.id == campaign_id).values(hours_consent=consent))
            tx.execute(batch.delete().where(batch.c.campaign_id == campaign_id))
            (first,) = tx.execute(select(func.min(message.c.id)).where(message.c.campaign_id == campaign_id)).one()
            border = first + len(FRENCH)
            place = (campaign_id, self.connection_id, CAMPAIGN_PRIORITY)
            insert_batches(tx, *place, first, border - 1, "FR")
            insert_batches(tx, *place, border, border + len(REUNION) - 1, "RE")
            return campaign_id

        return self.books.write(work)

    def set_hours(self, setting: str) -> None:
        self.books.write(lambda tx: put_setting(tx, SENDING_HOURS, setting))

    @property
    def now(self) -> int:
        return to_milliseconds(self.clock.now())

    def beat(self, known: str | None = RULES) -> None:
        """What a runner does every second; `known` is the setting that it saw last."""
        self.books.write(lambda tx: hours.reopen(tx, self.connection_id, self.now, known))

    def take(self, room: int = 100) -> Window | None:
        return self.books.write(lambda tx: windows.take(tx, self.lease, room, self.now))

    def sent(self) -> list[str]:
        """The numbers of all windows that can be taken now, none of which comes back."""
        found: list[str] = []
        while (window := self.take()) is not None:
            found += [number for _, number in window.recipients]
            self.close(window, ())
        return found

    def close(self, window: Window, unsent: Sequence[int]) -> None:
        """The others of the window are accepted."""
        ids = [key for key, _ in window.recipients if key not in unsent]

        def work(tx: Connection) -> None:
            tx.execute(update(message).where(message.c.id.in_(ids)).values(state=MessageState.ACCEPTED))
            windows.close(tx, self.lease, [(window, unsent)], self.now)

        self.books.write(work)

    def waiting(self) -> Mapping[str, tuple[int, datetime]]:
        found = self.books.read(lambda tx: hours.waiting(tx, self.campaign_id))
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return {country: (count, epoch + timedelta(milliseconds=until)) for country, count, until in found}

    def state(self) -> str:
        this = select(campaign.c.state).where(campaign.c.id == self.campaign_id)
        return self.books.read(lambda tx: str(tx.execute(this).scalar_one()))

    def press(self, verb: str) -> None:
        if verb == "cancel":
            self.books.write(lambda tx: control.cancel(tx, self.actor, self.campaign_id, self.clock.now()))
            while self.books.write(lambda tx: control.cancel_next(tx, self.connection_id, self.clock.now())):
                pass
        else:
            self.books.write(lambda tx: getattr(control, verb)(tx, self.actor, self.campaign_id))

    def until(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Let the clock come to that time, in UTC."""
        wanted = self.clock.now().replace(hour=hour, minute=minute) + timedelta(days=days)
        self.clock.advance(wanted - self.clock.now())


both_databases = pytest.mark.parametrize("books", ["sqlite", "postgresql"], indirect=True)


@both_databases
def test_a_country_waits_while_another_is_sent_to(books: Books) -> None:
    evening = Evening(books)
    assert evening.sent() == list(FRENCH)
    assert evening.waiting() == {"RE": (4, datetime(2026, 11, 24, 4, tzinfo=UTC))}, "08:00 on Réunion"
    assert evening.state() == CampaignState.SENDING
    evening.until(3, 59, days=1)
    evening.beat()
    assert evening.sent() == []
    evening.until(4)
    evening.beat()
    assert evening.sent() == list(REUNION)
    assert evening.waiting() == {}
    assert evening.state() == CampaignState.DONE


@both_databases
def test_hours_that_close_in_the_middle_keep_the_rest_for_the_morning(books: Books) -> None:
    evening = Evening(books)
    evening.until(18, 59)
    window = evening.take(room=2)
    assert window is not None
    evening.until(19)
    assert evening.sent() == []
    evening.close(window, [key for key, _ in window.recipients[1:]])
    assert evening.sent() == [], "what comes back unsent keeps its country"
    assert {country: count for country, (count, _) in evening.waiting().items()} == {"FR": 4, "RE": 4}
    evening.until(7, days=1)
    evening.beat()
    assert sorted(evening.sent()) == sorted((*FRENCH[1:], *REUNION))
    assert evening.state() == CampaignState.DONE


@both_databases
def test_what_a_lost_turn_had_taken_keeps_its_country(books: Books) -> None:
    evening = Evening(books)
    assert evening.take(room=2) is not None
    books.write(lambda tx: windows.take_back(tx, evening.lease, ()))
    evening.until(19)
    assert evening.sent() == []
    assert evening.waiting()["FR"][0] == 5


def test_pausing_holds_what_waits_and_resuming_judges_it_again(books: Books) -> None:
    evening = Evening(books)
    assert evening.sent() == list(FRENCH)
    evening.press("pause")
    assert evening.waiting() == {}
    evening.until(5, days=1)
    evening.beat()
    assert evening.sent() == [], "it is paused"
    evening.until(16, 1, days=0)
    evening.press("resume")
    assert evening.sent() == []
    assert evening.waiting() == {"RE": (4, datetime(2026, 11, 25, 4, tzinfo=UTC))}, "the evening has come again"
    evening.press("pause")
    evening.until(8, days=1)
    evening.press("resume")
    assert evening.sent() == list(REUNION)


def test_cancelling_voids_what_waits(books: Books) -> None:
    evening = Evening(books)
    assert evening.sent() == list(FRENCH)
    evening.press("cancel")
    assert evening.waiting() == {}
    assert evening.state() == CampaignState.CANCELLED
    evening.until(8, days=1)
    evening.beat()
    assert evening.sent() == []
    states = select(message.c.state).where(message.c.campaign_id == evening.campaign_id).order_by(message.c.id)
    assert books.read(lambda tx: tx.execute(states).scalars().all()) == 5 * ["accepted"] + 4 * ["cancelled"]


@pytest.mark.parametrize("kind", [CampaignKind.REPLY, CampaignKind.TEST, CampaignKind.CERTIFICATION])
def test_what_answers_somebody_never_waits(books: Books, kind: CampaignKind) -> None:
    evening = Evening(books, kind=kind)
    evening.until(23)
    assert sorted(evening.sent()) == sorted((*FRENCH, *REUNION))


def test_a_consent_opens_the_night_but_not_for_voice(books: Books) -> None:
    night = Evening(books, HoursConsent.ANYTIME)
    night.until(23)
    assert sorted(night.sent()) == sorted((*FRENCH, *REUNION))
    voice = Evening(books, HoursConsent.ANYTIME, message_type=MessageType.VOIX)
    voice.until(23)
    assert voice.sent() == []


def test_another_setting_is_obeyed_at_once(books: Books) -> None:
    evening = Evening(books)
    evening.until(23)
    assert evening.sent() == []
    evening.set_hours(ALWAYS)
    evening.beat(known=RULES)
    assert sorted(evening.sent()) == sorted((*FRENCH, *REUNION))
    evening.campaign_id = evening.queue()
    evening.set_hours(NEVER)
    assert evening.sent() == []
    evening.beat(known=NEVER)
    assert evening.sent() == []


def test_a_campaign_that_has_not_begun_is_neither_finished_nor_paid_back(books: Books) -> None:
    evening = Evening(books)
    this = update(campaign).where(campaign.c.id == evening.campaign_id)
    books.write(lambda tx: tx.execute(batch.delete().where(batch.c.campaign_id == evening.campaign_id)))
    for state in (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PREPARING):
        books.write(lambda tx, state=state: tx.execute(this.values(state=state)))
        books.write(lambda tx: finish(tx, {evening.campaign_id}, evening.now))
        assert evening.sent() == []
        assert evening.state() == state


async def _set_hours(platform: Platform, setting: str) -> None:
    await platform.backend.database.write(lambda tx: put_setting(tx, SENDING_HOURS, setting))


@pytest.mark.each_database
async def test_a_running_dispatcher_sends_when_hours_open(opened: OpenPlatform) -> None:
    platform = await opened(Hazards())
    await _set_hours(platform, NEVER)
    campaign = await platform.send("Night", numbers(30))
    free = await platform.send("Anytime", numbers(3, first=100), consent=HoursConsent.ANYTIME)
    platform.dispatch()
    assert (await platform.settled(free)).delivered == 3

    async def waits() -> bool:
        progress = await platform.backend.campaigns.progress(platform.actor, campaign.id)
        return sum(one.messages for one in progress.waiting) == 30

    await platform.until(waits)
    assert sorted(platform.received()) == sorted(numbers(3, first=100))
    await _set_hours(platform, ALWAYS)
    assert (await platform.settled(campaign)).delivered == 30
