"""`smstui campaign send` to groups, with templates, at a moment, again and again."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cli.conftest import Answer, Cli

ANA, BOB, CAM = "0601010101", "0601010102", "0601010103"
Document = dict[str, object]


def document_of(answer: Answer) -> Document:
    assert answer.code == 0, answer.err
    document = answer.document
    assert isinstance(document, dict)
    return document


@pytest.fixture
def book(rich: Cli, add_connection: Callable[..., Answer]) -> Cli:
    """An account with 100 credits, a connection, senders, and two groups that share Ana; Cam has no name."""
    assert add_connection("--types", "pro,unicode,reponse", "--reply-number", "33700000000").code == 0
    for name in ("MaBoutique", "Promo"):
        rich("sender", "add", name)
    for name in ("Club", "Fans", "Empty"):
        rich("group", "add", name)
    rich("contact", "add", ANA, "--first-name", "Ana", "--group", "Club", "--group", "Fans")
    rich("contact", "add", BOB, "--first-name", "Bob", "--group", "Club")
    assert rich("contact", "add", CAM, "--group", "Fans").code == 0
    return rich


def next_january(weekday: int) -> date:
    """The first such day after New Year's Day (Monday is 0), when Paris is an hour before UTC."""
    day = date(datetime.now(UTC).year + 1, 1, 2)
    return day + timedelta((weekday - day.weekday()) % 7)


def test_a_template_goes_once_to_each_contact_of_groups_that_overlap(book: Cli) -> None:
    book("template", "add", "Hello", "--text", "Hello {first_name}", "--sender", "Promo")
    book("optout", "add", BOB)
    send = ("campaign", "send", "Hi", "--template", "hello", "--group", "Club", "fans")
    sent = document_of(book(*send, "--wait", "--json"))
    assert {name: sent[name] for name in ("recipients", "cost", "duplicates", "opted_out", "lacking")} == {
        "recipients": 2,
        "cost": 2,
        "duplicates": 1,
        "opted_out": 1,
        "lacking": {"first_name": 1},
    }
    exported = book("campaign", "export", "Hi").out
    assert (exported.count("+33601010101;Ana;delivered"), exported.count(";delivered;")) == (1, 2)
    again = book("campaign", "send", "Hi again", *send[3:]).out
    assert "2 recipients, 1 SMS each, 2 credits" in again
    assert "left out (duplicate): 1\n" in again
    assert "left out (opted_out): 1\n" in again
    assert "without a value for {first_name}: 1\n" in again
    assert "no process sends now" in again


