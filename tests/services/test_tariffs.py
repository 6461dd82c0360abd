"""The tariff that administrators change: what it may hold, files of prices, and which campaigns pay which price."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from smstui.domain.actor import Actor
from smstui.domain.credits import Credits
from smstui.domain.errors import Refusal
from smstui.domain.states import CampaignState, HoldReason, MessageType
from smstui.domain.tariff import (
    COUNTRIES,
    DEFAULT_TARIFF,
    EMBARGOED,
    EmbargoedCountry,
    InvalidPrice,
    MetropolitanOnly,
    UnknownCountry,
    check_price,
)
from smstui.formats import explain
from smstui.services import preparing
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.campaigns import Draft
from smstui.services.importing.refusals import EmptyFile
from smstui.services.platform_settings import AdministratorsOnly, put_setting
from smstui.services.tariff_files import (
    NoTariffFile,
    RepeatedPrice,
    TariffFileMissing,
    TariffFileRefused,
    ThreeCells,
    UnknownType,
    price_text,
    read_tariff,
)
from smstui.services.tariffs import TARIFF
from smstui.services.when import When
from smstui.storage.tables import account
from tests.services.campaigning import at, connect, group_of, look, messages_of, person
from tests.support import FakeClock

PRO, UNICODE, REPONSE, VOIX = MessageType.PRO, MessageType.UNICODE, MessageType.REPONSE, MessageType.VOIX
FRENCH, BELGIAN, SWISS = "+33612345678", "+32470123456", "+41791234567"
GOOD_PRICES = st.integers(1, 1_000_000).map(Credits)


async def cost(backend: Backend, actor: Actor, *numbers: str) -> Credits:
    return (await backend.campaigns.plan(actor, Draft("x", "Bonjour", numbers=numbers))).cost


async def available(backend: Backend, actor: Actor) -> Credits:
    return (await backend.credits.balance(actor)).available


@pytest.mark.each_database
async def test_a_price_that_was_set_is_that_of_all_from_then_on(backend: Backend, admin: Actor, actor: Actor) -> None:
    await connect(backend)
    assert await cost(backend, actor, FRENCH, BELGIAN) == Credits.of(3)
    changes = await backend.tariffs.set_price(admin, "BE", Credits.of("2.75"))
    assert [(one.country, one.type, one.before, one.after) for one in changes] == [
        ("BE", kind, Credits.of(2), Credits(2750)) for kind in (PRO, UNICODE)
    ]
    assert await cost(backend, actor, FRENCH, BELGIAN) == Credits(3750)
    sent = await backend.campaigns.send(actor, Draft("x", "Bonjour", numbers=(FRENCH, BELGIAN)))
    assert sent.cost == Credits(3750)
    assert await available(backend, actor) == Credits(96_250)
    (entry,) = await backend.audit.list(admin)
    assert (entry.action, entry.subject) == (AuditAction.TARIFF_CHANGED, "BE pro 2 → 2.75, BE unicode 2 → 2.75")


@pytest.mark.each_database
async def test_prices_of_several_types_are_set_as_one(backend: Backend, admin: Actor, actor: Actor) -> None:
    wanted = {PRO: {"BE": Credits(2500), "LU": None}, UNICODE: {"BE": Credits.of(2)}}
    changes = await backend.tariffs.set_prices(admin, wanted)
    assert [(one.country, one.type, one.after) for one in changes] == [("BE", PRO, Credits(2500)), ("LU", PRO, None)]
    with pytest.raises(EmbargoedCountry):
        await backend.tariffs.set_prices(admin, {PRO: {"BE": Credits.of(9), "RU": Credits.of(1)}})
    with pytest.raises(AdministratorsOnly):
        await backend.tariffs.set_prices(actor, {PRO: {"BE": Credits.of(9)}})
    tariff = await backend.tariffs.current()
    assert (tariff.price("BE", PRO), tariff.price("LU", PRO)) == (Credits(2500), None)


@pytest.mark.each_database
async def test_what_is_sent_keeps_its_price_and_what_is_scheduled_gets_that_of_its_moment(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await connect(backend)
    now = await backend.campaigns.send(actor, Draft("Now", "Bonjour", numbers=(FRENCH, BELGIAN)))
    later = Draft("Later", "Bonjour", numbers=(FRENCH, BELGIAN), when=When(at("2026-11-27T14:15")))
    assert (await backend.campaigns.send(actor, later)).cost == Credits.of(3)
    assert await available(backend, actor) == Credits.of(94)
    await backend.tariffs.set_price(None, "BE", Credits.of(10))
    assert (await backend.campaigns.find(actor, "Now")).cost == Credits.of(3)
    await backend.campaigns.cancel(actor, now.id)
    clock.advance(5 * 86400)
    await look(backend)
    begun = await backend.campaigns.find(actor, "Later")
    assert (begun.state, begun.cost) == (CampaignState.PAUSED, Credits.of(3)), "too late by itself"
    await backend.campaigns.resume(actor, begun.id)
    await look(backend)
    begun = await backend.campaigns.find(actor, "Later")
    assert (begun.state, begun.cost) == (CampaignState.SENDING, Credits.of(11))


@pytest.mark.each_database
async def test_a_price_that_became_too_high_holds_what_was_scheduled(
    backend: Backend, actor: Actor, clock: FakeClock
) -> None:
    await connect(backend)
    later = Draft("Later", "Bonjour", numbers=(BELGIAN,), when=When(at("2026-11-22T15:20")))
    await backend.campaigns.send(actor, later)
    await backend.tariffs.set_price(None, "BE", Credits.of(101))
    clock.advance(600)
    await look(backend)
    held = await backend.campaigns.find(actor, "Later")
    assert (held.state, held.hold) == (CampaignState.PAUSED, HoldReason.CREDITS)
    assert await available(backend, actor) == Credits.of(98)


@pytest.mark.each_database
async def test_a_campaign_with_merge_fields_has_one_tariff_from_its_first_message_to_its_last(
    backend: Backend, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some texts are written by the database, one (Łucja's) is not, some go to numbers without a contact."""
    await connect(backend)
    monkeypatch.setattr("smstui.services.personal_texts.CHUNK", 1)
    people = [person(1, "Ana"), person(2, "Łucja"), person(3, "Bob")]
    group = await group_of(backend, actor, "Club", people)
    held, calls = preparing._held, []

    def changing(tx: Connection, claim: preparing.Claim, now: datetime) -> object:
        """Between the first chunk and the second, an administrator changes prices."""
        calls.append(now)
        if len(calls) == 2:
            put_setting(tx, TARIFF, '{"pro": {"FR": 7000, "BE": 9000}}')
        return held(tx, claim, now)

    monkeypatch.setattr(preparing, "_held", changing)
    text = "Bonjour {first_name|vous}"
    sent = await backend.campaigns.send(actor, Draft("P", text, group_ids=(group,), numbers=(BELGIAN,)))
    assert len(calls) > 3
    assert [one.price for one in await messages_of(backend, sent.id)] == [2000, 1000, 1000, 1000]
    assert sent.cost == Credits.of(5)
    again = await backend.campaigns.send(actor, Draft("Q", text, group_ids=(group,), numbers=(BELGIAN,)))
    assert [one.price for one in await messages_of(backend, again.id)] == [9000, 7000, 7000, 7000]
    assert await available(backend, actor) == Credits.of(100 - 5 - 30)


