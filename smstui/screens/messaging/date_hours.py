"""What the sending hours mean for a campaign: who would wait, until when, and which consent would change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from smstui.domain.country import zones_of
from smstui.domain.hours import HoursConsent, SendingHours, Verdict, dim, verdict
from smstui.domain.phone import FRANCE
from smstui.domain.schedule import instant_of, wall_of
from smstui.domain.states import MessageType
from smstui.services.planning import Wait


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a campaign goes to, as far as its date is concerned, and where its date is written."""

    zone: ZoneInfo
    """The account's."""
    now: datetime
    """Aware."""
    hours: SendingHours
    recipients: tuple[tuple[str, int], ...]
    """By country, most recipients first."""
    kind: MessageType

    @classmethod
    def of(
        cls,
        zone: ZoneInfo,
        now: datetime,
        hours: SendingHours,
        recipients: Sequence[tuple[str, int]],
        kind: MessageType,
    ) -> "Audience":
        """The audience of `recipients` by country, in any order; numbers of no country don't count."""
        known = sorted((each for each in recipients if each[0] and each[1]), key=lambda each: -each[1])
        return cls(zone, now, hours, tuple(known), kind)

    @property
    def here(self) -> datetime:
        """What the account's clocks show now, naive."""
        return wall_of(self.now, self.zone).replace(second=0, microsecond=0)

    @property
    def countries(self) -> tuple[tuple[str, int], ...]:
        """Those of the recipients; metropolitan France, with nobody, while there are none."""
        return self.recipients or ((FRANCE, 0),)

    @property
    def may_consent(self) -> bool:
        """Whether a consent could change something: the law knows none for voice, and without hours none is needed."""
        return self.kind is not MessageType.VOIX and not self.hours.always

    def waits(self, at: datetime, consent: HoursConsent) -> tuple[Wait, ...]:
        """Who would wait when the campaign starts at an aware moment, most recipients first."""
        judged = ((country, count, self._verdict(at, country, consent)) for country, count in self.countries)
        return tuple(
            Wait(country, count, each.until, each.reason, each.holiday)
            for country, count, each in judged
            if each.reason is not None
        )

    def sundays_would_help(self, at: datetime) -> bool:
        """Whether the consent to Sundays and holidays would let somebody wait less."""
        return self._would_help(at, HoursConsent.SUNDAYS, than=HoursConsent.NONE)

    def anytime_would_help(self, at: datetime) -> bool:
        """Whether the consent to any time would let somebody wait less than that to Sundays does."""
        return self._would_help(at, HoursConsent.ANYTIME, than=HoursConsent.SUNDAYS)

    def day_is_closed(self, day: date, consent: HoursConsent) -> bool:
        """Whether the whole day is closed where most recipients are."""
        return dim(day, self.countries[0][0], self.kind, self.hours, consent) is not None

    def next_open(self, at: datetime) -> datetime:
        """`at`, or the next moment after it that is open where most recipients are, as the account's wall time."""
        judged = self._verdict(at, self.countries[0][0], HoursConsent.NONE)
        return wall_of(at if judged.is_open else judged.until, self.zone)

    def local_wall(self, at: datetime, country: str) -> datetime | None:
        """What clocks of a country show at an aware moment, naive; None when they don't all show the same."""
        walls = {wall_of(at, zone) for zone in zones_of(country)}
        return walls.pop() if len(walls) == 1 else None

    def _would_help(self, at: datetime, consent: HoursConsent, *, than: HoursConsent) -> bool:
        for country, _count in self.countries:
            without = self._verdict(at, country, than)
            given = self._verdict(at, country, consent)
            if not without.is_open and (given.is_open or given.until < without.until):
                return True
        return False

    def _verdict(self, at: datetime, country: str, consent: HoursConsent) -> Verdict:
        return verdict(at, country, self.kind, self.hours, consent)


def is_left_out(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks of `zone` never show that wall time, since they are put forward over it."""
    return wall_of(instant_of(wall, zone), zone) != wall


def comes_twice(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks of `zone` show that wall time twice, since they are put back over it."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first != second and not is_left_out(wall, zone)


def warm_up(audience: Audience) -> None:
    """Import and load what the first verdict and the first recurrence need: a tenth of a second, not for the loop."""
    import croniter  # noqa: F401

    audience.waits(audience.now, HoursConsent.NONE)
