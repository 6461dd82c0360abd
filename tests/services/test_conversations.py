"""Conversations: what came back, what went out, what is unread, and answers that are paid for."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, update

from smstui.domain.actor import Actor
from smstui.domain.addresses import e164
from smstui.domain.campaign_rules import EmptyText, NotMetropolitan, TextTooLong
from smstui.domain.contact import ContactDetails
from smstui.domain.credits import Credits
from smstui.domain.phone import InvalidNumber
from smstui.domain.states import MessageState, MessageType
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.composing import NoReplyNumber
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.conversations import MOST_UNREAD, RECOUNT
from smstui.services.credits import InsufficientCredits
from smstui.services.exchanges import Pair
from smstui.services.inbound import record_inbound
from smstui.services.opt_out_query import OptOutSource
from smstui.services.outgoing import NoConnection
from smstui.services.replying import AnswerUnwanted, UnknownConversation
from smstui.smpp.values import BindSettings, Inbound
from smstui.storage.columns import to_milliseconds
from smstui.storage.tables import batch, campaign, connection, message
from tests.conftest import NewAccountFixture
from tests.support import FakeClock

OURS, PHONE, OTHER_PHONE = "33700000000", "+33612345670", "+33612345671"
PAIR = Pair(OURS, PHONE)
GIVEN = 100
"""Credits of an account."""


@pytest.fixture
async def sending(backend: Backend) -> Backend:
    """With a connection that has a reply number, and that nobody dispatches."""
    bind = BindSettings("smsc.example.com", 2775, "boutique", "secret")
    types = frozenset({MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE})
    await backend.connections.add(None, ConnectionSettings("main", bind, types, OURS))
    return backend


async def sent(backend: Backend, actor: Actor, name: str, *numbers: str, text: str = "Venez !") -> None:
    """A campaign from our reply number that has reached its phones."""
    draft = Draft(name=name, text=text, numbers=numbers, type=MessageType.REPONSE)
    await backend.campaigns.send(actor, draft)
    await deliver(backend)


async def deliver(backend: Backend) -> None:
    """Let everything that is queued have reached its phones now."""
    now = to_milliseconds(backend.clock.now())

    def work(tx: Connection) -> None:
        tx.execute(update(batch).values(sent_upto=batch.c.last_id))
        waiting = update(message).where(message.c.state == MessageState.QUEUED)
        tx.execute(waiting.values(state=MessageState.DELIVERED, sent_at=now))

    await backend.database.write(work)


async def came(backend: Backend, text: str, source: str = PHONE, destination: str = OURS) -> None:
    """A message from a phone, a minute later."""
    assert isinstance(backend.clock, FakeClock)
    backend.clock.advance(60)
    inbound = Inbound(source, destination, text.encode(), "utf-8", f"{source} {text}".encode())
    await backend.database.write(lambda tx: record_inbound(tx, 1, inbound, backend.clock.now()))


async def spent(backend: Backend, actor: Actor) -> int:
    return GIVEN - int((await backend.credits.balance(actor)).available.decimal)


@pytest.mark.each_database
async def test_a_conversation_is_tied_to_its_contact_and_its_campaign(sending: Backend, actor: Actor) -> None:
    await sending.contacts.add(actor, ContactDetails(PHONE, "Martin", "Sophie"))
    await sent(sending, actor, "Soldes", PHONE, OTHER_PHONE)
    await came(sending, "Oui, volontiers")
    await came(sending, "À quelle heure ?")
    await came(sending, "Non merci", OTHER_PHONE)
    shown = [
        (each.pair, each.name, each.campaign, each.text, each.unread)
        for each in await sending.conversations.list(actor)
    ]
    assert shown == [
        (Pair(OURS, OTHER_PHONE), "", "Soldes", "Non merci", 1),
        (PAIR, "Sophie Martin", "Soldes", "À quelle heure ?", 2),
    ]


@pytest.mark.each_database
async def test_what_is_unread_comes_first_then_the_newest(sending: Backend, actor: Actor) -> None:
    phones = tuple(f"+3361234567{digit}" for digit in range(4))
    await sent(sending, actor, "Soldes", *phones)
    for phone in phones:
        await came(sending, "Oui", phone)
    for phone in (phones[0], phones[3]):
        await sending.conversations.mark_read(actor, Pair(OURS, phone))
    assert [each.pair.theirs for each in await sending.conversations.list(actor)] == [
        phones[2],
        phones[1],
        phones[3],
        phones[0],
    ]
    assert (await sending.conversations.state(actor)).unread == 2


@pytest.mark.each_database
async def test_reading_and_unreading(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Un")
    await came(sending, "Deux")
    assert (await sending.conversations.state(actor)).unread == 1
    assert await sending.conversations.mark_read(actor, PAIR)
    assert not await sending.conversations.mark_read(actor, PAIR)
    assert (await sending.conversations.state(actor)).unread == 0
    assert await sending.conversations.mark_unread(actor, PAIR)
    assert (await sending.conversations.state(actor)).unread == 1
    assert [each.unread for each in await sending.conversations.list(actor)] == [1]
    assert not await sending.conversations.mark_unread(actor, Pair(OURS, OTHER_PHONE))


async def test_the_state_tells_what_comes_at_once_and_what_is_read_elsewhere_soon(
    sending: Backend, actor: Actor, clock: FakeClock
) -> None:
    elsewhere = Backend(sending.database, clock)
    await sent(sending, actor, "Soldes", PHONE, OTHER_PHONE)
    nothing = await sending.conversations.state(actor)
    await came(sending, "Oui")
    one = await sending.conversations.state(actor)
    assert (nothing.unread, one.unread) == (0, 1)
    await elsewhere.conversations.mark_read(actor, PAIR)
    assert await sending.conversations.state(actor) == one
    clock.advance(RECOUNT)
    assert (await sending.conversations.state(actor)).unread == 0


async def test_unread_conversations_are_counted_up_to_a_limit(sending: Backend, new_account: NewAccountFixture) -> None:
    actor = await new_account("rich", balance=1000)
    phones = tuple(f"+336123456{index:02}" for index in range(90))
    more = tuple(f"+336123457{index:02}" for index in range(20))
    await sent(sending, actor, "Soldes", *phones, *more)
    for phone in (*phones, *more):
        await came(sending, "Oui", phone)
    assert (await sending.conversations.state(actor)).unread == MOST_UNREAD


@pytest.mark.each_database
async def test_conversations_are_filtered_by_the_campaign_that_was_answered(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")
    await sent(sending, actor, "Rentrée", OTHER_PHONE)
    await came(sending, "Non", OTHER_PHONE)
    campaigns = await sending.conversations.campaigns(actor)
    assert [name for _id, name in campaigns] == ["Rentrée", "Soldes"]
    by_name = {name: campaign_id for campaign_id, name in campaigns}
    found = await sending.conversations.list(actor, by_name["Soldes"])
    assert [each.pair.theirs for each in found] == [PHONE]


@pytest.mark.each_database
async def test_an_exchange_holds_both_sides_in_order(sending: Backend, actor: Actor, clock: FakeClock) -> None:
    await sending.senders.add(actor, "MaBoutique")
    await sent(sending, actor, "Soldes", PHONE, text="Venez !")
    await came(sending, "À quelle heure ?")
    clock.advance(60)
    await sending.conversations.reply(actor, PAIR, "  À 10 h  ")
    clock.advance(60)
    named = Draft(name="Autre", text="Par ailleurs", numbers=(PHONE,))
    await sending.campaigns.send(actor, named)
    await came(sending, "Merci")
    shown = [
        (each.text.removesuffix(" STOP 36034"), each.state, each.sender, each.campaign)
        for each in await sending.conversations.exchange(actor, PAIR)
    ]
    assert shown == [
        ("Venez !", "delivered", OURS, "Soldes"),
        ("À quelle heure ?", None, "", ""),
        ("À 10 h", "queued", OURS, ""),
        ("Merci", None, "", ""),
    ]


@pytest.mark.each_database
async def test_an_answer_to_a_name_shows_the_campaign_and_the_answer_to_it(sending: Backend, actor: Actor) -> None:
    await sending.senders.add(actor, "MaBoutique")
    await sending.campaigns.send(actor, Draft(name="Nommée", text="Venez !", numbers=(PHONE,)))
    await deliver(sending)
    await came(sending, "C'est qui ?", destination="36034")
    pair = Pair("36034", PHONE)
    await sending.conversations.reply(actor, pair, "La boutique")
    shown = [(each.text, each.sender) for each in await sending.conversations.exchange(actor, pair)]
    assert shown == [("Venez ! STOP 36034", "MaBoutique"), ("C'est qui ?", ""), ("La boutique", OURS)]


@pytest.mark.each_database
async def test_an_answer_is_queued_and_paid_once(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")
    before = await spent(sending, actor)
    plan = await sending.conversations.plan(actor, PAIR, "é" * 200)
    assert (plan.problem, plan.cost, plan.sender) == (None, Credits.of(2), OURS)
    done = await sending.conversations.reply(actor, PAIR, "é" * 200)
    assert done.cost == plan.cost
    assert await spent(sending, actor) == before + 2

    def queued(tx: Connection) -> tuple[str, str, str, int]:
        row = tx.execute(
            select(message.c.destination, campaign.c.sender, campaign.c.text, campaign.c.segments)
            .join(campaign, campaign.c.id == message.c.campaign_id)
            .where(message.c.state == MessageState.QUEUED)
        ).one()
        return tuple(row)

    assert await sending.database.read(queued) == (PHONE, OURS, "é" * 200, 2)
    assert [each.name for each in await sending.campaigns.list(actor)] == ["Soldes"]


@pytest.mark.each_database
async def test_an_answer_to_an_answer_comes_back_to_who_gave_it(sending: Backend, actor: Actor, other: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")
    await sent(sending, other, "Rivale", PHONE)
    await sending.conversations.reply(actor, PAIR, "À demain alors")
    await deliver(sending)
    await came(sending, "À demain")
    assert [each.text for each in await sending.inbox.list(actor)] == ["À demain", "Oui"]
    assert [each.campaign for each in await sending.inbox.list(actor)] == [None, "Soldes"]
    assert await sending.inbox.list(other) == ()
    (conversation,) = await sending.conversations.list(actor)
    assert (conversation.text, conversation.campaign) == ("À demain", "Soldes")


async def test_what_stands_in_the_way_of_an_answer_is_said(
    sending: Backend, actor: Actor, new_account: NewAccountFixture
) -> None:
    await sent(sending, actor, "Soldes", PHONE, OTHER_PHONE)
    await came(sending, "Oui")
    conversations = sending.conversations
    assert isinstance((await conversations.plan(actor, PAIR, "  ")).problem, EmptyText)
    assert isinstance((await conversations.plan(actor, PAIR, "x" * 1531)).problem, TextTooLong)
    assert (await conversations.plan(actor, PAIR, "x" * 1530)).problem is None
    with pytest.raises(UnknownConversation):
        await conversations.plan(actor, Pair(OURS, OTHER_PHONE), "Bonjour")
    poor = await new_account("poor", balance=1)
    await sent(sending, poor, "Tout", PHONE)
    await came(sending, "Encore oui")
    with pytest.raises(InsufficientCredits):
        await conversations.reply(poor, PAIR, "Bonjour")
    await sending.opt_outs.add(actor, PHONE, OptOutSource.REPLY)
    before = await spent(sending, actor)
    with pytest.raises(AnswerUnwanted):
        await conversations.reply(actor, PAIR, "Bonjour")
    assert await spent(sending, actor) == before
    assert len(await conversations.exchange(actor, PAIR)) == 2


@pytest.mark.parametrize(
    ("source", "refusal"), [("Banque", InvalidNumber), ("38000", InvalidNumber), ("+447911123456", NotMetropolitan)]
)
async def test_who_cant_be_answered(sending: Backend, admin: Actor, source: str, refusal: type[Exception]) -> None:
    await came(sending, "Bonjour", source)
    plan = await sending.conversations.plan(admin, Pair(OURS, source), "Bonjour")
    assert isinstance(plan.problem, refusal)


async def test_an_answer_needs_a_connection_with_a_reply_number(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")

    async def problem(**changes: object) -> object:
        await sending.database.write(lambda tx: tx.execute(update(connection).values(**changes)))
        return (await sending.conversations.plan(actor, PAIR, "Bonjour")).problem

    assert isinstance(await problem(reply_number=None), NoReplyNumber)
    assert isinstance(await problem(reply_number=OURS, enabled=False), NoConnection)
    assert isinstance(await problem(enabled=True, bind_mode="receiver"), NoConnection)
    assert await problem(bind_mode="transceiver") is None


async def test_another_connection_with_the_same_number_takes_over(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")
    await sending.database.write(lambda tx: tx.execute(update(connection).values(enabled=False)))
    bind = BindSettings("other.example.com", 2775, "boutique", "secret")
    types = frozenset({MessageType.REPONSE})
    await sending.connections.add(None, ConnectionSettings("else", bind, types, "36105"))
    assert isinstance((await sending.conversations.plan(actor, PAIR, "Bonjour")).problem, NoConnection)
    await sending.connections.add(
        None, ConnectionSettings("new", replace(bind, host="n.example.com"), types, e164(OURS))
    )
    await sending.conversations.reply(actor, PAIR, "Bonjour")
    assert [each.text for each in await sending.conversations.exchange(actor, PAIR)][-1] == "Bonjour"


@pytest.mark.each_database
async def test_the_newest_conversation_with_a_number(sending: Backend, actor: Actor) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Un")
    await came(sending, "STOP", destination="36034")
    assert await sending.conversations.with_number(actor, "06 12 34 56 70") == Pair("36034", PHONE)
    with pytest.raises(UnknownConversation):
        await sending.conversations.with_number(actor, OTHER_PHONE)


@pytest.mark.each_database
async def test_an_account_neither_sees_nor_touches_anothers(
    sending: Backend, actor: Actor, other: Actor, admin: Actor
) -> None:
    await sent(sending, actor, "Soldes", PHONE)
    await came(sending, "Oui")
    conversations = sending.conversations
    for stranger in (other, admin):
        assert await conversations.list(stranger) == ()
        assert await conversations.exchange(stranger, PAIR) == ()
        assert (await conversations.state(stranger)).unread == 0
        assert await conversations.campaigns(stranger) == ()
        assert not await conversations.mark_read(stranger, PAIR)
        assert not await conversations.mark_unread(stranger, PAIR)
        with pytest.raises(UnknownConversation):
            await conversations.with_number(stranger, PHONE)
        with pytest.raises(UnknownConversation):
            await conversations.reply(stranger, PAIR, "Bonjour")
    assert (await conversations.state(actor)).unread == 1


@pytest.mark.each_database
async def test_an_administrator_also_sees_what_answers_nothing(sending: Backend, actor: Actor, admin: Actor) -> None:
    await came(sending, "Bonjour ?")
    assert await sending.conversations.list(actor) == ()
    assert (await sending.conversations.state(admin)).unread == 1
    (found,) = await sending.conversations.list(admin)
    assert (found.pair, found.campaign) == (PAIR, "")
    await sending.conversations.mark_read(admin, PAIR)
    assert (await sending.conversations.state(admin)).unread == 0
    await sending.conversations.reply(admin, PAIR, "Bonjour")
    assert [each.text for each in await sending.conversations.exchange(admin, PAIR)] == ["Bonjour ?", "Bonjour"]