@pytest.mark.each_database
async def test_nothing_goes_where_there_is_no_price_any_more(backend: Backend, actor: Actor) -> None:
    await connect(backend)
    await backend.tariffs.remove(None, "BE")
    plan = await backend.campaigns.plan(actor, Draft("x", "Bonjour", numbers=(FRENCH, BELGIAN)))
    assert (plan.recipients, plan.cost) == (1, Credits.of(1))
    await backend.tariffs.remove(None, "FR", [PRO])
    sent = await backend.campaigns.send(actor, Draft("u", "Bonjour", numbers=(FRENCH,), type=UNICODE))
    assert sent.recipients == 1
    with pytest.raises(Refusal):
        await backend.campaigns.send(actor, Draft("p", "Bonjour", numbers=(FRENCH,)))


async def test_a_country_that_was_not_reached_can_be(backend: Backend) -> None:
    assert DEFAULT_TARIFF.price("CN", PRO) is None
    await backend.tariffs.set_price(None, "CN", Credits.of(4))
    now = await backend.tariffs.current()
    assert (now.price("CN", PRO), now.price("CN", UNICODE), now.price("CN", VOIX)) == (Credits.of(4),) * 2 + (None,)
    await backend.tariffs.set_price(None, "FR", Credits.of(2), [VOIX])
    now = await backend.tariffs.current()
    assert [now.price("FR", kind) for kind in MessageType] == [*[Credits.of(1)] * 3, Credits.of(2)]


