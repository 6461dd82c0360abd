"""The texts that the database writes are those that the rules give, and cost the same."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from smstui.domain.actor import Actor
from smstui.domain.campaign_rules import NoRecipients, is_metropolitan
from smstui.domain.contact import ContactDetails
from smstui.domain.country import country_of
from smstui.domain.credits import Credits
from smstui.domain.gsm7 import is_gsm7
from smstui.domain.merge import MergeText
from smstui.domain.states import MessageType
from smstui.domain.tariff import DEFAULT_TARIFF
from smstui.domain.text import Encoding, measure, transliterate
from smstui.services import preparing
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.storage.tables import contact
from tests.conftest import NewAccountFixture
from tests.services.campaigning import Sent, connect, group_of, messages_of, person
from tests.support import FakeClock

pytestmark = pytest.mark.each_database
STOP = " STOP 36034"
WORDS = (
    "Ada",
    "Zoé",
    "Noëlle",
    "d'Almeida",
    "Fran\u00e7oise",
    "L’Hay-les-Roses",
    "BENO\u00ceT",
    "No\u00eb\u0302l",
    "Jérôme 1ª",
    "[VIP]",
    "10 €",
    "Ольга",
    "李",
    "👩‍💻",
    "ΔΣ",
    "x" * 60,
    "A-B_c",
)
VALUES = st.one_of(st.just(""), st.sampled_from(WORDS))
"""Common letters, those that cost two, those that SMS Pro replaces, those that only SMS Unicode carries."""
NUMBERS = ("+336{:08}", "+336{:08}", "+262692{:06}", "+3247{:07}", "+1907555{:04}", "+7916123{:04}")
PIECES = (
    "Bonjour ",
    " ",
    ", ",
    "{first_name}",
    "{prénom|client}",
    "{last_name|}",
    "{magasin|10 €}",
    "{birth_date}",
    "à",
)
names = count()


@st.composite
def contacts(draw: st.DrawFn) -> Sequence[ContactDetails]:
    """A few contacts, of which most is known."""
    size = draw(st.integers(1, 6))
    return [
        ContactDetails(
            draw(st.sampled_from(NUMBERS)).format(index + 1),
            last_name=draw(VALUES),
            first_name=draw(VALUES),
            birth_date=draw(st.sampled_from([None, date(1990, 12, 31)])),
            extra=tuple((("Magasin", value),) if (value := draw(VALUES)) else ()),
        )
        for index in range(size)
    ]


texts = st.lists(st.sampled_from(PIECES), max_size=8).map(lambda pieces: "".join(["Club ", *pieces, "{last_name|}"]))
edges = st.tuples(st.sampled_from([0, 70, 134, 160, 306]), st.sampled_from([0, 0, 1])).map(sum)
"""Around what one segment or two hold."""
kinds = st.sampled_from([MessageType.PRO, MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE])


def parsed(text: str) -> MergeText:
    return MergeText.parse(text, ["Magasin"])


def expected(kind: MessageType, text: str, details: ContactDetails) -> Sent | None:
    """By the rules alone; None for who is left out."""
    price = DEFAULT_TARIFF.price(country_of(details.mobile), kind)
    if price is None or (kind is MessageType.REPONSE and not is_metropolitan(details.mobile)):
        return None
    written = parsed(text).render(details) + STOP
    if kind is MessageType.PRO:
        written = transliterate(written).text
        if measure(written).encoding is not Encoding.GSM7:
            return None
    segments = measure(written, Encoding.UCS2 if kind is MessageType.UNICODE else None).segments
    return Sent(details.mobile, written, segments, price.milli * segments)


@pytest.fixture
async def shop(backend: Backend, new_account: NewAccountFixture) -> Actor:
    await connect(backend)
    owner = await new_account("shop", balance=1_000_000)
    await backend.free_fields.add(owner, "Magasin")
    return owner


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=contacts(), text=texts, edge=edges, kind=kinds)
async def test_each_gets_the_text_of_the_rules_at_its_price(
    backend: Backend, shop: Actor, people: Sequence[ContactDetails], text: str, edge: int, kind: MessageType
) -> None:
    text += "x" * (edge - len(parsed(text).render(people[0]) + STOP))
    name = f"Club {next(names)}"
    group = await group_of(backend, shop, name, people)
    draft = Draft(name, text, group_ids=(group,), type=kind)
    wanted = [each for each in (expected(kind, text, one) for one in people) if each]
    plan = await backend.campaigns.plan(shop, draft)
    with suppress(NoRecipients):
        sent = await backend.campaigns.send(shop, draft)
        assert await messages_of(backend, sent.id) == sorted(wanted, key=lambda one: one.number)
        assert sent.cost == Credits(sum(one.price or 0 for one in wanted))
    assert plan.cost == Credits(sum(one.price or 0 for one in wanted))
    assert plan.recipients == len(wanted)
    assert sum(one.segments for one in plan.reckoned.by_country) == sum(one.segments or 0 for one in wanted)
    plainer = [one for one in people if expected(kind, text, one) and not is_gsm7(parsed(text).render(one))]
    assert plan.reckoned.plainer == (len(plainer) if kind is MessageType.PRO else 0)
    lacking = [field for one in people if expected(kind, text, one) for field in parsed(text).missing(one)]
    assert dict(plan.reckoned.lacking) == Counter(lacking)
    known = [await backend.contacts.find(shop, one.mobile) for one in people]
    await backend.contacts.remove(shop, [one.id for one in known if one])


async def test_a_number_that_moves_to_another_contact_meanwhile_is_written_to_once(
    backend: Backend, actor: Actor, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(backend)
    group = await group_of(backend, actor, "Club", [person(1, "Ada"), person(2, "Zoé")])
    clock.advance(timedelta(minutes=10))
    add, begun = preparing.add_contacts, list[object]()

    def move(tx: Connection, number: str, to: str) -> None:
        changed = {"mobile": to, "updated_at": clock.now()}
        tx.execute(update(contact).where(contact.c.mobile == number).values(changed))

    def change_places_before_the_second(tx: Connection, **named: Any) -> object:
        if begun:
            move(tx, person(1).mobile, person(3).mobile)
            move(tx, person(2).mobile, person(1).mobile)
        begun.append(named)
        return add(tx, **named)

    monkeypatch.setattr("smstui.services.personal_texts.CHUNK", 1)
    monkeypatch.setattr(preparing, "add_contacts", change_places_before_the_second)
    sent = await backend.campaigns.send(actor, Draft("Club", "Bonjour {first_name}", group_ids=(group,)))
    assert await messages_of(backend, sent.id) == [Sent(person(1).mobile, "Bonjour Ada" + STOP, 1, 1000)]
    assert (len(begun), sent.recipients, sent.cost) == (2, 1, Credits.of(1))