@pytest.fixture
def in_tokyo() -> Iterator[None]:
    """The clocks of this machine are not those of the account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_one_moment_is_on_the_clocks_of_the_account(book: Cli) -> None:
    day = next_january(0)
    send = ("campaign", "send", "Later", "--text", "Hello", "--group", "Club")
    assert book(*send, "--at", f"{day}T10:00").code == 0
    listed = book("campaign", "list").out.splitlines()[1].split()
    assert (listed[0], listed[2], listed[-2:]) == ("Later", "scheduled", [str(day), "10:00"])
    shown = document_of(book("campaign", "show", "Later", "--json"))
    assert (shown["state"], shown["at"]) == ("scheduled", f"{day}T09:00:00+00:00")
    assert f"at: {day} 10:00 (Europe/Paris)" in book("campaign", "show", "Later").out
    assert document_of(book("credit", "balance", "--json"))["balance"] == 98
    cancelled = document_of(book("campaign", "cancel", "Later", "--json"))
    assert (cancelled["state"], cancelled["given_back"]) == ("cancelled", 2)
    assert document_of(book("credit", "balance", "--json"))["balance"] == 100
    named = document_of(book(*send[:2], "Zone", *send[3:], "--at", f"{day}T10:00+05:00", "--json"))
    assert named["at"] == f"{day}T05:00:00+00:00"


def test_a_series_tells_its_next_dates_and_costs_nothing_before(book: Cli) -> None:
    send = ("campaign", "send", "Weekly", "--text", "Hello", "--group", "Club", "--cron", "0 10 * * MON")
    sent = document_of(book(*send, "--runs", "2", "--json"))
    assert (sent["state"], sent["cost"], sent["runs_left"]) == ("scheduled", 0, 2)
    runs = [datetime.fromisoformat(run) for run in sent["runs"]]  # type: ignore[attr-defined]
    assert runs[0] > datetime.now(UTC)
    assert {run.weekday() for run in runs} == {0}
    assert (runs[1].date() - runs[0].date()).days == 7
    shown = book("campaign", "show", "Weekly").out
    assert "0 10 * * MON (on Mondays at 10:00)" in shown
    assert f"next: {runs[0].date()} 10:00, {runs[1].date()} 10:00 (Europe/Paris)" in shown
    assert "runs left: 2" in shown
    assert "cancelled" in book("campaign", "cancel", "Weekly").out
    assert "runs" not in document_of(book("campaign", "show", "Weekly", "--json"))
    until = next_january(0)
    ends = document_of(book(*send[:2], "Ends", *send[3:], "--until", str(until), "--json"))
    assert ends["until"] == str(until)


def test_who_is_outside_the_hours_waits_unless_one_consents(book: Cli) -> None:
    book("hours", "set", "--not-always")
    sunday = next_january(6)
    send = ("--text", "Hello", "--group", "Club", "--at", f"{sunday}T10:00", "--json")
    monday = f"{sunday + timedelta(1)}T07:00:00+00:00"
    waits = document_of(book("campaign", "send", "Waits", *send))
    assert waits["waiting"] == [{"country": "FR", "messages": 2, "until": monday}]
    assert document_of(book("campaign", "send", "Sunday", *send, "--sundays"))["waiting"] == []
    assert document_of(book("campaign", "send", "Night", *send, "--outside-hours"))["waiting"] == []
    assert "FR: 2, until" in book("campaign", "send", "Told", *send[:-1]).out


def test_waiting_ends_at_once_when_the_date_is_far(book: Cli) -> None:
    send = ("campaign", "send", "Far", "--text", "Hello", "--group", "Club", "--wait", "--timeout", "5")
    answer = book(*send, "--at", f"{next_january(0)}T10:00")
    assert (answer.code, answer.out.splitlines()[0]) == (1, "Far: scheduled, 2 recipients, 1 SMS each, 2 credits")
    assert "later than --timeout" in answer.err


REFUSED = (
    (("--text", "x", "--group", "Nobody"), "There is no group “Nobody”"),
    (("--text", "x", "--group", "Empty"), "No contact is in Empty"),
    (("--text", "x {prenon}", "--group", "Club"), "no field “prenon”"),
    (("--template", "Missing", "--group", "Club"), "no template “Missing”"),
    (("--text", "x" * 1600, "--group", "Club"), "shorten it to 10"),
    (("--text", "x", "--group", "Club", "--at", "2020-01-01T10:00"), "This moment is over"),
    (("--text", "x", "--group", "Club", "--at", "tomorrow"), "“tomorrow” is not a date and time"),
    (("--text", "x", "--group", "Club", "--at", "2099-01-05"), "“2099-01-05” is not a date and time"),
    (("--text", "x", "--group", "Club", "--cron", "61 * * * *"), "“61” is no minute"),
    (("--text", "x", "--group", "Club", "--cron", "0 9 * * 1", "--until", "2020-01-01"), "never be sent"),
    (("--text", "x", "--group", "Club", "--type", "reponse", "--sender", "Promo"), "leaves from 33700000000"),
    (("--text", "x" * 1400, *("--to", *(f"06{number:08}" for number in range(20000000, 20000012)))), "needed: 120"),
)
"""What is written after the name, and what the refusal says."""


def test_what_is_refused_is_told_in_one_line_and_queues_nothing(book: Cli) -> None:
    for arguments, words in REFUSED:
        answer = book("campaign", "send", "Refused", *arguments, "--json")
        assert answer.refuses(words), (arguments, answer)
    assert book("campaign", "list", "--json").document == []
    assert document_of(book("credit", "balance", "--json"))["balance"] == 100


WRONG_USAGE = (
    ("--text", "x", "--template", "Hello", "--group", "Club"),
    ("--group", "Club"),
    ("--text", "x"),
    ("--text", "x", "--group", "Club", "--at", "2099-01-05T10:00", "--cron", "0 9 * * 1"),
    ("--text", "x", "--group", "Club", "--runs", "3"),
    ("--text", "x", "--group", "Club", "--cron", "0 9 * * 1", "--wait"),
    ("--text", "x", "--group", "Club", "--title", "News"),
    ("--text", "x", "--to", ANA, "--group", "Club", "Fans"),
    ("--text", "x", "--group", "Club", "--type", "fax"),
)


def test_contradictions_are_wrong_usage(cli: Cli) -> None:
    for arguments in WRONG_USAGE:
        answer = cli("campaign", "send", "Wrong", *arguments)
        assert answer.code == 2, (arguments, answer)