async def test_what_is_reset_has_its_usual_price(backend: Backend, admin: Actor) -> None:
    await backend.tariffs.set_price(admin, "BE", Credits.of(5))
    await backend.tariffs.remove(admin, "CH")
    await backend.tariffs.reset(admin, ["BE"])
    now = await backend.tariffs.current()
    assert (now.price("BE", PRO), now.price("CH", PRO)) == (Credits.of(2), None)
    assert len(await backend.tariffs.reset(admin)) == 2
    assert await backend.tariffs.current() == DEFAULT_TARIFF
    assert await backend.tariffs.reset(admin) == ()
    assert len(await backend.audit.list(admin)) == 4, "what changes nothing is not told"


async def test_only_administrators_change_it(backend: Backend, actor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("BE;pro;9")
    preview = await backend.tariffs.preview(None, file)
    for change in (
        backend.tariffs.set_price(actor, "BE", Credits.of(5)),
        backend.tariffs.remove(actor, "BE"),
        backend.tariffs.reset(actor),
        backend.tariffs.preview(actor, file),
        backend.tariffs.apply(actor, preview),
    ):
        with pytest.raises(AdministratorsOnly):
            await change
    assert await backend.tariffs.current() == DEFAULT_TARIFF


@pytest.mark.parametrize(
    ("country", "kind", "price", "refusal"),
    [
        ("XX", PRO, Credits.of(1), UnknownCountry),
        ("be", PRO, Credits.of(1), UnknownCountry),
        ("XX", PRO, None, UnknownCountry),
        ("RU", PRO, Credits.of(1), EmbargoedCountry),
        ("BE", VOIX, Credits.of(1), MetropolitanOnly),
        ("GP", REPONSE, Credits.of(1), MetropolitanOnly),
        ("BE", PRO, Credits(0), InvalidPrice),
        ("BE", PRO, Credits(-1), InvalidPrice),
        ("BE", PRO, Credits(1_000_001), InvalidPrice),
    ],
)
async def test_what_can_be_no_price_is_refused_and_changes_nothing(
    backend: Backend, country: str, kind: MessageType, price: Credits | None, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check_price(country, kind, price)
    remove, put = backend.tariffs.remove, backend.tariffs.set_price
    with pytest.raises(refusal):
        await (remove(None, country, [kind]) if price is None else put(None, country, price, [kind]))
    assert await backend.tariffs.current() == DEFAULT_TARIFF


async def test_a_stored_price_that_may_not_be_any_more_is_left_out(backend: Backend) -> None:
    stored = '{"pro": {"RU": 1000, "BE": 3000, "??": 1, "LU": 0}, "fax": {"BE": 1}, "voix": {"BE": 1}}'
    await backend.database.write(lambda tx: put_setting(tx, TARIFF, stored))
    now = await backend.tariffs.current()
    assert DEFAULT_TARIFF.differences(now) == {PRO: {"BE": Credits.of(3)}}


@given(
    st.dictionaries(st.sampled_from([PRO, UNICODE]), st.dictionaries(st.sampled_from(sorted(COUNTRIES - EMBARGOED)),
                                                                      st.none() | GOOD_PRICES, max_size=9)),
    st.none() | GOOD_PRICES,
)  # fmt: skip
def test_the_difference_of_two_tariffs_makes_one_of_the_other(
    changes: dict[MessageType, dict[str, Credits | None]], voice: Credits | None
) -> None:
    other = DEFAULT_TARIFF.with_prices({**changes, VOIX: {"FR": voice}})
    assert DEFAULT_TARIFF.with_prices(DEFAULT_TARIFF.differences(other)) == other
    assert other.with_prices(other.differences(DEFAULT_TARIFF)) == DEFAULT_TARIFF
    for kind, prices in changes.items():
        for country, price in prices.items():
            assert other.price(country, kind) == price


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("header", ["", "Pays{0}Type{0}Crédits\r\n", "country{0}type{0}credits\r\n"])
def test_files_are_read_whatever_wrote_them(encoding: str, separator: str, header: str) -> None:
    rows = [("BE", "pro", "2.5"), ("Côte d’Ivoire", "SMS Pro", "3.125"), ("germany", "Unicode", "none"),
            ("fr", "Réponse", "1")]  # fmt: skip
    text = header.format(separator) + "".join(separator.join(row) + "\r\n" for row in rows)
    read = read_tariff("t.csv", text.encode(encoding))
    assert not read.refused, [explain(one.why) for one in read.refused]
    assert read.prices == {
        PRO: {"BE": Credits(2500), "CI": Credits(3125)},
        UNICODE: {"DE": None},
        REPONSE: {"FR": Credits.of(1)},
    }


def test_decimals_may_have_a_comma() -> None:
    assert read_tariff("t", b"BE;pro;2,5\nLU;pro;3").prices == {PRO: {"BE": Credits(2500), "LU": Credits.of(3)}}
    assert read_tariff("t", b'BE,pro,"2,5"\nLU,pro,3').prices == {PRO: {"BE": Credits(2500), "LU": Credits.of(3)}}


def test_each_line_that_cant_be_used_is_told_with_its_reason() -> None:
    lines = ["pays;type;prix", "BE;pro;2", "Atlantis;pro;2", "BE;fax;2", "LU;pro;2.0001", "LU;pro;0", "BE;pro;3",
             "RU;pro;1", "BE;voix;1", "LU;pro", "LU;pro;1;x", "LU;pro;1e3", "LU;pro;١"]  # fmt: skip
    read = read_tariff("t", "\n".join(lines).encode())
    assert [(one.line, type(one.why)) for one in read.refused] == [
        (3, UnknownCountry), (4, UnknownType), (5, InvalidPrice), (6, InvalidPrice), (7, RepeatedPrice),
        (8, EmbargoedCountry), (9, MetropolitanOnly), (10, ThreeCells), (11, ThreeCells), (12, InvalidPrice),
        (13, InvalidPrice),
    ]  # fmt: skip
    assert read.prices == {PRO: {"BE": Credits.of(2)}}
    with pytest.raises(TariffFileRefused) as refused:
        read.check()
    assert "Line 3: “Atlantis”" in explain(refused.value)


@pytest.mark.parametrize(("octets", "refusal"), [(b"", EmptyFile), (b" \n", EmptyFile), (b"\x89PNG\0\1", NoTariffFile),
                                                 (b"PK\3\4\0\0\0\0\1\2", NoTariffFile)])  # fmt: skip
def test_what_is_no_csv_file_is_refused(octets: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_tariff("t", octets)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    refused: list[Refusal] = []
    try:
        refused += [one.why for one in read_tariff("t", octets).refused]
    except Refusal as refusal:
        refused.append(refusal)
    assert all(map(explain, refused))


@pytest.mark.each_database
async def test_a_file_is_taken_whole_or_not_at_all(backend: Backend, admin: Actor, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("BE;pro;2.5\nLU;pro;none\nDE;pro;2\nAtlantis;pro;1\n")
    preview = await backend.tariffs.preview(admin, file)
    assert ([one.line for one in preview.file.refused], preview.changes) == ([4], ())
    with pytest.raises(TariffFileRefused):
        await backend.tariffs.apply(admin, preview)
    assert await backend.tariffs.current() == DEFAULT_TARIFF
    file.write_text("BE;pro;2.5\nLU;pro;none\nDE;pro;2\n")
    preview = await backend.tariffs.preview(admin, file)
    assert [(one.country, one.after) for one in preview.changes] == [("BE", Credits(2500)), ("LU", None)]
    assert await backend.tariffs.current() == DEFAULT_TARIFF, "a preview changes nothing"
    assert await backend.tariffs.apply(admin, preview) == preview.changes
    (entry,) = await backend.audit.list(admin)
    assert entry.subject == "prices.csv: BE pro 2 → 2.5, LU pro 2 → none"
    with pytest.raises(TariffFileMissing):
        await backend.tariffs.preview(admin, tmp_path / "nowhere.csv")


async def test_what_is_exported_can_be_imported_again(backend: Backend, tmp_path: Path) -> None:
    await backend.tariffs.set_price(None, "BE", Credits(2125))
    await backend.tariffs.remove(None, "LU")
    await backend.tariffs.set_price(None, "CN", Credits.of(9))
    changed = await backend.tariffs.current()
    file = tmp_path / "prices.csv"
    count = await backend.tariffs.export(file)
    await backend.tariffs.reset(None)
    preview = await backend.tariffs.preview(None, file)
    assert (preview.file.refused, preview.file.count) == ((), count)
    await backend.tariffs.apply(None, preview)
    assert await backend.tariffs.current() == changed


@given(GOOD_PRICES)
def test_a_price_is_written_as_it_is_read(price: Credits) -> None:
    assert read_tariff("t", f"BE;pro;{price_text(price)}".encode()).prices == {PRO: {"BE": price}}


async def test_a_former_administrators_open_session_changes_nothing(backend: Backend, admin: Actor) -> None:
    await backend.database.write(
        lambda tx: tx.execute(update(account).where(account.c.id == admin.account_id).values(role="user"))
    )
    with pytest.raises(AdministratorsOnly):
        await backend.tariffs.set_price(admin, "BE", Credits.of(5))


@pytest.mark.each_database
async def test_a_price_that_changes_meanwhile_is_one_price_for_each_campaign(backend: Backend, actor: Actor) -> None:
    await connect(backend)
    group = await group_of(backend, actor, "Club", [person(1, "Ana"), person(2, "Łucja")])

    async def change() -> None:
        for price in ("1.5", "0.25", "2.125"):
            await backend.tariffs.set_price(None, "FR", Credits.of(price))

    drafts = [Draft(f"U{n}", "Bonjour", numbers=(FRENCH, BELGIAN)) for n in range(6)]
    drafts += [Draft(f"P{n}", "Bonjour {first_name}", group_ids=(group,), numbers=(BELGIAN,)) for n in range(6)]
    *sent, _ = await asyncio.gather(*(backend.campaigns.send(actor, draft) for draft in drafts), change())
    french = {Credits.of(price).milli for price in (1, "1.5", "0.25", "2.125")}
    for one in sent:
        assert one is not None
        stored = await backend.campaigns.find(actor, one.name)
        each = (stored.cost.milli - 2000) / (stored.recipients - 1)
        assert each in french
    spent = sum((one.cost for one in sent if one), Credits(0))
    assert await available(backend, actor) == Credits.of(100) - spent
